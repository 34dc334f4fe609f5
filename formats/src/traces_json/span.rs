//! A span of a `traces.json`, in any of its dialects.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::ids::{SpanId, parse_hex};
use domain::json;
use domain::span::{Span, SpanEvent, SpanLink, StatusCode};
use domain::time::UnixNanos;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::json_scan;

/// A span as it was written; every field may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FileSpan {
    trace_id: Option<String>,
    span_id: Option<String>,
    parent_span_id: Option<String>,
    name: Option<String>,
    start_time_unix_nano: Value,
    end_time_unix_nano: Value,
    status: Value,
    attributes: Option<Map<String, Value>>,
    events: Option<Vec<Map<String, Value>>>,
    links: Option<Vec<Map<String, Value>>>,
    // The names of 2.x clients.
    context: Option<Map<String, Value>>,
    parent_id: Option<String>,
    start_time: Value,
    end_time: Value,
    status_code: Option<String>,
    status_message: Option<String>,
}

/// A span and what its dialect says beside it.
#[derive(Debug)]
pub struct Dialected {
    /// The span.
    pub span: Span,
    /// The OpenTelemetry trace id; `None` if it was garbled, as the TypeScript client does.
    pub otel_trace_id: Option<[u8; 16]>,
}

impl FileSpan {
    /// The span; `None` without a readable span id.
    pub fn into_span(self) -> Option<Dialected> {
        let context = |name: &str| {
            let context = self.context.as_ref()?;
            context.get(name)?.as_str().map(str::to_owned)
        };
        let span_id = id::<8>(&self.span_id.clone().or_else(|| context("span_id"))?)?;
        let trace_id = self.trace_id.clone().or_else(|| context("trace_id"));
        let otel_trace_id = trace_id.as_deref().and_then(id::<16>);
        let is_typescript = trace_id.is_some() && otel_trace_id.is_none();
        let parent = self
            .parent_span_id
            .or(self.parent_id)
            .filter(|id| !id.is_empty());
        let (status, status_message) = status(&self.status, self.status_code, self.status_message);
        let attributes = self.attributes.unwrap_or_default();
        let attribute = |(key, value): (String, Value)| (key, attribute_text(value, is_typescript));
        let events = self.events.unwrap_or_default().into_iter().map(event);
        let links = self.links.unwrap_or_default().into_iter().map(link);
        let span = Span {
            span_id: SpanId(span_id),
            parent_id: parent.as_deref().and_then(id::<8>).map(SpanId),
            name: self.name.unwrap_or_default(),
            start: nanos(&self.start_time_unix_nano)
                .or(nanos(&self.start_time))
                .unwrap_or_default(),
            end: nanos(&self.end_time_unix_nano)
                .or(nanos(&self.end_time))
                .filter(|end| end.0 != 0),
            status,
            status_message,
            attributes: attributes.into_iter().map(attribute).collect(),
            events: events.collect(),
            links: links.collect(),
        };
        Some(Dialected {
            span,
            otel_trace_id,
        })
    }
}

/// Ids are base64, or hex with `0x` or `tr-` or nothing in front.
fn id<const N: usize>(text: &str) -> Option<[u8; N]> {
    let hex = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("tr-"))
        .unwrap_or(text);
    parse_hex::<N>(hex)
        .or_else(|| {
            // Numbers lose their zeros in front in Python's hex().
            let is_number = text.starts_with("0x") && hex.len() < 2 * N;
            let padded = is_number.then(|| format!("{hex:0>width$}", width = 2 * N));
            padded.as_deref().and_then(parse_hex::<N>)
        })
        .or_else(|| STANDARD.decode(text).ok()?.try_into().ok())
}

/// Python clients write each value as a string that holds JSON, and take a string that holds none for
/// itself; the TypeScript client writes plain values.
fn attribute_text(value: Value, is_typescript: bool) -> String {
    match value {
        Value::String(text) if !is_typescript && json_scan::is_valid(&text) => unescaped(text),
        Value::String(text) => json::quote(&text),
        other => json::to_python_text(&other),
    }
}

/// 2.14 escapes all but ASCII; as text it would not be found. What holds half a character stays as it is.
fn unescaped(text: String) -> String {
    if !text.contains("\\u") {
        return text;
    }
    match serde_json::from_str::<Value>(&text) {
        Ok(value) => json::to_python_text(&value),
        Err(_) => text,
    }
}

fn status(
    status: &Value,
    old_code: Option<String>,
    old_message: Option<String>,
) -> (StatusCode, String) {
    let code = match &status["code"] {
        Value::String(code) => StatusCode::parse(code),
        Value::Number(number) => match number.as_u64() {
            Some(1) => Some(StatusCode::Ok),
            Some(2) => Some(StatusCode::Error),
            _ => None,
        },
        _ => old_code.as_deref().and_then(StatusCode::parse),
    };
    let message = status["message"]
        .as_str()
        .map(str::to_owned)
        .or(old_message);
    (code.unwrap_or_default(), message.unwrap_or_default())
}

