//! Runs: one execution of a script or an evaluation, to which traces may belong.

use serde::{Deserialize, Serialize};

use crate::experiment::{LifecycleStage, Tag};
use crate::ids::{ExperimentId, ModelId, RunId};
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

/// A dataset that a run used, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetInput {
    /// For people; at most 500 characters.
    pub name: String,
    /// Of its content; at most 36 characters.
    pub digest: String,
    /// What `source` is.
    pub source_type: String,
    /// Where it comes from, usually as JSON text.
    pub source: String,
    /// Its columns as JSON text.
    pub schema: Option<String>,
    /// Its statistics as JSON text.
    pub profile: Option<String>,
    /// What it was used for: tag `mlflow.data.context` and others.
    pub tags: Vec<Tag>,
}

impl DatasetInput {
    /// The tag that says what the dataset was used for.
    pub const CONTEXT: &'static str = "mlflow.data.context";

    /// What it was used for, if said.
    pub fn context(&self) -> Option<&str> {
        let tag = self.tags.iter().find(|tag| tag.key == Self::CONTEXT)?;
        Some(&tag.value)
    }
}

/// What a run used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInputs {
    /// Datasets in the order of arrival, unique by name and digest.
    pub datasets: Vec<DatasetInput>,
    /// Logged models in the order of arrival, unique.
    pub models: Vec<ModelId>,
}

/// A logged model that a run made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelOutput {
    /// The model.
    pub model_id: ModelId,
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
    /// What it used.
    pub inputs: RunInputs,
    /// What it made, in the order of arrival, unique.
    pub outputs: Vec<ModelOutput>,
}
