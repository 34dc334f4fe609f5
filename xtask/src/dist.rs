//! `cargo xtask dist`: one binary with the site inside.

use std::fs;
use std::process::Command;

use anyhow::Context;

use crate::step::{note, run as run_command, step};
use crate::{build, workspace};

/// Leaves `target/dist/spanfall`, which needs no other file.
pub fn run() -> anyhow::Result<()> {
    build::site()?;
    step("Building the server with the site inside (release)", || {
        let table = fs::canonicalize(workspace::site().join("embed.rs"))
            .context("the site build writes the table of files")?;
        run_command(
            build::cargo()
                .args([
                    "build",
                    "--release",
                    "--package",
                    "server",
                    "--features",
                    "embed-site",
                ])
                .env("SPANFALL_SITE_EMBED", table),
        )?;
        let binary = workspace::target().join("dist/spanfall");
        fs::create_dir_all(workspace::target().join("dist"))?;
        fs::copy(workspace::server(), &binary).context("cannot copy the binary")?;
        // Line tables are most of the size; the linker's own tool is there wherever Rust links.
        if let Err(error) = run_command(Command::new("strip").arg(&binary)) {
            note(format!("left unstripped: {error:#}"));
        }
        note(format!(
            "{}: {} bytes",
            binary.display(),
            fs::metadata(&binary)?.len()
        ));
        Ok(())
    })
}
