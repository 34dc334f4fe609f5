//! Series over time, and the place of a span among those of its name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Counted, StatsScope};
use crate::sketch::Sketch;
use crate::time::UnixMillis;
use crate::usage::TokenUsage;

/// A question for a series.
#[derive(Debug, Clone)]
pub struct SeriesQuery {
    /// The traces.
    pub scope: StatsScope,
    /// The length of a bucket in milliseconds, at least 1. Buckets begin at multiples of it, in UTC.
    pub bucket_ms: i64,
}

impl SeriesQuery {
    /// The most buckets of an answer; a question that needs more is refused.
    pub const POINTS_MAX: usize = 5000;

    /// The start of the bucket that an instant lies in.
    pub fn bucket(&self, time: i64) -> i64 {
        let size = self.bucket_ms.max(1);
        time.div_euclid(size).saturating_mul(size)
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Which traces.
    pub counted: Counted,
    /// All of them together; its start is that of the first bucket.
    pub total: SeriesPoint,
    /// By start; buckets without traces are left out.
    pub points: Vec<SeriesPoint>,
    /// Ratings are those of the newest so many only; `None` if all were counted.
    pub ratings_capped: Option<u64>,
}

/// The traces that began in one bucket.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SeriesPoint {
    /// Where the bucket begins.
    pub start: UnixMillis,
    /// How many traces.
    pub traces: u64,
    /// Of these, those in state ERROR.
    pub errors: u64,
    /// Of those that have ended.
    pub durations: Option<DurationStats>,
    /// Tokens summed; `None` if no trace says.
    pub tokens: Option<TokenUsage>,
    /// Cost summed, in US dollars; `None` if no trace says.
    pub cost: Option<f64>,
    /// Valid feedback that is a number, a truth value (1 or 0), yes (1) or no (0), by name.
    pub ratings: BTreeMap<String, RatingStats>,
}

/// Durations in milliseconds, each wrong by at most [`crate::sketch::RELATIVE_ERROR`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DurationStats {
    /// Half are shorter.
    pub p50: u64,
    /// Nine in ten are shorter.
    pub p90: u64,
    /// 95 in 100 are shorter.
    pub p95: u64,
    /// 99 in 100 are shorter.
    pub p99: u64,
}

impl DurationStats {
    /// From a sketch of milliseconds; `None` if it is empty.
    pub fn of(sketch: &Sketch) -> Option<Self> {
        Some(Self {
            p50: sketch.quantile(0.5)?,
            p90: sketch.quantile(0.9)?,
            p95: sketch.quantile(0.95)?,
            p99: sketch.quantile(0.99)?,
        })
    }
}

/// Ratings of one name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct RatingStats {
    /// How many.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
}

impl RatingStats {
    /// Adds one.
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
    }

    /// The average; `None` if there is none.
    pub fn average(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

/// The place of a span among the spans of its name that ended in the last days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SpanPercentile {
    /// How many there are.
    pub spans: u64,
    /// Which part of them is quicker, from 0 to 1.
    pub slower_than: f64,
    /// The median duration in nanoseconds, wrong by at most [`crate::sketch::RELATIVE_ERROR`].
    pub p50_nanos: u64,
    /// The same for 99 in 100.
    pub p99_nanos: u64,
}
