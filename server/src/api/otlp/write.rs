//! Stored spans as `ExportTraceServiceRequest` in OTLP's JSON encoding, as any receiver takes it: ids in hex, field names in camelCase,
//! 64-bit integers as text.

use domain::ids::{TraceId, hex};
use domain::json::value_or_text;
use domain::span::{Span, StatusCode};
use serde_json::{Map, Value, json};

use crate::api::mlflow::span_json::otel_trace_id;

/// Deeper values are written as JSON text: readers of protobuf give up on nested messages at some depth.
const DEPTH_MAX: u32 = 24;

/// A request with these spans of a trace.
pub fn request(trace: &TraceId, spans: &[Span]) -> Value {
    let id = hex(&otel_trace_id(trace));
    let spans: Vec<Value> = spans.iter().map(|one| span(&id, one)).collect();
    let scope = json!({ "name": "spanfall" });
    json!({ "resourceSpans": [{
        "resource": { "attributes": [] },
        "scopeSpans": [{ "scope": scope, "spans": spans }],
    }] })
}

fn span(trace: &str, span: &Span) -> Value {
    let mut written = Map::new();
    let mut put = |key: &str, value: Value| written.insert(key.to_owned(), value);
    put("traceId", json!(trace));
    put("spanId", json!(span.span_id.to_string()));
    if let Some(parent) = span.parent_id {
        put("parentSpanId", json!(parent.to_string()));
    }
    put("name", json!(span.name));
    put("kind", json!(1));
    put("startTimeUnixNano", json!(span.start.0.to_string()));
    if let Some(end) = span.end {
        put("endTimeUnixNano", json!(end.0.to_string()));
    }
    let attributes = span.attributes.iter();
    let attributes = attributes.map(|(key, text)| entry(key, &value_or_text(text)));
    put("attributes", attributes.collect());
    let events = span.events.iter().map(|event| {
        json!({
            "timeUnixNano": event.time.0.to_string(),
            "name": event.name,
            "attributes": entries(&event.attributes),
        })
    });
    put("events", events.collect());
    let links = span.links.iter().map(|link| {
        json!({
            "traceId": hex(&otel_trace_id(&TraceId::new(&*link.trace_id))),
            "spanId": link.span_id,
            "attributes": entries(&link.attributes),
        })
    });
    put("links", links.collect());
    let code = match span.status {
        StatusCode::Unset => 0,
        StatusCode::Ok => 1,
        StatusCode::Error => 2,
    };
    let mut status = json!({ "code": code });
    if !span.status_message.is_empty() {
        status["message"] = json!(span.status_message);
    }
    put("status", status);
    Value::Object(written)
}

fn entries(attributes: &[(String, Value)]) -> Value {
    let written = attributes.iter().map(|(key, value)| entry(key, value));
    written.collect()
}

fn entry(key: &str, value: &Value) -> Value {
    json!({ "key": key, "value": any_value(value, 0) })
}

fn any_value(value: &Value, depth: u32) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(flag) => json!({ "boolValue": flag }),
        Value::String(text) => json!({ "stringValue": text }),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => json!({ "intValue": integer.to_string() }),
            None => json!({ "doubleValue": number.as_f64() }),
        },
        Value::Array(_) | Value::Object(_) if depth >= DEPTH_MAX => {
            json!({ "stringValue": value.to_string() })
        }
        Value::Array(items) => {
            let values: Vec<Value> = items
                .iter()
                .map(|item| any_value(item, depth + 1))
                .collect();
            json!({ "arrayValue": { "values": values } })
        }
        Value::Object(object) => {
            let values: Vec<Value> = object
                .iter()
                .map(|(key, value)| json!({ "key": key, "value": any_value(value, depth + 1) }))
                .collect();
            json!({ "kvlistValue": { "values": values } })
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::SpanId;
    use domain::span::{SpanEvent, SpanLink};
    use domain::time::UnixNanos;

    use super::*;

    #[test]
    fn what_is_written_has_the_shape_of_the_protocol() {
        let one = Span {
            span_id: SpanId([1; 8]),
            parent_id: Some(SpanId([3; 8])),
            name: "a".into(),
            start: UnixNanos(1_700_000_000_000_000_001),
            end: None,
            status: StatusCode::Error,
            status_message: "no".into(),
            attributes: vec![
                ("text".into(), "\"v\"".into()),
                ("list".into(), "[1,2.5,true,null]".into()),
                ("deep".into(), r#"{"a":{"b":"c"}}"#.into()),
            ],
            events: vec![SpanEvent {
                name: "exception".into(),
                time: UnixNanos(5),
                attributes: vec![("n".into(), json!(1))],
            }],
            links: vec![SpanLink {
                trace_id: format!("tr-{}", "0b".repeat(16)),
                span_id: "0c".repeat(8),
                attributes: vec![],
            }],
        };
        let written = request(&TraceId::from_otel([2; 16]), &[one]);
        let span = &written["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
        assert_eq!(span["traceId"], "02".repeat(16));
        assert_eq!(span["spanId"], "01".repeat(8));
        assert_eq!(span["parentSpanId"], "03".repeat(8));
        assert_eq!(span["startTimeUnixNano"], "1700000000000000001");
        assert_eq!(span.get("endTimeUnixNano"), None);
        assert_eq!(span["status"], json!({ "code": 2, "message": "no" }));
        assert_eq!(
            span["attributes"],
            json!([
                { "key": "text", "value": { "stringValue": "v" } },
                { "key": "list", "value": { "arrayValue": { "values": [
                    { "intValue": "1" }, { "doubleValue": 2.5 }, { "boolValue": true }, {},
                ] } } },
                { "key": "deep", "value": { "kvlistValue": { "values": [
                    { "key": "a", "value": { "kvlistValue": { "values": [
                        { "key": "b", "value": { "stringValue": "c" } },
                    ] } } },
                ] } } },
            ])
        );
        assert_eq!(span["events"][0]["timeUnixNano"], "5");
        assert_eq!(span["links"][0]["traceId"], "0b".repeat(16));
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        let value: Value = serde_json::from_str(&deep).unwrap();
        let text = any_value(&value, 0).to_string();
        assert_eq!(text.matches("arrayValue").count(), DEPTH_MAX as usize);
    }
}
