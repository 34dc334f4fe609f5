//! `cargo xtask serve`: build what is out of date, then become the server.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::Context;

use crate::{build, workspace};

/// Builds, then replaces this process by `spanfall serve`, which prints its address as the last line.
pub fn run(demo: bool, rest: &[String]) -> anyhow::Result<()> {
    build::site()?;
    build::server()?;
    let mut command = Command::new(workspace::server());
    command.arg("serve");
    if demo {
        command.arg("--demo");
    }
    for (flag, value) in [("--host", "127.0.0.1"), ("--port", "5000")] {
        let is_given = |word: &String| word == flag || word.starts_with(&format!("{flag}="));
        if !rest.iter().any(is_given) {
            command.args([flag, value]);
        }
    }
    command.args(rest).env("SPANFALL_SITE_ROOT", workspace::site());
    eprintln!("==> Starting {}", workspace::server().display());
    Err(command.exec()).context("cannot start the server")
}
