//! Runs in a store.

use async_trait::async_trait;
use serde_json::Value;

use super::StoreResult;
use crate::experiment::{LifecycleStage, Tag, ViewType};
use crate::filter::runs::{RunFilter, RunOrder};
use crate::ids::{ExperimentId, RunId};
use crate::model::ModelMetric;
use crate::page::{Page, PageRequest};
use crate::run::{Metric, ModelOutput, Run, RunInputs, RunStatus};
use crate::time::UnixMillis;

/// A run to make.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRun {
    /// Made by the caller.
    pub id: RunId,
    /// Must be active, else `Refused`.
    pub experiment_id: ExperimentId,
    /// For people; also stored as tag `mlflow.runName`.
    pub name: String,
    /// Who started it, or empty.
    pub user_id: String,
    /// When it began.
    pub start_time: UnixMillis,
    /// Keys unique.
    pub tags: Vec<Tag>,
}

/// A change of a run: only what is `Some` changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunUpdate {
    /// The new status.
    pub status: Option<RunStatus>,
    /// The new end.
    pub end_time: Option<UnixMillis>,
    /// The new name; also changes tag `mlflow.runName`.
    pub name: Option<String>,
}

/// Data to log to a run, all or nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunData {
    /// Appended to the history.
    pub metrics: Vec<Metric>,
    /// A logged parameter may be logged again with the same value only.
    pub params: Vec<Tag>,
    /// Added or replaced.
    pub tags: Vec<Tag>,
    /// Values that are kept with logged models as well; `Missing` if a model is unknown.
    pub model_metrics: Vec<ModelMetric>,
}

/// A search for runs.
#[derive(Debug, Clone)]
pub struct RunQuery {
    /// Nothing is found if empty.
    pub experiments: Vec<ExperimentId>,
    /// All of them if `None`.
    pub filter: Option<RunFilter>,
    /// `start_time DESC, run_id ASC` if empty.
    pub order: Vec<RunOrder>,
    /// Which stages.
    pub view: ViewType,
    /// Which part of the result.
    pub page: PageRequest,
}

/// Runs by id and search.
#[async_trait]
pub trait RunStore: Send + Sync {
    /// Makes a run. `Missing` if the experiment is unknown, `Refused` if it is deleted.
    async fn create_run(&self, new: NewRun) -> StoreResult<Run>;

    /// By id, deleted ones included.
    async fn run(&self, id: &RunId) -> StoreResult<Option<Run>>;

    /// Changes a run. `Missing` if unknown.
    async fn update_run(&self, id: &RunId, update: RunUpdate) -> StoreResult<Run>;

    /// One page of a search.
    async fn search_runs(&self, query: RunQuery) -> StoreResult<Page<Run>>;

    /// Deletes or restores; in that stage already is fine. `Missing` if unknown.
    async fn set_run_lifecycle(&self, id: &RunId, stage: LifecycleStage) -> StoreResult<()>;

    /// Logs metrics, parameters and tags. `Missing` if unknown; `Refused` if the run is deleted or a parameter would change.
    async fn log_run_data(&self, id: &RunId, data: RunData) -> StoreResult<()>;

    /// Notes what a run used; datasets and models it has already are passed over. `Missing` if the run is unknown, `Refused` if
    /// it is deleted.
    async fn log_run_inputs(&self, id: &RunId, inputs: RunInputs) -> StoreResult<()>;

    /// Notes what a run made; repeated outputs are fine. `Missing` if the run is unknown, `Refused` if it is deleted.
    async fn log_run_outputs(&self, id: &RunId, outputs: Vec<ModelOutput>) -> StoreResult<()>;

    /// Appends to the JSON list in tag `mlflow.log-model.history`, in which clients of 2.x keep their models. `Missing` if the
    /// run is unknown, `Refused` if it is deleted.
    async fn append_model_history(&self, id: &RunId, model: Value) -> StoreResult<()>;

    /// Removes a tag. `Missing` if the run or the tag is unknown, `Refused` if the run is deleted.
    async fn delete_run_tag(&self, id: &RunId, key: &str) -> StoreResult<()>;

    /// All values of one metric in order of step, time and arrival.
    async fn metric_history(
        &self,
        id: &RunId,
        key: &str,
        page: PageRequest,
    ) -> StoreResult<Page<Metric>>;
}
