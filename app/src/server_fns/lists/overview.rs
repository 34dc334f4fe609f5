//! What the overview shows, gathered: series of the period and the one before, groups, failures, tools.

mod failures;
mod tables;

use domain::filter::TraceFilter;
use domain::ids::ExperimentId;
use domain::page::PageRequest;
use domain::stats::{Series, SeriesPoint, SeriesQuery, StatsScope, TimeRange};
use domain::store::{Store, TraceQuery};
use domain::time::UnixMillis;

use super::list_traces::search::compile;
use crate::server_fns::server;
use crate::charts::bucket_for;
use crate::error::AppError;
use crate::model::{Overview, OverviewPoint};
use crate::text::moment::moment;
use crate::url_state::ListState;

pub(super) async fn overview(experiment: i64, state: ListState) -> Result<Overview, AppError> {
    let store = server::store()?;
    let store = store.as_ref();
    let now = (server::clock()?.now)();
    let mut out = Overview {
        experiment: server::experiment(store, experiment).await?,
        problem: None,
        counted: None,
        ends: (0, 0),
        bucket_ms: 1,
        total: OverviewPoint::default(),
        total_before: None,
        points: Vec::new(),
        before: Vec::new(),
        tables: Vec::new(),
        failures: Vec::new(),
        failures_of: 0,
        tools: Vec::new(),
        tools_of: None,
    };
    let timeless = ListState {
        from: String::new(),
        to: String::new(),
        ..state.clone()
    };
    // The whole for what is wrong with it; its times go beside the filter, so that figures by time alone are exact.
    if let Err(problem) = compile(&state, now) {
        out.problem = Some(problem);
        return Ok(out);
    }
    let Ok(filter) = compile(&timeless, now) else {
        return Ok(out);
    };
    let experiment = ExperimentId(experiment);
    let Some(range) = range(store, experiment, filter.clone(), &state, now).await? else {
        return Ok(out);
    };
    let Period { from, to, .. } = range;
    let bucket = bucket_for(to - from);
    let ends = (floor(from, bucket), floor(to - 1, bucket) + bucket);
    (out.ends, out.bucket_ms) = (ends, bucket);
    let scope = |from: i64, to: i64| StatsScope {
        experiments: vec![experiment],
        filter: filter.clone(),
        range: TimeRange {
            from: Some(UnixMillis(from)),
            to: Some(UnixMillis(to - 1)),
        },
    };
    let here = series(store, scope(from, to), bucket).await?;
    out.counted = here.counted.label();
    out.total = point(&here.total, 0);
    out.points = here.points.iter().map(|found| point(found, 0)).collect();
    if out.total.traces == 0 {
        return Ok(out);
    }
    if range.is_compared {
        // Moved by whole buckets, so that they lie on each other.
        let moved = ends.1 - ends.0;
        let before = series(store, scope(from - moved, to - moved), bucket).await?;
        out.before = before
            .points
            .iter()
            .map(|found| point(found, moved))
            .collect();
        out.total_before = Some(point(&before.total, moved));
    }
    let scope = scope(from, to);
    out.tables = tables::tables(store, &scope).await?;
    (out.failures, out.failures_of) = failures::failures(store, experiment, &state, now).await?;
    (out.tools, out.tools_of) = tables::tools(store, &scope).await?;
    Ok(out)
}

/// The time to show.
struct Period {
    from: i64,
    /// Not included.
    to: i64,
    /// There is a period before it that it can be compared with.
    is_compared: bool,
}

/// What the address asks for, or from the first trace to the last; `None` if there is no trace.
async fn range(
    store: &dyn Store,
    experiment: ExperimentId,
    filter: Option<TraceFilter>,
    state: &ListState,
    now: UnixMillis,
) -> Result<Option<Period>, AppError> {
    let end = async |by: &str| {
        let order = domain::filter::order::parse_trace_order(&[by])
            .map_err(|error| AppError::Failed(error.to_string()))?;
        let query = TraceQuery {
            experiments: vec![experiment],
            filter: filter.clone(),
            order,
            page: PageRequest {
                size: 1,
                token: None,
            },
        };
        let found = store.search_traces(query).await?;
        Ok::<_, AppError>(found.items.first().map(|trace| trace.request_time.0))
    };
    let asked = |text: &str| (!text.is_empty()).then(|| moment(text, now.0)).flatten();
    let from = match asked(&state.from) {
        Some(from) => Some(from),
        None => end("timestamp_ms ASC").await?,
    };
    let to = match asked(&state.to) {
        Some(to) => Some(to),
        None if state.from.starts_with('-') => Some(now.0),
        None => end("timestamp_ms DESC").await?.map(|last| last + 1),
    };
    Ok(from
        .zip(to)
        .filter(|(from, to)| from < to)
        .map(|(from, to)| Period {
            from,
            to,
            is_compared: !state.from.is_empty(),
        }))
}

fn floor(time: i64, bucket: i64) -> i64 {
    time.div_euclid(bucket) * bucket
}

async fn series(store: &dyn Store, scope: StatsScope, bucket_ms: i64) -> Result<Series, AppError> {
    Ok(store.series(SeriesQuery { scope, bucket_ms }).await?)
}

fn point(found: &SeriesPoint, moved: i64) -> OverviewPoint {
    let ratings = found.ratings.iter();
    let tokens = found.tokens;
    OverviewPoint {
        start: found.start.0 + moved,
        traces: found.traces,
        errors: found.errors,
        durations: found.durations.map(|of| (of.p50, of.p90, of.p99)),
        tokens: tokens.map(|usage| (usage.input_tokens, usage.output_tokens)),
        cost: found.cost,
        ratings: ratings
            .filter_map(|(name, stats)| Some((name.clone(), stats.count, stats.average()?)))
            .collect(),
    }
}
