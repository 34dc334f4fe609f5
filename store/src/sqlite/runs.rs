//! Runs with their metrics, parameters and tags.

use async_trait::async_trait;
use domain::experiment::{LifecycleStage, Tag};
use domain::ids::{ExperimentId, RunId};
use domain::page::{Page, PageRequest, PageToken};
use domain::run::{Metric, ModelOutput, Run, RunInputs, RunStatus};
use domain::store::{
    Missing, NewRun, RunData, RunQuery, RunStore, RunUpdate, StoreError, StoreResult,
};
use domain::time::UnixMillis;
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::SqliteStore;
use super::models;
use super::run_links;
use super::run_rows::{self, StoredRun};
use super::run_search;
use super::sql::insert_rows;
use super::trace_writes::require_active;
use super::tx::WriteTx;
use crate::bytes::{Put, Reader};
use crate::error::database;
use crate::token;

/// Tag: the run's name.
const RUN_NAME: &str = "mlflow.runName";

#[async_trait]
impl RunStore for SqliteStore {
    async fn create_run(&self, new: NewRun) -> StoreResult<Run> {
        self.writer
            .write(move |tx| Box::pin(async move { create(tx, new).await }))
            .await
    }

    async fn run(&self, id: &RunId) -> StoreResult<Option<Run>> {
        let mut reader = self.reader().await?;
        Ok(run_rows::by_id(&mut reader, id)
            .await?
            .map(|stored| stored.run))
    }

    async fn update_run(&self, id: &RunId, update: RunUpdate) -> StoreResult<Run> {
        let id = id.clone();
        self.writer
            .write(move |tx| Box::pin(async move { change(tx, &id, update).await }))
            .await
    }

    async fn search_runs(&self, query: RunQuery) -> StoreResult<Page<Run>> {
        let mut reader = self.reader().await?;
        run_search::search(&mut reader, query).await
    }

    async fn set_run_lifecycle(&self, id: &RunId, stage: LifecycleStage) -> StoreResult<()> {
        let id = id.clone();
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    let changed = sqlx::query("update run set lifecycle = ?2 where run_id = ?1")
                        .bind(id.as_str().to_owned())
                        .bind(stage.as_str())
                        .execute(&mut tx.connection)
                        .await
                        .map_err(database)?;
                    if changed.rows_affected() == 0 {
                        Err(missing(&id))
                    } else {
                        Ok(())
                    }
                })
            })
            .await
    }

    async fn log_run_data(&self, id: &RunId, data: RunData) -> StoreResult<()> {
        let id = id.clone();
        self.writer
            .write(move |tx| Box::pin(async move { log(tx, &id, data).await }))
            .await
    }

    async fn log_run_inputs(&self, id: &RunId, inputs: RunInputs) -> StoreResult<()> {
        let id = id.clone();
        self.writer
            .write(move |tx| Box::pin(async move { run_links::log_inputs(tx, &id, inputs).await }))
            .await
    }

    async fn log_run_outputs(&self, id: &RunId, outputs: Vec<ModelOutput>) -> StoreResult<()> {
        let id = id.clone();
        self.writer
            .write(move |tx| {
                Box::pin(async move { run_links::log_outputs(tx, &id, outputs).await })
            })
            .await
    }

    async fn append_model_history(&self, id: &RunId, model: Value) -> StoreResult<()> {
        let id = id.clone();
        self.writer
            .write(move |tx| {
                Box::pin(async move { run_links::append_model_history(tx, &id, model).await })
            })
            .await
    }

    async fn delete_run_tag(&self, id: &RunId, key: &str) -> StoreResult<()> {
        let (id, key) = (id.clone(), key.to_owned());
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    let stored = active_run(tx, &id).await?;
                    let deleted = sqlx::query("delete from run_tag where run_no = ?1 and key = ?2")
                        .bind(stored.run_no)
                        .bind(key.clone())
                        .execute(&mut tx.connection)
                        .await
                        .map_err(database)?;
                    if deleted.rows_affected() == 0 {
                        return Err(StoreError::Missing(Missing::RunTag { run: id, key }));
                    }
                    Ok(())
                })
            })
            .await
    }

    async fn metric_history(
        &self,
        id: &RunId,
        key: &str,
        page: PageRequest,
    ) -> StoreResult<Page<Metric>> {
        let mut reader = self.reader().await?;
        history(&mut reader, id, key, page).await
    }
}

fn missing(id: &RunId) -> StoreError {
    StoreError::Missing(Missing::Run(id.clone()))
}

