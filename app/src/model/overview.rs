//! The overview of an experiment as it travels.

use super::tuple::travels_as_tuple;
use super::{ExperimentRef, FilterProblem};

/// What stands on the overview.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// Where.
    pub experiment: ExperimentRef,
    /// What is wrong with the filter; nothing else is filled then.
    pub problem: Option<FilterProblem>,
    /// Which traces were counted if not all were: `newest 100,000`.
    pub counted: Option<String>,
    /// The ends of the time shown, at bounds of buckets; the second is not included.
    pub ends: (i64, i64),
    /// The length of a bucket in milliseconds.
    pub bucket_ms: i64,
    /// All together.
    pub total: OverviewPoint,
    /// All of the period before together; `None` if it is not compared.
    pub total_before: Option<OverviewPoint>,
    /// By time; what has no traces is left out.
    pub points: Vec<OverviewPoint>,
    /// The same of the period before, moved to this one.
    pub before: Vec<OverviewPoint>,
    /// By name, model and so on.
    pub tables: Vec<OverviewTable>,
}

/// The traces of one bucket.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OverviewPoint {
    /// Where it begins.
    pub start: i64,
    /// How many.
    pub traces: u64,
    /// How many failed.
    pub errors: u64,
    /// Median, 90th and 99th percentile of durations in milliseconds.
    pub durations: Option<(u64, u64, u64)>,
    /// Tokens that went in and came out.
    pub tokens: Option<(i64, i64)>,
    /// Dollars.
    pub cost: Option<f64>,
    /// Names of feedback with how much there is and its average.
    pub ratings: Vec<(String, u64, f64)>,
}

/// Traces by one of their values.
#[derive(Debug, Clone, PartialEq)]
pub struct OverviewTable {
    /// What the values are: `Model`.
    pub title: String,
    /// The field that filters ask for a value.
    pub field: String,
    /// How many values there are.
    pub total: u64,
    /// The first of them.
    pub lines: Vec<OverviewLine>,
}

/// The traces of one value.
#[derive(Debug, Clone, PartialEq)]
pub struct OverviewLine {
    /// The value.
    pub value: String,
    /// How many.
    pub traces: u64,
    /// How many failed.
    pub errors: u64,
    /// The median duration in milliseconds.
    pub p50_ms: Option<u64>,
    /// Tokens in all.
    pub tokens: Option<i64>,
    /// Dollars.
    pub cost: Option<f64>,
}

/// Why traces failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Failures {
    /// Messages, the commonest first.
    pub lines: Vec<FailureLine>,
    /// So many failed traces were looked at.
    pub looked: u64,
}

/// Failed traces whose message has one shape.
#[derive(Debug, Clone, PartialEq)]
pub struct FailureLine {
    /// The message without what differs.
    pub shape: String,
    /// How many traces.
    pub traces: u64,
    /// The newest of them.
    pub example: String,
}

/// Calls of tools.
#[derive(Debug, Clone, PartialEq)]
pub struct Tools {
    /// Tools, those first that took the longest together.
    pub lines: Vec<ToolLine>,
    /// Which traces were looked at if not all were.
    pub looked: Option<String>,
}

/// Calls of one tool.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolLine {
    /// Its name.
    pub name: String,
    /// How many.
    pub calls: u64,
    /// How many failed.
    pub failed: u64,
    /// How long they took together.
    pub busy_ms: i64,
    /// The 90th percentile.
    pub p90_ms: u64,
}

travels_as_tuple! {
    Overview { experiment, problem, counted, ends, bucket_ms, total, total_before, points, before, tables }
    OverviewPoint { start, traces, errors, durations, tokens, cost, ratings }
    OverviewTable { title, field, total, lines }
    OverviewLine { value, traces, errors, p50_ms, tokens, cost }
    Failures { lines, looked }
    FailureLine { shape, traces, example }
    Tools { lines, looked }
    ToolLine { name, calls, failed, busy_ms, p90_ms }
}
