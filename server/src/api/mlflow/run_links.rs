//! What runs used and made: `log-inputs`, `outputs`, `log-model`.

use axum::extract::State;
use domain::experiment::Tag;
use domain::ids::ModelId;
use domain::run::{DatasetInput, ModelOutput, Run, RunInputs};
use serde_json::{Map, Value, json};

use super::params::{Fields, Params};
use super::reply::{Reply, done};
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// The longest texts of a dataset, in characters.
const DATASET_LIMITS: [(&str, usize); 5] = [
    ("name", 500),
    ("digest", 36),
    ("source", 65_535),
    ("schema", 1_048_575),
    ("profile", 16_777_215),
];
/// The longest key of an input's tag, in characters.
const TAG_KEY_MAX: usize = 255;
/// The longest value of an input's tag, in characters.
const TAG_VALUE_MAX: usize = 500;

/// `POST log-inputs`
pub async fn log_inputs(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let run = fields.run()?;
    let datasets = fields.objects("datasets")?.into_iter().map(dataset_input);
    let models = fields.objects("models")?.into_iter().map(model_id);
    let inputs = RunInputs {
        datasets: datasets.collect::<ApiResult<_>>()?,
        models: models.collect::<ApiResult<_>>()?,
    };
    app.store.log_run_inputs(&run, inputs).await?;
    done()
}

/// `POST outputs`
pub async fn log_outputs(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let run = fields.run()?;
    if !fields.has("models")? {
        return Err(ApiError::missing_parameter("models"));
    }
    let output = |fields: Fields<'_>| {
        Ok(ModelOutput {
            model_id: model_id(fields)?,
            step: fields.opt_integer("step")?.unwrap_or_default(),
        })
    };
    let outputs = fields.objects("models")?.into_iter().map(output);
    let outputs = outputs.collect::<ApiResult<Vec<_>>>()?;
    app.store.log_run_outputs(&run, outputs).await?;
    done()
}

/// `POST log-model`
pub async fn log_model(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let run = fields.run()?;
    let text = fields.text("model_json")?;
    let Ok(model) = serde_json::from_str::<Map<String, Value>>(text) else {
        let shown: String = text.chars().take(200).collect();
        return Err(ApiError::invalid(format!(
            "Malformed model info. \n {shown} \n is not a valid JSON."
        )));
    };
    let required = ["artifact_path", "flavors", "utc_time_created", "run_id"];
    let missing: Vec<_> = required
        .into_iter()
        .filter(|name| !model.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        return Err(ApiError::invalid(format!(
            "Model json is missing mandatory fields: {{'{}'}}",
            missing.join("', '")
        )));
    }
    app.store
        .append_model_history(&run, history_entry(model))
        .await?;
    done()
}

/// `inputs` of a run.
pub fn inputs_json(run: &Run) -> Value {
    let mut inputs = json!({});
    if !run.inputs.datasets.is_empty() {
        inputs["dataset_inputs"] = run.inputs.datasets.iter().map(dataset_json).collect();
    }
    if !run.inputs.models.is_empty() {
        let models = run.inputs.models.iter();
        inputs["model_inputs"] = models.map(|id| json!({ "model_id": id })).collect();
    }
    inputs
}

/// `outputs` of a run.
pub fn outputs_json(run: &Run) -> Value {
    let mut outputs = json!({});
    if !run.outputs.is_empty() {
        outputs["model_outputs"] = json!(run.outputs);
    }
    outputs
}

fn dataset_json(used: &DatasetInput) -> Value {
    let mut dataset = json!({
        "name": used.name,
        "digest": used.digest,
        "source_type": used.source_type,
        "source": used.source,
    });
    for (name, text) in [("schema", &used.schema), ("profile", &used.profile)] {
        if let Some(text) = text {
            dataset[name] = json!(text);
        }
    }
    match used.tags.is_empty() {
        true => json!({ "dataset": dataset }),
        false => json!({ "tags": used.tags, "dataset": dataset }),
    }
}

fn dataset_input(fields: Fields<'_>) -> ApiResult<DatasetInput> {
    let tags = fields.objects("tags")?.into_iter().map(tag);
    let tags = tags.collect::<ApiResult<_>>()?;
    let Some(dataset) = fields.opt_object("dataset")? else {
        return Ok(DatasetInput {
            tags,
            ..DatasetInput::default()
        });
    };
    for (name, max) in DATASET_LIMITS {
        check_length(name, dataset.opt_text(name)?, max)?;
    }
    let opt_text = |name| ApiResult::Ok(dataset.opt_text(name)?.map(str::to_owned));
    let text = |name| ApiResult::Ok(opt_text(name)?.unwrap_or_default());
    Ok(DatasetInput {
        name: text("name")?,
        digest: text("digest")?,
        source_type: text("source_type")?,
        source: text("source")?,
        schema: opt_text("schema")?,
        profile: opt_text("profile")?,
        tags,
    })
}

fn tag(fields: Fields<'_>) -> ApiResult<Tag> {
    let key = fields.opt_text("key")?;
    let value = fields.opt_text("value")?;
    check_length("key", key, TAG_KEY_MAX)?;
    check_length("value", value, TAG_VALUE_MAX)?;
    Ok(Tag {
        key: key.unwrap_or_default().to_owned(),
        value: value.unwrap_or_default().to_owned(),
    })
}

fn check_length(name: &str, text: Option<&str>, max: usize) -> ApiResult<()> {
    match text {
        Some(text) if text.chars().count() > max => Err(ApiError::invalid(format!(
            "'{name}' exceeds the maximum length of {max} characters"
        ))),
        _ => Ok(()),
    }
}

fn model_id(fields: Fields<'_>) -> ApiResult<ModelId> {
    fields.text("model_id").map(ModelId::new)
}

/// What the history keeps of a model: MLflow 3.17.2 leaves the configuration of flavors out.
fn history_entry(mut model: Map<String, Value>) -> Value {
    let mut flavors = model.remove("flavors").unwrap_or_default();
    for flavor in flavors
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut)
    {
        if let Some(flavor) = flavor.as_object_mut() {
            flavor.shift_remove("config");
        }
    }
    let mut take = |name: &str| model.remove(name).unwrap_or_default();
    json!({
        "run_id": take("run_id"),
        "artifact_path": take("artifact_path"),
        "utc_time_created": take("utc_time_created"),
        "model_uuid": take("model_uuid"),
        "flavors": flavors,
    })
}
