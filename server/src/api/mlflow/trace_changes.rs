//! Changes of stored traces: tags, deletion, links to runs and prompts.

use axum::extract::State;
use domain::ids::TraceId;
use domain::store::DeleteTraces;
use domain::time::UnixMillis;
use domain::trace::keys;

use super::params::{Fields, Params};
use super::reply::{Reply, done, named};
use super::tag_keys::{Called, check_key, cut};
use super::trace_json::TAG_KEPT;
use crate::api::path::Path;
use crate::deletion;
use crate::error::{ApiError, ApiResult};
use crate::limits;
use crate::state::AppState;

/// `PATCH /{2,3}.0/mlflow/traces/{trace_id}/tags`
pub async fn set_tag(
    State(app): State<AppState>,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Reply> {
    let key = params.fields().text("key")?;
    check_key(Called::KEY, key)?;
    let is_immutable = [
        keys::SPANS_LOCATION,
        keys::ARCHIVE_LOCATION,
        keys::ARCHIVAL_FAILURE,
    ]
    .contains(&key);
    if is_immutable {
        return Err(ApiError::invalid(format!(
            "Tag '{key}' is immutable and cannot be set on a trace."
        )));
    }
    let value = params.fields().opt_text("value")?.unwrap_or_default();
    app.store
        .set_trace_tag(&TraceId::new(id), key, cut(value, TAG_KEPT))
        .await?;
    done()
}

/// `DELETE /{2,3}.0/mlflow/traces/{trace_id}/tags`
pub async fn delete_tag(
    State(app): State<AppState>,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Reply> {
    let key = params.fields().text("key")?;
    if [keys::SPANS_LOCATION, keys::ARCHIVE_LOCATION].contains(&key) {
        return Err(ApiError::invalid(format!(
            "Tag '{key}' is immutable and cannot be deleted on a trace."
        )));
    }
    app.store.delete_trace_tag(&TraceId::new(id), key).await?;
    done()
}

/// `POST /{2,3}.0/mlflow/traces/delete-traces`. The reply says that they are gone, however long that takes.
pub async fn delete(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let experiment = fields.experiment("experiment_id")?;
    let which = which_to_delete(fields)?;
    let count = deletion::delete(&app.store, &app.artifacts, experiment, which).await?;
    named("traces_deleted", count)
}

/// `POST /2.0/mlflow/traces/link-to-run`
pub async fn link_to_run(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let traces = fields.given_texts("trace_ids")?;
    let run = fields.run()?;
    if traces.len() > limits::LINKED_TRACES {
        return Err(ApiError::invalid(format!(
            "Cannot link more than {} traces to a run in a single request. Provided {} traces.",
            limits::LINKED_TRACES,
            traces.len()
        )));
    }
    let traces: Vec<_> = traces.into_iter().map(TraceId::new).collect();
    app.store.link_traces_to_run(&traces, &run).await?;
    done()
}

/// `POST /{2,3}.0/mlflow/traces/link-prompts`
pub async fn link_prompts(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let trace = TraceId::new(fields.text("trace_id")?);
    if !fields.has("prompt_versions")? {
        return Err(ApiError::missing_parameter("prompt_versions"));
    }
    let mut prompts = Vec::new();
    for prompt in fields.objects("prompt_versions")? {
        let name = prompt.text("name")?.to_owned();
        let version = prompt.integer("version")?.to_string();
        prompts.push((name, version));
    }
    if !prompts.is_empty() {
        app.store.link_prompts_to_trace(&trace, &prompts).await?;
    }
    done()
}

fn which_to_delete(fields: Fields<'_>) -> ApiResult<DeleteTraces> {
    let time = fields.opt_integer("max_timestamp_millis")?;
    let mut ids = fields.texts("request_ids")?;
    ids.extend(fields.texts("trace_ids")?);
    let limit = fields.opt_integer("max_traces")?;
    match (time, ids.is_empty()) {
        (None, true) => Err(ApiError::invalid(
            "Either `max_timestamp_millis` or `trace_ids` must be specified.",
        )),
        (Some(_), false) => Err(ApiError::invalid(
            "Only one of `max_timestamp_millis` and `trace_ids` can be specified.",
        )),
        (None, false) if limit.is_some() => Err(ApiError::invalid(
            "`max_traces` can't be specified if `trace_ids` is specified.",
        )),
        (None, false) => Ok(DeleteTraces::Ids(
            ids.into_iter().map(TraceId::new).collect(),
        )),
        (Some(time), true) => match limit {
            Some(limit) if limit <= 0 => Err(ApiError::invalid(format!(
                "`max_traces` must be a positive integer, received {limit}."
            ))),
            _ => {
                let limit = limit.map(|limit| u32::try_from(limit).unwrap_or(u32::MAX));
                Ok(DeleteTraces::UpTo {
                    time: UnixMillis(time),
                    limit,
                })
            }
        },
    }
}
