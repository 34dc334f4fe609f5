//! Logged models in a store.

use async_trait::async_trait;

use super::StoreResult;
use crate::experiment::Tag;
use crate::filter::models::{DatasetFilter, ModelFilter, ModelOrder};
use crate::ids::{ExperimentId, ModelId};
use crate::model::{LoggedModel, ModelStatus};
use crate::page::{Page, PageRequest};
use crate::time::UnixMillis;

/// A logged model to make.
#[derive(Debug, Clone, PartialEq)]
pub struct NewModel {
    /// Made by the caller.
    pub id: ModelId,
    /// Must be active, else `Refused`.
    pub experiment_id: ExperimentId,
    /// For people.
    pub name: String,
    /// Such as `Agent`, or empty.
    pub model_type: String,
    /// The run that makes it, or empty; need not exist.
    pub source_run_id: String,
    /// Keys unique.
    pub tags: Vec<Tag>,
    /// Keys unique.
    pub params: Vec<Tag>,
}

/// A search for models; deleted ones are never found.
#[derive(Debug, Clone)]
pub struct ModelQuery {
    /// Nothing is found if empty.
    pub experiments: Vec<ExperimentId>,
    /// All of them if `None`.
    pub filter: Option<ModelFilter>,
    /// Metrics of the filter count on these only; without such, models must have any value on one of them.
    pub datasets: Vec<DatasetFilter>,
    /// Creation, newest first, then id, if empty.
    pub order: Vec<ModelOrder>,
    /// Which part of the result.
    pub page: PageRequest,
}

/// Logged models by id and search.
#[async_trait]
pub trait ModelStore: Send + Sync {
    /// Makes a model, which is pending. `Missing` if the experiment is unknown, `Refused` if it is deleted.
    async fn create_model(&self, new: NewModel, now: UnixMillis) -> StoreResult<LoggedModel>;

    /// By id, deleted ones included.
    async fn model(&self, id: &ModelId) -> StoreResult<Option<LoggedModel>>;

    /// One page of a search.
    async fn search_models(&self, query: ModelQuery) -> StoreResult<Page<LoggedModel>>;

    /// Changes the status. `Missing` if unknown.
    async fn set_model_status(
        &self,
        id: &ModelId,
        status: ModelStatus,
        now: UnixMillis,
    ) -> StoreResult<LoggedModel>;

    /// Marks a model deleted; deleted already is fine. `Missing` if unknown.
    async fn delete_model(&self, id: &ModelId, now: UnixMillis) -> StoreResult<()>;

    /// Adds or replaces tags. `Missing` if unknown.
    async fn set_model_tags(&self, id: &ModelId, tags: Vec<Tag>) -> StoreResult<()>;

    /// Removes a tag. `Missing` if the model or the tag is unknown.
    async fn delete_model_tag(&self, id: &ModelId, key: &str) -> StoreResult<()>;

    /// Logs parameters, all or none. `Missing` if the model is unknown, `Refused` if one would change.
    async fn log_model_params(&self, id: &ModelId, params: Vec<Tag>) -> StoreResult<()>;
}