async fn stored_run(tx: &mut WriteTx, id: &RunId) -> StoreResult<StoredRun> {
    run_rows::by_id(&mut tx.connection, id)
        .await?
        .ok_or_else(|| missing(id))
}

/// A run that takes data.
pub(super) async fn active_run(tx: &mut WriteTx, id: &RunId) -> StoreResult<StoredRun> {
    let stored = stored_run(tx, id).await?;
    if stored.run.lifecycle != LifecycleStage::Active {
        let message =
            format!("The run {id} must be in the 'active' state. Current state is deleted.");
        return Err(StoreError::Refused(message));
    }
    Ok(stored)
}

async fn create(tx: &mut WriteTx, new: NewRun) -> StoreResult<Run> {
    require_active(tx, new.experiment_id).await?;
    if run_rows::by_id(&mut tx.connection, &new.id)
        .await?
        .is_some()
    {
        return Err(StoreError::AlreadyExists(format!(
            "run with id {} already exists",
            new.id
        )));
    }
    let ExperimentId(experiment_id) = new.experiment_id;
    let insert = "insert into run
            (run_id, experiment_id, name, user_id, status, start_time_ms, lifecycle)
        values (?1, ?2, ?3, ?4, ?5, ?6, 'active')";
    let inserted = sqlx::query(insert)
        .bind(new.id.as_str().to_owned())
        .bind(experiment_id)
        .bind(new.name.clone())
        .bind(new.user_id)
        .bind(RunStatus::Running.as_str())
        .bind(new.start_time.0)
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    let mut tags = new.tags;
    tags.push(Tag {
        key: RUN_NAME.to_owned(),
        value: new.name,
    });
    insert_tags(tx, inserted.last_insert_rowid(), tags).await?;
    Ok(stored_run(tx, &new.id).await?.run)
}

async fn change(tx: &mut WriteTx, id: &RunId, update: RunUpdate) -> StoreResult<Run> {
    let StoredRun { run_no, run } = active_run(tx, id).await?;
    let status = update.status.unwrap_or(run.status);
    let end_time = update.end_time.or(run.end_time);
    let sql = "update run set status = ?2, end_time_ms = ?3, name = ?4 where run_no = ?1";
    sqlx::query(sql)
        .bind(run_no)
        .bind(status.as_str())
        .bind(end_time.map(|time| time.0))
        .bind(update.name.clone().unwrap_or(run.name))
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    if let Some(name) = update.name {
        insert_tags(
            tx,
            run_no,
            vec![Tag {
                key: RUN_NAME.to_owned(),
                value: name,
            }],
        )
        .await?;
    }
    Ok(stored_run(tx, id).await?.run)
}

/// Adds or replaces tags of a run.
pub(super) async fn insert_tags(tx: &mut WriteTx, run_no: i64, tags: Vec<Tag>) -> StoreResult<()> {
    let head = "insert or replace into run_tag (run_no, key, value) ";
    insert_pairs(tx, head, run_no, tags).await
}

async fn insert_pairs(
    tx: &mut WriteTx,
    head: &'static str,
    run_no: i64,
    pairs: Vec<Tag>,
) -> StoreResult<()> {
    insert_rows(&mut tx.connection, head, pairs, |values, pair| {
        values
            .push_bind(run_no)
            .push_bind(pair.key)
            .push_bind(pair.value);
    })
    .await
}

async fn log(tx: &mut WriteTx, id: &RunId, data: RunData) -> StoreResult<()> {
    let StoredRun { run_no, run } = active_run(tx, id).await?;
    let mut params = run.params;
    let mut new_params = Vec::new();
    for param in data.params {
        match params.iter().find(|known| known.key == param.key) {
            None => {
                params.push(param.clone());
                new_params.push(param);
            }
            Some(known) if known.value == param.value => {}
            Some(known) => return Err(changed_param(id, known, &param)),
        }
    }
    let head = "insert into run_param (run_no, key, value) ";
    insert_pairs(tx, head, run_no, new_params).await?;
    insert_tags(tx, run_no, data.tags).await?;
    if let Some(name) = name_tag(tx, run_no).await?
        && name != run.name
    {
        sqlx::query("update run set name = ?2 where run_no = ?1")
            .bind(run_no)
            .bind(name)
            .execute(&mut tx.connection)
            .await
            .map_err(database)?;
    }
    models::log_metrics(tx, data.model_metrics).await?;
    log_metrics(tx, run_no, data.metrics).await
}

