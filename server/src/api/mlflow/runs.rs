//! `/2.0/mlflow/runs`: runs by id and search. What is logged to them is in `run_data`.

use axum::extract::State;
use domain::experiment::{LifecycleStage, Tag};
use domain::filter::{self, runs as language};
use domain::ids::RunId;
use domain::run::{Metric, Run, RunStatus};
use domain::store::{Missing, NewRun, RunQuery, RunUpdate, StoreError};
use domain::time::UnixMillis;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::experiments::view_type;
use super::params::{Fields, Params};
use super::reply::{Reply, done, named, page};
use super::run_data::run_tags;
use super::run_name::random_run_name;
use super::trace_search::page_request;
use crate::clock;
use crate::error::{ApiError, ApiResult};
use crate::limits;
use crate::state::AppState;

/// The tag that repeats a run's name.
const NAME_TAG: &str = "mlflow.runName";

/// `POST create`
pub async fn create(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let mut tags = run_tags(fields)?;
    let tagged = tags
        .iter()
        .find(|tag| tag.key == NAME_TAG)
        .map(|tag| tag.value.clone());
    let named_run = fields.opt_text("run_name")?.filter(|name| !name.is_empty());
    if let (Some(name), Some(tagged)) = (named_run, &tagged)
        && name != tagged
    {
        return Err(ApiError::invalid(format!(
            "Both 'run_name' argument and '{NAME_TAG}' tag are specified, but with different values \
             (run_name='{name}', {NAME_TAG}='{tagged}')."
        )));
    }
    let name = named_run
        .map(str::to_owned)
        .or(tagged)
        .unwrap_or_else(random_run_name);
    tags.retain(|tag| tag.key != NAME_TAG);
    tags.push(Tag {
        key: NAME_TAG.to_owned(),
        value: name.clone(),
    });
    let start = fields.opt_integer("start_time")?.map(UnixMillis);
    let run = app.store.create_run(NewRun {
        id: RunId::new(clock::random_hex()),
        experiment_id: fields.experiment("experiment_id")?,
        name,
        user_id: fields.opt_text("user_id")?.unwrap_or_default().to_owned(),
        start_time: start.unwrap_or_else(clock::now),
        tags,
    });
    named("run", RunJson(&run.await?))
}

/// `GET get`
pub async fn get(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let run = found(&app, params.fields().run()?).await?;
    named("run", RunJson(&run))
}

/// `POST update`
pub async fn update(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let change = RunUpdate {
        status: status(fields)?,
        end_time: fields.opt_integer("end_time")?.map(UnixMillis),
        name: fields
            .opt_text("run_name")?
            .filter(|name| !name.is_empty())
            .map(str::to_owned),
    };
    let run = app.store.update_run(&fields.run()?, change).await?;
    named("run_info", run_info(&run))
}

/// `POST search`
pub async fn search(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let filter = match fields
        .opt_text("filter")?
        .filter(|text| !text.trim().is_empty())
    {
        Some(text) => Some(
            language::compile(text)
                .map_err(|errors| ApiError::invalid(filter::describe(text, &errors)))?,
        ),
        None => None,
    };
    let order = language::parse_order(&fields.texts("order_by")?)
        .map_err(|error| ApiError::invalid(error.to_string()))?;
    let query = RunQuery {
        experiments: fields.experiments("experiment_ids")?,
        filter,
        order,
        view: view_type(fields, "run_view_type")?,
        page: page_request(fields, 1000, limits::PAGE)?,
    };
    let found = app.store.search_runs(query).await?;
    let runs: Vec<_> = found.items.iter().map(RunJson).collect();
    page(
        "runs",
        &runs,
        found.next.as_ref().map(|token| token.0.as_str()),
    )
}

/// `POST delete`
pub async fn delete(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    app.store
        .set_run_lifecycle(&params.fields().run()?, LifecycleStage::Deleted)
        .await?;
    done()
}

/// `POST restore`
pub async fn restore(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    app.store
        .set_run_lifecycle(&params.fields().run()?, LifecycleStage::Active)
        .await?;
    done()
}

/// A run by id.
///
/// # Errors
/// 404 if there is none.
pub async fn found(app: &AppState, id: RunId) -> ApiResult<Run> {
    let run = app.store.run(&id).await?;
    run.ok_or_else(|| StoreError::Missing(Missing::Run(id)).into())
}

/// Where a run's files are.
pub fn artifact_uri(run: &Run) -> String {
    format!(
        "mlflow-artifacts:/{}/{}/artifacts",
        run.experiment_id, run.id
    )
}

fn status(fields: Fields<'_>) -> ApiResult<Option<RunStatus>> {
    let names = RunStatus::ALL.map(RunStatus::as_str);
    Ok(fields
        .opt_choice("status", &names, 1)?
        .map(|index| RunStatus::ALL[index]))
}

fn run_info(run: &Run) -> Value {
    let mut info = json!({
        "run_uuid": run.id,
        "experiment_id": run.experiment_id.to_string(),
        "run_name": run.name,
        "user_id": run.user_id,
        "status": run.status,
        "start_time": run.start_time,
        "artifact_uri": artifact_uri(run),
        "lifecycle_stage": run.lifecycle,
        "run_id": run.id,
    });
    if let Some(end) = run.end_time {
        info["end_time"] = json!(end);
    }
    info
}

struct RunJson<'a>(&'a Run);

impl Serialize for RunJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let run = self.0;
        let metrics: Vec<_> = run.metrics.iter().map(metric_json).collect();
        let mut data = serde_json::Map::new();
        for (name, list) in [
            ("metrics", json!(metrics)),
            ("params", json!(run.params)),
            ("tags", json!(run.tags)),
        ] {
            if list.as_array().is_some_and(|list| !list.is_empty()) {
                data.insert(name.to_owned(), list);
            }
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("info", &run_info(run))?;
        map.serialize_entry("data", &data)?;
        map.serialize_entry("inputs", &json!({}))?;
        map.serialize_entry("outputs", &json!({}))?;
        map.end()
    }
}

/// A metric on the wire; NaN is text there.
pub fn metric_json(metric: &Metric) -> Value {
    let value = if metric.value.is_nan() {
        json!("NaN")
    } else {
        json!(metric.value)
    };
    json!({
        "key": metric.key,
        "value": value,
        "timestamp": metric.timestamp,
        "step": metric.step,
    })
}
