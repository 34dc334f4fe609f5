//! What is logged to runs: metrics, parameters, tags. Inputs, outputs and models are accepted and not
//! kept, since nothing here shows them.

use std::collections::BTreeSet;

use axum::extract::State;
use domain::experiment::Tag;
use domain::run::Metric;
use domain::store::RunData;
use domain::time::UnixMillis;

use super::params::{Fields, Params};
use super::reply::{Reply, done, page};
use super::runs::{found, metric_json};
use super::tag_keys::{check_key, cut};
use super::trace_search::page_request;
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
    let data = RunData {
        metrics: vec![metric(fields)?],
        ..RunData::default()
    };
    app.store.log_run_data(&fields.run()?, data).await?;
    done()
}

/// `POST log-parameter`
pub async fn log_parameter(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let data = RunData {
        params: vec![param(fields)?],
        ..RunData::default()
    };
    app.store.log_run_data(&fields.run()?, data).await?;
    done()
}

/// `POST set-tag`
pub async fn set_tag(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let data = RunData {
        tags: vec![tag(fields)?],
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
    check_once(&parameters)?;
    let data = RunData {
        metrics: metrics.into_iter().map(metric).collect::<ApiResult<_>>()?,
        params: parameters
            .into_iter()
            .map(param)
            .collect::<ApiResult<_>>()?,
        tags: run_tags(fields)?,
    };
    app.store.log_run_data(&run, data).await?;
    done()
}

/// `POST log-inputs`, `POST outputs`, `POST log-model`
pub async fn accept(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    found(&app, params.fields().run()?).await?;
    done()
}

/// `GET /2.0/mlflow/metrics/get-history`
pub async fn metric_history(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let run = found(&app, fields.run()?).await?;
    let key = fields.text("metric_key")?;
    let request = page_request(fields, limits::PAGE, limits::PAGE)?;
    let history = app.store.metric_history(&run.id, key, request).await?;
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
    Ok(Tag {
        key: key.to_owned(),
        value: cut(value, TAG_VALUE_MAX).to_owned(),
    })
}

fn param(fields: Fields<'_>) -> ApiResult<Tag> {
    let key = fields.text("key")?;
    check_key("key", key)?;
    let value = fields.opt_text("value")?.unwrap_or_default();
    Ok(Tag {
        key: key.to_owned(),
        value: cut(value, PARAM_VALUE_MAX).to_owned(),
    })
}

fn metric(fields: Fields<'_>) -> ApiResult<Metric> {
    let key = fields.text("key")?;
    check_key("key", key)?;
    let value = fields
        .opt_number("value")?
        .ok_or_else(|| ApiError::missing_parameter("value"))?;
    Ok(Metric {
        key: key.to_owned(),
        // Infinities are kept as the largest finite numbers, as MLflow 3.17.2 does.
        value: if value.is_nan() {
            value
        } else {
            value.clamp(f64::MIN, f64::MAX)
        },
        timestamp: UnixMillis(fields.integer("timestamp")?),
        step: fields.opt_integer("step")?.unwrap_or_default(),
    })
}

/// Refuses parameters that are in a batch more than once.
fn check_once(parameters: &[Fields<'_>]) -> ApiResult<()> {
    let mut seen = BTreeSet::new();
    let mut twice = BTreeSet::new();
    for parameter in parameters {
        let key = parameter.text("key")?;
        if !seen.insert(key) {
            twice.insert(format!("'{key}'"));
        }
    }
    if twice.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = twice.into_iter().collect();
    Err(ApiError::invalid(format!(
        "Duplicate parameter keys have been submitted: [{}]. Please ensure the request contains only \
         one param value per param key.",
        keys.join(", ")
    )))
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
