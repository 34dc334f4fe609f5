//! `traces.json` as MLflow's clients write and read it, from the store's spans.
//!
//! Two dialects are written: that of 2.x clients, which read no other, and that of 3.6 and later, which
//! all 3.x clients read. Reading uploaded files is in `trace_file`.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::ids::hex;
use domain::json;
use domain::span::{Span, StatusCode};
use domain::store::StoredSpans;
use serde_json::{Map, Value, json};

use super::span_json::otel_trace_id;

/// How spans are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Ids as hex in `context`, `request` and `response` beside the spans.
    Version2,
    /// Ids as base64, times with units in their names.
    Version3,
}

impl Dialect {
    /// The dialect that a Python client reads, by its `User-Agent`: `mlflow-python-client/<version>`. `None`
    /// for everybody else.
    pub fn of_client(agent: &str) -> Option<Self> {
        let version = agent
            .split_whitespace()
            .find_map(|part| part.strip_prefix("mlflow-python-client/"))?;
        Some(if version.starts_with("2.") {
            Self::Version2
        } else {
            Self::Version3
        })
    }

    /// The dialect of a file, by the first field of its first span in the file's first bytes; `None` if it
    /// is neither, as with 3.5.0 and TypeScript clients.
    pub fn of_file(head: &[u8]) -> Option<Self> {
        const BASE64_TRACE_ID_CHARS: usize = 24;
        let text = String::from_utf8_lossy(head);
        let (_, spans) = text.split_once("\"spans\"")?;
        let (_, span) = spans.split_once('{')?;
        let mut strings = span.split('"').skip(1).step_by(2);
        match (strings.next()?, strings.next()) {
            ("name" | "context", _) => Some(Self::Version2),
            ("trace_id", Some(id)) if id.len() == BASE64_TRACE_ID_CHARS => Some(Self::Version3),
            _ => None,
        }
    }
}

/// The whole file.
pub fn to_bytes(trace: &StoredSpans, dialect: Dialect) -> Vec<u8> {
    let mut out = b"{\"spans\": [".to_vec();
    let trace_id = otel_trace_id(&trace.info.trace_id);
    for (index, span) in trace.spans.iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(b", ");
        }
        match dialect {
            Dialect::Version2 => write_span_2(&mut out, &trace_id, span),
            Dialect::Version3 => write_span_3(&mut out, &trace_id, span),
        }
    }
    out.push(b']');
    if dialect == Dialect::Version2 {
        let root = trace.spans.iter().find(|span| span.parent_id.is_none());
        for (name, text) in [
            ("request", root.and_then(Span::inputs)),
            ("response", root.and_then(Span::outputs)),
        ] {
            let text = text.map_or_else(|| "null".to_owned(), json::quote);
            put(&mut out, format_args!(", \"{name}\": {text}"));
        }
    }
    out.push(b'}');
    out
}

fn write_span_3(out: &mut Vec<u8>, trace_id: &[u8; 16], span: &Span) {
    let parent = span
        .parent_id
        .map_or(Value::Null, |id| STANDARD.encode(id.0).into());
    put(
        out,
        format_args!(
            "{{\"trace_id\": \"{}\", \"span_id\": \"{}\", \"parent_span_id\": {parent}, \
             \"name\": {}, \"start_time_unix_nano\": {}, \"end_time_unix_nano\": {}, \"events\": {}, \
             \"status\": {}, \"attributes\": ",
            STANDARD.encode(trace_id),
            STANDARD.encode(span.span_id.0),
            json::quote(&span.name),
            span.start.0,
            json!(span.end),
            events(span, "time_unix_nano"),
            json!({
                "code": format!("STATUS_CODE_{}", span.status.as_str()),
                "message": span.status_message,
            }),
        ),
    );
    write_attributes(out, span);
    let links: Vec<Value> = span
        .links
        .iter()
        .map(|link| {
            let attributes = plain(&link.attributes);
            json!({
                "trace_id": link.trace_id,
                "span_id": link.span_id,
                "attributes": if attributes.is_empty() { Value::Null } else { attributes.into() },
            })
        })
        .collect();
    put(out, format_args!(", \"links\": {}}}", Value::Array(links)));
}

fn write_span_2(out: &mut Vec<u8>, trace_id: &[u8; 16], span: &Span) {
    let trace_hex = hex(trace_id);
    let parent = span
        .parent_id
        .map_or(Value::Null, |id| format!("0x{id}").into());
    let status = match span.status {
        StatusCode::Unset => "UNSET",
        StatusCode::Ok => "OK",
        StatusCode::Error => "ERROR",
    };
    put(
        out,
        format_args!(
            "{{\"name\": {}, \"context\": {{\"span_id\": \"0x{}\", \"trace_id\": \"0x{trace_hex}\"}}, \
             \"parent_id\": {parent}, \"start_time\": {}, \"end_time\": {}, \"status_code\": \
             \"{status}\", \"status_message\": {}, \"events\": {}, \"attributes\": ",
            json::quote(&span.name),
            span.span_id,
            span.start.0,
            json!(span.end),
            json::quote(&span.status_message),
            events(span, "timestamp"),
        ),
    );
    write_attributes(out, span);
    out.push(b'}');
}

/// Every value is a string that holds JSON.
fn write_attributes(out: &mut Vec<u8>, span: &Span) {
    out.push(b'{');
    for (index, (key, text)) in span.attributes.iter().enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        put(
            out,
            format_args!("{comma}{}: {}", json::quote(key), json::quote(text)),
        );
    }
    out.push(b'}');
}

fn events(span: &Span, time_name: &str) -> Value {
    let events = span.events.iter().map(|event| {
        json!({
            "name": event.name,
            time_name: event.time,
            "attributes": plain(&event.attributes),
        })
    });
    events.collect()
}

fn plain(attributes: &[(String, Value)]) -> Map<String, Value> {
    attributes.iter().cloned().collect()
}

fn put(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a vector takes every byte");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_told_apart_by_their_version() {
        let cases = [
            ("mlflow-python-client/2.22.1", Some(Dialect::Version2)),
            ("mlflow-python-client/3.17.2", Some(Dialect::Version3)),
            ("Mozilla/5.0", None),
            ("", None),
        ];
        for (agent, dialect) in cases {
            assert_eq!(Dialect::of_client(agent), dialect, "{agent}");
        }
    }

    #[test]
    fn files_are_told_apart_by_their_first_span() {
        let cases = [
            (
                r#"{"spans": [{"name": "a", "context": {"#,
                Some(Dialect::Version2),
            ),
            (
                r#"{"spans": [{"trace_id": "AgICAgICAgICAgICAgICAg==", "span_id": "AQE"#,
                Some(Dialect::Version3),
            ),
            (
                r#"{"spans": [{"trace_id": "tr-02020202020202020202020202020202", "s"#,
                None,
            ),
            (r#"{"spans": []}"#, None),
            ("", None),
        ];
        for (head, dialect) in cases {
            assert_eq!(Dialect::of_file(head.as_bytes()), dialect, "{head}");
        }
    }
}
