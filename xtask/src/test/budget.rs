//! The first load of the trace list must stay small.

use anyhow::ensure;

use crate::build::pack;
use crate::step::note;
use crate::workspace;

/// What JavaScript, WebAssembly and style sheet may come to as served, in bytes.
const CODE_BYTES_MAX: u64 = 400_000;

/// The same with fonts and everything else of the site; what is left of 450,000 is for the page's HTML.
const ALL_BYTES_MAX: u64 = 440_000;

/// Adds up the manifest's sizes.
pub fn run() -> anyhow::Result<()> {
    let manifest = pack::manifest(&workspace::site())?;
    let sum = |is_counted: fn(&str) -> bool| -> u64 {
        let files = manifest.files.iter().filter(|file| is_counted(&file.role));
        files.map(|file| file.served_bytes).sum()
    };
    let code = sum(|role| matches!(role, "script" | "wasm" | "style"));
    // Chunks are loaded by the screens that need them, and the trace list needs none.
    let all = sum(|role| role != "chunk");
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
