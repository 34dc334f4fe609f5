//! `cargo xtask bench ui`: the viewer in Chromium. The measuring is a script, `end2end/bench`; here is what it needs: a server with
//! the finished site, packages and a browser.

use std::process::Command;

use anyhow::ensure;

use super::server::Server;
use crate::tools::{apt, npm};
use crate::workspace;

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct UiOptions {
    /// Visits for each figure; the best is judged, the median printed.
    #[arg(long, default_value_t = 5)]
    runs: u32,
    /// Instead look at the store of a million traces that `bench search --traces 1000000 --keep` has left.
    #[arg(long)]
    million: bool,
}

/// Fills a server unless its store is there, measures, prints; an error if a goal is missed.
pub fn ui(options: &UiOptions) -> anyhow::Result<()> {
    let folder = workspace::root().join("end2end");
    npm::install(&folder)?;
    let chromium = apt::chromium()?;
    let binary = workspace::server();
    let store = workspace::target().join(if options.million {
        "bench-search"
    } else {
        "bench-ui"
    });
    let server = if options.million {
        ensure!(
            store.join("spanfall.db").is_file(),
            "there is no kept store; run: cargo xtask bench search --traces 1000000 --keep"
        );
        Server::open(&binary, &store)?
    } else {
        Server::start(&binary, &store)?
    };
    let mut command = Command::new("node");
    command
        .arg(folder.join("bench/ui.mjs"))
        .arg(format!("http://127.0.0.1:{}", server.port))
        .arg(options.runs.to_string())
        .env("SPANFALL_CHROMIUM", chromium)
        .current_dir(&folder);
    if options.million {
        // The bench's traces are in the first experiment there is.
        command.arg("0");
    }
    let outcome = command.status()?;
    server.stop()?;
    if !options.million {
        std::fs::remove_dir_all(&store)?;
    }
    ensure!(outcome.success(), "goals of the viewer are missed");
    Ok(())
}
