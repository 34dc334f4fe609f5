//! Logged models with their tags, parameters and metrics.

use async_trait::async_trait;
use domain::experiment::{LifecycleStage, Tag};
use domain::ids::{ExperimentId, ModelId};
use domain::model::{LoggedModel, ModelMetric, ModelStatus};
use domain::page::Page;
use domain::store::{Missing, ModelQuery, ModelStore, NewModel, StoreError, StoreResult};
use domain::time::UnixMillis;

use super::SqliteStore;
use super::model_rows::{self, StoredModel};
use super::model_search;
use super::sql::insert_rows;
use super::trace_writes::require_active;
use super::tx::WriteTx;
use crate::error::database;

#[async_trait]
impl ModelStore for SqliteStore {
    async fn create_model(&self, new: NewModel, now: UnixMillis) -> StoreResult<LoggedModel> {
        self.writer
            .write(move |tx| Box::pin(async move { create(tx, new, now).await }))
            .await
    }

    async fn model(&self, id: &ModelId) -> StoreResult<Option<LoggedModel>> {
        let mut reader = self.reader().await?;
        Ok(model_rows::by_id(&mut reader, id)
            .await?
            .map(|stored| stored.model))
    }

    async fn search_models(&self, query: ModelQuery) -> StoreResult<Page<LoggedModel>> {
        let mut reader = self.reader().await?;
        model_search::search(&mut reader, query).await
    }

    async fn set_model_status(
        &self,
        id: &ModelId,
        status: ModelStatus,
        now: UnixMillis,
    ) -> StoreResult<LoggedModel> {
        let id = id.clone();
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    let update = "update logged_model set status = ?2, last_update_time_ms = ?3
                        where model_id = ?1";
                    sqlx::query(update)
                        .bind(id.as_str().to_owned())
                        .bind(model_rows::status_number(status))
                        .bind(now.0)
                        .execute(&mut tx.connection)
                        .await
                        .map_err(database)?;
                    Ok(known(tx, &id).await?.model)
                })
            })
            .await
    }

    async fn delete_model(&self, id: &ModelId, now: UnixMillis) -> StoreResult<()> {
        let id = id.clone();
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    let update = "update logged_model set lifecycle = ?2, last_update_time_ms = ?3
                        where model_id = ?1";
                    let changed = sqlx::query(update)
                        .bind(id.as_str().to_owned())
                        .bind(LifecycleStage::Deleted.as_str())
                        .bind(now.0)
                        .execute(&mut tx.connection)
                        .await
                        .map_err(database)?;
                    match changed.rows_affected() {
                        0 => Err(missing(&id)),
                        _ => Ok(()),
                    }
                })
            })
            .await
    }

    async fn set_model_tags(&self, id: &ModelId, tags: Vec<Tag>) -> StoreResult<()> {
        let id = id.clone();
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    let model_no = known(tx, &id).await?.model_no;
                    insert_tags(tx, model_no, tags).await
                })
            })
            .await
    }

    async fn delete_model_tag(&self, id: &ModelId, key: &str) -> StoreResult<()> {
        let (id, key) = (id.clone(), key.to_owned());
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    let model_no = known(tx, &id).await?.model_no;
                    let delete = "delete from logged_model_tag where model_no = ?1 and key = ?2";
                    let deleted = sqlx::query(delete)
                        .bind(model_no)
                        .bind(key.clone())
                        .execute(&mut tx.connection)
                        .await
                        .map_err(database)?;
                    match deleted.rows_affected() {
                        0 => Err(StoreError::Missing(Missing::ModelTag { model: id, key })),
                        _ => Ok(()),
                    }
                })
            })
            .await
    }

    async fn log_model_params(&self, id: &ModelId, params: Vec<Tag>) -> StoreResult<()> {
        let id = id.clone();
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    let stored = known(tx, &id).await?;
                    let new = new_params(&id, stored.model.params, params)?;
                    insert_params(tx, stored.model_no, new).await
                })
            })
            .await
    }
}

