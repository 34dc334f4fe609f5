//! `/2.0/mlflow/logged-models`: versions of an application that runs and traces refer to.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::experiment::{LifecycleStage, Tag};
use domain::filter::models::{self as language, DatasetFilter, ModelOrder};
use domain::filter::order::{Direction, OrderBy};
use domain::ids::ModelId;
use domain::model::{LoggedModel, ModelStatus};
use domain::store::{Missing, ModelQuery, NewModel, StoreError};
use serde_json::{Value, json};

use super::artifacts;
use super::params::{Fields, Params};
use super::reply::{Reply, done, named, page, reply};
use super::run_name::random_run_name;
use super::runs::metric_json;
use super::search_params::{compiled, page_request};
use crate::api::path::Path;
use crate::clock;
use crate::error::{ApiError, ApiResult};
use crate::limits;
use crate::state::AppState;

/// The longest name, in characters.
const NAME_MAX: usize = 500;

/// `POST /logged-models`
pub async fn create(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let experiment_id = fields.experiment("experiment_id")?;
    let name = fields.opt_text("name")?.filter(|name| !name.is_empty());
    let name = match name {
        Some(name) => checked_name(name)?,
        None => random_run_name(),
    };
    let text = |name| ApiResult::Ok(fields.opt_text(name)?.unwrap_or_default().to_owned());
    let new = NewModel {
        id: ModelId::new(format!("m-{}", clock::random_hex())),
        experiment_id,
        name,
        model_type: text("model_type")?,
        source_run_id: text("source_run_id")?,
        tags: entries(fields, "tags")?,
        params: entries(fields, "params")?,
    };
    let model = app.store.create_model(new, clock::now()).await?;
    named("model", model_json(&model))
}

