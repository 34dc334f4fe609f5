//! Lays out the finished site: hashed names for what the page loads (fonts of `public/` too, and in the
//! style sheet that names them), plain names for the rest of `public/`, each
//! compressible file as Brotli and gzip, a manifest, and a Rust table for the binary that carries it all.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;
use sha2::{Digest, Sha256};

use super::manifest::{Entry, Manifest, content_type};
use super::shared::{self, Module};
use super::split::LIST;

/// (name in the web folder, its name to the browser, role)
const BUILT: [(&str, &str, &str); 3] = [
    ("spanfall.js", "spanfall.js", "script"),
    ("spanfall_bg.wasm", "spanfall.wasm", "wasm"),
    ("spanfall.css", "spanfall.css", "style"),
];
/// Roles of files that name others.
const NAMING: [&str; 2] = ["script", "style"];

/// How hard to compress.
#[derive(Clone, Copy)]
pub enum Effort {
    /// As fast as it goes.
    Little,
    /// As small as it goes.
    Most,
}

impl Effort {
    fn brotli_quality(self) -> i32 {
        match self {
            Self::Little => 1,
            Self::Most => 11,
        }
    }

    fn gzip_level(self) -> flate2::Compression {
        match self {
            Self::Little => flate2::Compression::fast(),
            Self::Most => flate2::Compression::best(),
        }
    }
}

/// Writes the site into `out`, replacing what is there.
pub fn run(web: &Path, public: &Path, out: &Path, effort: Effort) -> anyhow::Result<()> {
    if out.exists() {
        fs::remove_dir_all(out).with_context(|| format!("cannot empty {}", out.display()))?;
    }
    let mut site = Layout {
        out,
        effort,
        entries: Vec::new(),
        stored: Vec::new(),
    };
    // Fonts and chunks first: style sheet and script name them, so their own hashes depend on theirs.
    let mut renamed = Vec::new();
    for file in files_below(public)? {
        let path = format!("/{}", file.strip_prefix(public)?.to_string_lossy());
        let content = read(&file)?;
        let hash = hash(&content);
        if path.ends_with(".woff2") {
            let name = path.rsplit('/').next().unwrap_or_default();
            let hashed = hashed_path(name, &hash);
            // The style sheet lies beside the fonts, wherever the server stands.
            let beside = format!("./{}", hashed.trim_start_matches("/pkg/"));
            renamed.push((path, beside));
            site.add(hashed, "font", hash, content)?;
        } else {
            site.add(path, "public", hash, content)?;
        }
    }
    let (alone, together) = shared::gather(chunk_files(web)?);
    for module in alone {
        let name = site.add_chunk(&module.file, module.chunks, module.content)?;
        renamed.push((format!("./{}", module.file), name));
    }
    let mut named = Vec::new();
    for mut group in together {
        let (chunks, content) = (
            std::mem::take(&mut group.chunks),
            std::mem::take(&mut group.content),
        );
        named.push((site.add_chunk("shared.wasm", chunks, content)?, group));
    }
    for (source, name, role) in BUILT {
        let mut content = read(&web.join(source))?;
        if NAMING.contains(&role) {
            let text = String::from_utf8(content).context("script or style sheet is not UTF-8")?;
            let rename =
                |text: String, (path, hashed): &(String, String)| text.replace(path, hashed);
            let mut text = renamed.iter().fold(text, rename);
            if role == "script" && !named.is_empty() {
                for (name, group) in &named {
                    text = shared::rename(&text, name, group)?;
                }
                text = shared::with_cut(&text);
            }
            content = text.into_bytes();
        }
        let hash = hash(&content);
        site.add(hashed_path(name, &hash), role, hash, content)?;
    }
    site.finish()
}

/// The modules of all chunks.
fn chunk_files(web: &Path) -> anyhow::Result<Vec<Module>> {
    let list: BTreeMap<String, Vec<String>> = serde_json::from_slice(&read(&web.join(LIST))?)
        .context("the list of chunks is not valid")?;
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (chunk, needed) in list {
        for file in needed {
            files.entry(file).or_default().push(chunk.clone());
        }
    }
    let module = |(file, chunks): (String, Vec<String>)| {
        let content = read(&web.join(&file))?;
        Ok(Module {
            file,
            chunks,
            content,
        })
    };
    files.into_iter().map(module).collect()
}

struct Layout<'a> {
    out: &'a Path,
    effort: Effort,
    entries: Vec<Entry>,
    stored: Vec<String>,
}

impl Layout<'_> {
    fn add(
        &mut self,
        path: String,
        role: &'static str,
        hash: String,
        content: Vec<u8>,
    ) -> anyhow::Result<()> {
        let (content_type, is_compressed) = content_type(&path);
        let bytes = content.len();
        let name = path.trim_start_matches('/').to_owned();
        let served_bytes = if is_compressed {
            let brotli = brotli(&content, self.effort)?;
            let size = brotli.len();
            self.write(format!("{name}.br"), &brotli)?;
            self.write(format!("{name}.gz"), &gzip(&content, self.effort)?)?;
            size
        } else {
            self.write(name, &content)?;
            bytes
        };
        self.entries.push(Entry {
            is_hashed: role != "public",
            path,
            role,
            chunks: Vec::new(),
            content_type,
            hash,
            is_compressed,
            bytes,
            served_bytes,
        });
        Ok(())
    }

    /// Adds modules that chunks need, and returns the name by which the script beside them fetches the file.
    fn add_chunk(
        &mut self,
        file: &str,
        chunks: Vec<String>,
        content: Vec<u8>,
    ) -> anyhow::Result<String> {
        let hash = hash(&content);
        let hashed = hashed_path(file, &hash);
        let name = format!("./{}", hashed.trim_start_matches("/pkg/"));
        self.add(hashed, "chunk", hash, content)?;
        if let Some(entry) = self.entries.last_mut() {
            entry.chunks = chunks;
        }
        Ok(name)
    }

    fn finish(mut self) -> anyhow::Result<()> {
        let manifest = Manifest {
            files: std::mem::take(&mut self.entries),
        };
        self.write(
            "manifest.json".to_owned(),
            &serde_json::to_vec_pretty(&manifest)?,
        )?;
        let mut table = String::from("pub static FILES: &[(&str, &[u8])] = &[\n");
        for name in &self.stored {
            // Absolute, because the table is included from another folder.
            let path = fs::canonicalize(self.out.join(name))?;
            writeln!(table, "    ({name:?}, include_bytes!({path:?})),")?;
        }
        table.push_str("];\n");
        fs::write(self.out.join("embed.rs"), table).context("cannot write the table of files")
    }

    fn write(&mut self, name: String, content: &[u8]) -> anyhow::Result<()> {
        let path = self.out.join(&name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
        self.stored.push(name);
        Ok(())
    }
}

/// `name.ext` as `/pkg/name.HASH.ext`.
fn hashed_path(name: &str, hash: &str) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    format!("/pkg/{stem}.{}.{extension}", &hash[..12])
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn hash(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn brotli(content: &[u8], effort: Effort) -> anyhow::Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: effort.brotli_quality(),
        lgwin: 22,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut packed, &parameters)?;
    Ok(packed)
}

fn gzip(content: &[u8], effort: Effort) -> anyhow::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), effort.gzip_level());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path)
            } else {
                files.push(path)
            }
        }
    }
    files.sort();
    Ok(files)
}
