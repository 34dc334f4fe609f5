//! Experiments in a store.

use async_trait::async_trait;

use super::StoreResult;
use crate::experiment::{Experiment, ExperimentSummary, LifecycleStage, Tag, ViewType};
use crate::filter::experiments::{ExperimentFilter, ExperimentOrder};
use crate::ids::ExperimentId;
use crate::page::{Page, PageRequest};
use crate::time::UnixMillis;

/// An experiment to make.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewExperiment {
    /// 1 to 500 characters.
    pub name: String,
    /// `mlflow-artifacts:/<id>` if `None`.
    pub artifact_location: Option<String>,
    /// Keys unique.
    pub tags: Vec<Tag>,
}

/// A search for experiments.
#[derive(Debug, Clone)]
pub struct ExperimentQuery {
    /// All of them if `None`.
    pub filter: Option<ExperimentFilter>,
    /// `creation_time DESC, experiment_id ASC` if empty.
    pub order: Vec<ExperimentOrder>,
    /// Which stages.
    pub view: ViewType,
    /// Which part of the result.
    pub page: PageRequest,
}

/// Experiments by id, name and search.
#[async_trait]
pub trait ExperimentStore: Send + Sync {
    /// Makes an experiment. `AlreadyExists` if the name is taken, also by a deleted one.
    async fn create_experiment(
        &self,
        new: NewExperiment,
        now: UnixMillis,
    ) -> StoreResult<ExperimentId>;

    /// By id, deleted ones included.
    async fn experiment(&self, id: ExperimentId) -> StoreResult<Option<Experiment>>;

    /// By name, deleted ones included.
    async fn experiment_by_name(&self, name: &str) -> StoreResult<Option<Experiment>>;

    /// One page of a search.
    async fn search_experiments(&self, query: ExperimentQuery) -> StoreResult<Page<Experiment>>;

    /// The active experiments with counts, the one with the newest trace first; at most `limit`.
    async fn experiment_summaries(&self, limit: u32) -> StoreResult<Vec<ExperimentSummary>>;

    /// Renames. `Missing` if unknown, `Refused` if deleted, `AlreadyExists` if the name is taken.
    async fn rename_experiment(
        &self,
        id: ExperimentId,
        name: &str,
        now: UnixMillis,
    ) -> StoreResult<()>;

    /// Deletes (and marks its runs deleted) or restores. `Missing` if unknown or in that stage already.
    async fn set_experiment_lifecycle(
        &self,
        id: ExperimentId,
        stage: LifecycleStage,
        now: UnixMillis,
    ) -> StoreResult<()>;

    /// Adds or replaces a tag. `Missing` if the experiment is unknown, `Refused` if it is deleted.
    async fn set_experiment_tag(
        &self,
        id: ExperimentId,
        tag: Tag,
        now: UnixMillis,
    ) -> StoreResult<()>;

    /// Removes a tag. `Missing` if the experiment or the tag is unknown, `Refused` if the experiment is deleted.
    async fn delete_experiment_tag(
        &self,
        id: ExperimentId,
        key: &str,
        now: UnixMillis,
    ) -> StoreResult<()>;
}
