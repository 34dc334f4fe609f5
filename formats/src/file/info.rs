//! What a file says about a trace beside its spans: `TraceInfo` of MLflow 2 and 3, as JSON of any of their spellings.

use std::collections::BTreeMap;

use domain::ids::{ExperimentId, TraceId};
use domain::ingest::TraceInfoWrite;
use domain::time::{UnixMillis, duration_from_proto};
use domain::trace::TraceState;
use serde_json::Value;

/// Reads what can be read; `known` is the trace's id if the information has none that can be used.
pub fn read(info: &Value, known: TraceId) -> TraceInfoWrite {
    let field = |names: &[&str]| names.iter().map(|name| &info[*name]).find(|v| !v.is_null());
    let text = |names: &[&str]| field(names).and_then(Value::as_str);
    let number = |names: &[&str]| field(names).and_then(Value::as_i64);
    let id = text(&["trace_id", "traceId", "request_id"]).and_then(|id| TraceId::parse(id).ok());
    let time = text(&["request_time", "requestTime"]).and_then(UnixMillis::from_rfc3339);
    let time = time.or_else(|| number(&["timestamp_ms", "request_time_ms"]).map(UnixMillis));
    let duration = text(&["execution_duration", "executionDuration"]).and_then(duration_from_proto);
    let duration = duration.or_else(|| number(&["execution_duration_ms", "execution_time_ms"]));
    let state = text(&["state", "status"]).and_then(TraceState::parse);
    let owned = |names: &[&str]| text(names).map(str::to_owned);
    TraceInfoWrite {
        trace_id: id.unwrap_or(known),
        experiment_id: ExperimentId::DEFAULT,
        client_request_id: owned(&["client_request_id", "clientRequestId"]),
        request_preview: owned(&["request_preview", "requestPreview"]),
        response_preview: owned(&["response_preview", "responsePreview"]),
        request_time: time.unwrap_or_default(),
        duration_ms: duration,
        state: state.unwrap_or(TraceState::StateUnspecified),
        metadata: texts(field(&[
            "trace_metadata",
            "traceMetadata",
            "request_metadata",
        ])),
        tags: texts(field(&["tags"])),
        assessments: Vec::new(),
    }
}

/// The assessments, as they stand there.
pub fn assessments(mut info: Value) -> Vec<Value> {
    match info.get_mut("assessments").map(Value::take) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

/// Keys and texts of an object, or of a list of keys and values.
fn texts(value: Option<&Value>) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match value {
        Some(Value::Object(map)) => map.iter().map(|(key, v)| (key.clone(), text(v))).collect(),
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|entry| Some((entry["key"].as_str()?.to_owned(), text(&entry["value"]))))
            .collect(),
        _ => BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_versions_are_read() {
        let new = json!({
            "trace_id": "tr-1", "request_time": "2026-11-21T02:05:37.774Z", "execution_duration": "0.097s",
            "state": "ERROR", "trace_metadata": { "a": "b" }, "tags": { "k": "v" }, "request_preview": "q",
        });
        let old = json!({
            "request_id": "tr-1", "timestamp_ms": 1_795_226_737_774_i64, "execution_time_ms": 97,
            "status": "ERROR", "request_metadata": [{ "key": "a", "value": "b" }],
            "tags": [{ "key": "k", "value": "v" }],
        });
        let read = |info: &Value| read(info, TraceId::new("x"));
        let (new, old) = (read(&new), read(&old));
        assert_eq!(new.request_preview.as_deref(), Some("q"));
        assert_eq!(
            old,
            TraceInfoWrite {
                request_preview: None,
                ..new
            }
        );
        assert_eq!((old.duration_ms, old.state), (Some(97), TraceState::Error));
        assert_eq!(old.tags["k"], "v");
    }

    #[test]
    fn nothing_is_required() {
        let read = read(
            &json!({ "trace_id": 7, "tags": "x", "request_time": "soon" }),
            TraceId::new("x"),
        );
        assert_eq!(read.trace_id.as_str(), "x");
        assert_eq!((read.duration_ms, read.tags.len()), (None, 0));
    }
}