async fn name_tag(tx: &mut WriteTx, run_no: i64) -> StoreResult<Option<String>> {
    sqlx::query_scalar("select value from run_tag where run_no = ?1 and key = ?2")
        .bind(run_no)
        .bind(RUN_NAME)
        .fetch_optional(&mut tx.connection)
        .await
        .map_err(database)
}

fn changed_param(id: &RunId, known: &Tag, new: &Tag) -> StoreError {
    StoreError::Refused(format!(
        "Changing param values is not allowed. Param with key='{}' was already logged with value='{}' for run ID='{id}'. \
         Attempted logging new value '{}'.",
        known.key, known.value, new.value
    ))
}

async fn log_metrics(tx: &mut WriteTx, run_no: i64, metrics: Vec<Metric>) -> StoreResult<()> {
    let metrics = metrics.into_iter().map(|metric| Metric {
        // MLflow stores infinities as the largest finite numbers; NaN passes through `clamp`.
        value: metric.value.clamp(f64::MIN, f64::MAX),
        ..metric
    });
    let metrics: Vec<Metric> = metrics.collect();
    // A metric that is sent twice, as clients do after a broken connection, is one entry of the history.
    let head = "insert or ignore into metric (run_no, key, value, timestamp_ms, step) ";
    insert_rows(&mut tx.connection, head, &metrics, |values, metric| {
        values
            .push_bind(run_no)
            .push_bind(metric.key.clone())
            .push_bind(to_null(metric.value))
            .push_bind(metric.timestamp.0)
            .push_bind(metric.step);
    })
    .await?;
    // The latest is the one with the greatest step, then time, then value; NaN (null) is the least value.
    let upsert = "insert into latest_metric (run_no, key, value, timestamp_ms, step)
        values (?1, ?2, ?3, ?4, ?5)
        on conflict (run_no, key) do update
            set value = excluded.value, timestamp_ms = excluded.timestamp_ms, step = excluded.step
            where (excluded.step, excluded.timestamp_ms) > (step, timestamp_ms)
                or ((excluded.step, excluded.timestamp_ms) = (step, timestamp_ms)
                    and (value is null or excluded.value > value))";
    for metric in metrics {
        sqlx::query(upsert)
            .bind(run_no)
            .bind(metric.key)
            .bind(to_null(metric.value))
            .bind(metric.timestamp.0)
            .bind(metric.step)
            .execute(&mut tx.connection)
            .await
            .map_err(database)?;
    }
    Ok(())
}

/// SQLite has no NaN.
fn to_null(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value)
}

async fn history(
    reader: &mut SqliteConnection,
    id: &RunId,
    key: &str,
    page: PageRequest,
) -> StoreResult<Page<Metric>> {
    let fingerprint = token::fingerprint(&("metric_history", id, key));
    let after = match &page.token {
        None => [i64::MIN; 3],
        Some(page_token) => {
            let place = token::place(fingerprint, page_token)?;
            let mut place = Reader::new(&place);
            let mut number = || place.int().map_err(|_| StoreError::PageToken);
            [number()?, number()?, number()?]
        }
    };
    let size = page.size.max(1);
    let select = "select step, timestamp_ms, metric_no, value from metric
        where run_no = (select run_no from run where run_id = ?1) and key = ?2
            and (step, timestamp_ms, metric_no) > (?3, ?4, ?5)
        order by step, timestamp_ms, metric_no
        limit ?6";
    let rows = sqlx::query(select)
        .bind(id.as_str().to_owned())
        .bind(key.to_owned())
        .bind(after[0])
        .bind(after[1])
        .bind(after[2])
        .bind(i64::from(size) + 1)
        .fetch_all(reader)
        .await
        .map_err(database)?;
    let mut items = Vec::with_capacity(rows.len());
    let mut next = None;
    for (place, row) in rows.iter().enumerate() {
        if place == size as usize {
            next = Some(history_token(fingerprint, &rows[place - 1])?);
            break;
        }
        let value: Option<f64> = row.try_get(3).map_err(database)?;
        items.push(Metric {
            key: key.to_owned(),
            value: value.unwrap_or(f64::NAN),
            timestamp: UnixMillis(row.try_get(1).map_err(database)?),
            step: row.try_get(0).map_err(database)?,
        });
    }
    Ok(Page {
        items,
        next,
        note: None,
    })
}

fn history_token(fingerprint: u64, last: &SqliteRow) -> StoreResult<PageToken> {
    let mut place = Vec::new();
    for column in 0..3 {
        place.put_int(last.try_get(column).map_err(database)?);
    }
    Ok(token::make(fingerprint, &place))
}
