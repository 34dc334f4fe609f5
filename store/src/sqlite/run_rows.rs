//! Run rows: between the tables of runs and [`Run`].

use std::collections::HashMap;

use domain::experiment::Tag;
use domain::ids::{ExperimentId, RunId};
use domain::run::{Metric, Run, RunInputs, RunStatus};
use domain::store::StoreResult;
use domain::time::UnixMillis;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::experiments::lifecycle;
use super::run_links;
use super::sql::{KEYS_MAX, select_in};
use crate::error::{database, inconsistent};

/// A run with its number.
#[derive(Debug, Clone)]
pub(super) struct StoredRun {
    pub run_no: i64,
    pub run: Run,
}

/// By id, complete.
pub(super) async fn by_id(
    reader: &mut SqliteConnection,
    id: &RunId,
) -> StoreResult<Option<StoredRun>> {
    let select = "select run_no, run_id, experiment_id, name, user_id, status, start_time_ms,
        end_time_ms, lifecycle from run where run_id = ?1";
    let row = sqlx::query(select)
        .bind(id.as_str().to_owned())
        .fetch_optional(&mut *reader)
        .await
        .map_err(database)?;
    let Some(row) = row else { return Ok(None) };
    let mut found = [stored_run(&row)?];
    load_data(reader, &mut found).await?;
    let [stored] = found;
    Ok(Some(stored))
}

/// Runs of an experiment in the order of their numbers, behind `after`, at most `limit`.
pub(super) async fn of_experiment(
    reader: &mut SqliteConnection,
    experiment: ExperimentId,
    after: i64,
    limit: i64,
) -> StoreResult<Vec<StoredRun>> {
    let select = "select run_no, run_id, experiment_id, name, user_id, status, start_time_ms,
            end_time_ms, lifecycle
        from run where experiment_id = ?1 and run_no > ?2 order by run_no limit ?3";
    let rows = sqlx::query(select)
        .bind(experiment.0)
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *reader)
        .await
        .map_err(database)?;
    let mut found = rows
        .iter()
        .map(stored_run)
        .collect::<StoreResult<Vec<_>>>()?;
    load_data(reader, &mut found).await?;
    Ok(found)
}

fn stored_run(row: &SqliteRow) -> StoreResult<StoredRun> {
    let run_no: i64 = row.try_get(0).map_err(database)?;
    let id: String = row.try_get(1).map_err(database)?;
    let status: &str = row.try_get(5).map_err(database)?;
    let stage: &str = row.try_get(8).map_err(database)?;
    let end_time: Option<i64> = row.try_get(7).map_err(database)?;
    let run = Run {
        id: RunId::new(id),
        experiment_id: ExperimentId(row.try_get(2).map_err(database)?),
        name: row.try_get(3).map_err(database)?,
        user_id: row.try_get(4).map_err(database)?,
        status: RunStatus::parse(status).ok_or_else(|| inconsistent("run", "status", run_no))?,
        start_time: UnixMillis(row.try_get(6).map_err(database)?),
        end_time: end_time.map(UnixMillis),
        lifecycle: lifecycle(stage).ok_or_else(|| inconsistent("run", "lifecycle", run_no))?,
        metrics: Vec::new(),
        params: Vec::new(),
        tags: Vec::new(),
        inputs: RunInputs::default(),
        outputs: Vec::new(),
    };
    Ok(StoredRun { run_no, run })
}

async fn load_data(reader: &mut SqliteConnection, runs: &mut [StoredRun]) -> StoreResult<()> {
    let places: HashMap<i64, usize> = runs
        .iter()
        .enumerate()
        .map(|(place, stored)| (stored.run_no, place))
        .collect();
    let run_nos: Vec<i64> = runs.iter().map(|stored| stored.run_no).collect();
    let run_of = |row: &SqliteRow| -> StoreResult<Option<usize>> {
        let run_no: i64 = row.try_get(0).map_err(database)?;
        Ok(places.get(&run_no).copied())
    };
    for group in run_nos.chunks(KEYS_MAX) {
        let head = "select run_no, key, value from run_tag where run_no";
        for row in select_in(&mut *reader, head, group, " order by run_no, key").await? {
            if let Some(place) = run_of(&row)? {
                runs[place].run.tags.push(tag(&row)?);
            }
        }
        let head = "select run_no, key, value from run_param where run_no";
        for row in select_in(&mut *reader, head, group, " order by run_no, key").await? {
            if let Some(place) = run_of(&row)? {
                runs[place].run.params.push(tag(&row)?);
            }
        }
        let head = "select run_no, key, value, timestamp_ms, step from latest_metric where run_no";
        for row in select_in(&mut *reader, head, group, " order by run_no, key").await? {
            if let Some(place) = run_of(&row)? {
                runs[place].run.metrics.push(metric(&row)?);
            }
        }
    }
    run_links::load(reader, runs).await
}

/// A key and its value, behind a number.
pub(super) fn tag(row: &SqliteRow) -> StoreResult<Tag> {
    Ok(Tag {
        key: row.try_get(1).map_err(database)?,
        value: row.try_get(2).map_err(database)?,
    })
}

/// A metric, behind a number.
pub(super) fn metric(row: &SqliteRow) -> StoreResult<Metric> {
    let value: Option<f64> = row.try_get(2).map_err(database)?;
    Ok(Metric {
        key: row.try_get(1).map_err(database)?,
        value: value.unwrap_or(f64::NAN),
        timestamp: UnixMillis(row.try_get(3).map_err(database)?),
        step: row.try_get(4).map_err(database)?,
    })
}
