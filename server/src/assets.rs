//! The built site over HTTP: script, WebAssembly, style sheet and the files of `public/`.
//!
//! The build leaves a manifest beside the files, each compressible file already as Brotli and gzip.
//! Everything is read once at start (well under a megabyte), from a folder or from inside the binary
//! (feature `embed-site`), so a request costs a header look-up and a reference-counted body.
//! Pages are in `ui`; how the files are made is the business of `xtask`.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::shell::SiteFiles;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::routing::get;
use serde::Deserialize;

/// Why the built site could not be read; the message names the file.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// A file that the manifest names, or the manifest itself, is missing or unreadable.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The manifest is not what this binary understands.
    #[error("the site manifest is not valid: {0}")]
    Manifest(#[from] serde_json::Error),
    /// A file's content type or tag cannot be a header.
    #[error("the site manifest has an entry that no header can carry: {0}")]
    Header(String),
}

/// The files of the built viewer, in memory.
#[derive(Clone, Debug, Default)]
pub struct Site {
    assets: Vec<Arc<Asset>>,
    files: SiteFiles,
}

impl Site {
    /// Finds and reads the site: `SPANFALL_SITE_ROOT` given as `root`, else the one inside the binary,
    /// else `site` beside the executable or one folder up (where a development build has it).
    ///
    /// Without any of these the site is empty: the API works and pages come without script and style.
    pub fn load(root: Option<&Path>) -> Result<Self, SiteError> {
        if let Some(root) = root {
            return Self::read(&Source::Folder(root.to_owned()));
        }
        #[cfg(feature = "embed-site")]
        return Self::read(&Source::Embedded);
        #[cfg(not(feature = "embed-site"))]
        match folder_near_executable() {
            Some(folder) => Self::read(&Source::Folder(folder)),
            None => Ok(Self::default()),
        }
    }

    /// The hashed names for the HTML document.
    pub fn files(&self) -> SiteFiles {
        self.files.clone()
    }

    /// Whether no built site was found.
    pub fn is_empty(&self) -> bool {
        self.assets.is_empty()
    }

    /// A route for each file; any other path under `/pkg/` is a plain 404, so that a page of an older
    /// build asking for its script is not given HTML.
    pub fn routes(&self) -> Router {
        let gone = get(|| async { (StatusCode::NOT_FOUND, "no such file in this build\n") });
        let router = Router::new().route("/pkg/{*path}", gone);
        self.assets.iter().fold(router, |router, asset| {
            let asset = Arc::clone(asset);
            let path = asset.path.clone();
            router.route(
                &path,
                get(move |headers: HeaderMap| async move { asset.reply(&headers) }),
            )
        })
    }

    fn read(source: &Source) -> Result<Self, SiteError> {
        let manifest: Manifest = serde_json::from_slice(&source.file("manifest.json")?)?;
        let mut site = Self::default();
        for entry in manifest.files {
            match entry.role.as_str() {
                "script" => site.files.script.clone_from(&entry.path),
                "wasm" => site.files.wasm.clone_from(&entry.path),
                "style" => site.files.style.clone_from(&entry.path),
                "font" => site.files.fonts.push(entry.path.clone()),
                "chunk" => {
                    let chunks = entry.chunks.iter();
                    let pairs = chunks.map(|chunk| (chunk.clone(), entry.path.clone()));
                    site.files.chunks.extend(pairs);
                }
                _ => {}
            }
            site.assets.push(Arc::new(Asset::read(source, entry)?));
        }
        Ok(site)
    }
}

#[derive(Deserialize)]
struct Manifest {
    files: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    /// As the browser asks for it, with the leading slash.
    path: String,
    role: String,
    /// The chunks that need this file.
    #[serde(default)]
    chunks: Vec<String>,
    content_type: String,
    /// Hash of the content.
    hash: String,
    /// The name carries the hash: the content behind it never changes.
    is_hashed: bool,
    /// Stored as `.br` and `.gz`, else as it is.
    is_compressed: bool,
}

#[derive(Debug)]
struct Asset {
    path: String,
    content_type: HeaderValue,
    etag: HeaderValue,
    is_hashed: bool,
    body: Stored,
}

#[derive(Debug)]
enum Stored {
    Plain(Bytes),
    Compressed { brotli: Bytes, gzip: Bytes },
}

impl Asset {
    fn read(source: &Source, entry: Entry) -> Result<Self, SiteError> {
        let name = entry.path.trim_start_matches('/');
        let body = if entry.is_compressed {
            Stored::Compressed {
                brotli: source.file(&format!("{name}.br"))?,
                gzip: source.file(&format!("{name}.gz"))?,
            }
        } else {
            Stored::Plain(source.file(name)?)
        };
        let header = |text: &str| {
            HeaderValue::from_str(text).map_err(|_| SiteError::Header(entry.path.clone()))
        };
        Ok(Self {
            content_type: header(&entry.content_type)?,
            // Weak, because the same tag stands for all encodings of the file.
            etag: header(&format!("W/\"{}\"", entry.hash))?,
            is_hashed: entry.is_hashed,
            body,
            path: entry.path,
        })
    }

