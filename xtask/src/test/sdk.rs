//! The client libraries that people use, against the built server.

use crate::step::run_watched;
use crate::summary::Count;
use crate::tools::{npm, python};
use crate::workspace;

/// Runs pytest over `end2end/sdk`, with an environment for each client and OpenTelemetry's exporters for
/// Node.
pub fn run() -> anyhow::Result<Count> {
    let folder = workspace::root().join("end2end/sdk");
    let python = python::environment("sdk", &folder.join("requirements.lock"))?;
    let clients = python::environments(&python, &folder.join("locks"))?;
    npm::install(&folder.with_file_name("otel-node"))?;
    let mut counted = Count::default();
    let is_success = run_watched(
        std::process::Command::new(python)
            .args(["-m", "pytest", "--color=no", "-p", "no:cacheprovider"])
            // Two processes, each with a server of its own; a file stays in one of them.
            .args(["--numprocesses=2", "--dist=loadfile"])
            .current_dir(&folder)
            .env("SPANFALL_BINARY", workspace::server())
            .env("SPANFALL_SITE_ROOT", workspace::site())
            .env("SPANFALL_CLIENTS", clients)
            // Without these a client hangs for minutes looking for hosts it cannot reach.
            .env("MLFLOW_DISABLE_TELEMETRY", "true")
            .env("DO_NOT_TRACK", "true"),
        |line| {
            if let Some(count) = summary_line(line) {
                counted = count;
            }
        },
    )?;
    Ok(Count::of_runner(counted, is_success))
}

/// The figures of `== 2 failed, 7 passed, 1 skipped in 3.10s ==`.
fn summary_line(line: &str) -> Option<Count> {
    let (figures, _) = line.trim_matches(['=', ' ']).rsplit_once(" in ")?;
    let mut count = Count::default();
    for figure in figures.split(", ") {
        let (number, word) = figure.split_once(' ')?;
        let number: u64 = number.parse().ok()?;
        match word {
            "passed" | "xfailed" => count.passed += number,
            "failed" | "error" | "errors" | "xpassed" => count.failed += number,
            "skipped" | "deselected" => count.skipped += number,
            _ => {}
        }
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_line_is_counted() {
        let line = "==== 2 failed, 7 passed, 1 skipped, 3 warnings, 1 error in 3.10s ====";
        assert_eq!(
            summary_line(line),
            Some(Count {
                passed: 7,
                failed: 3,
                skipped: 1
            })
        );
        assert_eq!(
            summary_line("7 passed in 0.01s"),
            Some(Count {
                passed: 7,
                ..Count::default()
            })
        );
        assert_eq!(summary_line("collected 3 items in a folder"), None);
    }
}
