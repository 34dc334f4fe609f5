//! Python packages from a lock file, in an environment below the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{note, run};
use crate::tools::apt;
use crate::workspace;

/// pip takes many minutes for what uv resolves and installs in seconds.
const UV: &str = "uv==0.13.8";

/// Makes the environment `name` hold exactly what the lock file says and returns its interpreter.
pub fn environment(name: &str, lock: &Path) -> anyhow::Result<PathBuf> {
    let folder = workspace::target().join("python").join(name);
    let python = folder.join("bin/python");
    let content = fs::read(lock)?;
    let installed = folder.join("installed.lock");
    if fs::read(&installed).is_ok_and(|installed| installed == content) {
        return Ok(python);
    }
    note(format!(
        "setting up Python packages in {}",
        folder.display()
    ));
    if !folder.join("bin/uv").is_file() {
        create(&folder)?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", UV]))?;
    }
    run(Command::new(folder.join("bin/uv"))
        .args(["pip", "install", "--quiet", "--python"])
        .arg(&python)
        .arg("--requirement")
        .arg(lock))?;
    fs::write(installed, content)?;
    Ok(python)
}

fn create(folder: &Path) -> anyhow::Result<()> {
    let create = || {
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(folder))
    };
    // Debian keeps the module in a package of its own.
    create().or_else(|_| {
        apt::install(&["python3-venv"])?;
        create()
    })
}