/// Keeps values with the models they are about; one that is there already stays as it is.
pub(super) async fn log_metrics(tx: &mut WriteTx, metrics: Vec<ModelMetric>) -> StoreResult<()> {
    for found in metrics {
        let model_no = known_no(tx, &found.model_id).await?;
        let (name, digest) = found
            .dataset
            .map_or_else(Default::default, |dataset| (dataset.name, dataset.digest));
        let metric = found.metric;
        let insert = "insert or ignore into logged_model_metric
                (model_no, key, timestamp_ms, step, run_id, value, dataset_name, dataset_digest)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        sqlx::query(insert)
            .bind(model_no)
            .bind(metric.key)
            .bind(metric.timestamp.0)
            .bind(metric.step)
            .bind(found.run_id.into_string())
            .bind((!metric.value.is_nan()).then(|| metric.value.clamp(f64::MIN, f64::MAX)))
            .bind(name)
            .bind(digest)
            .execute(&mut tx.connection)
            .await
            .map_err(database)?;
    }
    Ok(())
}

fn missing(id: &ModelId) -> StoreError {
    StoreError::Missing(Missing::Model(id.clone()))
}

async fn known(tx: &mut WriteTx, id: &ModelId) -> StoreResult<StoredModel> {
    model_rows::by_id(&mut tx.connection, id)
        .await?
        .ok_or_else(|| missing(id))
}

async fn known_no(tx: &mut WriteTx, id: &ModelId) -> StoreResult<i64> {
    sqlx::query_scalar("select model_no from logged_model where model_id = ?1")
        .bind(id.as_str().to_owned())
        .fetch_optional(&mut tx.connection)
        .await
        .map_err(database)?
        .ok_or_else(|| missing(id))
}

async fn create(tx: &mut WriteTx, new: NewModel, now: UnixMillis) -> StoreResult<LoggedModel> {
    require_active(tx, new.experiment_id).await?;
    let artifact_uri = artifact_uri(tx, new.experiment_id, &new.id).await?;
    let insert = "insert into logged_model
            (model_id, experiment_id, name, artifact_uri, model_type, source_run_id, status,
            lifecycle, creation_time_ms, last_update_time_ms)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'active', ?8, ?8)";
    let inserted = sqlx::query(insert)
        .bind(new.id.as_str().to_owned())
        .bind(new.experiment_id.0)
        .bind(new.name)
        .bind(artifact_uri)
        .bind(new.model_type)
        .bind(new.source_run_id)
        .bind(model_rows::status_number(ModelStatus::Pending))
        .bind(now.0)
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    let model_no = inserted.last_insert_rowid();
    insert_tags(tx, model_no, new.tags).await?;
    insert_params(tx, model_no, new.params).await?;
    Ok(known(tx, &new.id).await?.model)
}

/// Below the place of its experiment.
async fn artifact_uri(
    tx: &mut WriteTx,
    experiment: ExperimentId,
    id: &ModelId,
) -> StoreResult<String> {
    let location: String =
        sqlx::query_scalar("select artifact_location from experiment where experiment_id = ?1")
            .bind(experiment.0)
            .fetch_one(&mut tx.connection)
            .await
            .map_err(database)?;
    let location = location.trim_end_matches('/');
    Ok(format!("{location}/models/{id}/artifacts"))
}

async fn insert_tags(tx: &mut WriteTx, model_no: i64, tags: Vec<Tag>) -> StoreResult<()> {
    let head = "insert or replace into logged_model_tag (model_no, key, value) ";
    insert_rows(&mut tx.connection, head, tags, |values, tag| {
        values
            .push_bind(model_no)
            .push_bind(tag.key)
            .push_bind(tag.value);
    })
    .await
}

async fn insert_params(tx: &mut WriteTx, model_no: i64, params: Vec<Tag>) -> StoreResult<()> {
    let head = "insert into logged_model_param (model_no, key, value) ";
    insert_rows(&mut tx.connection, head, params, |values, param| {
        values
            .push_bind(model_no)
            .push_bind(param.key)
            .push_bind(param.value);
    })
    .await
}

/// Those that are not logged yet.
fn new_params(id: &ModelId, mut known: Vec<Tag>, params: Vec<Tag>) -> StoreResult<Vec<Tag>> {
    let mut new = Vec::new();
    for param in params {
        match known.iter().find(|logged| logged.key == param.key) {
            None => {
                known.push(param.clone());
                new.push(param);
            }
            Some(logged) if logged.value == param.value => {}
            Some(logged) => {
                return Err(StoreError::Refused(format!(
                    "Changing param values is not allowed. Param with key='{}' was already logged \
                     with value='{}' for model ID='{id}'. Attempted logging new value '{}'.",
                    param.key, logged.value, param.value
                )));
            }
        }
    }
    Ok(new)
}
