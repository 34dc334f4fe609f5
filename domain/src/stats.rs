//! Statistics of traces: which are counted, facets, groups, series over time, and the metrics of MLflow's protocol.
//!
//! Only types and arithmetic are here; a store finds the traces ([`crate::store::StatsStore`]).

mod facets;
mod group;
mod groups;
mod latencies;
mod metrics;
mod series;

use serde::{Deserialize, Serialize};

use crate::filter::TraceFilter;
use crate::ids::ExperimentId;
use crate::time::UnixMillis;

pub use facets::{Facet, FacetList, FacetQuery, FacetValue, Facets};
pub use group::{Group, percentile};
pub use groups::{GroupOrder, GroupQuery, Groups, TraceGroup};
pub use latencies::{Latencies, LatencyQuery, LatencySlot};
pub use metrics::{
    Aggregation, AssessmentKind, AssessmentTest, Dimension, Metric, MetricPoint, MetricQuery,
    Metrics, SpanPart,
};
pub use series::{DurationStats, RatingStats, Series, SeriesPoint, SeriesQuery, SpanPercentile};

/// With a filter other than on time, or where spans must be read, no more than so many of the newest matches are counted.
pub const COUNTED_MAX: u64 = 100_000;

/// Starts of traces, both ends included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeRange {
    /// The earliest.
    pub from: Option<UnixMillis>,
    /// The latest.
    pub to: Option<UnixMillis>,
}

/// The traces to look at.
#[derive(Debug, Clone, Default)]
pub struct StatsScope {
    /// Nothing is found if empty; unknown ones are ignored.
    pub experiments: Vec<ExperimentId>,
    /// All of them if `None`.
    pub filter: Option<TraceFilter>,
    /// When they began.
    pub range: TimeRange,
}

/// Which traces were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// All that match; so many.
    All(u64),
    /// The newest of those that match; so many. There are older ones.
    Newest(u64),
}

impl Counted {
    /// How many traces.
    pub fn traces(self) -> u64 {
        match self {
            Self::All(traces) | Self::Newest(traces) => traces,
        }
    }

    /// What to say beside the figures if they are not about all: `newest 100,000`.
    pub fn label(self) -> Option<String> {
        match self {
            Self::All(_) => None,
            Self::Newest(traces) => Some(format!("newest {}", with_commas(traces))),
        }
    }
}

impl TimeRange {
    /// As numbers, both ends included.
    pub fn bounds(self) -> (i64, i64) {
        (
            self.from.map_or(i64::MIN, |from| from.0),
            self.to.map_or(i64::MAX, |to| to.0),
        )
    }
}

/// Digits in groups of three.
fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_said_for_people() {
        assert_eq!(Counted::All(5).label(), None);
        for (traces, label) in [
            (0, "newest 0"),
            (999, "newest 999"),
            (1000, "newest 1,000"),
            (100_000, "newest 100,000"),
            (1_234_567, "newest 1,234,567"),
        ] {
            assert_eq!(Counted::Newest(traces).label().as_deref(), Some(label));
        }
    }
}
