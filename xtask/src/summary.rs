//! Counting: how many tests passed, failed and were skipped over all parts.

use std::fmt;
use std::ops::AddAssign;

/// Numbers of tests by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests that were not run.
    pub skipped: u64,
}

impl Count {
    /// A check that is one test by itself.
    pub fn one<T>(outcome: &anyhow::Result<T>) -> Self {
        match outcome {
            Ok(_) => Self {
                passed: 1,
                ..Self::default()
            },
            Err(_) => Self {
                failed: 1,
                ..Self::default()
            },
        }
    }

    /// A runner's own figures; a runner that failed without naming a failed test counts as one.
    pub fn of_runner(counted: Self, is_success: bool) -> Self {
        let failed = if is_success {
            counted.failed
        } else {
            counted.failed.max(1)
        };
        Self { failed, ..counted }
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runner_that_fails_without_a_failed_test_counts_as_one() {
        let counted = Count {
            passed: 3,
            ..Count::default()
        };
        assert_eq!(
            Count::of_runner(counted, false).to_string(),
            "3 passed, 1 failed, 0 skipped"
        );
    }
}
