//! Statistics in a store.

use async_trait::async_trait;

use super::StoreResult;
use crate::ids::ExperimentId;
use crate::stats::{
    FacetQuery, Facets, GroupQuery, Groups, Latencies, LatencyQuery, MetricQuery, Metrics, Series,
    SeriesQuery, SpanPercentile,
};
use crate::time::UnixMillis;

/// Figures about many traces. Without a filter or with one on time alone all traces are counted; otherwise the newest
/// [`COUNTED_MAX`](crate::stats::COUNTED_MAX) that match, or fewer if the filter must read spans to decide, and the answer says
/// so. A trace written before the call is counted, a deleted one is not.
#[async_trait]
pub trait StatsStore: Send + Sync {
    /// Values and how many traces have each.
    async fn facets(&self, query: FacetQuery) -> StoreResult<Facets>;

    /// Traces gathered by a value, a page at a time. `Refused` if more than [`GroupQuery::OFFSET_MAX`] groups are to be passed
    /// over.
    async fn groups(&self, query: GroupQuery) -> StoreResult<Groups>;

    /// Volume, errors, durations, tokens, cost and ratings over time. `Refused` if there would be more than
    /// [`SeriesQuery::POINTS_MAX`] buckets.
    async fn series(&self, query: SeriesQuery) -> StoreResult<Series>;

    /// How many traces took how long. `Refused` if the bounds are not in order.
    async fn latencies(&self, query: LatencyQuery) -> StoreResult<Latencies>;

    /// One metric of MLflow's protocol.
    async fn trace_metrics(&self, query: MetricQuery) -> StoreResult<Metrics>;

    /// How a span's duration compares with those of the same name that began in the `days` days up to `now`, today included
    /// (days end at midnight UTC). Spans count where they were sent, once for each time they were, also if their trace was
    /// deleted since; names beyond the first 2,000 of a day do not count. `None` if there are none.
    async fn span_percentile(
        &self,
        experiment: ExperimentId,
        name: &str,
        duration_nanos: i64,
        days: u32,
        now: UnixMillis,
    ) -> StoreResult<Option<SpanPercentile>>;
}
