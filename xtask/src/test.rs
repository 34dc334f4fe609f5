//! `cargo xtask test`: every test there is. A failed part does not stop the next one; the last line
//! counts all of them.

mod browser;
mod budget;
mod lint;
mod rust;
mod sdk;

use clap::ValueEnum;

use crate::build;
use crate::compare;
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
    /// The same calls to a real `mlflow server` and to ours.
    Compare,
    /// The viewer in Chromium.
    E2e,
}

/// Runs the named parts, or all, and prints the count as the last line. Whether all went well.
pub fn run(parts: &[Part]) -> bool {
    let has = |part: Part| parts.is_empty() || parts.contains(&part);
    let mut tally = Tally::default();
    if has(Part::Lint) {
        lint::run(&mut tally);
    }
    if has(Part::Rust) {
        ensure_strace();
        tally.part("Rust tests", rust::run);
    }
    if has(Part::Budget) || has(Part::Sdk) || has(Part::Compare) || has(Part::E2e) {
        match build::site().and_then(|()| build::server()) {
            Ok(()) => {
                if has(Part::Budget) {
                    tally.one("Size budget", budget::run);
                }
                if has(Part::Sdk) {
                    tally.part("Client libraries (Python)", sdk::run);
                }
                if has(Part::Compare) {
                    tally.part("Side by side with mlflow server", compare::count);
                }
                if has(Part::E2e) {
                    tally.part("Browser tests (Chromium)", browser::run);
                }
            }
            Err(error) => {
                note(format!(
                    "{error:#}; the parts that need the build are not run"
                ));
                tally.add(
                    "Release build",
                    Count {
                        failed: 1,
                        ..Count::default()
                    },
                );
            }
        }
    }
    tally.print();
    tally.total.failed == 0
}

/// What came of the parts so far.
#[derive(Default)]
struct Tally {
    total: Count,
    failed: Vec<String>,
}

impl Tally {
    /// Runs a part whose runner counts; one that cannot even start is a failed test.
    fn part(&mut self, title: &str, work: impl FnOnce() -> anyhow::Result<Count>) {
        let outcome = step(title, || {
            let count = work()?;
            note(count.to_string());
            Ok(count)
        });
        let count = outcome.unwrap_or_else(|error| {
            note(format!("{error:#}"));
            Count {
                failed: 1,
                ..Count::default()
            }
        });
        self.add(title, count);
    }

    /// Runs a part that is one test.
    fn one(&mut self, title: &str, work: impl FnOnce() -> anyhow::Result<()>) {
        let outcome = step(title, work);
        if let Err(error) = &outcome {
            note(format!("{error:#}"));
        }
        self.add(title, Count::one(&outcome));
    }

    fn add(&mut self, title: &str, count: Count) {
        self.total += count;
        if count.failed > 0 {
            self.failed.push(title.to_owned());
        }
    }

    fn print(&self) {
        if !self.failed.is_empty() {
            println!("failed: {}", self.failed.join(", "));
        }
        println!("{}", self.total);
    }
}

/// The durability tests watch system calls; without strace they say that they are skipped.
fn ensure_strace() {
    if apt::find(&["strace"]).is_none()
        && let Err(error) = apt::install(&["strace"])
    {
        note(format!("{error:#}"));
    }
}
