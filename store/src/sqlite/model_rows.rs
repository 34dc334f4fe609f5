//! Rows of logged models: between their tables and [`LoggedModel`].

use std::collections::HashMap;

use domain::ids::{ExperimentId, ModelId, RunId};
use domain::model::{DatasetName, LoggedModel, ModelMetric, ModelStatus};
use domain::store::StoreResult;
use domain::time::UnixMillis;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::experiments::lifecycle;
use super::run_rows::{self, tag};
use super::sql::{KEYS_MAX, select_in};
use crate::error::{database, inconsistent};

/// A model with its number.
#[derive(Debug, Clone)]
pub(super) struct StoredModel {
    pub model_no: i64,
    pub model: LoggedModel,
}

/// How a status is stored.
pub(super) fn status_number(status: ModelStatus) -> i64 {
    ModelStatus::ALL
        .into_iter()
        .zip(0..)
        .find_map(|(known, number)| (known == status).then_some(number))
        .unwrap_or_default()
}

/// By id, complete.
pub(super) async fn by_id(
    reader: &mut SqliteConnection,
    id: &ModelId,
) -> StoreResult<Option<StoredModel>> {
    let select = "select model_no, model_id, experiment_id, name, artifact_uri, model_type,
            source_run_id, status, lifecycle, creation_time_ms, last_update_time_ms
        from logged_model where model_id = ?1";
    let row = sqlx::query(select)
        .bind(id.as_str().to_owned())
        .fetch_optional(&mut *reader)
        .await
        .map_err(database)?;
    let Some(row) = row else { return Ok(None) };
    let mut found = [stored_model(&row)?];
    load_data(reader, &mut found).await?;
    let [stored] = found;
    Ok(Some(stored))
}

/// Models in use of an experiment in the order of their numbers, behind `after`, at most `limit`.
pub(super) async fn of_experiment(
    reader: &mut SqliteConnection,
    experiment: ExperimentId,
    after: i64,
    limit: i64,
) -> StoreResult<Vec<StoredModel>> {
    let select = "select model_no, model_id, experiment_id, name, artifact_uri, model_type,
            source_run_id, status, lifecycle, creation_time_ms, last_update_time_ms
        from logged_model
        where experiment_id = ?1 and model_no > ?2 and lifecycle = 'active'
        order by model_no limit ?3";
    let rows = sqlx::query(select)
        .bind(experiment.0)
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *reader)
        .await
        .map_err(database)?;
    let mut found = rows
        .iter()
        .map(stored_model)
        .collect::<StoreResult<Vec<_>>>()?;
    load_data(reader, &mut found).await?;
    Ok(found)
}

fn stored_model(row: &SqliteRow) -> StoreResult<StoredModel> {
    let model_no: i64 = row.try_get(0).map_err(database)?;
    let id: String = row.try_get(1).map_err(database)?;
    let status: i64 = row.try_get(7).map_err(database)?;
    let status = usize::try_from(status)
        .ok()
        .and_then(|number| ModelStatus::ALL.get(number).copied());
    let stage: &str = row.try_get(8).map_err(database)?;
    let damaged = |column| inconsistent("logged_model", column, model_no);
    let model = LoggedModel {
        id: ModelId::new(id),
        experiment_id: ExperimentId(row.try_get(2).map_err(database)?),
        name: row.try_get(3).map_err(database)?,
        artifact_uri: row.try_get(4).map_err(database)?,
        model_type: row.try_get(5).map_err(database)?,
        source_run_id: row.try_get(6).map_err(database)?,
        status: status.ok_or_else(|| damaged("status"))?,
        lifecycle: lifecycle(stage).ok_or_else(|| damaged("lifecycle"))?,
        creation_time: UnixMillis(row.try_get(9).map_err(database)?),
        last_update_time: UnixMillis(row.try_get(10).map_err(database)?),
        tags: Vec::new(),
        params: Vec::new(),
        metrics: Vec::new(),
    };
    Ok(StoredModel { model_no, model })
}

async fn load_data(reader: &mut SqliteConnection, models: &mut [StoredModel]) -> StoreResult<()> {
    let places: HashMap<i64, usize> = models
        .iter()
        .enumerate()
        .map(|(place, stored)| (stored.model_no, place))
        .collect();
    let model_nos: Vec<i64> = models.iter().map(|stored| stored.model_no).collect();
    let model_of = |row: &SqliteRow| -> StoreResult<Option<usize>> {
        let model_no: i64 = row.try_get(0).map_err(database)?;
        Ok(places.get(&model_no).copied())
    };
    for group in model_nos.chunks(KEYS_MAX) {
        let head = "select model_no, key, value from logged_model_tag where model_no";
        for row in select_in(&mut *reader, head, group, " order by model_no, key").await? {
            if let Some(place) = model_of(&row)? {
                models[place].model.tags.push(tag(&row)?);
            }
        }
        let head = "select model_no, key, value from logged_model_param where model_no";
        for row in select_in(&mut *reader, head, group, " order by model_no, key").await? {
            if let Some(place) = model_of(&row)? {
                models[place].model.params.push(tag(&row)?);
            }
        }
        let head = "select model_no, key, value, timestamp_ms, step, run_id, dataset_name,
            dataset_digest from logged_model_metric where model_no";
        let tail = " order by model_no, key, timestamp_ms, step, run_id";
        for row in select_in(&mut *reader, head, group, tail).await? {
            if let Some(place) = model_of(&row)? {
                let model = &mut models[place].model;
                let found = metric(&row, &model.id)?;
                model.metrics.push(found);
            }
        }
    }
    Ok(())
}

fn metric(row: &SqliteRow, model_id: &ModelId) -> StoreResult<ModelMetric> {
    let run_id: String = row.try_get(5).map_err(database)?;
    let name: String = row.try_get(6).map_err(database)?;
    let digest: String = row.try_get(7).map_err(database)?;
    Ok(ModelMetric {
        metric: run_rows::metric(row)?,
        model_id: model_id.clone(),
        run_id: RunId::new(run_id),
        dataset: (!name.is_empty()).then_some(DatasetName { name, digest }),
    })
}
