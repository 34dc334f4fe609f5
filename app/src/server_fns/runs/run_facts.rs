//! What several functions read of runs.

use domain::filter::TraceFilter;
use domain::filter::print::quote_value;
use domain::ids::{ExperimentId, RunId};
use domain::run::Run;
use domain::stats::{SeriesPoint, SeriesQuery, StatsScope, TimeRange};
use domain::store::Store;

use crate::error::AppError;
use crate::model::{Count, RunSums};
use crate::server_fns::scope;

/// The most names of feedback averaged.
const RATINGS: usize = 6;

/// A run by its id, or that there is none.
pub(super) async fn found(store: &dyn Store, run_id: &str) -> Result<Run, AppError> {
    let run = store.run(&RunId::new(run_id)).await?;
    run.ok_or_else(|| AppError::not_found("run", run_id))
}

/// The traces of a run; `None` if the language cannot write its id.
pub(super) fn traces_of(run_id: &str) -> Option<TraceFilter> {
    let value = quote_value(run_id)?;
    scope::compiled(&format!("run_id = {value}")).ok()
}

/// What the traces of a run come to.
pub(super) async fn sums(
    store: &dyn Store,
    experiment: ExperimentId,
    run_id: &str,
) -> Result<RunSums, AppError> {
    let Some(filter) = traces_of(run_id) else {
        return Ok(RunSums::default());
    };
    let query = SeriesQuery {
        scope: StatsScope {
            experiments: vec![experiment],
            filter: Some(filter),
            range: TimeRange::default(),
        },
        // One bucket for all times.
        bucket_ms: i64::MAX,
    };
    let series = store.series(query).await?;
    let traces = Count {
        value: series.counted.traces(),
        is_capped: series.counted.label().is_some(),
    };
    Ok(of_point(series.total, traces))
}

fn of_point(total: SeriesPoint, traces: Count) -> RunSums {
    let mut ratings: Vec<(String, f64, u64)> = total
        .ratings
        .into_iter()
        .filter_map(|(name, stats)| Some((name, stats.average()?, stats.count)))
        .collect();
    ratings.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    ratings.truncate(RATINGS);
    RunSums {
        traces,
        errors: total.errors,
        p50_ms: total.durations.map(|durations| durations.p50),
        tokens: total.tokens.map(|usage| usage.total_tokens),
        cost: total.cost,
        ratings,
    }
}
