//! What stands beside a trace list: its histograms and its facets.

use super::ExperimentRef;
use super::tuple::travels_as_tuple;

/// When the traces of a list began, and how long they took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    /// The left end of the time axis, in milliseconds since 1970.
    pub from: i64,
    /// Its right end, not included.
    pub to: i64,
    /// The length of a bucket in milliseconds.
    pub bucket_ms: i64,
    /// Starts of buckets with traces and failed ones; buckets without are left out.
    pub volume: Vec<(i64, u64, u64)>,
    /// Durations in milliseconds that part the slots of `latency`.
    pub bounds: Vec<i64>,
    /// Traces and failed ones; one more than there are bounds.
    pub latency: Vec<(u64, u64)>,
    /// Traces counted.
    pub counted: u64,
    /// What to say if these are not all: `newest 100,000`.
    pub label: Option<String>,
    /// What stands in the list's filter before other conditions on durations: nothing, or the rest with `AND` behind it. The page
    /// needs no knowledge of the language for that.
    pub before: String,
}

/// The facets of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetPanel {
    /// The experiment.
    pub experiment: ExperimentRef,
    /// The facets with something to choose.
    pub groups: Vec<FacetGroup>,
    /// What to say if not all traces were counted: `newest 100,000`.
    pub label: Option<String>,
}

/// The values of one facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetGroup {
    /// Which facet; see [`crate::trace_list::facets::field::Field::key`].
    pub key: String,
    /// Value, traces that have it, and a name in place of the value, or empty.
    pub values: Vec<(String, u64, String)>,
    /// There are more values.
    pub has_more: bool,
}

travels_as_tuple! {
    Histogram { from, to, bucket_ms, volume, bounds, latency, counted, label, before }
    FacetPanel { experiment, groups, label }
    FacetGroup { key, values, has_more }
}
