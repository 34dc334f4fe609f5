//! The first load of the trace list must stay small: what it needs to come alive, and the chunk that it loads by itself afterwards.

use anyhow::ensure;

use crate::build::pack;
use crate::step::note;
use crate::workspace;

/// What JavaScript, WebAssembly and style sheet may come to as served, in bytes, chunks of the list included.
const CODE_BYTES_MAX: u64 = 400_000;

/// Chunks that the list loads without being asked to; others come with what a reader presses.
const OF_LIST: [&str; 1] = ["beside"];

/// The same with fonts and everything else of the site; what is left of 450,000 is for the page's HTML and what it asks for.
const ALL_BYTES_MAX: u64 = 425_000;

/// Adds up the manifest's sizes.
pub fn run() -> anyhow::Result<()> {
    let manifest = pack::manifest(&workspace::site())?;
    let sum = |is_counted: fn(&str) -> bool| -> u64 {
        let is_loaded = |chunks: &[String]| chunks.iter().any(|c| OF_LIST.contains(&c.as_str()));
        let files = manifest
            .files
            .iter()
            .filter(|file| match file.role.as_str() {
                "chunk" => is_loaded(&file.chunks),
                role => is_counted(role),
            });
        files.map(|file| file.served_bytes).sum()
    };
    let code = sum(|role| matches!(role, "script" | "wasm" | "style"));
    let all = sum(|_| true);
    for file in manifest.files.iter().filter(|file| file.role == "chunk") {
        note(format!(
            "{} more bytes for {}: {}",
            file.served_bytes,
            file.chunks.join(", "),
            file.path
        ));
    }
    note(format!(
        "code {code} of {CODE_BYTES_MAX} bytes, all {all} of {ALL_BYTES_MAX} bytes"
    ));
    ensure!(
        code <= CODE_BYTES_MAX,
        "JavaScript, WebAssembly and style sheet are over budget"
    );
    ensure!(all <= ALL_BYTES_MAX, "the whole site is over budget");
    Ok(())
}
