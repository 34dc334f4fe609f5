//! Runs in lists and on their own page.

use domain::run::RunStatus;

use super::tuple::travels_as_tuple;
use super::{Count, ExperimentRef, TraceRow};

/// One line of a run list.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRow {
    /// Its id.
    pub run_id: String,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub status: RunStatus,
    /// Who started it, or empty.
    pub user: String,
    /// When it began, in milliseconds since 1970.
    pub start_ms: i64,
    /// When it ended, if it has.
    pub end_ms: Option<i64>,
    /// Traces in it.
    pub traces: Count,
    /// The first few metrics, name and value.
    pub metrics: Vec<(String, f64)>,
}

/// One page of a run list.
#[derive(Debug, Clone, PartialEq)]
pub struct RunList {
    /// The experiment.
    pub experiment: ExperimentRef,
    /// The runs, newest first.
    pub rows: Vec<RunRow>,
    /// The token of the page that follows.
    pub next: Option<String>,
}

/// The page of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunView {
    /// The experiment.
    pub experiment: ExperimentRef,
    /// Name, status, times and metrics (all of them here).
    pub run: RunRow,
    /// Deleted, and only readable by its address.
    pub is_deleted: bool,
    /// Name and value.
    pub params: Vec<(String, String)>,
    /// Key and value, without the reserved ones.
    pub tags: Vec<(String, String)>,
    /// The first traces, newest first.
    pub traces: Vec<TraceRow>,
    /// The token of the page of traces that follows.
    pub next: Option<String>,
}

travels_as_tuple! {
    RunRow { run_id, name, status, user, start_ms, end_ms, traces, metrics }
    RunList { experiment, rows, next }
    RunView { experiment, run, is_deleted, params, tags, traces, next }
}

#[cfg(feature = "ssr")]
impl RunRow {
    /// The most metrics of a list row.
    pub const METRICS: usize = 3;

    /// The line for a run, with at most `metrics` of its metrics.
    pub fn of(run: &domain::run::Run, traces: Count, metrics: usize) -> Self {
        Self {
            run_id: run.id.as_str().to_owned(),
            name: run.name.clone(),
            status: run.status,
            user: run.user_id.clone(),
            start_ms: run.start_time.0,
            end_ms: run.end_time.map(|time| time.0),
            traces,
            metrics: run
                .metrics
                .iter()
                .take(metrics)
                .map(|m| (m.key.clone(), m.value))
                .collect(),
        }
    }
}
