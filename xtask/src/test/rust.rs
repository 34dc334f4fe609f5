//! Rust tests of all crates.

use crate::build::cargo;
use crate::step::run_watched;
use crate::summary::Count;

/// Runs `cargo test` and adds up what its test programs report.
pub fn run() -> anyhow::Result<Count> {
    let mut counted = Count::default();
    let is_success = run_watched(
        cargo().args(["test", "--workspace", "--no-fail-fast"]),
        |line| {
            if let Some(count) = result_line(line) {
                counted += count;
            }
        },
    )?;
    Ok(Count::of_runner(counted, is_success))
}

/// The figures of `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
fn result_line(line: &str) -> Option<Count> {
    let figures = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let mut count = Count::default();
    for figure in figures.split("; ") {
        let (number, word) = figure.split_once(' ')?;
        match (number.parse(), word) {
            (Ok(number), "passed") => count.passed = number,
            (Ok(number), "failed") => count.failed = number,
            (Ok(number), "ignored") => count.skipped = number,
            _ => {}
        }
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_line_is_counted() {
        let line = "test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; \
                    finished in 0.01s";
        assert_eq!(
            result_line(line),
            Some(Count {
                passed: 3,
                failed: 1,
                skipped: 2
            })
        );
        assert_eq!(result_line("test a ... ok"), None);
    }
}
