//! The metrics of MLflow's protocol (3.17.2): one number of traces, spans or assessments, grouped and aggregated. Which
//! aggregations and groups go with which metric is the protocol's business.

use super::{Counted, StatsScope};
use crate::filter::predicate::TextTest;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Traces.
    TraceCount,
    /// Different sessions.
    SessionCount,
    /// Duration of traces in milliseconds.
    TraceLatency,
    /// Tokens of traces.
    InputTokens,
    /// Tokens of traces.
    OutputTokens,
    /// Tokens of traces.
    TotalTokens,
    /// Tokens of traces.
    CacheReadTokens,
    /// Tokens of traces.
    CacheCreationTokens,
    /// Spans.
    SpanCount,
    /// Duration of spans in whole milliseconds.
    SpanLatency,
    /// Dollars of spans.
    InputCost,
    /// Dollars of spans.
    OutputCost,
    /// Dollars of spans.
    TotalCost,
    /// Valid assessments.
    AssessmentCount,
    /// Values of valid assessments: numbers, truth values as 1 and 0, yes and no as 1 and 0; others are passed over.
    AssessmentValue,
}

/// What groups are made by. Things without a value are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// The trace's name.
    TraceName,
    /// The trace's state.
    TraceState,
    /// The span's name.
    SpanName,
    /// The span's type.
    SpanType,
    /// The span's status.
    SpanStatus,
    /// The model the span called.
    SpanModel,
    /// Whose model it is.
    SpanProvider,
    /// The assessment's name.
    AssessmentName,
    /// The assessment's value as JSON.
    AssessmentValue,
}

/// What is computed of each group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aggregation {
    /// How many.
    Count,
    /// The sum.
    Sum,
    /// The mean.
    Avg,
    /// The percentile, 0 to 100, between two numbers in proportion.
    Percentile(f64),
    /// The least.
    Min,
    /// The greatest.
    Max,
}

/// What a condition on a span is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpanPart {
    /// Its name.
    Name,
    /// Its type.
    Type,
    /// Its status.
    Status,
}

/// Kinds of assessments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AssessmentKind {
    /// A judgement.
    Feedback,
    /// What should have come out.
    Expectation,
    /// A known issue.
    Issue,
}

/// A condition on an assessment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssessmentTest {
    /// Its name is this.
    Name(String),
    /// It is of this kind; of none if `None`.
    Kind(Option<AssessmentKind>),
}

/// A question.
#[derive(Debug, Clone)]
pub struct MetricQuery {
    /// The traces. For costs of spans `range` is about the spans' own start.
    pub scope: StatsScope,
    /// What is measured.
    pub metric: Metric,
    /// What is computed; at least one.
    pub aggregations: Vec<Aggregation>,
    /// What groups are made by.
    pub dimensions: Vec<Dimension>,
    /// All must hold for a span to be looked at; for metrics of spans.
    pub spans: Vec<(SpanPart, TextTest)>,
    /// All must hold for an assessment to be looked at; for metrics of assessments.
    pub assessments: Vec<AssessmentTest>,
    /// Groups by time too, in buckets of so many milliseconds that begin at multiples of it.
    pub bucket_ms: Option<i64>,
    /// The most points of the answer.
    pub limit: usize,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Metrics {
    /// Which traces, or for metrics of assessments which assessments.
    pub counted: Counted,
    /// By time, then by the dimensions' texts.
    pub points: Vec<MetricPoint>,
}

/// One group.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricPoint {
    /// Where its bucket begins, in milliseconds; `None` if buckets were not asked for.
    pub bucket: Option<i64>,
    /// One text for each dimension asked.
    pub dimensions: Vec<String>,
    /// One number for each aggregation asked.
    pub values: Vec<f64>,
}

impl MetricQuery {
    /// The start of the bucket that an instant lies in, if there are buckets.
    pub fn bucket(&self, time_ms: i64) -> Option<i64> {
        let size = self.bucket_ms?.max(1);
        Some(time_ms.div_euclid(size).saturating_mul(size))
    }
}
