//! Compiling the browser half to WebAssembly.
//!
//! The straight way is the toolchain's own target, which rustup fetches. Where rustup cannot reach its
//! server, Debian's `rustc-web` compiles instead, building the standard library from its sources; the
//! linker is then rustup's.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;

use super::cargo;
use crate::step::{note, output, run};
use crate::tools::apt;
use crate::workspace::{self, Grade};

const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles `app` for the browser; what comes out is at [`module`].
pub fn build() -> anyhow::Result<()> {
    let mut command = cargo();
    command
        .args([
            "rustc",
            "--package",
            "app",
            "--lib",
            "--crate-type",
            "cdylib",
            "--no-default-features",
        ])
        .args([
            "--features",
            "hydrate",
            "--profile",
            profile(),
            "--target",
            TARGET,
        ])
        // A folder of its own: the server's flags and compiler would throw these artifacts away.
        .arg("--target-dir")
        .arg(target_dir());
    if !ensure_target() {
        debian_compiler(&mut command)?;
    }
    // The packer splits screens off by the linker's relocations.
    command.args(["--", "-Clink-arg=--emit-relocs"]);
    run(&mut command)
}

/// The compiled module.
pub fn module() -> PathBuf {
    target_dir().join(TARGET).join(profile()).join("app.wasm")
}

/// The cargo profile of the present grade.
fn profile() -> &'static str {
    match workspace::grade() {
        Grade::Finished => "wasm-release",
        Grade::Quick => "wasm-quick",
    }
}

/// Where the browser half is compiled, also by clippy.
pub fn target_dir() -> PathBuf {
    workspace::target().join("wasm")
}

/// Whether the active toolchain can compile for the browser, asking rustup if it cannot yet.
pub fn ensure_target() -> bool {
    let is_installed = || {
        let sysroot = output(Command::new("rustc").args(["--print", "sysroot"])).ok()?;
        let library = PathBuf::from(sysroot.trim())
            .join("lib/rustlib")
            .join(TARGET);
        library.is_dir().then_some(())
    };
    if is_installed().is_some() {
        return true;
    }
    note(format!(
        "adding the target {TARGET} to the toolchain with rustup"
    ));
    match run(Command::new("rustup").args(["target", "add", TARGET])) {
        Ok(()) => is_installed().is_some(),
        Err(error) => {
            note(format!("rustup could not: {error:#}"));
            false
        }
    }
}

fn debian_compiler(command: &mut Command) -> anyhow::Result<()> {
    note("second way: Debian's rustc-web, the standard library from its sources");
    let compiler = PathBuf::from("/usr/bin/rustc");
    let sources = PathBuf::from("/usr/lib/rustlib/src/rust/library");
    if !compiler.is_file() || !sources.is_dir() {
        apt::install(&["rustc-web", "rust-web-src"])?;
    }
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))
        .context("the linker is taken from the toolchain")?;
    let linker =
        PathBuf::from(sysroot.trim()).join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
    command
        .arg("-Zbuild-std=std,panic_abort")
        .env("RUSTC", compiler)
        // Building the standard library is an unstable option that Debian's stable compiler can do.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    Ok(())
}
