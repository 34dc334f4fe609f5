//! What is logged to runs: metrics, parameters, tags.

use axum::extract::State;
use domain::experiment::Tag;
use domain::ids::{ModelId, RunId};
use domain::model::{DatasetName, ModelMetric};
use domain::run::Metric;
use domain::store::RunData;
use domain::time::UnixMillis;

use super::params::{Fields, Params};
use super::reply::{Reply, done, page};
use super::runs::metric_json;
use super::search_params::page_request;
use super::tag_keys::{Called, check_key, cut};
use crate::error::{ApiError, ApiResult};
use crate::limits;
use crate::state::AppState;

/// The longest value of a parameter, in characters; longer ones are cut.
const PARAM_VALUE_MAX: usize = 6000;
/// The longest value of a tag, in characters; longer ones are cut.
const TAG_VALUE_MAX: usize = 8000;
/// Entries of one kind in a batch.
const BATCH_METRICS: usize = 1000;
/// Entries of one kind in a batch.
const BATCH_PARAMS: usize = 100;
/// Entries of one kind in a batch.
const BATCH_TAGS: usize = 100;
/// Entries of all kinds in a batch.
const BATCH_ALL: usize = 1000;

/// `POST log-metric`
pub async fn log_metric(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let run = fields.run()?;
    let data = RunData {
        metrics: vec![metric(fields, "")?],
        model_metrics: model_metrics(&run, &[fields])?,
        ..RunData::default()
    };
    app.store.log_run_data(&run, data).await?;
    done()
}

/// `POST log-parameter`
pub async fn log_parameter(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let data = RunData {
        params: vec![param(fields, "")?],
        ..RunData::default()
    };
    app.store.log_run_data(&fields.run()?, data).await?;
    done()
}

/// `POST set-tag`
pub async fn set_tag(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let data = RunData {
        tags: vec![tag(fields, "")?],
        ..RunData::default()
    };
    app.store.log_run_data(&fields.run()?, data).await?;
    done()
}

/// `POST delete-tag`
pub async fn delete_tag(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    app.store
        .delete_run_tag(&fields.run()?, fields.text("key")?)
        .await?;
    done()
}

/// `POST log-batch`
pub async fn log_batch(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let run = fields.run()?;
    let list = |name| fields.objects(name);
    let (metrics, parameters) = (list("metrics")?, list("params")?);
    check_count("metrics", metrics.len(), BATCH_METRICS)?;
    check_count("params", parameters.len(), BATCH_PARAMS)?;
    check_count("tags", list("tags")?.len(), BATCH_TAGS)?;
    let all = metrics.len() + parameters.len() + list("tags")?.len();
    check_count("metrics, params, and tags", all, BATCH_ALL)?;
    let metric_at = |(index, fields)| metric(fields, &format!("metrics[{index}]."));
    let param_at = |(index, fields)| param(fields, &format!("params[{index}]."));
    let logged_metrics = metrics.iter().copied().enumerate().map(metric_at);
    let params = parameters.into_iter().enumerate().map(param_at);
    let data = RunData {
        metrics: logged_metrics.collect::<ApiResult<_>>()?,
        params: params.collect::<ApiResult<_>>()?,
        tags: run_tags(fields)?,
        model_metrics: model_metrics(&run, &metrics)?,
    };
    check_unique(&data.params)?;
    app.store.log_run_data(&run, data).await?;
    done()
}

/// `GET /2.0/mlflow/metrics/get-history`
pub async fn metric_history(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let run = fields.run()?;
    let key = fields.text("metric_key")?;
    let request = page_request(fields, limits::PAGE, limits::PAGE)?;
    let history = app.store.metric_history(&run, key, request).await?;
    let metrics: Vec<_> = history.items.iter().map(metric_json).collect();
    page(
        "metrics",
        &metrics,
        history.next.as_ref().map(|token| token.0.as_str()),
    )
}

/// The tags of a request, the last one of each key.
///
/// # Errors
/// 400 for keys that tags cannot have.
pub fn run_tags(fields: Fields<'_>) -> ApiResult<Vec<Tag>> {
    let mut tags: Vec<Tag> = Vec::new();
    for (index, entry) in fields.objects("tags")?.into_iter().enumerate() {
        let tag = tag(entry, &format!("tags[{index}]."))?;
        tags.retain(|known| known.key != tag.key);
        tags.push(tag);
    }
    Ok(tags)
}

