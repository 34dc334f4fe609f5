//! Small modules travel together. What several chunks need is a module for each set of them: dozens of files, most of a few
//! hundred bytes, that cost a request each. Here they are laid one after the other in a few files, which also compress better,
//! and the script cuts them out again.

use std::ops::Range;

use anyhow::ensure;

/// Modules of so many bytes and more stay files of their own.
const LARGE: usize = 12_000;

/// Modules go together by the first of these chunks that needs them: the one that each list loads, then the one that most visits
/// come to. What neither needs goes together as well.
const ORDER: [&str; 2] = ["beside", "trace"];

/// Cuts a module out of a file, which it fetches once. A file that could not be had is tried again the next time.
const CUT: &str = r#"
const sharedFiles = {};
function sharedPart(name, start, end) {
    const file = sharedFiles[name] ??= fetch(new URL(name, import.meta.url)).then((response) => {
        if (!response.ok) throw new Error(`${name}: ${response.status}`);
        return response.arrayBuffer();
    });
    file.catch(() => { delete sharedFiles[name]; });
    return file.then((all) => new Response(all.slice(start, end), { headers: { "content-type": "application/wasm" } }));
}
"#;

/// A module that belongs to chunks.
pub struct Module {
    /// Its file name.
    pub file: String,
    /// The chunks that need it.
    pub chunks: Vec<String>,
    /// The WebAssembly.
    pub content: Vec<u8>,
}

/// Several modules in one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// The chunks that need any of them, sorted.
    pub chunks: Vec<String>,
    /// One module after the other.
    pub content: Vec<u8>,
    /// Which file of before lies where.
    pub parts: Vec<(String, Range<usize>)>,
}

/// Takes the small modules that more than one chunk needs, and returns the others with the files of those.
pub fn gather(modules: Vec<Module>) -> (Vec<Module>, Vec<Shared>) {
    let mut groups: [Shared; ORDER.len() + 1] = Default::default();
    let mut alone = Vec::new();
    for module in modules {
        if module.chunks.len() < 2 || module.content.len() >= LARGE {
            alone.push(module);
            continue;
        }
        let needs = |chunk: &&str| module.chunks.iter().any(|needed| needed == *chunk);
        let place = ORDER.iter().position(needs);
        let group = &mut groups[place.unwrap_or(ORDER.len())];
        let start = group.content.len();
        group.content.extend(module.content);
        group.parts.push((module.file, start..group.content.len()));
        group.chunks.extend(module.chunks);
    }
    let mut shared = Vec::from(groups);
    shared.retain(|group| !group.parts.is_empty());
    for group in &mut shared {
        group.chunks.sort();
        group.chunks.dedup();
    }
    (alone, shared)
}

/// The script with the modules of `shared` cut out of the file `name` instead of fetched one by one.
pub fn rename(script: &str, name: &str, shared: &Shared) -> anyhow::Result<String> {
    let mut script = script.to_owned();
    for (file, Range { start, end }) in &shared.parts {
        let part = format!(r#"sharedPart("{name}", {start}, {end})"#);
        let as_written = format!(r#"fetch(new URL("./{file}", import.meta.url))"#);
        let fetches = [as_written.replace(", ", ","), as_written];
        let found = fetches.iter().find(|fetch| script.contains(*fetch));
        ensure!(found.is_some(), "the script does not fetch {file}");
        script = found.map_or(script.clone(), |fetch| script.replace(fetch, &part));
    }
    Ok(script)
}

/// The script that [`rename`] leaves needs this once.
pub fn with_cut(script: &str) -> String {
    format!("{script}{CUT}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(file: &str, chunks: &[&str], bytes: usize) -> Module {
        Module {
            file: file.to_owned(),
            chunks: chunks.iter().map(|chunk| (*chunk).to_owned()).collect(),
            content: vec![file.as_bytes()[0]; bytes],
        }
    }

    #[test]
    fn small_modules_of_several_chunks_go_together_by_who_needs_them_first() {
        let (alone, shared) = gather(vec![
            module("a.wasm", &["trace", "beside"], 2),
            module("b.wasm", &["trace"], 1),
            module("c.wasm", &["trace", "lists"], LARGE),
            module("d.wasm", &["beside", "lists"], 1),
            module("e.wasm", &["lists", "home"], 3),
        ]);
        let names: Vec<&str> = alone.iter().map(|module| module.file.as_str()).collect();
        assert_eq!(names, ["b.wasm", "c.wasm"]);
        assert_eq!(
            shared,
            [
                Shared {
                    chunks: ["beside", "lists", "trace"].map(str::to_owned).to_vec(),
                    content: b"aad".to_vec(),
                    parts: vec![("a.wasm".to_owned(), 0..2), ("d.wasm".to_owned(), 2..3)],
                },
                Shared {
                    chunks: ["home", "lists"].map(str::to_owned).to_vec(),
                    content: b"eee".to_vec(),
                    parts: vec![("e.wasm".to_owned(), 0..3)],
                },
            ]
        );
    }

    #[test]
    fn the_script_cuts_out_what_it_fetched() {
        let shared = Shared {
            parts: vec![("a.wasm".to_owned(), 0..2), ("d.wasm".to_owned(), 2..3)],
            ..Shared::default()
        };
        let script = r#"f(fetch(new URL("./a.wasm", import.meta.url)));f(fetch(new URL("./d.wasm",import.meta.url)))"#;
        assert_eq!(
            rename(script, "./s.wasm", &shared).unwrap(),
            r#"f(sharedPart("./s.wasm", 0, 2));f(sharedPart("./s.wasm", 2, 3))"#
        );
        assert!(rename("", "./s.wasm", &shared).is_err());
    }
}
