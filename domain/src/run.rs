//! Runs: one execution of a script or an evaluation, to which traces may belong.

use serde::{Deserialize, Serialize};

use crate::experiment::{LifecycleStage, Tag};
use crate::ids::{ExperimentId, RunId};
use crate::time::UnixMillis;

/// How a run stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RunStatus {
    /// Under way.
    #[default]
    Running,
    /// Not yet begun.
    Scheduled,
    /// Ended well.
    Finished,
    /// Ended badly.
    Failed,
    /// Stopped from outside.
    Killed,
}

impl RunStatus {
    /// All statuses, in the order of the protocol's numbers 1 to 5.
    pub const ALL: [RunStatus; 5] = [
        Self::Running,
        Self::Scheduled,
        Self::Finished,
        Self::Failed,
        Self::Killed,
    ];

    /// The wire name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Scheduled => "SCHEDULED",
            Self::Finished => "FINISHED",
            Self::Failed => "FAILED",
            Self::Killed => "KILLED",
        }
    }

    /// From the wire name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// One measured value of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// Its name.
    pub key: String,
    /// May be NaN; infinities are stored as the largest finite numbers, as MLflow 3.17.2 does.
    pub value: f64,
    /// When it was measured.
    pub timestamp: UnixMillis,
    /// The training step, or 0.
    pub step: i64,
}

/// A run with its data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The experiment it belongs to.
    pub experiment_id: ExperimentId,
    /// For people; also tag `mlflow.runName`.
    pub name: String,
    /// Who started it, or empty.
    pub user_id: String,
    /// How it stands.
    pub status: RunStatus,
    /// When it began.
    pub start_time: UnixMillis,
    /// When it ended, if it has.
    pub end_time: Option<UnixMillis>,
    /// In use or deleted.
    pub lifecycle: LifecycleStage,
    /// The latest value of each metric, sorted by key.
    pub metrics: Vec<Metric>,
    /// Sorted by key; a parameter never changes once logged.
    pub params: Vec<Tag>,
    /// Sorted by key.
    pub tags: Vec<Tag>,
}
