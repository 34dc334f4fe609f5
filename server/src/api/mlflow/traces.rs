//! Traces, protocol V3: start (which clients call at the end of a trace), reading with and without spans.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use domain::ids::TraceId;
use domain::trace::{TraceInfo, keys};
use futures_util::StreamExt;

use super::params::Params;
use super::reply::{Reply, page, reply};
use super::trace_json::{TraceInfoJson, trace_info_write};
use super::trace_stream::{self, BatchRequest, is_complete};
use crate::api::path::Path;
use crate::clock;
use crate::error::{ApiError, ApiResult};
use crate::limits;
use crate::state::AppState;

/// `POST /3.0/mlflow/traces`
///
/// The spans of the trace travel in a request of their own that races with this one. The reply is held
/// for a moment until they are stored; if they are not, the tag that says so is left out and the client
/// uploads them as a file.
pub async fn start(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let trace = params.fields().object("trace")?;
    let write = trace_info_write(trace.object("trace_info")?, clock::now())?;
    let id = write.trace_id.clone();
    let expected = expected_spans(write.metadata.get(keys::SIZE_STATS));
    let mut info = app.store.put_trace_info(write).await?;
    let has_spans = match expected {
        Some(expected) => {
            let stored = app
                .store
                .wait_for_spans(&id, expected, limits::SPANS_RACE)
                .await?;
            stored >= expected
        }
        None => false,
    };
    if has_spans && id.to_otel().is_some() {
        info.tags.insert(
            keys::SPANS_LOCATION.to_owned(),
            keys::TRACKING_STORE.to_owned(),
        );
    } else {
        info.tags.remove(keys::SPANS_LOCATION);
    }
    reply(&envelope(&info))
}

/// `GET /3.0/mlflow/traces/{trace_id}`
pub async fn info(State(app): State<AppState>, Path(id): Path<String>) -> ApiResult<Reply> {
    let id = TraceId::new(id);
    match app.store.trace(&id).await? {
        Some(info) => reply(&envelope(&info)),
        None => Err(ApiError::not_found(format!(
            "Trace with ID '{id}' not found."
        ))),
    }
}

/// `GET /3.0/mlflow/traces/get`
pub async fn get(State(app): State<AppState>, params: Params) -> ApiResult<Response> {
    let fields = params.fields();
    let id = TraceId::new(fields.text("trace_id")?);
    let allows_partial = fields.opt_bool("allow_partial")?.unwrap_or_default();
    let not_found = || ApiError::not_found(format!("Trace with ID {id} is not found."));
    let info = app.store.trace(&id).await?.ok_or_else(not_found)?;
    if let (false, false, Some(expected)) =
        (allows_partial, is_complete(&info), info.expected_spans())
    {
        let stored = app
            .store
            .wait_for_spans(&id, expected, app.config.spans_wait)
            .await?;
        if stored < expected {
            return Err(ApiError::not_found(format!(
                "Trace with ID {id} is not fully exported yet, please try again later."
            )));
        }
    }
    let ids = [id.clone()];
    let trace = app
        .store
        .spans(&ids)
        .next()
        .await
        .transpose()?
        .ok_or_else(not_found)?;
    trace_stream::single(trace).await
}

/// `GET /3.0/mlflow/traces/batchGet`
pub async fn batch_get(State(app): State<AppState>, params: Params) -> ApiResult<Response> {
    let fields = params.fields();
    let experiments = match fields.has("experiment_ids")? {
        true => Some(fields.texts("experiment_ids")?),
        false => None,
    };
    let experiments = experiments
        .map(|ids| {
            ids.into_iter()
                .filter(|id| !id.is_empty())
                .map(super::params::experiment_id)
        })
        .map(Iterator::collect::<ApiResult<Vec<_>>>)
        .transpose()?;
    let ids = fields
        .some_texts("trace_ids")?
        .into_iter()
        .map(TraceId::new)
        .collect();
    trace_stream::batch(app.store, BatchRequest { ids, experiments }).await
}

/// `POST /3.0/mlflow/traces/batchGetInfos`
pub async fn batch_get_infos(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let ids: Vec<_> = fields
        .given_texts("trace_ids")?
        .into_iter()
        .map(TraceId::new)
        .collect();
    let mut infos = app.store.traces(&ids).await?;
    if fields.has("experiment_ids")? {
        let experiments = fields.experiments("experiment_ids")?;
        infos.retain(|info| experiments.contains(&info.experiment_id));
    }
    let infos: Vec<_> = infos.iter().map(TraceInfoJson).collect();
    page("trace_infos", &infos, None)
}

/// `{"trace":{"trace_info":...}}`
fn envelope(info: &TraceInfo) -> impl serde::Serialize {
    BTreeMap::from([(
        "trace",
        BTreeMap::from([("trace_info", TraceInfoJson(info))]),
    )])
}

/// `num_spans` of the size statistics that the request itself carries.
fn expected_spans(size_stats: Option<&String>) -> Option<u32> {
    let stats: serde_json::Value = serde_json::from_str(size_stats?).ok()?;
    u32::try_from(stats.get("num_spans")?.as_u64()?)
        .ok()
        .filter(|count| *count > 0)
}
