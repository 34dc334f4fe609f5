//! Python packages from lock files, in environments below the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use anyhow::Context;

use crate::step::{note, run};
use crate::tools::apt;
use crate::workspace;

/// pip takes many minutes for what uv resolves and installs in seconds.
const UV: &str = "uv==0.13.8";

/// How many environments are filled at a time. Each waits for the network or the disk most of the time.
const PARALLEL: usize = 4;

/// Makes the environment `name` hold exactly what the lock file says and returns its interpreter.
pub fn environment(name: &str, lock: &Path) -> anyhow::Result<PathBuf> {
    let folder = workspace::target().join("python").join(name);
    let python = folder.join("bin/python");
    if is_installed(&folder, lock)? {
        return Ok(python);
    }
    note(format!(
        "setting up Python packages in {}",
        folder.display()
    ));
    let uv = folder.join("bin/uv");
    if !uv.is_file() {
        create(&folder)?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", UV]))?;
    }
    install(&uv, &folder, lock)?;
    Ok(python)
}

/// Makes one environment for each `NAME.lock` in `locks`, several at a time, and returns the folder that
/// holds them as `NAME`. `python` is the interpreter of an environment made by [`environment`].
pub fn environments(python: &Path, locks: &Path) -> anyhow::Result<PathBuf> {
    let parent = workspace::target().join("python/clients");
    let mut missing = Vec::new();
    for entry in fs::read_dir(locks)? {
        let lock = entry?.path();
        if lock.extension().is_none_or(|extension| extension != "lock") {
            continue;
        }
        let name = lock.file_stem().context("a lock file has a name")?;
        let folder = parent.join(name);
        if !is_installed(&folder, &lock)? {
            missing.push((folder, lock));
        }
    }
    if missing.is_empty() {
        return Ok(parent);
    }
    note(format!(
        "setting up {} Python environments in {}",
        missing.len(),
        parent.display()
    ));
    let uv = python.with_file_name("uv");
    let work = Mutex::new(missing.into_iter());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..PARALLEL)
            .map(|_| scope.spawn(|| fill_all(&uv, python, &work)))
            .collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().expect("a worker does not panic"))
    })?;
    Ok(parent)
}

/// Fills environments until none is left.
fn fill_all(
    uv: &Path,
    python: &Path,
    work: &Mutex<impl Iterator<Item = (PathBuf, PathBuf)>>,
) -> anyhow::Result<()> {
    loop {
        let next = work
            .lock()
            .expect("no worker panics while it holds the list")
            .next();
        let Some((folder, lock)) = next else {
            return Ok(());
        };
        run(Command::new(uv)
            .args(["venv", "--quiet", "--clear", "--python"])
            .arg(python)
            .arg(&folder))?;
        install(uv, &folder, &lock)?;
        note(format!("{} is ready", folder.display()));
    }
}

fn install(uv: &Path, folder: &Path, lock: &Path) -> anyhow::Result<()> {
    run(Command::new(uv)
        // A lock file is whole, and some leave out on purpose what a package says it needs.
        .args(["pip", "install", "--quiet", "--no-deps", "--python"])
        .arg(folder.join("bin/python"))
        .arg("--requirement")
        .arg(lock))?;
    fs::copy(lock, mark(folder))?;
    Ok(())
}

fn is_installed(folder: &Path, lock: &Path) -> anyhow::Result<bool> {
    let content = fs::read(lock)?;
    Ok(fs::read(mark(folder)).is_ok_and(|installed| installed == content))
}

/// A copy of the lock file, written once all of it is installed.
fn mark(folder: &Path) -> PathBuf {
    folder.join("installed.lock")
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
