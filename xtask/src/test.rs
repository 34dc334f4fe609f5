//! `cargo xtask test`: every test there is. A failed part does not stop the next one; the last line
//! counts all of them.

mod browser;
mod budget;
mod lint;
mod rust;
mod sdk;

use anyhow::bail;
use clap::ValueEnum;

use crate::build;
use crate::step::{note, step};
use crate::summary::Count;
use crate::tools::apt;

/// A part of the tests that can be run by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Format and clippy.
    Lint,
    /// Rust tests of all crates.
    Rust,
    /// Sizes of the built site.
    Budget,
    /// Client libraries against the server.
    Sdk,
    /// The viewer in Chromium.
    E2e,
}

/// Runs the named parts, or all; an error if anything failed.
pub fn run(parts: &[Part]) -> anyhow::Result<()> {
    let has = |part: Part| parts.is_empty() || parts.contains(&part);
    let mut total = Count::default();
    if has(Part::Lint) {
        total += lint::run();
    }
    if has(Part::Rust) {
        ensure_strace();
        total += part("Rust tests", rust::run);
    }
    if has(Part::Budget) || has(Part::Sdk) || has(Part::E2e) {
        match build_all() {
            Ok(()) => {
                if has(Part::Budget) {
                    total += one("Size budget", budget::run);
                }
                if has(Part::Sdk) {
                    total += part("Client libraries (Python)", sdk::run);
                }
                if has(Part::E2e) {
                    total += part("Browser tests (Chromium)", browser::run);
                }
            }
            Err(error) => {
                note(format!("{error:#}; the parts that need the build are not run"));
                total += Count { failed: 1, ..Count::default() };
            }
        }
    }
    println!("{total}");
    if total.failed > 0 {
        bail!("{} of the tests failed", total.failed);
    }
    Ok(())
}

fn build_all() -> anyhow::Result<()> {
    build::site()?;
    build::server()
}

/// A part whose runner counts; one that cannot even start is a failed test.
fn part(title: &str, work: impl FnOnce() -> anyhow::Result<Count>) -> Count {
    let outcome = step(title, || {
        let count = work()?;
        note(count.to_string());
        Ok(count)
    });
    outcome.unwrap_or_else(|error| {
        note(format!("{error:#}"));
        Count { failed: 1, ..Count::default() }
    })
}

/// A part that is one test.
fn one(title: &str, work: impl FnOnce() -> anyhow::Result<()>) -> Count {
    let outcome = step(title, work);
    if let Err(error) = &outcome {
        note(format!("{error:#}"));
    }
    Count::one(&outcome)
}

/// The durability tests watch system calls; without strace they say that they are skipped.
fn ensure_strace() {
    if apt::find(&["strace"]).is_none()
        && let Err(error) = apt::install(&["strace"])
    {
        note(format!("{error:#}"));
    }
}
