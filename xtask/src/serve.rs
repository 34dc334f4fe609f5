//! `cargo xtask serve`: build what is out of date, then become the server.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::Context;

use crate::step::{note, run as run_command, step};
use crate::{build, workspace};

/// The flags of `spanfall serve` that say where the data are, which `spanfall demo` takes as well.
const STORAGE_FLAGS: [&str; 3] = ["--backend-store-uri", "--artifacts-destination", "--config"];

/// Builds, then replaces this process by `spanfall serve`, which prints its address as the last line.
pub fn run(rest: &[String]) -> anyhow::Result<()> {
    build()?;
    start(rest)
}

/// The same with the demo data loaded first, into the store that the arguments name.
pub fn run_with_demo(rest: &[String]) -> anyhow::Result<()> {
    build()?;
    let load = || {
        run_command(
            Command::new(workspace::server())
                .arg("demo")
                .args(storage(rest)),
        )
    };
    if let Err(error) = step("Loading the demo data", load) {
        note(format!("going on with the store as it is: {error:#}"));
    }
    start(rest)
}

fn build() -> anyhow::Result<()> {
    build::site()?;
    build::server()
}

fn start(rest: &[String]) -> anyhow::Result<()> {
    let mut command = Command::new(workspace::server());
    command.arg("serve");
    for (flag, value) in [("--host", "127.0.0.1"), ("--port", "5000")] {
        if !rest.iter().any(|word| is_flag(word, flag)) {
            command.args([flag, value]);
        }
    }
    command
        .args(rest)
        .env("SPANFALL_SITE_ROOT", workspace::site());
    eprintln!("==> Starting {}", workspace::server().display());
    Err(command.exec()).context("cannot start the server")
}

fn is_flag(word: &str, flag: &str) -> bool {
    word.strip_prefix(flag)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
}

/// Those of the arguments that say where the data are, with their values.
fn storage(rest: &[String]) -> Vec<&String> {
    let mut found = Vec::new();
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        if STORAGE_FLAGS.iter().any(|flag| is_flag(word, flag)) {
            found.push(word);
            if !word.contains('=') {
                found.extend(words.next());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demo_gets_the_storage_flags_alone() {
        let words = "--port 1 --backend-store-uri sqlite:///a.db --config=b.toml --host x";
        let rest: Vec<String> = words.split(' ').map(String::from).collect();
        assert_eq!(
            storage(&rest),
            ["--backend-store-uri", "sqlite:///a.db", "--config=b.toml"]
        );
    }
}