/// Reads a tag that stands at `place` in the request: nothing, or a path that ends with a dot.
fn tag(fields: Fields<'_>, place: &str) -> ApiResult<Tag> {
    let path = format!("{place}key");
    let called = Called {
        path: &path,
        in_length: &path,
    };
    let key = key(fields, place, called)?;
    let value = fields.opt_text("value")?.unwrap_or_default();
    Ok(Tag {
        key,
        value: cut(value, TAG_VALUE_MAX).to_owned(),
    })
}

fn param(fields: Fields<'_>, place: &str) -> ApiResult<Tag> {
    let called = Called {
        path: &format!("{place}key"),
        in_length: "Param key",
    };
    let key = key(fields, place, called)?;
    let value = fields.opt_text("value")?.unwrap_or_default();
    Ok(Tag {
        key,
        value: cut(value, PARAM_VALUE_MAX).to_owned(),
    })
}

fn metric(fields: Fields<'_>, place: &str) -> ApiResult<Metric> {
    let called = Called {
        path: &format!("{place}name"),
        in_length: "Metric name",
    };
    let missing = |name: &str| ApiError::missing_parameter(&format!("{place}{name}"));
    let key = key(fields, place, called)?;
    let value = fields
        .opt_number("value")?
        .ok_or_else(|| missing("value"))?;
    let timestamp = fields
        .opt_integer("timestamp")?
        .ok_or_else(|| missing("timestamp"))?;
    if timestamp < 0 {
        return Err(ApiError::invalid(format!(
            "Invalid value {timestamp} for parameter '{place}timestamp' supplied: metric '{key}' \
             (value={value:?}). Timestamp must be a nonnegative long (64-bit integer) "
        )));
    }
    Ok(Metric {
        key,
        // Infinities are kept as the largest finite numbers, as MLflow 3.17.2 does.
        value: if value.is_nan() {
            value
        } else {
            value.clamp(f64::MIN, f64::MAX)
        },
        timestamp: UnixMillis(timestamp),
        step: fields.opt_integer("step")?.unwrap_or_default(),
    })
}

fn key(fields: Fields<'_>, place: &str, called: Called<'_>) -> ApiResult<String> {
    let key = fields.opt_text("key")?.unwrap_or_default();
    if key.is_empty() {
        return Err(ApiError::missing_parameter(&format!("{place}key")));
    }
    check_key(called, key)?;
    Ok(key.to_owned())
}

/// Parameters of one request have different keys.
fn check_unique(params: &[Tag]) -> ApiResult<()> {
    let mut twice: Vec<&str> = Vec::new();
    for (index, param) in params.iter().enumerate() {
        let is_again = params[..index].iter().any(|known| known.key == param.key);
        if is_again && !twice.contains(&param.key.as_str()) {
            twice.push(&param.key);
        }
    }
    if twice.is_empty() {
        return Ok(());
    }
    Err(ApiError::invalid(format!(
        "Duplicate parameter keys have been submitted: ['{}']. Please ensure the request contains \
         only one param value per param key.",
        twice.join("', '")
    )))
}

/// The values that say which model they are about.
fn model_metrics(run: &RunId, metrics: &[Fields<'_>]) -> ApiResult<Vec<ModelMetric>> {
    let filled = |fields: &Fields<'_>, name| {
        let text = fields.opt_text(name)?.filter(|text| !text.is_empty());
        ApiResult::Ok(text.map(str::to_owned))
    };
    let mut found = Vec::new();
    for fields in metrics {
        let Some(model) = filled(fields, "model_id")? else {
            continue;
        };
        let digest = filled(fields, "dataset_digest")?.unwrap_or_default();
        let name = filled(fields, "dataset_name")?;
        found.push(ModelMetric {
            metric: metric(*fields, "")?,
            model_id: ModelId::new(model),
            run_id: run.clone(),
            dataset: name.map(|name| DatasetName { name, digest }),
        });
    }
    Ok(found)
}

fn check_count(name: &str, count: usize, max: usize) -> ApiResult<()> {
    if count <= max {
        return Ok(());
    }
    Err(ApiError::invalid(format!(
        "A batch logging request can contain at most {max} {name}. Got {count} {name}. Please split \
         up {name} across multiple requests and try again."
    )))
}
