//! How many traces took how long.

use serde::{Deserialize, Serialize};

use super::{Counted, StatsScope};

/// A question for durations.
#[derive(Debug, Clone)]
pub struct LatencyQuery {
    /// The traces.
    pub scope: StatsScope,
    /// Durations in milliseconds that part one slot from the next, ascending; at most [`LatencyQuery::BOUNDS_MAX`].
    pub bounds: Vec<i64>,
}

impl LatencyQuery {
    /// The most bounds.
    pub const BOUNDS_MAX: usize = 1000;

    /// The slot that a duration belongs to: the first is below the first bound, each bound begins one.
    pub fn slot(&self, duration_ms: i64) -> usize {
        self.bounds.partition_point(|bound| *bound <= duration_ms)
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latencies {
    /// Which traces; also those that have not ended.
    pub counted: Counted,
    /// One more than there are bounds.
    pub slots: Vec<LatencySlot>,
}

/// The traces of one slot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatencySlot {
    /// How many.
    pub traces: u64,
    /// Of these, those in state ERROR.
    pub errors: u64,
}

impl LatencySlot {
    /// Adds one trace.
    pub fn add(&mut self, is_error: bool) {
        self.traces += 1;
        self.errors += u64::from(is_error);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_begins_its_slot() {
        let query = LatencyQuery {
            scope: StatsScope::default(),
            bounds: vec![10, 100],
        };
        for (ms, slot) in [(-1, 0), (9, 0), (10, 1), (99, 1), (100, 2), (i64::MAX, 2)] {
            assert_eq!(query.slot(ms), slot, "{ms}");
        }
    }
}
