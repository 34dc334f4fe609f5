//! `/2.0/mlflow/experiments`

use axum::extract::State;
use domain::experiment::{Experiment, LifecycleStage, Tag, ViewType};
use domain::filter::{self, experiments as language};
use domain::ids::ExperimentId;
use domain::store::{ExperimentQuery, NewExperiment};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::params::{Fields, Params};
use super::reply::{Reply, done, named, page};
use super::tag_keys::check_key;
use super::trace_search::page_request;
use crate::clock;
use crate::error::{ApiError, ApiResult};
use crate::limits;
use crate::state::AppState;

/// The longest name, in characters.
const NAME_MAX: usize = 500;
/// The longest value of a tag, in characters.
const TAG_VALUE_MAX: usize = 20_000;

/// `POST create`
pub async fn create(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let location = fields
        .opt_text("artifact_location")?
        .filter(|text| !text.is_empty());
    if location.is_some_and(|location| location.contains('#')) {
        return Err(ApiError::invalid(
            "'artifact_location' URL can't include fragments or params.",
        ));
    }
    let new = NewExperiment {
        name: name(fields.text("name")?)?,
        artifact_location: location.map(str::to_owned),
        tags: tags(fields)?,
    };
    let id = app.store.create_experiment(new, clock::now()).await?;
    named("experiment_id", id.to_string())
}

/// `GET get-by-name`
pub async fn get_by_name(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let name = params.fields().text("experiment_name")?;
    match app.store.experiment_by_name(name).await? {
        Some(experiment) => named("experiment", ExperimentJson(&experiment)),
        None => Err(ApiError::not_found(format!(
            "Could not find experiment with name '{name}'"
        ))),
    }
}

/// `GET get`
pub async fn get(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let id = params.fields().experiment("experiment_id")?;
    match app.store.experiment(id).await? {
        Some(experiment) => named("experiment", ExperimentJson(&experiment)),
        None => Err(missing(id)),
    }
}

/// `POST search`, `GET search`
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
    let query = ExperimentQuery {
        filter,
        order,
        view: view_type(fields, "view_type")?,
        page: page_request(fields, 0, limits::PAGE)?,
    };
    let found = app.store.search_experiments(query).await?;
    let experiments: Vec<_> = found.items.iter().map(ExperimentJson).collect();
    page(
        "experiments",
        &experiments,
        found.next.as_ref().map(|token| token.0.as_str()),
    )
}

/// `POST update`
pub async fn update(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let id = fields.experiment("experiment_id")?;
    let name = name(fields.text("new_name")?)?;
    app.store.rename_experiment(id, &name, clock::now()).await?;
    done()
}

/// `POST delete`
pub async fn delete(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let id = params.fields().experiment("experiment_id")?;
    app.store
        .set_experiment_lifecycle(id, LifecycleStage::Deleted, clock::now())
        .await?;
    done()
}

/// `POST restore`
pub async fn restore(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let id = params.fields().experiment("experiment_id")?;
    app.store
        .set_experiment_lifecycle(id, LifecycleStage::Active, clock::now())
        .await?;
    done()
}

/// `POST set-experiment-tag`
pub async fn set_tag(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let id = fields.experiment("experiment_id")?;
    app.store
        .set_experiment_tag(id, tag(fields)?, clock::now())
        .await?;
    done()
}

/// `POST delete-experiment-tag`
pub async fn delete_tag(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let id = fields.experiment("experiment_id")?;
    app.store
        .delete_experiment_tag(id, fields.text("key")?, clock::now())
        .await?;
    done()
}

/// Which lifecycle stages a search covers.
pub fn view_type(fields: Fields<'_>, name: &str) -> ApiResult<ViewType> {
    let choices = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"];
    Ok(match fields.opt_choice(name, &choices, 1)? {
        Some(1) => ViewType::DeletedOnly,
        Some(2) => ViewType::All,
        _ => ViewType::ActiveOnly,
    })
}

fn missing(id: ExperimentId) -> ApiError {
    ApiError::not_found(format!("No Experiment with id={id} exists"))
}

fn name(text: &str) -> ApiResult<String> {
    if text.chars().count() > NAME_MAX {
        return Err(ApiError::invalid(format!(
            "'name' exceeds the maximum length of {NAME_MAX} characters"
        )));
    }
    Ok(text.to_owned())
}

fn tags(fields: Fields<'_>) -> ApiResult<Vec<Tag>> {
    let mut tags: Vec<Tag> = Vec::new();
    for entry in fields.objects("tags")? {
        let tag = tag(entry)?;
        tags.retain(|known| known.key != tag.key);
        tags.push(tag);
    }
    Ok(tags)
}

fn tag(fields: Fields<'_>) -> ApiResult<Tag> {
    let key = fields.text("key")?;
    check_key("key", key)?;
    let value = fields.opt_text("value")?.unwrap_or_default();
    if value.chars().count() > TAG_VALUE_MAX {
        return Err(ApiError::invalid(format!(
            "'value' exceeds the maximum length of {TAG_VALUE_MAX} characters"
        )));
    }
    Ok(Tag {
        key: key.to_owned(),
        value: value.to_owned(),
    })
}

struct ExperimentJson<'a>(&'a Experiment);

impl Serialize for ExperimentJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let experiment = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("experiment_id", &experiment.id.to_string())?;
        map.serialize_entry("name", &experiment.name)?;
        map.serialize_entry("artifact_location", &experiment.artifact_location)?;
        map.serialize_entry("lifecycle_stage", experiment.lifecycle.as_str())?;
        map.serialize_entry("last_update_time", &experiment.last_update_time)?;
        map.serialize_entry("creation_time", &experiment.creation_time)?;
        if !experiment.tags.is_empty() {
            map.serialize_entry("tags", &experiment.tags)?;
        }
        map.serialize_entry("workspace", "default")?;
        map.end()
    }
}
