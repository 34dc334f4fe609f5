//! Counts a list's traces by when they began and by how long they took.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::Histogram;
use crate::url_state::ListState;
use crate::wire::Wire;

/// The histograms of a list, over its range or else from its first trace to its last.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the filter or the range cannot be read.
#[server(prefix = "/ui-api", endpoint = "histogram", input = GetUrl, output = Wire)]
pub async fn get_histogram(
    /// The experiment.
    experiment_id: i64,
    /// Which traces.
    #[server(flatten)]
    state: ListState,
) -> Result<Histogram, AppError> {
    count::histogram(experiment_id, state).await
}

#[cfg(feature = "ssr")]
mod count {
    use domain::filter::TraceFilter;
    use domain::filter::order::parse_trace_order;
    use domain::page::PageRequest;
    use domain::stats::{LatencyQuery, SeriesQuery, StatsScope};
    use domain::store::{Store, TraceQuery};

    use super::super::question;
    use crate::charts::bucket_for;
    use crate::error::AppError;
    use crate::model::Histogram;
    use crate::server_fns::server;
    use crate::text::moment::moment;
    use crate::trace_list::facets::clauses::before_durations;
    use crate::url_state::ListState;

    /// Steps within a power of ten that look even on a logarithmic scale and are round all the same.
    const STEPS: [i64; 10] = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80];
    /// The least bound in milliseconds, the greatest, and the one that every histogram reaches.
    const LEAST: i64 = 10;
    const GREATEST: i64 = 6_000_000;
    const USUAL: i64 = 60_000;

    pub async fn histogram(experiment: i64, state: ListState) -> Result<Histogram, AppError> {
        let store = server::store()?;
        server::experiment(store.as_ref(), experiment).await?;
        let now = (server::clock()?.now)();
        let scope = question::scope(experiment, &state, now)?;
        let (from, to) = ends(store.as_ref(), &scope, &state, now.0).await?;
        let bucket_ms = bucket_for(to.saturating_sub(from));
        let query = SeriesQuery {
            scope: scope.clone(),
            bucket_ms,
        };
        let (from, last) = (query.bucket(from), query.bucket(to - 1));
        let series = store.series(query).await?;
        let points = series.points.iter();
        let volume = points.map(|point| (point.start.0, point.traces, point.errors));
        let bounds = bounds();
        let query = LatencyQuery {
            scope,
            bounds: bounds.clone(),
        };
        let found = store.latencies(query).await?;
        let slots = found.slots.iter().map(|slot| (slot.traces, slot.errors));
        let (bounds, latency) = cut(bounds, slots.collect());
        Ok(Histogram {
            from,
            to: last.saturating_add(bucket_ms),
            bucket_ms,
            volume: volume.collect(),
            bounds,
            latency,
            counted: series.counted.traces(),
            label: series.counted.label(),
            before: before_durations(&state.filter),
        })
    }

    /// The range in milliseconds: what the address says, or else the first trace and the last.
    async fn ends(
        store: &dyn Store,
        scope: &StatsScope,
        state: &ListState,
        now: i64,
    ) -> Result<(i64, i64), AppError> {
        let from = match moment(&state.from, now) {
            Some(from) => from,
            None => {
                let first = one(store, scope, "timestamp_ms ASC").await?;
                first.unwrap_or(now - 3_600_000)
            }
        };
        let to = match moment(&state.to, now) {
            Some(to) => to,
            None if !state.from.is_empty() => now,
            None => {
                let last = one(store, scope, "timestamp_ms DESC").await?;
                last.map_or(now, |last| last + 1)
            }
        };
        Ok((from.min(to - 1), to))
    }

    async fn one(
        store: &dyn Store,
        scope: &StatsScope,
        order: &str,
    ) -> Result<Option<i64>, AppError> {
        let order =
            parse_trace_order(&[order]).map_err(|error| AppError::Failed(error.to_string()))?;
        let filter: Option<TraceFilter> = scope.filter.clone();
        let query = TraceQuery {
            experiments: scope.experiments.clone(),
            filter,
            order,
            page: PageRequest {
                size: 1,
                token: None,
            },
        };
        let found = store.search_traces(query).await?;
        Ok(found.items.first().map(|trace| trace.request_time.0))
    }

    fn bounds() -> Vec<i64> {
        let powers = std::iter::successors(Some(LEAST), |power| Some(power * 10));
        let bounds = powers.flat_map(|power| STEPS.map(|step| step * power / 10));
        bounds.take_while(|bound| *bound <= GREATEST).collect()
    }

    /// Without empty slots beyond what every histogram shows.
    fn cut(mut bounds: Vec<i64>, mut slots: Vec<(u64, u64)>) -> (Vec<i64>, Vec<(u64, u64)>) {
        while bounds.last().is_some_and(|bound| *bound > USUAL)
            && slots.last().is_some_and(|(traces, _)| *traces == 0)
        {
            bounds.pop();
            slots.pop();
        }
        (bounds, slots)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn durations_are_parted_at_round_values() {
            let bounds = bounds();
            assert!(bounds.is_sorted_by(|a, b| a < b));
            assert_eq!(bounds[..4], [10, 12, 15, 20]);
            assert!(bounds.contains(&1_000) && bounds.contains(&USUAL));
        }

        #[test]
        fn empty_slots_beyond_a_minute_are_left_out() {
            let full = bounds();
            let empty = vec![(0, 0); full.len() + 1];
            let (bounds, slots) = cut(full.clone(), empty.clone());
            assert_eq!(bounds.last(), Some(&USUAL));
            assert_eq!(slots.len(), bounds.len() + 1);
            let mut slow = empty;
            slow[full.len()] = (1, 0);
            assert_eq!(cut(full.clone(), slow).0, full);
        }
    }
}
