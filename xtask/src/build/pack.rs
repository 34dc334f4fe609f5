//! Calling the packer: the program of this crate that carries wasm-bindgen and the compressors.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use serde::Deserialize;

use super::{cargo, wasm};
use crate::step::run;
use crate::workspace::{self, Grade};

/// What the finished site consists of.
#[derive(Deserialize)]
pub struct Manifest {
    /// Every file.
    pub files: Vec<Entry>,
}

/// One file of the site.
#[derive(Deserialize)]
pub struct Entry {
    /// As the browser asks for it.
    pub path: String,
    /// `script`, `wasm`, `style`, `chunk`, `font` or `public`.
    pub role: String,
    /// The chunks that need this file.
    pub chunks: Vec<String>,
    /// Size as built.
    pub bytes: u64,
    /// Size over the wire.
    pub served_bytes: u64,
}

/// Compiles the packer, optimised: Brotli at its best setting takes minutes otherwise.
pub fn build() -> anyhow::Result<()> {
    run(cargo()
        .args(["build", "--release", "--package", "xtask", "--bin", "pack"])
        .args(["--features", "pack"]))
}

/// Makes the JavaScript glue in `web`.
pub fn bindgen(web: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(web)?;
    run(packer().arg("bindgen").arg(wasm::module()).arg(web))
}

/// Lays out the finished site.
pub fn site(web: &Path, site: &Path) -> anyhow::Result<()> {
    if !program().is_file() {
        build()?;
    }
    let mut command = packer();
    command
        .arg("site")
        .arg(web)
        .arg(workspace::root().join("public"))
        .arg(site);
    if workspace::grade() == Grade::Quick {
        command.arg("--quick");
    }
    run(&mut command)
}

/// Reads the manifest of the finished site.
pub fn manifest(site: &Path) -> anyhow::Result<Manifest> {
    let path = site.join("manifest.json");
    let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).context("the site manifest is not valid")
}

fn packer() -> Command {
    Command::new(program())
}

fn program() -> std::path::PathBuf {
    workspace::target().join("release/pack")
}
