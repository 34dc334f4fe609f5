//! Traces, protocol V2: start, end, read and search, as clients 2.14 to 2.22 and 3.0 to 3.1 call them.
//!
//! Ids are made here, spans always travel in a `traces.json`.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use axum::extract::State;
use domain::ids::TraceId;
use domain::ingest::TraceInfoWrite;
use domain::store::{Missing, StoreError};
use domain::time::UnixMillis;
use domain::trace::{TraceInfo, TraceState};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::params::{Fields, Params};
use super::reply::{Reply, named, page};
use super::tag_keys::cut;
use super::trace_json::{METADATA_SHOWN, TAG_KEPT, TAG_SHOWN, with_keys_cut};
use super::trace_search::trace_query;
use crate::api::path::Path;
use crate::clock;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999Z, the range of protobuf's `Timestamp`.
const TIMES: RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

/// `POST /2.0/mlflow/traces`
pub async fn start(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let info = app.store.put_trace_info(TraceInfoWrite {
        trace_id: TraceId::new(clock::random_hex()),
        experiment_id: fields.experiment("experiment_id")?,
        client_request_id: None,
        request_preview: None,
        response_preview: None,
        request_time: time(fields)?,
        duration_ms: None,
        state: TraceState::InProgress,
        metadata: entries(fields, "request_metadata")?,
        tags: tags(fields)?,
        assessments: Vec::new(),
    });
    named("trace_info", TraceInfo2Json(&info.await?))
}

/// `PATCH /2.0/mlflow/traces/{request_id}`
pub async fn end(
    State(app): State<AppState>,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Reply> {
    let fields = params.fields();
    let known = found(&app, TraceId::new(id)).await?;
    let end = time(fields)?;
    let info = app.store.put_trace_info(TraceInfoWrite {
        trace_id: known.trace_id,
        experiment_id: known.experiment_id,
        client_request_id: known.client_request_id,
        request_preview: None,
        response_preview: None,
        request_time: known.request_time,
        duration_ms: Some(end.0.saturating_sub(known.request_time.0)),
        state: state(fields)?.unwrap_or(known.state),
        metadata: entries(fields, "request_metadata")?,
        tags: tags(fields)?,
        assessments: Vec::new(),
    });
    named("trace_info", TraceInfo2Json(&info.await?))
}

/// `GET /2.0/mlflow/traces/{request_id}/info`
pub async fn info(State(app): State<AppState>, Path(id): Path<String>) -> ApiResult<Reply> {
    named(
        "trace_info",
        TraceInfo2Json(&found(&app, TraceId::new(id)).await?),
    )
}

/// `GET /2.0/mlflow/traces`
pub async fn search(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    if !fields.has("experiment_ids")? {
        return Err(ApiError::missing_parameter("experiment_ids"));
    }
    let query = trace_query(fields, fields.experiments("experiment_ids")?)?;
    let found = app.store.search_traces(query).await?;
    let traces: Vec<_> = found.items.iter().map(TraceInfo2Json).collect();
    page(
        "traces",
        &traces,
        found.next.as_ref().map(|token| token.0.as_str()),
    )
}

async fn found(app: &AppState, id: TraceId) -> ApiResult<TraceInfo> {
    let info = app.store.trace(&id).await?;
    info.ok_or_else(|| StoreError::Missing(Missing::Trace(id)).into())
}

/// `timestamp_ms`, within the years that RFC 3339 can write: newer clients read it so.
fn time(fields: Fields<'_>) -> ApiResult<UnixMillis> {
    let millis = fields.integer("timestamp_ms")?;
    if TIMES.contains(&millis) {
        return Ok(UnixMillis(millis));
    }
    Err(ApiError::invalid(format!(
        "Invalid value {millis} for parameter 'timestamp_ms' supplied: it must be in milliseconds since \
         1970-01-01 and within the years 1 to 9999"
    )))
}

fn state(fields: Fields<'_>) -> ApiResult<Option<TraceState>> {
    const NAMES: [&str; 4] = ["TRACE_STATUS_UNSPECIFIED", "OK", "ERROR", "IN_PROGRESS"];
    const STATES: [TraceState; 4] = [
        TraceState::StateUnspecified,
        TraceState::Ok,
        TraceState::Error,
        TraceState::InProgress,
    ];
    Ok(fields
        .opt_choice("status", &NAMES, 0)?
        .map(|index| STATES[index]))
}

fn tags(fields: Fields<'_>) -> ApiResult<BTreeMap<String, String>> {
    let mut tags = entries(fields, "tags")?;
    for value in tags.values_mut() {
        let kept = cut(value, TAG_KEPT).len();
        value.truncate(kept);
    }
    Ok(tags)
}

/// A list of `{"key", "value"}`.
fn entries(fields: Fields<'_>, name: &str) -> ApiResult<BTreeMap<String, String>> {
    let entry = |entry: Fields<'_>| {
        let value = entry.opt_text("value")?.unwrap_or_default();
        Ok((entry.text("key")?.to_owned(), value.to_owned()))
    };
    let entries = fields.objects(name)?.into_iter().map(entry);
    entries.collect::<ApiResult<_>>().map(with_keys_cut)
}

struct TraceInfo2Json<'a>(&'a TraceInfo);

impl Serialize for TraceInfo2Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let info = self.0;
        let status = match info.state {
            TraceState::StateUnspecified => "TRACE_STATUS_UNSPECIFIED",
            other => other.as_str(),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("request_id", &info.trace_id)?;
        map.serialize_entry("experiment_id", &info.experiment_id.to_string())?;
        map.serialize_entry("timestamp_ms", &info.request_time)?;
        map.serialize_entry("execution_time_ms", &info.duration_ms.unwrap_or_default())?;
        map.serialize_entry("status", status)?;
        for (name, entries, shown) in [
            ("request_metadata", &info.metadata, METADATA_SHOWN),
            ("tags", &info.tags, TAG_SHOWN),
        ] {
            if !entries.is_empty() {
                map.serialize_entry(name, &EntriesJson(entries, shown))?;
            }
        }
        map.end()
    }
}

/// Entries, and how many characters of their values are shown.
struct EntriesJson<'a>(&'a BTreeMap<String, String>, usize);

impl Serialize for EntriesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Entry<'a> {
            key: &'a str,
            value: &'a str,
        }
        serializer.collect_seq(self.0.iter().map(|(key, value)| Entry {
            key,
            value: cut(value, self.1),
        }))
    }
}
