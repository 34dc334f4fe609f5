//! Experiments. There are few of them, so a search reads them all and filters and orders as the domain says.

mod read;

use async_trait::async_trait;
use domain::experiment::{Experiment, ExperimentSummary, LifecycleStage, Tag};
use domain::ids::ExperimentId;
use domain::page::Page;
use domain::store::{
    ExperimentQuery, ExperimentStore, Missing, NewExperiment, StoreError, StoreResult,
};
use domain::time::UnixMillis;

use self::read::{by_id, search, summaries};
pub(super) use self::read::{lifecycle, shows};
use super::SqliteStore;
use super::sql::insert_rows;
use super::trace_writes::require_active;
use super::tx::WriteTx;
use crate::error::database;

#[async_trait]
impl ExperimentStore for SqliteStore {
    async fn create_experiment(
        &self,
        new: NewExperiment,
        now: UnixMillis,
    ) -> StoreResult<ExperimentId> {
        self.writer
            .write(move |tx| Box::pin(async move { create(tx, new, now).await }))
            .await
    }

    async fn experiment(&self, id: ExperimentId) -> StoreResult<Option<Experiment>> {
        let mut reader = self.reader().await?;
        by_id(&mut reader, id).await
    }

    async fn experiment_by_name(&self, name: &str) -> StoreResult<Option<Experiment>> {
        let mut reader = self.reader().await?;
        let id: Option<i64> =
            sqlx::query_scalar("select experiment_id from experiment where name = ?1")
                .bind(name.to_owned())
                .fetch_optional(&mut *reader)
                .await
                .map_err(database)?;
        match id {
            Some(id) => by_id(&mut reader, ExperimentId(id)).await,
            None => Ok(None),
        }
    }

    async fn search_experiments(&self, query: ExperimentQuery) -> StoreResult<Page<Experiment>> {
        let mut reader = self.reader().await?;
        search(&mut reader, query).await
    }

    async fn experiment_summaries(&self, limit: u32) -> StoreResult<Vec<ExperimentSummary>> {
        let mut reader = self.reader().await?;
        summaries(&mut reader, limit).await
    }

    async fn rename_experiment(
        &self,
        id: ExperimentId,
        name: &str,
        now: UnixMillis,
    ) -> StoreResult<()> {
        let name = name.to_owned();
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    require_active(tx, id).await?;
                    if let Some(taken_by) = id_of_name(tx, &name).await?
                        && taken_by != id
                    {
                        return Err(name_is_taken(&name));
                    }
                    let update = "update experiment set name = ?2, last_update_time_ms = ?3
                        where experiment_id = ?1";
                    sqlx::query(update)
                        .bind(id.0)
                        .bind(name)
                        .bind(now.0)
                        .execute(&mut tx.connection)
                        .await
                        .map_err(database)?;
                    Ok(())
                })
            })
            .await
    }

    async fn set_experiment_lifecycle(
        &self,
        id: ExperimentId,
        stage: LifecycleStage,
        now: UnixMillis,
    ) -> StoreResult<()> {
        self.writer
            .write(move |tx| Box::pin(async move { set_lifecycle(tx, id, stage, now).await }))
            .await
    }

    async fn set_experiment_tag(
        &self,
        id: ExperimentId,
        tag: Tag,
        now: UnixMillis,
    ) -> StoreResult<()> {
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    require_active(tx, id).await?;
                    touch(tx, id, now).await?;
                    insert_tags(tx, id, vec![tag]).await
                })
            })
            .await
    }

    async fn delete_experiment_tag(
        &self,
        id: ExperimentId,
        key: &str,
        now: UnixMillis,
    ) -> StoreResult<()> {
        let key = key.to_owned();
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    require_active(tx, id).await?;
                    touch(tx, id, now).await?;
                    let delete = "delete from experiment_tag where experiment_id = ?1 and key = ?2";
                    let deleted = sqlx::query(delete)
                        .bind(id.0)
                        .bind(key.clone())
                        .execute(&mut tx.connection)
                        .await
                        .map_err(database)?;
                    if deleted.rows_affected() == 0 {
                        let missing = Missing::ExperimentTag {
                            experiment: id,
                            key,
                        };
                        return Err(StoreError::Missing(missing));
                    }
                    Ok(())
                })
            })
            .await
    }
}

async fn create(
    tx: &mut WriteTx,
    new: NewExperiment,
    now: UnixMillis,
) -> StoreResult<ExperimentId> {
    if id_of_name(tx, &new.name).await?.is_some() {
        return Err(name_is_taken(&new.name));
    }
    let insert = "insert into experiment
            (name, artifact_location, lifecycle, creation_time_ms, last_update_time_ms)
        values (?1, ?2, 'active', ?3, ?3)";
    let inserted = sqlx::query(insert)
        .bind(new.name)
        .bind(new.artifact_location.clone().unwrap_or_default())
        .bind(now.0)
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    let id = ExperimentId(inserted.last_insert_rowid());
    if new.artifact_location.is_none() {
        sqlx::query("update experiment set artifact_location = ?2 where experiment_id = ?1")
            .bind(id.0)
            .bind(format!("mlflow-artifacts:/{id}"))
            .execute(&mut tx.connection)
            .await
            .map_err(database)?;
    }
    insert_tags(tx, id, new.tags).await?;
    Ok(id)
}

async fn insert_tags(tx: &mut WriteTx, id: ExperimentId, tags: Vec<Tag>) -> StoreResult<()> {
    let head = "insert or replace into experiment_tag (experiment_id, key, value) ";
    insert_rows(&mut tx.connection, head, tags, |values, tag| {
        values
            .push_bind(id.0)
            .push_bind(tag.key)
            .push_bind(tag.value);
    })
    .await
}

async fn set_lifecycle(
    tx: &mut WriteTx,
    id: ExperimentId,
    stage: LifecycleStage,
    now: UnixMillis,
) -> StoreResult<()> {
    let update = "update experiment set lifecycle = ?2, last_update_time_ms = ?3
        where experiment_id = ?1 and lifecycle != ?2";
    let changed = sqlx::query(update)
        .bind(id.0)
        .bind(stage.as_str())
        .bind(now.0)
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    require_changed(changed.rows_affected(), id)?;
    sqlx::query("update run set lifecycle = ?2 where experiment_id = ?1")
        .bind(id.0)
        .bind(stage.as_str())
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    Ok(())
}

/// Notes a change of an experiment, which must not be deleted.
async fn touch(tx: &mut WriteTx, id: ExperimentId, now: UnixMillis) -> StoreResult<()> {
    require_active(tx, id).await?;
    let update = "update experiment set last_update_time_ms = ?2 where experiment_id = ?1";
    sqlx::query(update)
        .bind(id.0)
        .bind(now.0)
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    Ok(())
}

fn require_changed(rows: u64, id: ExperimentId) -> StoreResult<()> {
    if rows == 0 {
        Err(StoreError::Missing(Missing::Experiment(id)))
    } else {
        Ok(())
    }
}

async fn id_of_name(tx: &mut WriteTx, name: &str) -> StoreResult<Option<ExperimentId>> {
    let id: Option<i64> =
        sqlx::query_scalar("select experiment_id from experiment where name = ?1")
            .bind(name.to_owned())
            .fetch_optional(&mut tx.connection)
            .await
            .map_err(database)?;
    Ok(id.map(ExperimentId))
}

fn name_is_taken(name: &str) -> StoreError {
    StoreError::AlreadyExists(format!("Experiment(name={name}) already exists."))
}
