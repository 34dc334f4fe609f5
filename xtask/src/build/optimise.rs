//! Making the built files smaller with tools from npm. Without npm the site works all the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{note, run};
use crate::tools::npm;
use crate::workspace;

/// What today's browsers and rustc's default target agree on.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-mutable-globals",
    "--enable-multivalue",
];

/// Shrinks modules and glue in place. Returns false, having said why, when the tools cannot be had.
pub fn web(web: &Path) -> anyhow::Result<bool> {
    if let Err(error) = npm::install(&packages()) {
        note(format!(
            "going on without wasm-opt and esbuild, the site will be larger: {error:#}"
        ));
        return Ok(false);
    }
    let modules: Vec<PathBuf> = fs::read_dir(web)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .collect();
    for module in modules {
        let smaller = web.join("smaller");
        run(tool("wasm-opt")
            .arg("-Oz")
            .args(WASM_FEATURES)
            .arg(&module)
            .arg("-o")
            .arg(&smaller))?;
        fs::rename(smaller, module)?;
    }
    minify(&web.join("spanfall.js"), &["--format=esm"])?;
    Ok(true)
}

/// Shrinks the style sheet in place if the tool is there.
pub fn style(web: &Path) {
    if !packages().join("node_modules").is_dir() {
        return;
    }
    if let Err(error) = minify(&web.join("spanfall.css"), &[]) {
        note(format!("the style sheet stays as written: {error:#}"));
    }
}

fn minify(file: &Path, options: &[&str]) -> anyhow::Result<()> {
    let mut command = tool("esbuild");
    command
        .arg(file)
        .arg("--minify")
        .arg("--log-level=warning")
        .args(options);
    let mut out = std::ffi::OsString::from("--outfile=");
    out.push(file);
    run(command.arg("--allow-overwrite").arg(out))
}

fn packages() -> PathBuf {
    workspace::root().join("xtask/node")
}

fn tool(name: &str) -> Command {
    Command::new(packages().join("node_modules/.bin").join(name))
}
