//! `cargo xtask compare`: the same calls to a real `mlflow server` 3.17.2 and to Spanfall, and where the answers differ.
//!
//! The calls are in `compare/calls/*.txt` (`script` says how they are written) and in the filter tables of `domain`. Ids that a
//! server makes are captured and put into later calls. Differences that are meant are in `intended`, each with its reason; any
//! other one, and a rule there that matches nothing any more, is a failure.

mod answer;
mod calls;
mod diff;
mod intended;
mod same;
mod script;
mod side;

use std::path::PathBuf;

use anyhow::ensure;

use crate::bench::reference::Reference;
use crate::bench::server::Server;
use crate::step::{note, step};
use crate::summary::Count;
use crate::{build, workspace};
use diff::Difference;
use intended::Intentions;
use side::Side;

/// What to compare.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Compare this binary instead of building one.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Print intended differences too.
    #[arg(long)]
    all: bool,
}

/// What came of it.
#[derive(Default)]
struct Outcome {
    calls: u64,
    calls_that_differ: u64,
    intended: u64,
    unexpected: u64,
}

/// Builds the server if need be, compares and prints; an error if there was an unexpected difference.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let binary = match &options.binary {
        Some(binary) => binary.canonicalize()?,
        None => {
            build::server()?;
            workspace::server()
        }
    };
    let outcome = compare(&binary, options.all)?;
    ensure!(outcome.unexpected == 0, "answers differ");
    Ok(())
}

/// The same with the server that is built already; every call counts as a test.
pub fn count() -> anyhow::Result<Count> {
    let outcome = compare(&workspace::server(), false)?;
    let failed = outcome
        .calls_that_differ
        .max(u64::from(outcome.unexpected > 0));
    Ok(Count {
        passed: outcome.calls.saturating_sub(failed),
        failed,
        skipped: 0,
    })
}

fn compare(binary: &std::path::Path, prints_all: bool) -> anyhow::Result<Outcome> {
    let calls = calls::all()?;
    let reference = Reference::start("compare-reference")?;
    let server = Server::start(binary, &workspace::target().join("compare-ours"))?;
    let (mut theirs, mut ours) = (Side::new(reference.port), Side::new(server.port));
    let mut intentions = Intentions::default();
    let mut outcome = Outcome::default();
    step("Send every call to both", || {
        for call in &calls {
            let answers = (theirs.send(call)?, ours.send(call)?);
            outcome.calls += 1;
            let mut differs = false;
            for difference in diff::between(&answers.0, &answers.1) {
                let reason = intentions.reason(&call.name, &difference);
                match reason {
                    Some(_) => outcome.intended += 1,
                    None => {
                        outcome.unexpected += 1;
                        differs = true;
                    }
                }
                if prints_all || reason.is_none() {
                    print(&call.name, &difference, reason);
                }
            }
            outcome.calls_that_differ += u64::from(differs);
        }
        Ok(())
    })?;
    for rule in intentions.unused() {
        println!("INTENDED BUT NOT SEEN  {rule}");
        outcome.unexpected += 1;
    }
    if outcome.unexpected > 0 {
        note(format!(
            "an intended difference belongs into {}",
            file!().replace(".rs", "/intended.rs")
        ));
    }
    println!(
        "{} calls compared, {} intended differences, {} unexpected",
        outcome.calls, outcome.intended, outcome.unexpected
    );
    Ok(outcome)
}

fn print(call: &str, difference: &Difference, reason: Option<&str>) {
    println!("{call}");
    if let Some(reason) = reason {
        println!("    intended: {reason}");
    }
    println!("    at {}", difference.at);
    println!("      mlflow    {}", difference.theirs);
    println!("      spanfall  {}", difference.ours);
}
