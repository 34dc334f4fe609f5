//! Experiments as the home page lists them.

use super::tuple::travels_as_tuple;

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
    /// Traces in it.
    pub traces: u64,
    /// Of these, failed.
    pub errors: u64,
    /// Start of the newest trace, in milliseconds since 1970.
    pub last_trace_ms: Option<i64>,
    /// Key and value, without the reserved ones.
    pub tags: Vec<(String, String)>,
}

/// The home page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExperimentList {
    /// Those that match the search, the one with the newest trace first.
    pub rows: Vec<ExperimentRow>,
    /// All experiments there are.
    pub experiments: u64,
    /// All traces there are.
    pub traces: u64,
    /// Of these, failed.
    pub errors: u64,
    /// This server's address as the reader reached it, e.g. `http://localhost:5000`.
    pub address: String,
}

travels_as_tuple! {
    ExperimentRef { id, name }
    ExperimentRow { experiment, traces, errors, last_trace_ms, tags }
    ExperimentList { rows, experiments, traces, errors, address }
}