    fn reply(&self, request: &HeaderMap) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.etag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        let cache = if self.is_hashed {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        if has_tag(request, &self.etag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(header::CONTENT_TYPE, self.content_type.clone());
        let body = match &self.body {
            Stored::Plain(bytes) => bytes.clone(),
            Stored::Compressed { brotli, gzip } => {
                if accepts(request, "br") {
                    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
                    brotli.clone()
                } else if accepts(request, "gzip") {
                    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                    gzip.clone()
                } else {
                    inflate(gzip)
                }
            }
        };
        *response.body_mut() = Body::from(body);
        response
    }
}

enum Source {
    Folder(PathBuf),
    #[cfg(feature = "embed-site")]
    Embedded,
}

impl Source {
    fn file(&self, name: &str) -> Result<Bytes, SiteError> {
        match self {
            Self::Folder(root) => {
                let path = root.join(name);
                match std::fs::read(&path) {
                    Ok(bytes) => Ok(Bytes::from(bytes)),
                    Err(source) => Err(SiteError::Read { path, source }),
                }
            }
            #[cfg(feature = "embed-site")]
            Self::Embedded => embedded::FILES
                .iter()
                .find(|(stored, _)| *stored == name)
                .map(|(_, bytes)| Bytes::from_static(bytes))
                .ok_or_else(|| SiteError::Read {
                    path: name.into(),
                    source: std::io::ErrorKind::NotFound.into(),
                }),
        }
    }
}

/// `FILES: &[(name, bytes)]`, written by the site build.
#[cfg(feature = "embed-site")]
mod embedded {
    include!(env!(
        "SPANFALL_SITE_EMBED",
        "build this through `cargo xtask dist`"
    ));
}

#[cfg(not(feature = "embed-site"))]
fn folder_near_executable() -> Option<PathBuf> {
    let executable = std::env::current_exe().ok()?;
    executable
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join("site"))
        .find(|site| site.join("manifest.json").is_file())
}

/// Whether `accept-encoding` names the encoding without refusing it (`q=0`).
fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    let values = request.get_all(header::ACCEPT_ENCODING).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| {
            let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
            let is_refused = parameters
                .trim()
                .strip_prefix("q=")
                .is_some_and(|quality| quality.trim().parse::<f32>().is_ok_and(|q| q <= 0.0));
            name.trim().eq_ignore_ascii_case(encoding) && !is_refused
        })
}

fn has_tag(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let (Some(sent), Ok(etag)) = (request.get(header::IF_NONE_MATCH), etag.to_str()) else {
        return false;
    };
    sent.to_str()
        .is_ok_and(|sent| sent.split(',').any(|tag| tag.trim() == etag))
}

/// For the rare client that takes no compression: the plain file is not stored a third time.
fn inflate(gzip: &Bytes) -> Bytes {
    let mut plain = Vec::with_capacity(gzip.len() * 4);
    match flate2::read::GzDecoder::new(gzip.as_ref()).read_to_end(&mut plain) {
        Ok(_) => Bytes::from(plain),
        Err(_) => Bytes::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    fn asset() -> Asset {
        let mut gzip = Vec::new();
        flate2::read::GzEncoder::new(&b"body {}"[..], flate2::Compression::best())
            .read_to_end(&mut gzip)
            .unwrap();
        Asset {
            path: "/pkg/spanfall.0.css".into(),
            content_type: HeaderValue::from_static("text/css"),
            etag: HeaderValue::from_static("W/\"0\""),
            is_hashed: true,
            body: Stored::Compressed {
                brotli: Bytes::from_static(b"brotli"),
                gzip: gzip.into(),
            },
        }
    }

    fn encoding(accept: &'static str) -> Option<String> {
        let reply = asset().reply(&request(header::ACCEPT_ENCODING, accept));
        let value = reply.headers().get(header::CONTENT_ENCODING)?;
        Some(value.to_str().unwrap().to_owned())
    }

    #[test]
    fn best_accepted_encoding_is_sent() {
        assert_eq!(encoding("gzip, deflate, br, zstd").as_deref(), Some("br"));
        assert_eq!(encoding("gzip, br;q=0").as_deref(), Some("gzip"));
        assert_eq!(encoding("identity"), None);
    }

    #[tokio::test]
    async fn client_without_compression_gets_the_plain_file() {
        let reply = asset().reply(&HeaderMap::new());
        let body = axum::body::to_bytes(reply.into_body(), 1_000)
            .await
            .unwrap();
        assert_eq!(body.as_ref(), b"body {}");
    }

    #[test]
    fn hashed_names_are_immutable() {
        let reply = asset().reply(&HeaderMap::new());
        let cache = reply.headers()[header::CACHE_CONTROL].to_str().unwrap();
        assert!(cache.ends_with("immutable"));
    }

    #[test]
    fn known_tag_is_not_sent_again() {
        let reply = asset().reply(&request(header::IF_NONE_MATCH, "\"x\", W/\"0\""));
        assert_eq!(reply.status(), StatusCode::NOT_MODIFIED);
        assert!(reply.headers().get(header::CONTENT_TYPE).is_none());
    }
}
