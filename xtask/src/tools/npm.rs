//! npm packages from a lock file.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::step::{note, run};

/// Installs what the lock file in `folder` says, unless exactly that is there already.
pub fn install(folder: &Path) -> anyhow::Result<()> {
    let lock = fs::read(folder.join("package-lock.json"))?;
    let installed = folder.join("node_modules/.installed-lock.json");
    if fs::read(&installed).is_ok_and(|content| content == lock) {
        return Ok(());
    }
    note(format!("installing npm packages for {}", folder.display()));
    // No package here needs its install script.
    run(Command::new("npm")
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ])
        .current_dir(folder))?;
    fs::write(installed, lock)?;
    Ok(())
}
