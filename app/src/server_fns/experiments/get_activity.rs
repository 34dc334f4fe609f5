//! Reads what happened in experiments in the last 24 hours.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::HomeActivity;
use crate::wire::Wire;

/// Traces, errors and durations of the last 24 hours: hour by hour for the experiments that are named, in sum for all.
///
/// # Errors
/// `Refused` if an id is no number.
#[server(prefix = "/ui-api", endpoint = "activity", input = GetUrl, output = Wire)]
pub async fn get_activity(
    /// Ids with commas between; the first 50 count.
    #[server(default)]
    experiments: String,
) -> Result<HomeActivity, AppError> {
    use domain::ids::ExperimentId;
    use domain::stats::{SeriesQuery, StatsScope, TimeRange};
    use domain::time::UnixMillis;

    use crate::model::Activity;
    use crate::server_fns::server;

    const HOUR: i64 = 3_600_000;
    const HOURS: usize = 24;
    const MOST: usize = 50;
    let store = server::store()?;
    let now = (server::clock()?.now)().0;
    let first = (now.div_euclid(HOUR) - HOURS as i64 + 1) * HOUR;
    let question = |experiments, bucket_ms| SeriesQuery {
        scope: StatsScope {
            experiments,
            filter: None,
            range: TimeRange {
                from: Some(UnixMillis(first)),
                to: None,
            },
        },
        bucket_ms,
    };
    let ids = experiments.split(',').filter(|id| !id.is_empty());
    let ids: Result<Vec<i64>, _> = ids.take(MOST).map(str::parse).collect();
    let ids = ids.map_err(|_| AppError::Refused("An id is a number.".to_owned()))?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        let series = store.series(question(vec![ExperimentId(id)], HOUR)).await?;
        let mut strip = vec![(0, 0); HOURS];
        for point in &series.points {
            let place = usize::try_from((point.start.0 - first) / HOUR).unwrap_or(HOURS);
            // What an application's clock puts into the future is counted in the last hour.
            let slot: &mut (u64, u64) = &mut strip[place.min(HOURS - 1)];
            slot.0 += point.traces;
            slot.1 += point.errors;
        }
        rows.push(Activity {
            experiment: id,
            strip,
            p50_ms: series.total.durations.map(|durations| durations.p50),
            p95_ms: series.total.durations.map(|durations| durations.p95),
        });
    }
    let all = store
        .experiment_summaries(super::list_experiments::MOST)
        .await?;
    let all = all.iter().map(|summary| summary.experiment.id).collect();
    let total = store
        .series(question(all, HOUR * HOURS as i64))
        .await?
        .total;
    Ok(HomeActivity {
        traces: total.traces,
        errors: total.errors,
        rows,
    })
}