fn event(mut event: Map<String, Value>) -> SpanEvent {
    let time = event
        .get("time_unix_nano")
        .or_else(|| event.get("timestamp"));
    let time = time.and_then(nanos).unwrap_or_default();
    SpanEvent {
        name: text(&mut event, "name"),
        time,
        attributes: plain(event.remove("attributes")),
    }
}

fn link(mut link: Map<String, Value>) -> SpanLink {
    SpanLink {
        trace_id: text(&mut link, "trace_id"),
        span_id: text(&mut link, "span_id"),
        attributes: plain(link.remove("attributes")),
    }
}

fn text(fields: &mut Map<String, Value>, name: &str) -> String {
    match fields.remove(name) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    }
}

fn plain(attributes: Option<Value>) -> Vec<(String, Value)> {
    match attributes {
        Some(Value::Object(attributes)) => attributes.into_iter().collect(),
        _ => Vec::new(),
    }
}

/// A time; some old events count microseconds, which for today's dates are a thousand times smaller.
fn nanos(value: &Value) -> Option<UnixNanos> {
    // As microseconds 1973 to 2262; what lies above would not fit as nanoseconds.
    const MICROS: std::ops::Range<i64> = 100_000_000_000_000..i64::MAX / 1000;
    let number = match value {
        Value::Number(number) => number.as_i64()?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    let is_micros = MICROS.contains(&number);
    Some(UnixNanos(if is_micros { number * 1000 } else { number }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(span: Value) -> Dialected {
        serde_json::from_value::<FileSpan>(span)
            .unwrap()
            .into_span()
            .unwrap()
    }

    /// The values of its attributes.
    fn texts(read: &Dialected) -> Vec<&str> {
        let attributes = read.span.attributes.iter();
        attributes.map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn dialects_of_two_and_three_agree() {
        let old = read(json!({
            "name": "a", "context": { "span_id": "0x0101010101010101", "trace_id": "0x2" },
            "parent_id": null, "start_time": 1_700_000_000_000_000_000_i64,
            "end_time": 1_700_000_000_000_000_005_i64, "status_code": "OK", "status_message": "",
            "attributes": { "k": "{\"x\": 1}" },
            "events": [{ "name": "e", "timestamp": 1_700_000_000_000_000_i64, "attributes": {} }],
        }));
        let new = read(json!({
            "trace_id": "AAAAAAAAAAAAAAAAAAAAAg==", "span_id": "AQEBAQEBAQE=", "parent_span_id": null,
            "name": "a", "start_time_unix_nano": 1_700_000_000_000_000_000_i64,
            "end_time_unix_nano": 1_700_000_000_000_000_005_i64,
            "status": { "code": "STATUS_CODE_OK", "message": "" },
            "attributes": { "k": "{\"x\": 1}" },
            "events": [{ "name": "e", "time_unix_nano": 1_700_000_000_000_000_000_i64,
                "attributes": {} }],
            "links": [],
        }));
        assert_eq!(old.span, new.span);
        assert_eq!(old.otel_trace_id, new.otel_trace_id);
    }

    #[test]
    fn hex_ids_of_3_5_0_are_read() {
        let span = read(json!({
            "trace_id": format!("tr-{}", "02".repeat(16)), "span_id": "0101010101010101",
            "parent_span_id": "0303030303030303", "status": { "code": "ERROR", "message": "x" },
        }));
        assert_eq!(span.otel_trace_id, Some([2; 16]));
        assert_eq!(span.span.parent_id, Some(SpanId([3; 8])));
        assert_eq!(span.span.status, StatusCode::Error);
    }

    #[test]
    fn typescript_values_are_plain() {
        let garbled = STANDARD.encode([7; 19]);
        let span = read(json!({
            "trace_id": garbled, "span_id": "AQEBAQEBAQE=", "parent_span_id": "",
            "attributes": { "type": "TOOL", "digits": "5", "inputs": { "a": [1] } },
        }));
        assert_eq!(span.otel_trace_id, None);
        assert_eq!(texts(&span), [r#""TOOL""#, r#""5""#, r#"{"a": [1]}"#]);
    }

    #[test]
    fn escaped_characters_become_themselves() {
        let span = read(json!({
            "context": { "span_id": "0x0101010101010101", "trace_id": "0x2" },
            "attributes": {
                "mlflow.spanInputs": r#"{"q": "gr\u00f6\u00dfe \ud83d\ude00", "n": 1.50}"#,
                "half": r#""\ud83d""#,
            },
        }));
        assert_eq!(
            texts(&span),
            [r#"{"q": "größe 😀", "n": 1.5}"#, r#""\ud83d""#]
        );
    }

    #[test]
    fn python_strings_that_hold_no_json_are_themselves() {
        let span = read(json!({
            "trace_id": "AgICAgICAgICAgICAgICAg==", "span_id": "AQEBAQEBAQE=",
            "attributes": { "raw": "plain", "number": 5, "json": "\"s\"" },
        }));
        assert_eq!(texts(&span), [r#""plain""#, "5", r#""s""#]);
    }
}
