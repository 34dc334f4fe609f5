//! Logged models: versions of an application or an agent that traces and runs refer to (metadata `mlflow.modelId`).
//!
//! Models of MLflow's model registry are something else and not kept here.

use serde::{Deserialize, Serialize};

use crate::experiment::{LifecycleStage, Tag};
use crate::ids::{ExperimentId, ModelId, RunId};
use crate::run::Metric;
use crate::time::UnixMillis;

/// Whether a model can be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelStatus {
    /// Nothing was said.
    Unspecified,
    /// Its files are still being uploaded.
    #[default]
    Pending,
    /// Complete.
    Ready,
    /// The upload failed.
    Failed,
}

impl ModelStatus {
    /// All statuses, in the order of the protocol's numbers 0 to 3.
    pub const ALL: [ModelStatus; 4] = [Self::Unspecified, Self::Pending, Self::Ready, Self::Failed];

    /// The wire name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unspecified => "LOGGED_MODEL_STATUS_UNSPECIFIED",
            Self::Pending => "LOGGED_MODEL_PENDING",
            Self::Ready => "LOGGED_MODEL_READY",
            Self::Failed => "LOGGED_MODEL_UPLOAD_FAILED",
        }
    }

    /// The name in filters, which is that of the Python SDK.
    pub fn short_name(self) -> &'static str {
        match self {
            Self::Unspecified => "UNSPECIFIED",
            Self::Pending => "PENDING",
            Self::Ready => "READY",
            Self::Failed => "FAILED",
        }
    }

    /// From the wire name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A value that a run measured of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelMetric {
    /// The value.
    pub metric: Metric,
    /// The model it is about.
    pub model_id: ModelId,
    /// The run that measured it.
    pub run_id: RunId,
    /// The dataset it was measured on, if said.
    pub dataset: Option<DatasetName>,
}

/// Names a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DatasetName {
    /// For people.
    pub name: String,
    /// Of its content; empty if unknown.
    pub digest: String,
}

/// A logged model with its data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoggedModel {
    /// Its id.
    pub id: ModelId,
    /// The experiment it belongs to.
    pub experiment_id: ExperimentId,
    /// For people; need not be unique.
    pub name: String,
    /// Where its files are.
    pub artifact_uri: String,
    /// Whether it can be used.
    pub status: ModelStatus,
    /// Such as `Agent`; empty if not said.
    pub model_type: String,
    /// The run that made it; empty if none did.
    pub source_run_id: String,
    /// In use or deleted.
    pub lifecycle: LifecycleStage,
    /// When it was made.
    pub creation_time: UnixMillis,
    /// When its status or stage last changed.
    pub last_update_time: UnixMillis,
    /// Sorted by key; may change.
    pub tags: Vec<Tag>,
    /// Sorted by key; a parameter never changes once logged.
    pub params: Vec<Tag>,
    /// All values, sorted by key, time, step and run.
    pub metrics: Vec<ModelMetric>,
}
