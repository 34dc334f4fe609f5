//! What the overview shows, gathered: series of the period and the one before, groups, failures, tools.

pub(super) mod failures;
pub(super) mod tables;

use std::sync::Arc;

use domain::filter::TraceFilter;
use domain::filter::order::parse_trace_order;
use domain::ids::ExperimentId;
use domain::page::PageRequest;
use domain::stats::{Series, SeriesPoint, SeriesQuery, StatsScope, TimeRange};
use domain::store::{Store, TraceQuery};
use domain::time::UnixMillis;

use super::list_traces::search::compile;
use crate::charts::bucket_for;
use crate::error::AppError;
use crate::model::{ExperimentRef, FilterProblem, Overview, OverviewPoint};
use crate::server_fns::server;
use crate::text::moment::moment;
use crate::url_state::ListState;

/// What an overview is asked for.
pub(super) struct Asked {
    pub(super) store: Arc<dyn Store>,
    pub(super) experiment: ExperimentRef,
    pub(super) state: ListState,
    pub(super) now: UnixMillis,
    /// What narrows the traces, without the time range: figures by time alone are exact.
    filter: Option<TraceFilter>,
    /// What is wrong with the question; the filter is empty then.
    problem: Option<FilterProblem>,
}

impl Asked {
    /// Reads the question of a list.
    pub(super) async fn of(experiment: i64, state: ListState) -> Result<Self, AppError> {
        let store = server::store()?;
        let experiment = server::experiment(store.as_ref(), experiment).await?;
        let now = (server::clock()?.now)();
        let timeless = ListState {
            from: String::new(),
            to: String::new(),
            ..state.clone()
        };
        // The whole for what is wrong with it.
        let filter = compile(&state, now).and_then(|_| compile(&timeless, now));
        let (filter, problem) = match filter {
            Ok(filter) => (filter, None),
            Err(problem) => (None, Some(problem)),
        };
        Ok(Self {
            store,
            experiment,
            state,
            now,
            filter,
            problem,
        })
    }

    /// The same, or what is wrong with it.
    pub(super) fn readable(mut self) -> Result<Self, AppError> {
        match self.problem.take() {
            Some(problem) => Err(AppError::Refused(problem.message)),
            None => Ok(self),
        }
    }

    /// The traces of the range that was asked for.
    pub(super) fn scope(&self) -> StatsScope {
        self.between(self.moment(&self.state.from), self.moment(&self.state.to))
    }

    /// The traces that began in a stretch of time, the end not included.
    fn between(&self, from: Option<i64>, to: Option<i64>) -> StatsScope {
        StatsScope {
            experiments: vec![ExperimentId(self.experiment.id)],
            filter: self.filter.clone(),
            range: TimeRange {
                from: from.map(UnixMillis),
                to: to.map(|to| UnixMillis(to - 1)),
            },
        }
    }

    fn moment(&self, text: &str) -> Option<i64> {
        (!text.is_empty())
            .then(|| moment(text, self.now.0))
            .flatten()
    }

    /// When the first or the last trace began.
    async fn end(&self, by: &str) -> Result<Option<i64>, AppError> {
        let order = parse_trace_order(&[by]);
        let query = TraceQuery {
            experiments: vec![ExperimentId(self.experiment.id)],
            filter: self.filter.clone(),
            order: order.map_err(|error| AppError::Failed(error.to_string()))?,
            page: PageRequest::first(1),
        };
        let found = self.store.search_traces(query).await?;
        Ok(found.items.first().map(|trace| trace.request_time.0))
    }

    /// What the address asks for, or from the first trace to the last; `None` if there is no trace.
    async fn period(&self) -> Result<Option<(i64, i64)>, AppError> {
        let from = match self.moment(&self.state.from) {
            Some(from) => Some(from),
            None => self.end("timestamp_ms ASC").await?,
        };
        let to = match self.moment(&self.state.to) {
            Some(to) => Some(to),
            None if self.state.from.starts_with('-') => Some(self.now.0),
            None => self.end("timestamp_ms DESC").await?.map(|last| last + 1),
        };
        Ok(from.zip(to).filter(|(from, to)| from < to))
    }

    async fn series(&self, from: i64, to: i64, bucket_ms: i64) -> Result<Series, AppError> {
        let scope = self.between(Some(from), Some(to));
        Ok(self.store.series(SeriesQuery { scope, bucket_ms }).await?)
    }
}

/// Figures over time and by value.
pub(super) async fn figures(asked: Asked) -> Result<Overview, AppError> {
    let mut out = Overview {
        experiment: asked.experiment.clone(),
        problem: asked.problem.clone(),
        counted: None,
        ends: (0, 0),
        bucket_ms: 1,
        total: OverviewPoint::default(),
        total_before: None,
        points: Vec::new(),
        before: Vec::new(),
        tables: Vec::new(),
    };
    if out.problem.is_some() {
        return Ok(out);
    }
    let Some((from, to)) = asked.period().await? else {
        return Ok(out);
    };
    let bucket = bucket_for(to - from);
    let ends = (floor(from, bucket), floor(to - 1, bucket) + bucket);
    (out.ends, out.bucket_ms) = (ends, bucket);
    let here = asked.series(from, to, bucket).await?;
    out.counted = here.counted.label();
    out.total = point(&here.total, 0);
    out.points = here.points.iter().map(|found| point(found, 0)).collect();
    if out.total.traces == 0 {
        return Ok(out);
    }
    // All there is has no period before it.
    if !asked.state.from.is_empty() {
        // Moved by whole buckets, so that they lie on each other.
        let moved = ends.1 - ends.0;
        let before = asked.series(from - moved, to - moved, bucket).await?;
        let points = before.points.iter();
        out.before = points.map(|found| point(found, moved)).collect();
        out.total_before = Some(point(&before.total, moved));
    }
    let scope = asked.between(Some(from), Some(to));
    out.tables = tables::tables(asked.store.as_ref(), &scope).await?;
    Ok(out)
}

fn floor(time: i64, bucket: i64) -> i64 {
    time.div_euclid(bucket) * bucket
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
