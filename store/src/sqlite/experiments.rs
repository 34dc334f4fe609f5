//! Experiments. There are few of them, so a search reads them all and filters and orders as the domain says.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::experiment::{Experiment, ExperimentSummary, LifecycleStage, Tag, ViewType};
use domain::filter::experiments::{compare, with_ties};
use domain::ids::ExperimentId;
use domain::page::Page;
use domain::store::{
    ExperimentQuery, ExperimentStore, Missing, NewExperiment, StoreError, StoreResult,
};
use domain::time::UnixMillis;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::SqliteStore;
use super::sql::{KEYS_MAX, insert_rows, select_in};
use super::top::Top;
use super::tx::WriteTx;
use crate::error::{database, inconsistent};
use crate::token;

/// Rows read at once by a search.
const CHUNK: i64 = 512;

#[async_trait]
impl ExperimentStore for SqliteStore {
    async fn create_experiment(
        &self,
        new: NewExperiment,
        now: UnixMillis,
    ) -> StoreResult<ExperimentId> {
        self.writer.write(move |tx| Box::pin(async move { create(tx, new, now).await })).await
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
                    if let Some(taken_by) = id_of_name(tx, &name).await?
                        && taken_by != id
                    {
                        return Err(name_is_taken(&name));
                    }
                    let update = "update experiment set name = ?2, last_update_time_ms = ?3
                        where experiment_id = ?1";
                    let changed = sqlx::query(update)
                        .bind(id.0)
                        .bind(name)
                        .bind(now.0)
                        .execute(&mut tx.connection)
                        .await
                        .map_err(database)?;
                    require_changed(changed.rows_affected(), id)
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
                    touch(tx, id, now).await?;
                    let delete = "delete from experiment_tag where experiment_id = ?1 and key = ?2";
                    let deleted = sqlx::query(delete)
                        .bind(id.0)
                        .bind(key.clone())
                        .execute(&mut tx.connection)
                        .await
                        .map_err(database)?;
                    if deleted.rows_affected() == 0 {
                        let missing = Missing::ExperimentTag { experiment: id, key };
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
        values.push_bind(id.0).push_bind(tag.key).push_bind(tag.value);
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

async fn touch(tx: &mut WriteTx, id: ExperimentId, now: UnixMillis) -> StoreResult<()> {
    let update = "update experiment set last_update_time_ms = ?2 where experiment_id = ?1";
    let changed = sqlx::query(update)
        .bind(id.0)
        .bind(now.0)
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    require_changed(changed.rows_affected(), id)
}

fn require_changed(rows: u64, id: ExperimentId) -> StoreResult<()> {
    if rows == 0 { Err(StoreError::Missing(Missing::Experiment(id))) } else { Ok(()) }
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

async fn by_id(
    reader: &mut SqliteConnection,
    id: ExperimentId,
) -> StoreResult<Option<Experiment>> {
    let head = "select experiment_id, name, artifact_location, lifecycle, creation_time_ms,
        last_update_time_ms from experiment where experiment_id";
    let rows = select_in(&mut *reader, head, &[id.0], "").await?;
    let mut found = rows.iter().map(experiment).collect::<StoreResult<Vec<_>>>()?;
    load_tags(reader, &mut found).await?;
    Ok(found.pop())
}

/// Reads a row that begins with the columns of an experiment.
fn experiment(row: &SqliteRow) -> StoreResult<Experiment> {
    let id: i64 = row.try_get(0).map_err(database)?;
    Ok(Experiment {
        id: ExperimentId(id),
        name: row.try_get(1).map_err(database)?,
        artifact_location: row.try_get(2).map_err(database)?,
        lifecycle: lifecycle(row.try_get(3).map_err(database)?)
            .ok_or_else(|| inconsistent("experiment", "lifecycle", id))?,
        creation_time: UnixMillis(row.try_get(4).map_err(database)?),
        last_update_time: UnixMillis(row.try_get(5).map_err(database)?),
        tags: Vec::new(),
    })
}

/// Reads a lifecycle stage.
pub(super) fn lifecycle(text: &str) -> Option<LifecycleStage> {
    let stages = [LifecycleStage::Active, LifecycleStage::Deleted];
    stages.into_iter().find(|stage| stage.as_str() == text)
}

/// Whether a view shows a stage.
pub(super) fn shows(view: ViewType, stage: LifecycleStage) -> bool {
    match view {
        ViewType::ActiveOnly => stage == LifecycleStage::Active,
        ViewType::DeletedOnly => stage == LifecycleStage::Deleted,
        ViewType::All => true,
    }
}

async fn load_tags(
    reader: &mut SqliteConnection,
    experiments: &mut [Experiment],
) -> StoreResult<()> {
    let places: HashMap<i64, usize> =
        experiments.iter().enumerate().map(|(place, found)| (found.id.0, place)).collect();
    let ids: Vec<i64> = experiments.iter().map(|found| found.id.0).collect();
    for group in ids.chunks(KEYS_MAX) {
        let head = "select experiment_id, key, value from experiment_tag where experiment_id";
        for row in select_in(&mut *reader, head, group, " order by experiment_id, key").await? {
            let id: i64 = row.try_get(0).map_err(database)?;
            let tag = Tag {
                key: row.try_get(1).map_err(database)?,
                value: row.try_get(2).map_err(database)?,
            };
            if let Some(place) = places.get(&id) {
                experiments[*place].tags.push(tag);
            }
        }
    }
    Ok(())
}

async fn search(
    reader: &mut SqliteConnection,
    query: ExperimentQuery,
) -> StoreResult<Page<Experiment>> {
    let order = with_ties(&query.order);
    let fingerprint = token::fingerprint(&(&query.filter, &query.order, query.view));
    let after = match &query.page.token {
        None => None,
        Some(page_token) => {
            let place = token::place(fingerprint, page_token)?;
            let id = std::str::from_utf8(&place).ok().and_then(|text| text.parse().ok());
            let last = by_id(reader, id.ok_or(StoreError::PageToken)?).await?;
            Some(last.ok_or(StoreError::PageToken)?)
        }
    };
    let size = query.page.size.max(1) as usize;
    let mut top = Top::new(size + 1, |a: &Experiment, b: &Experiment| compare(a, b, &order));
    let mut last_id = i64::MIN;
    loop {
        let select = "select experiment_id, name, artifact_location, lifecycle, creation_time_ms,
            last_update_time_ms from experiment where experiment_id > ?1
            order by experiment_id limit ?2";
        let rows = sqlx::query(select)
            .bind(last_id)
            .bind(CHUNK)
            .fetch_all(&mut *reader)
            .await
            .map_err(database)?;
        let mut found = rows.iter().map(experiment).collect::<StoreResult<Vec<_>>>()?;
        let Some(last) = found.last() else { break };
        last_id = last.id.0;
        load_tags(reader, &mut found).await?;
        for experiment in found {
            let is_behind =
                after.as_ref().is_none_or(|after| compare(&experiment, after, &order).is_gt());
            if is_behind && shows(query.view, experiment.lifecycle) && passes(&query, &experiment)?
            {
                top.offer(experiment);
            }
        }
    }
    let mut items = top.finish();
    let has_more = items.len() > size;
    items.truncate(size);
    let next = items.last().filter(|_| has_more);
    let next = next.map(|last| token::make(fingerprint, last.id.to_string().as_bytes()));
    Ok(Page { items, next })
}

fn passes(query: &ExperimentQuery, experiment: &Experiment) -> StoreResult<bool> {
    match &query.filter {
        None => Ok(true),
        Some(filter) => {
            filter.matches(experiment).map_err(|error| StoreError::Refused(error.to_string()))
        }
    }
}

async fn summaries(
    reader: &mut SqliteConnection,
    limit: u32,
) -> StoreResult<Vec<ExperimentSummary>> {
    let select = "select experiment_id, name, artifact_location, lifecycle, creation_time_ms,
            last_update_time_ms, trace_count, error_count, last_trace_time_ms
        from experiment where lifecycle = 'active'
        order by last_trace_time_ms desc nulls last, creation_time_ms desc, experiment_id
        limit ?1";
    let rows = sqlx::query(select).bind(limit).fetch_all(&mut *reader).await.map_err(database)?;
    let mut experiments = rows.iter().map(experiment).collect::<StoreResult<Vec<_>>>()?;
    load_tags(reader, &mut experiments).await?;
    let count = |row: &SqliteRow, column: usize| -> StoreResult<u64> {
        let count: i64 = row.try_get(column).map_err(database)?;
        let id: i64 = row.try_get(0).map_err(database)?;
        u64::try_from(count).map_err(|_| inconsistent("experiment", "trace_count", id))
    };
    let summaries = experiments.into_iter().zip(&rows).map(|(experiment, row)| {
        let last: Option<i64> = row.try_get(8).map_err(database)?;
        Ok(ExperimentSummary {
            experiment,
            trace_count: count(row, 6)?,
            error_count: count(row, 7)?,
            last_trace_time: last.map(UnixMillis),
        })
    });
    summaries.collect()
}

impl SqliteStore {
    /// How many traces some experiments have.
    pub(super) async fn count_all(&self, experiments: &[ExperimentId]) -> StoreResult<u64> {
        let mut reader = self.reader().await?;
        let ids: Vec<i64> = experiments.iter().map(|id| id.0).collect();
        let mut count = 0;
        for group in ids.chunks(KEYS_MAX) {
            let head = "select experiment_id, trace_count from experiment where experiment_id";
            for row in select_in(&mut *reader, head, group, "").await? {
                let own: i64 = row.try_get(1).map_err(database)?;
                let id: i64 = row.try_get(0).map_err(database)?;
                count += u64::try_from(own)
                    .map_err(|_| inconsistent("experiment", "trace_count", id))?;
            }
        }
        Ok(count)
    }
}
