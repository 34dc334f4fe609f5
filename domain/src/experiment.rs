//! Experiments: the named boxes that traces and runs live in.

use serde::{Deserialize, Serialize};

use crate::ids::ExperimentId;
use crate::time::UnixMillis;

/// Whether an experiment or a run is in use or was deleted (and can be restored).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LifecycleStage {
    /// In use.
    #[default]
    Active,
    /// Deleted; still readable by id.
    Deleted,
}

impl LifecycleStage {
    /// The wire text, `active` or `deleted`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deleted => "deleted",
        }
    }
}

/// Which lifecycle stages a search covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ViewType {
    /// Only what is in use.
    #[default]
    ActiveOnly,
    /// Only what was deleted.
    DeletedOnly,
    /// Both.
    All,
}

/// A key and a value of an experiment or a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// At most 250 characters.
    pub key: String,
    /// The text.
    pub value: String,
}

/// An experiment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Experiment {
    /// Its id.
    pub id: ExperimentId,
    /// Unique among all experiments, deleted ones included; at most 500 characters.
    pub name: String,
    /// Where artifacts of its runs go, e.g. `mlflow-artifacts:/1`.
    pub artifact_location: String,
    /// In use or deleted.
    pub lifecycle: LifecycleStage,
    /// When it was made.
    pub creation_time: UnixMillis,
    /// When its name, stage or tags last changed.
    pub last_update_time: UnixMillis,
    /// Sorted by key.
    pub tags: Vec<Tag>,
}

/// What the list of experiments shows beside an [`Experiment`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExperimentSummary {
    /// The experiment.
    pub experiment: Experiment,
    /// Traces in it, exact.
    pub trace_count: u64,
    /// Traces whose state is ERROR, exact.
    pub error_count: u64,
    /// Start of the newest trace.
    pub last_trace_time: Option<UnixMillis>,
}
