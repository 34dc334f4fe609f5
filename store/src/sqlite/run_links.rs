//! What runs used and made: datasets and logged models.

use std::collections::HashMap;

use domain::experiment::Tag;
use domain::ids::{ModelId, RunId};
use domain::json::to_python_text;
use domain::run::{DatasetInput, ModelOutput, RunInputs};
use domain::store::StoreResult;
use serde_json::Value;
use sqlx::{Row, SqliteConnection};

use super::run_rows::StoredRun;
use super::runs::{active_run, insert_tags};
use super::sql::{KEYS_MAX, insert_rows, select_in};
use super::tx::WriteTx;
use crate::error::{database, inconsistent, internal};

/// The tag that lists the models that clients of 2.x have logged.
const MODEL_HISTORY: &str = "mlflow.log-model.history";

/// Notes what a run used.
pub(super) async fn log_inputs(tx: &mut WriteTx, id: &RunId, inputs: RunInputs) -> StoreResult<()> {
    let run_no = active_run(tx, id).await?.run_no;
    let mut rows = Vec::with_capacity(inputs.datasets.len());
    for dataset in inputs.datasets {
        let data = serde_json::to_string(&dataset)
            .map_err(|_| internal("a dataset cannot be written as JSON"))?;
        rows.push((dataset.name, dataset.digest, data));
    }
    let head = "insert or ignore into run_dataset (run_no, name, digest, data) ";
    insert_rows(&mut tx.connection, head, rows, |values, row| {
        let (name, digest, data) = row;
        values
            .push_bind(run_no)
            .push_bind(name)
            .push_bind(digest)
            .push_bind(data);
    })
    .await?;
    let models = inputs.models.into_iter().map(|model| (model, 0));
    insert_models(tx, run_no, 0, models.collect()).await
}

/// Notes what a run made.
pub(super) async fn log_outputs(
    tx: &mut WriteTx,
    id: &RunId,
    outputs: Vec<ModelOutput>,
) -> StoreResult<()> {
    let run_no = active_run(tx, id).await?.run_no;
    let models = outputs
        .into_iter()
        .map(|output| (output.model_id, output.step));
    insert_models(tx, run_no, 1, models.collect()).await
}

async fn insert_models(
    tx: &mut WriteTx,
    run_no: i64,
    is_output: i64,
    models: Vec<(ModelId, i64)>,
) -> StoreResult<()> {
    let head = "insert or ignore into run_model (run_no, is_output, model_id, step) ";
    insert_rows(&mut tx.connection, head, models, |values, (model, step)| {
        values
            .push_bind(run_no)
            .push_bind(is_output)
            .push_bind(model.into_string())
            .push_bind(step);
    })
    .await
}

/// Appends to the list of models in the run's tag; a tag that is no list is begun anew.
pub(super) async fn append_model_history(
    tx: &mut WriteTx,
    id: &RunId,
    model: Value,
) -> StoreResult<()> {
    let StoredRun { run_no, run } = active_run(tx, id).await?;
    let known = run.tags.iter().find(|tag| tag.key == MODEL_HISTORY);
    let known = known.and_then(|tag| serde_json::from_str::<Vec<Value>>(&tag.value).ok());
    let mut history = known.unwrap_or_default();
    history.push(model);
    let tag = Tag {
        key: MODEL_HISTORY.to_owned(),
        value: to_python_text(&history),
    };
    insert_tags(tx, run_no, vec![tag]).await
}

/// Fills in inputs and outputs.
pub(super) async fn load(reader: &mut SqliteConnection, runs: &mut [StoredRun]) -> StoreResult<()> {
    let places: HashMap<i64, usize> = runs
        .iter()
        .enumerate()
        .map(|(place, stored)| (stored.run_no, place))
        .collect();
    let run_nos: Vec<i64> = runs.iter().map(|stored| stored.run_no).collect();
    for group in run_nos.chunks(KEYS_MAX) {
        let head = "select run_no, data from run_dataset where run_no";
        for row in select_in(&mut *reader, head, group, " order by run_dataset_no").await? {
            let run_no: i64 = row.try_get(0).map_err(database)?;
            let data: &str = row.try_get(1).map_err(database)?;
            let dataset: DatasetInput = serde_json::from_str(data)
                .map_err(|_| inconsistent("run_dataset", "data", run_no))?;
            if let Some(place) = places.get(&run_no) {
                runs[*place].run.inputs.datasets.push(dataset);
            }
        }
        let head = "select run_no, is_output, model_id, step from run_model where run_no";
        for row in select_in(&mut *reader, head, group, " order by run_model_no").await? {
            let run_no: i64 = row.try_get(0).map_err(database)?;
            let Some(place) = places.get(&run_no) else {
                continue;
            };
            let run = &mut runs[*place].run;
            let is_output: i64 = row.try_get(1).map_err(database)?;
            let model: String = row.try_get(2).map_err(database)?;
            let model_id = ModelId::new(model);
            match is_output {
                0 => run.inputs.models.push(model_id),
                _ => run.outputs.push(ModelOutput {
                    model_id,
                    step: row.try_get(3).map_err(database)?,
                }),
            }
        }
    }
    Ok(())
}
