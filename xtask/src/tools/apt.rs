//! Debian packages, where they can be installed.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};

use crate::step::{note, output, run};

/// Installs packages as root; anyone else is told the command to run.
pub fn install(packages: &[&str]) -> anyhow::Result<()> {
    let names = packages.join(" ");
    let is_root = output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !is_root {
        bail!("{names} is missing: apt-get install --no-install-recommends {names}");
    }
    note(format!("installing {names} with apt-get"));
    let install = || {
        run(Command::new("apt-get")
            .args(["install", "--yes", "--quiet", "--no-install-recommends"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive"))
    };
    // A fresh machine has no package lists yet.
    install().or_else(|_| {
        run(Command::new("apt-get").args(["update", "--quiet"]))?;
        install()
    })
}

/// The first of the names that is a program on the path.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|program| program.is_file())
}

/// Chromium, installed if it is not there.
pub fn chromium() -> anyhow::Result<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    if let Some(program) = find(&names) {
        return Ok(program);
    }
    install(&["chromium"])?;
    find(&names).context("chromium was installed but is not on the path")
}
