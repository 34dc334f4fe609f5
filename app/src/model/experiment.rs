//! Experiments as the home page and their settings show them.

use super::tuple::travels_as_tuple;

/// The tag that holds an experiment's description, as in MLflow's own viewer.
pub const DESCRIPTION_TAG: &str = "mlflow.note.content";

/// An experiment by id and name, for headings and links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExperimentRef {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// One line of the home page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExperimentRow {
    /// Which experiment.
    pub experiment: ExperimentRef,
    /// What it is for; empty if nobody said.
    pub description: String,
    /// Traces in it; 0 for a deleted one.
    pub traces: u64,
    /// Of these, failed.
    pub errors: u64,
    /// Start of the newest trace, in milliseconds since 1970.
    pub last_trace_ms: Option<i64>,
    /// When its name, stage or tags last changed.
    pub changed_ms: i64,
    /// Key and value, without the reserved ones.
    pub tags: Vec<(String, String)>,
}

/// The home page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExperimentList {
    /// Those of this page.
    pub rows: Vec<ExperimentRow>,
    /// How many match, on all pages.
    pub found: u64,
    /// All experiments in use.
    pub experiments: u64,
    /// All traces of these.
    pub traces: u64,
    /// Of these, failed.
    pub errors: u64,
    /// This server's address as the reader reached it, e.g. `http://localhost:5000`.
    pub address: String,
}

/// What happened in an experiment in the last 24 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Which experiment.
    pub experiment: i64,
    /// Traces and failed ones of each hour, the oldest first.
    pub strip: Vec<(u64, u64)>,
    /// Half of the traces took at most so long.
    pub p50_ms: Option<u64>,
    /// 95 % of them.
    pub p95_ms: Option<u64>,
}

/// What happened in the last 24 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeActivity {
    /// Traces of all experiments.
    pub traces: u64,
    /// Of these, failed.
    pub errors: u64,
    /// The experiments that were asked for.
    pub rows: Vec<Activity>,
}

/// What can be changed of an experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExperimentSettings {
    /// Name, description and tags.
    pub row: ExperimentRow,
    /// It was deleted.
    pub is_deleted: bool,
    /// It is the one that cannot be deleted.
    pub is_default: bool,
    /// When it was made.
    pub created_ms: i64,
    /// When it last changed.
    pub changed_ms: i64,
    /// Where its artifacts go.
    pub artifacts: String,
}

/// What an operator asks first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics {
    /// Of the server.
    pub version: String,
    /// As the reader reached it.
    pub address: String,
    /// Experiments in use.
    pub experiments: u64,
    /// Traces of all experiments.
    pub traces: u64,
    /// Bytes of the database, free space included.
    pub file_bytes: u64,
    /// Bytes of it that hold something.
    pub used_bytes: u64,
    /// Writes that wait.
    pub queue_waiting: u64,
    /// Writes that can wait before more are refused.
    pub queue_max: u64,
}

travels_as_tuple! {
    ExperimentRef { id, name }
    ExperimentRow { experiment, description, traces, errors, last_trace_ms, changed_ms, tags }
    ExperimentList { rows, found, experiments, traces, errors, address }
    Activity { experiment, strip, p50_ms, p95_ms }
    HomeActivity { traces, errors, rows }
    ExperimentSettings { row, is_deleted, is_default, created_ms, changed_ms, artifacts }
    Diagnostics { version, address, experiments, traces, file_bytes, used_bytes, queue_waiting, queue_max }
}
