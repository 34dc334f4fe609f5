//! A list's question on the server: what its address asks, bounded in time, ready for the store.

use std::sync::Arc;

use domain::filter::TraceFilter;
use domain::filter::order::{TraceOrder, parse_trace_order};
use domain::ids::{ExperimentId, TraceId};
use domain::page::{Page, PageRequest, PageToken};
use domain::stats::{Counted, SeriesQuery, StatsScope, TimeRange};
use domain::store::{Store, TraceQuery};
use domain::time::UnixMillis;
use domain::trace::TraceInfo;

use super::list_lines::list_lines;
use super::list_traces::search::compile;
use crate::error::AppError;
use crate::model::{RowPage, TimeSlots};
use crate::server_fns::server;
use crate::url_state::{ListState, trail};

/// Rows of a page.
const PAGE: usize = 100;
/// The most traces read at once while passing over some.
const READ: usize = 1_000;
/// About how many slots a list is counted in; fewer than a series may have.
const SLOTS: i64 = 4_000;

/// Which traces, of which experiment, in which order.
pub(super) struct Question {
    /// Where they are.
    pub store: Arc<dyn Store>,
    /// The experiment.
    pub experiment: ExperimentId,
    /// What the address says.
    pub state: ListState,
    /// All that narrows the list; `None` if nothing does.
    pub filter: Option<TraceFilter>,
}

impl Question {
    /// Reads it. `since` and `until` are milliseconds or empty.
    pub(super) async fn of(
        experiment: i64,
        state: ListState,
        since: &str,
        until: &str,
    ) -> Result<Self, AppError> {
        let store = server::store()?;
        server::experiment(store.as_ref(), experiment).await?;
        let now = (server::clock()?.now)();
        let readable = |state: &ListState| {
            compile(state, now).map_err(|problem| AppError::Refused(problem.message))
        };
        // First as it was typed: bounds must not make sense of what has none.
        readable(&state)?;
        let mut bounded = state.clone();
        for (bound, comparator) in [(since, ">="), (until, "<=")] {
            if let Some(time) = millis(bound)? {
                bounded = bounded.and(&format!("timestamp_ms {comparator} {time}"));
            }
        }
        let filter = readable(&bounded)?;
        Ok(Self {
            store,
            experiment: ExperimentId(experiment),
            state,
            filter,
        })
    }

    /// A page of what is found.
    pub(super) async fn search(
        &self,
        size: usize,
        token: Option<PageToken>,
        order: Vec<TraceOrder>,
    ) -> Result<Page<TraceInfo>, AppError> {
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        let query = TraceQuery {
            experiments: vec![self.experiment],
            filter: self.filter.clone(),
            order,
            page: PageRequest { size, token },
        };
        Ok(self.store.search_traces(query).await?)
    }

    /// The order that the address asks for.
    pub(super) fn order(&self) -> Result<Vec<TraceOrder>, AppError> {
        order(self.state.sort.order_by())
    }
}

/// The whole question of an address as one filter, for what the server offers beside the viewer's functions.
///
/// # Errors
/// What is wrong with it, for people.
pub fn compiled(state: &ListState, now: UnixMillis) -> Result<Option<TraceFilter>, String> {
    compile(state, now).map_err(|problem| problem.message)
}

/// The traces of a list, to count them.
pub(super) fn scope(
    experiment: i64,
    state: &ListState,
    now: UnixMillis,
) -> Result<StatsScope, AppError> {
    Ok(StatsScope {
        experiments: vec![ExperimentId(experiment)],
        filter: compiled(state, now).map_err(AppError::Refused)?,
        range: TimeRange::default(),
    })
}

/// The trace that follows one in an order.
pub(super) async fn following(
    question: &Question,
    items: &[&str],
    id: &TraceId,
) -> Result<Option<String>, AppError> {
    let order = parse_trace_order(items).map_err(|error| AppError::Failed(error.to_string()))?;
    let (mut token, mut is_found, mut looked_at) = (None, false, 0);
    loop {
        let found = question.search(PAGE, token, order.clone()).await?;
        for trace in &found.items {
            if is_found {
                return Ok(Some(trace.trace_id.as_str().to_owned()));
            }
            is_found = trace.trace_id == *id;
        }
        looked_at += found.items.len();
        token = found.next;
        // Only those that began in the same millisecond stand before it.
        if token.is_none() || (!is_found && looked_at > READ) {
            return Ok(None);
        }
    }
}

fn order(item: &str) -> Result<Vec<TraceOrder>, AppError> {
    parse_trace_order(&[item]).map_err(|error| AppError::Failed(error.to_string()))
}

fn millis(text: &str) -> Result<Option<i64>, AppError> {
    if text.is_empty() {
        return Ok(None);
    }
    let time = text
        .parse()
        .map_err(|_| AppError::Refused(format!("“{text}” is not a number of milliseconds.")))?;
    Ok(Some(time))
}

/// One page of rows, without the first `skip`.
pub(super) async fn rows(question: &Question, skip: u32) -> Result<RowPage, AppError> {
    let order = question.order()?;
    let token = trail::present(&question.state.page);
    let mut token = (!token.is_empty()).then(|| PageToken(token.to_owned()));
    let mut skip = skip as usize;
    let mut out = RowPage::default();
    loop {
        let size = (skip + PAGE - out.rows.len()).min(READ);
        let found = question.search(size, token, order.clone()).await?;
        let passed = skip.min(found.items.len());
        skip -= passed;
        let (store, cols) = (question.store.as_ref(), &question.state.cols);
        let lines = list_lines(store, &found.items[passed..], cols).await?;
        out.rows.extend(lines);
        token = found.next;
        if token.is_none() || out.rows.len() >= PAGE {
            break;
        }
    }
    out.next = token.map(|token| token.0);
    Ok(out)
}

/// Counts over time.
pub(super) async fn slots(question: &Question) -> Result<TimeSlots, AppError> {
    let end = async |by: &str| {
        let found = question.search(1, None, order(by)?).await?;
        Ok::<_, AppError>(found.items.first().map(|trace| trace.request_time.0))
    };
    let first = end("timestamp_ms ASC").await?;
    let last = end("timestamp_ms DESC").await?;
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(TimeSlots {
            length: 1,
            is_whole: true,
            ..TimeSlots::default()
        });
    };
    let length = (last.saturating_sub(first) / SLOTS + 1).max(1);
    let series = question
        .store
        .series(SeriesQuery {
            scope: StatsScope {
                experiments: vec![question.experiment],
                filter: question.filter.clone(),
                range: TimeRange::default(),
            },
            bucket_ms: length,
        })
        .await?;
    let start = series.points.first().map_or(0, |point| point.start.0);
    let mut at = start;
    let counts = series.points.iter().map(|point| {
        let gap = (point.start.0 - at) / length;
        at = point.start.0 + length;
        let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        (narrow(gap.unsigned_abs()), narrow(point.traces))
    });
    let counts = counts.collect();
    Ok(TimeSlots {
        start,
        length,
        counts,
        is_whole: matches!(series.counted, Counted::All(_)),
    })
}
