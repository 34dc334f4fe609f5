//! The viewer in Chromium, through Playwright.

use std::fs;
use std::process::Command;

use anyhow::Context;
use serde::Deserialize;

use crate::step::run_watched;
use crate::summary::Count;
use crate::tools::{apt, npm, python};
use crate::workspace;

#[derive(Deserialize)]
struct Report {
    stats: Statistics,
}

#[derive(Deserialize)]
struct Statistics {
    expected: u64,
    unexpected: u64,
    flaky: u64,
    skipped: u64,
}

/// Runs the specs of `end2end/tests`.
pub fn run() -> anyhow::Result<Count> {
    let folder = workspace::root().join("end2end");
    let chromium = apt::chromium()?;
    npm::install(&folder)?;
    // The data come through the official SDK, and ratings are read back through it.
    let python = python::environment("sdk", &folder.join("sdk/requirements.lock"))?;
    let report = folder.join("test-results/report.json");
    let _ = fs::remove_file(&report);
    let is_success = run_watched(
        Command::new(folder.join("node_modules/.bin/playwright"))
            .args(["test", "--reporter=list,json"])
            .current_dir(&folder)
            .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
            .env("SPANFALL_BINARY", workspace::server())
            .env("SPANFALL_SITE_ROOT", workspace::site())
            .env("SPANFALL_CHROMIUM", chromium)
            .env("SPANFALL_PYTHON", python),
        |_| {},
    )?;
    let report = fs::read(&report).context("Playwright left no report")?;
    let stats = serde_json::from_slice::<Report>(&report)?.stats;
    let counted = Count {
        passed: stats.expected,
        // A test that passes only the second time has failed.
        failed: stats.unexpected + stats.flaky,
        skipped: stats.skipped,
    };
    Ok(Count::of_runner(counted, is_success))
}
