//! Statistics: the matches of a filter as sets of rows ([`super::search::Matches`]), and what the columns of the index say of
//! them. No trace is opened but for metrics of spans. Each kind of answer has its module.

mod assessments;
mod attached;
mod counts;
mod facets;
mod groups;
mod labels;
mod latencies;
mod matched;
mod merge;
mod merged;
mod ratings;
mod series;
mod sessions;
mod spans;
mod sums;
mod traces;

use async_trait::async_trait;
use domain::ids::ExperimentId;
use domain::stats::{
    FacetQuery, Facets, GroupQuery, Groups, Latencies, LatencyQuery, Metric, MetricQuery, Metrics,
    Series, SeriesQuery, SpanPercentile,
};
use domain::store::{StatsStore, StoreResult};
use domain::time::UnixMillis;

pub(super) use attached::AttachedCache;
pub(super) use counts::CountCache;
pub(super) use merged::MergedCache;

use super::SqliteStore;

#[async_trait]
impl StatsStore for SqliteStore {
    async fn facets(&self, query: FacetQuery) -> StoreResult<Facets> {
        self.recount_all().await?;
        facets::facets(self, query).await
    }

    async fn groups(&self, query: GroupQuery) -> StoreResult<Groups> {
        self.recount_all().await?;
        groups::groups(self, query).await
    }

    async fn series(&self, query: SeriesQuery) -> StoreResult<Series> {
        self.recount_all().await?;
        series::series(self, query).await
    }

    async fn latencies(&self, query: LatencyQuery) -> StoreResult<Latencies> {
        self.recount_all().await?;
        latencies::latencies(self, query).await
    }

    async fn trace_metrics(&self, query: MetricQuery) -> StoreResult<Metrics> {
        self.recount_all().await?;
        match query.metric {
            Metric::TraceCount
            | Metric::SessionCount
            | Metric::TraceLatency
            | Metric::InputTokens
            | Metric::OutputTokens
            | Metric::TotalTokens
            | Metric::CacheReadTokens
            | Metric::CacheCreationTokens => traces::metrics(self, query).await,
            Metric::SpanCount
            | Metric::SpanLatency
            | Metric::InputCost
            | Metric::OutputCost
            | Metric::TotalCost => spans::metrics(self, query).await,
            Metric::AssessmentCount | Metric::AssessmentValue => {
                assessments::metrics(self, query).await
            }
        }
    }

    async fn span_percentile(
        &self,
        experiment: ExperimentId,
        name: &str,
        duration_nanos: i64,
        days: u32,
        now: UnixMillis,
    ) -> StoreResult<Option<SpanPercentile>> {
        let sketch = self.span_durations(experiment, name, days, now).await?;
        Ok(sketch
            .rank(duration_nanos)
            .map(|slower_than| SpanPercentile {
                spans: sketch.count(),
                slower_than,
                p50_nanos: sketch.quantile(0.5).unwrap_or(0),
                p99_nanos: sketch.quantile(0.99).unwrap_or(0),
            }))
    }
}