/// `GET /logged-models/{model_id}`
pub async fn get(
    State(app): State<AppState>,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Reply> {
    let allows_deleted = params.fields().opt_bool("allow_deleted")?;
    let model = stored(&app, ModelId::new(id)).await?;
    if model.lifecycle == LifecycleStage::Deleted && allows_deleted != Some(true) {
        return Err(StoreError::Missing(Missing::Model(model.id)).into());
    }
    named("model", model_json(&model))
}

/// `PATCH /logged-models/{model_id}`
pub async fn finalize(
    State(app): State<AppState>,
    Path(_): Path<String>,
    params: Params,
) -> ApiResult<Reply> {
    let fields = params.fields();
    let id = ModelId::new(fields.text("model_id")?);
    let names = ModelStatus::ALL.map(ModelStatus::as_str);
    let status = fields
        .opt_choice("status", &names, 0)?
        .ok_or_else(|| ApiError::missing_parameter("status"))?;
    let model = app
        .store
        .set_model_status(&id, ModelStatus::ALL[status], clock::now())
        .await?;
    named("model", model_json(&model))
}

/// `DELETE /logged-models/{model_id}`
pub async fn delete(State(app): State<AppState>, Path(id): Path<String>) -> ApiResult<Reply> {
    app.store
        .delete_model(&ModelId::new(id), clock::now())
        .await?;
    done()
}

/// `PATCH /logged-models/{model_id}/tags`
pub async fn set_tags(
    State(app): State<AppState>,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Reply> {
    let tags = params.fields().objects("tags")?;
    let mut latest: Vec<Tag> = Vec::with_capacity(tags.len());
    for tag in tags {
        let tag = entry(tag)?;
        latest.retain(|known| known.key != tag.key);
        latest.push(tag);
    }
    app.store.set_model_tags(&ModelId::new(id), latest).await?;
    done()
}

/// `DELETE /logged-models/{model_id}/tags/{key}`
pub async fn delete_tag(
    State(app): State<AppState>,
    Path((id, key)): Path<(String, String)>,
) -> ApiResult<Reply> {
    app.store.delete_model_tag(&ModelId::new(id), &key).await?;
    done()
}

/// `POST /logged-models/{model_id}/params`
pub async fn log_params(
    State(app): State<AppState>,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Reply> {
    let fields = params.fields();
    fields.text("model_id")?;
    let logged = entries(fields, "params")?;
    app.store
        .log_model_params(&ModelId::new(id), logged)
        .await?;
    done()
}

/// `POST /logged-models/search`
pub async fn search(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let experiments = fields.experiments("experiment_ids")?;
    if !fields.has("experiment_ids")? {
        return Err(ApiError::missing_parameter("experiment_ids"));
    }
    let datasets = fields.objects("datasets")?;
    let query = ModelQuery {
        experiments,
        filter: compiled(fields, "filter", language::compile)?,
        datasets: datasets
            .into_iter()
            .map(dataset)
            .collect::<ApiResult<_>>()?,
        order: order(fields)?,
        page: page_request(fields, 100, limits::PAGE)?,
    };
    let found = app.store.search_models(query).await?;
    let models: Vec<_> = found.items.iter().map(model_json).collect();
    page(
        "models",
        &models,
        found.next.as_ref().map(|token| token.0.as_str()),
    )
}

/// `GET /logged-models/{model_id}/artifacts/directories`
pub async fn list_artifacts(
    State(app): State<AppState>,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Reply> {
    let path = params
        .fields()
        .opt_text("artifact_directory_path")?
        .unwrap_or_default();
    let model = in_use(&app, ModelId::new(id)).await?;
    reply(&artifacts::listing(&app, &model.artifact_uri, &folder(&model), path).await?)
}

/// `GET /ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files`
pub async fn get_artifact(
    State(app): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    params: Params,
) -> ApiResult<Response> {
    let path = params.fields().text("artifact_file_path")?;
    let model = in_use(&app, ModelId::new(id)).await?;
    let path = format!("{}/{path}", folder(&model));
    artifacts::get(State(app), Path(path), headers).await
}

/// Where the files of a model are in the artifact folder.
fn folder(model: &LoggedModel) -> String {
    format!("{}/models/{}/artifacts", model.experiment_id, model.id)
}

async fn stored(app: &AppState, id: ModelId) -> ApiResult<LoggedModel> {
    let model = app.store.model(&id).await?;
    model.ok_or_else(|| StoreError::Missing(Missing::Model(id)).into())
}

async fn in_use(app: &AppState, id: ModelId) -> ApiResult<LoggedModel> {
    let model = stored(app, id).await?;
    match model.lifecycle {
        LifecycleStage::Active => Ok(model),
        LifecycleStage::Deleted => Err(StoreError::Missing(Missing::Model(model.id)).into()),
    }
}

fn checked_name(name: &str) -> ApiResult<String> {
    if name.contains(['/', ':', '.', '%', '"', '\'']) {
        return Err(ApiError::invalid(format!(
            "Invalid model name ('{name}') provided. Model name must be a non-empty string and \
             cannot contain the following characters: ('/', ':', '.', '%', '\"', \"'\")"
        )));
    }
    if name.chars().count() > NAME_MAX {
        return Err(ApiError::invalid(format!(
            "'name' exceeds the maximum length of {NAME_MAX} characters"
        )));
    }
    Ok(name.to_owned())
}

/// Tags or parameters whose keys are unique.
fn entries(fields: Fields<'_>, name: &str) -> ApiResult<Vec<Tag>> {
    let mut entries: Vec<Tag> = Vec::new();
    for given in fields.objects(name)? {
        let given = entry(given)?;
        if entries.iter().any(|known| known.key == given.key) {
            return Err(ApiError::invalid(format!(
                "The key '{}' occurs more than once in '{name}'. Give each key one value.",
                given.key
            )));
        }
        entries.push(given);
    }
    Ok(entries)
}

fn entry(fields: Fields<'_>) -> ApiResult<Tag> {
    let text = |name| ApiResult::Ok(fields.opt_text(name)?.unwrap_or_default().to_owned());
    Ok(Tag {
        key: text("key")?,
        value: text("value")?,
    })
}

fn dataset(fields: Fields<'_>) -> ApiResult<DatasetFilter> {
    let name = fields.opt_text("dataset_name")?.unwrap_or_default();
    if name.is_empty() {
        return Err(ApiError::invalid(
            "`dataset_name` in the `datasets` clause must be specified.",
        ));
    }
    let digest = fields.opt_text("dataset_digest")?;
    Ok(DatasetFilter {
        name: name.to_owned(),
        digest: digest.filter(|text| !text.is_empty()).map(str::to_owned),
    })
}

fn order(fields: Fields<'_>) -> ApiResult<Vec<ModelOrder>> {
    let mut order = Vec::new();
    for by in fields.objects("order_by")? {
        let name = by.opt_text("field_name")?.unwrap_or_default();
        let dataset = match by.opt_text("dataset_name")? {
            Some(name) if !name.is_empty() => Some(dataset(by)?),
            _ => None,
        };
        let key =
            language::order_key(name, dataset).map_err(|error| ApiError::invalid(error.message))?;
        let direction = match by.opt_bool("ascending")? {
            Some(false) => Direction::Desc,
            _ => Direction::Asc,
        };
        order.push(OrderBy { key, direction });
    }
    Ok(order)
}

fn model_json(model: &LoggedModel) -> Value {
    let mut info = json!({
        "model_id": model.id,
        "experiment_id": model.experiment_id.to_string(),
        "name": model.name,
        "creation_timestamp_ms": model.creation_time,
        "last_updated_timestamp_ms": model.last_update_time,
        "artifact_uri": model.artifact_uri,
        "status": model.status.as_str(),
        "model_type": model.model_type,
        "source_run_id": model.source_run_id,
    });
    if !model.tags.is_empty() {
        info["tags"] = json!(model.tags);
    }
    let mut data = json!({});
    if !model.params.is_empty() {
        data["params"] = json!(model.params);
    }
    if !model.metrics.is_empty() {
        let metrics = model.metrics.iter().map(|found| {
            let mut metric = metric_json(&found.metric);
            if let Some(dataset) = &found.dataset {
                metric["dataset_name"] = json!(dataset.name);
                if !dataset.digest.is_empty() {
                    metric["dataset_digest"] = json!(dataset.digest);
                }
            }
            metric["model_id"] = json!(found.model_id);
            metric["run_id"] = json!(found.run_id);
            metric
        });
        data["metrics"] = metrics.collect();
    }
    json!({ "info": info, "data": data })
}
