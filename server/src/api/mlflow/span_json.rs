//! Spans as protobuf's JSON of OTLP spans: the form of `traces/get` and `traces/batchGet`.
//!
//! Snake_case, ids in base64, times as numbers, fields without a value left out; see `any_value_json`
//! for attributes. Written straight into bytes: answers run to tens of megabytes.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::ids::{TraceId, parse_hex};
use domain::json;
use domain::span::{Span, StatusCode};
use serde_json::Value;

use super::any_value_json::write_attribute;

/// Writes a span of a trace.
pub fn write_span(out: &mut Vec<u8>, trace: &TraceId, span: &Span) {
    write_id(out, b"{\"trace_id\":", &otel_trace_id(trace));
    write_id(out, b",\"span_id\":", &span.span_id.0);
    if let Some(parent) = span.parent_id {
        write_id(out, b",\"parent_span_id\":", &parent.0);
    }
    write_string(out, b",\"name\":", &span.name);
    write_number(out, b",\"start_time_unix_nano\":", span.start.0);
    if let Some(end) = span.end {
        write_number(out, b",\"end_time_unix_nano\":", end.0);
    }
    if !span.attributes.is_empty() {
        out.extend_from_slice(b",\"attributes\":");
        write_list(out, &span.attributes, |out, (key, text)| {
            write_attribute(out, key, text)
        });
    }
    if !span.events.is_empty() {
        out.extend_from_slice(b",\"events\":");
        write_list(out, &span.events, |out, event| {
            write_number(out, b"{\"time_unix_nano\":", event.time.0);
            write_string(out, b",\"name\":", &event.name);
            write_plain_attributes(out, &event.attributes);
            out.push(b'}');
        });
    }
    if !span.links.is_empty() {
        out.extend_from_slice(b",\"links\":");
        write_list(out, &span.links, |out, link| {
            write_id(
                out,
                b"{\"trace_id\":",
                &otel_trace_id(&TraceId::new(&*link.trace_id)),
            );
            let span_id = parse_hex::<8>(&link.span_id).unwrap_or_default();
            write_id(out, b",\"span_id\":", &span_id);
            write_plain_attributes(out, &link.attributes);
            out.push(b'}');
        });
    }
    write_status(out, span);
    out.push(b'}');
}

/// The OpenTelemetry id that stands for a trace id. Ids that have none get their own first bytes: their
/// clients read the true id elsewhere.
pub fn otel_trace_id(trace: &TraceId) -> [u8; 16] {
    if let Some(id) = trace.to_otel().or_else(|| parse_hex::<16>(trace.as_str())) {
        return id;
    }
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(trace.as_str().bytes()) {
        *to = from;
    }
    id
}

fn write_status(out: &mut Vec<u8>, span: &Span) {
    let code: &[u8] = match span.status {
        StatusCode::Unset => b"",
        StatusCode::Ok => b"\"code\":\"STATUS_CODE_OK\"",
        StatusCode::Error => b"\"code\":\"STATUS_CODE_ERROR\"",
    };
    out.extend_from_slice(b",\"status\":{");
    if !span.status_message.is_empty() {
        write_string(out, b"\"message\":", &span.status_message);
        if !code.is_empty() {
            out.push(b',');
        }
    }
    out.extend_from_slice(code);
    out.push(b'}');
}

fn write_plain_attributes(out: &mut Vec<u8>, attributes: &[(String, Value)]) {
    if attributes.is_empty() {
        return;
    }
    out.extend_from_slice(b",\"attributes\":");
    write_list(out, attributes, |out, (key, value)| {
        write_attribute(out, key, &value.to_string())
    });
}

fn write_list<T>(out: &mut Vec<u8>, items: &[T], mut write: impl FnMut(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

fn write_id(out: &mut Vec<u8>, label: &[u8], id: &[u8]) {
    out.extend_from_slice(label);
    out.push(b'"');
    let mut text = [0; 24];
    let length = STANDARD
        .encode_slice(id, &mut text)
        .expect("16 bytes make 24 characters");
    out.extend_from_slice(&text[..length]);
    out.push(b'"');
}

fn write_string(out: &mut Vec<u8>, label: &[u8], text: &str) {
    out.extend_from_slice(label);
    out.extend_from_slice(json::quote(text).as_bytes());
}

fn write_number(out: &mut Vec<u8>, label: &[u8], number: i64) {
    out.extend_from_slice(label);
    write!(out, "{number}").expect("a vector takes every byte");
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::SpanId;
    use domain::span::{SpanEvent, SpanLink};
    use domain::time::UnixNanos;
    use serde_json::json;

    #[test]
    fn spans_have_protobufs_json_shape() {
        let span = Span {
            span_id: SpanId([1; 8]),
            parent_id: None,
            name: "a".into(),
            start: UnixNanos(1_700_000_000_000_000_001),
            end: None,
            status: StatusCode::Error,
            status_message: "no".into(),
            attributes: vec![("k".into(), "\"v\"".into())],
            events: vec![SpanEvent {
                name: "e".into(),
                time: UnixNanos(5),
                attributes: vec![("n".into(), json!(1))],
            }],
            links: vec![SpanLink {
                trace_id: format!("tr-{}", "0b".repeat(16)),
                span_id: "0c".repeat(8),
                attributes: vec![],
            }],
        };
        let mut out = Vec::new();
        write_span(&mut out, &TraceId::from_otel([2; 16]), &span);
        let written: Value = serde_json::from_slice(&out).unwrap();
        let expected = json!({
            "trace_id": "AgICAgICAgICAgICAgICAg==",
            "span_id": "AQEBAQEBAQE=",
            "name": "a",
            "start_time_unix_nano": 1_700_000_000_000_000_001_i64,
            "attributes": [{ "key": "k", "value": { "string_value": "v" } }],
            "events": [{ "time_unix_nano": 5, "name": "e",
                "attributes": [{ "key": "n", "value": { "int_value": 1 } }] }],
            "links": [{ "trace_id": "CwsLCwsLCwsLCwsLCwsLCw==", "span_id": "DAwMDAwMDAw=" }],
            "status": { "message": "no", "code": "STATUS_CODE_ERROR" },
        });
        assert_eq!(written, expected);
    }

    #[test]
    fn ids_that_are_not_opentelemetrys_still_have_bytes() {
        assert_eq!(otel_trace_id(&TraceId::new("0f".repeat(16))), [0x0f; 16]);
        assert_eq!(&otel_trace_id(&TraceId::new("test"))[..5], b"test\0");
    }
}
