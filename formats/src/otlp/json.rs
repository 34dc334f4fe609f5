//! `ExportTraceServiceRequest` in OTLP's JSON encoding.
//!
//! Ids are hex (base64, which plain protobuf JSON would have, is taken too where the length tells them
//! apart), 64-bit integers are numbers or text, enums are numbers or names, field names are camelCase or
//! snake_case. Unknown fields are passed over, null is a field left out.

use std::borrow::Cow;

use domain::span::StatusCode;
use serde::{Deserialize, Deserializer};

use super::DecodeError;
use super::decode::Batches;
use super::json_value::{Id, Integer, Text};
use super::model::{AnyValue, KeyValue, RawEvent, RawLink, RawSpan};

/// Reads a whole request into `batches`.
///
/// # Errors
/// [`DecodeError::Format`] if the body is not such a message, [`DecodeError::Empty`] if it holds no
/// resource, [`DecodeError::Span`] for a span that cannot be kept.
pub fn read(body: &[u8], batches: &mut Batches) -> Result<(), DecodeError> {
    let request: Request<'_> =
        serde_json::from_slice(body).map_err(|_| DecodeError::Format("not OTLP JSON"))?;
    if request.resource_spans.is_empty() {
        return Err(DecodeError::Empty);
    }
    for resource_spans in request.resource_spans {
        batches.enter_resource(&key_values(resource_spans.resource.attributes));
        for scope_spans in resource_spans.scope_spans {
            for span in scope_spans.spans {
                batches.push(&span.into_raw())?;
            }
        }
    }
    Ok(())
}

/// Reads a resource by itself: its attributes.
///
/// # Errors
/// Where the text stops being a resource.
pub fn read_resource(text: &str) -> serde_json::Result<Vec<KeyValue<'_>>> {
    let resource: Resource<'_> = serde_json::from_str(text)?;
    Ok(key_values(resource.attributes))
}

/// Reads a span by itself.
///
/// # Errors
/// Where the text stops being a span.
pub fn read_span(text: &str) -> serde_json::Result<RawSpan<'_>> {
    serde_json::from_str(text).map(JsonSpan::into_raw)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    #[serde(
        borrow,
        default,
        alias = "resource_spans",
        deserialize_with = "or_default"
    )]
    resource_spans: Vec<ResourceSpans<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans<'a> {
    #[serde(borrow, default, deserialize_with = "or_default")]
    resource: Resource<'a>,
    #[serde(
        borrow,
        default,
        alias = "scope_spans",
        deserialize_with = "or_default"
    )]
    scope_spans: Vec<ScopeSpans<'a>>,
}

#[derive(Default, Deserialize)]
struct Resource<'a> {
    #[serde(borrow, default, deserialize_with = "or_default")]
    attributes: Vec<JsonKeyValue<'a>>,
}

#[derive(Deserialize)]
struct ScopeSpans<'a> {
    #[serde(borrow, default, deserialize_with = "or_default")]
    spans: Vec<JsonSpan<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonSpan<'a> {
    #[serde(default, alias = "trace_id")]
    trace_id: Id<16>,
    #[serde(default, alias = "span_id")]
    span_id: Id<8>,
    #[serde(default, alias = "parent_span_id")]
    parent_span_id: Id<8>,
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(default, alias = "start_time_unix_nano")]
    start_time_unix_nano: Integer,
    #[serde(default, alias = "end_time_unix_nano")]
    end_time_unix_nano: Integer,
    #[serde(borrow, default, deserialize_with = "or_default")]
    attributes: Vec<JsonKeyValue<'a>>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    events: Vec<JsonEvent<'a>>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    links: Vec<JsonLink<'a>>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    status: JsonStatus<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonEvent<'a> {
    #[serde(default, alias = "time_unix_nano")]
    time_unix_nano: Integer,
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    attributes: Vec<JsonKeyValue<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonLink<'a> {
    #[serde(default, alias = "trace_id")]
    trace_id: Id<16>,
    #[serde(default, alias = "span_id")]
    span_id: Id<8>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    attributes: Vec<JsonKeyValue<'a>>,
}

#[derive(Default, Deserialize)]
struct JsonStatus<'a> {
    #[serde(default, deserialize_with = "status_code")]
    code: StatusCode,
    #[serde(borrow, default)]
    message: Text<'a>,
}

#[derive(Deserialize)]
pub(super) struct JsonKeyValue<'a> {
    #[serde(borrow, default)]
    key: Text<'a>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    value: AnyValue<'a>,
}

impl<'a> JsonKeyValue<'a> {
    pub(super) fn into_pair(self) -> KeyValue<'a> {
        (self.key.0, self.value)
    }
}

impl<'a> JsonSpan<'a> {
    fn into_raw(self) -> RawSpan<'a> {
        let events = self.events.into_iter().map(|event| RawEvent {
            name: event.name.0,
            time_nanos: event.time_unix_nano.unsigned(),
            attributes: key_values(event.attributes),
        });
        let links = self.links.into_iter().map(|link| RawLink {
            trace_id: Cow::Owned(link.trace_id.0),
            span_id: Cow::Owned(link.span_id.0),
            attributes: key_values(link.attributes),
        });
        RawSpan {
            trace_id: Cow::Owned(self.trace_id.0),
            span_id: Cow::Owned(self.span_id.0),
            parent_id: Cow::Owned(self.parent_span_id.0),
            name: self.name.0,
            start_nanos: self.start_time_unix_nano.unsigned(),
            end_nanos: self.end_time_unix_nano.unsigned(),
            status: self.status.code,
            status_message: self.status.message.0,
            attributes: key_values(self.attributes),
            events: events.collect(),
            links: links.collect(),
        }
    }
}

fn key_values(attributes: Vec<JsonKeyValue<'_>>) -> Vec<KeyValue<'_>> {
    attributes
        .into_iter()
        .map(JsonKeyValue::into_pair)
        .collect()
}

/// Null is a field left out.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

fn status_code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusCode, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Code {
        Number(i64),
        Name(String),
    }
    Ok(match Option::<Code>::deserialize(deserializer)? {
        Some(Code::Number(1)) => StatusCode::Ok,
        Some(Code::Number(2)) => StatusCode::Error,
        Some(Code::Name(name)) => StatusCode::parse(&name).unwrap_or_default(),
        Some(Code::Number(_)) | None => StatusCode::Unset,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::ExperimentId;
    use domain::ingest::SpanBatch;

    fn decode(body: &str) -> Result<Vec<SpanBatch>, DecodeError> {
        let mut batches = Batches::new(ExperimentId(1), None, Default::default());
        read(body.as_bytes(), &mut batches)?;
        Ok(batches.into_batches())
    }

    fn one_span(fields: &str) -> domain::span::Span {
        let body = format!(
            r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{
                "traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708",{fields}
            }}]}}]}}]}}"#
        );
        decode(&body).unwrap().remove(0).spans.remove(0)
    }

    #[test]
    fn numbers_may_be_text_and_names_numbers() {
        let span = one_span(
            r#""name":"a","startTimeUnixNano":"17","end_time_unix_nano":18,
               "status":{"code":"STATUS_CODE_ERROR","message":"no"}"#,
        );
        assert_eq!((span.start.0, span.end.map(|end| end.0)), (17, Some(18)));
        assert_eq!(
            (span.status, span.status_message.as_str()),
            (StatusCode::Error, "no")
        );
        assert_eq!(one_span(r#""status":{"code":2}"#).status, StatusCode::Error);
    }

    #[test]
    fn values_of_every_kind_become_json_text() {
        let cases = [
            (r#"{"stringValue":"x"}"#, r#""x""#),
            (r#"{"string_value":"{\"a\": 1}"}"#, r#"{"a": 1}"#),
            (r#"{"intValue":"5"}"#, "5"),
            (r#"{"intValue":5}"#, "5"),
            (r#"{"doubleValue":2}"#, "2.0"),
            (r#"{"doubleValue":"NaN"}"#, "NaN"),
            (r#"{"boolValue":true}"#, "true"),
            (r#"{"bytesValue":"aGk="}"#, r#""aGk=""#),
            (
                r#"{"arrayValue":{"values":[{"intValue":1},{}]}}"#,
                "[1, null]",
            ),
            (r#"{"arrayValue":{}}"#, "[]"),
            (
                r#"{"kvlistValue":{"values":[{"key":"k","value":{"stringValue":"v"}}]}}"#,
                r#"{"k": "v"}"#,
            ),
            ("{}", "null"),
            ("null", "null"),
        ];
        for (sent, stored) in cases {
            let span = one_span(&format!(r#""attributes":[{{"key":"k","value":{sent}}}]"#));
            assert_eq!(span.attribute("k"), Some(stored), "{sent}");
        }
    }

    #[test]
    fn link_ids_are_decoded() {
        let span = one_span(
            r#""links":[{"traceId":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","spanId":"bbbbbbbbbbbbbbbb"}]"#,
        );
        assert_eq!(span.links[0].trace_id, format!("tr-{}", "a".repeat(32)));
        assert_eq!(span.links[0].span_id, "b".repeat(16));
    }

    #[test]
    fn nothing_and_garbage_are_told_apart() {
        assert!(matches!(decode("{}"), Err(DecodeError::Empty)));
        assert!(matches!(
            decode(r#"{"resourceSpans":[]}"#),
            Err(DecodeError::Empty)
        ));
        assert!(decode(r#"{"resourceSpans":[{}]}"#).unwrap().is_empty());
        for garbage in ["", "[]x", "{\"resourceSpans\":7}", "\u{0}"] {
            assert!(
                matches!(decode(garbage), Err(DecodeError::Format(_))),
                "{garbage}"
            );
        }
    }
}
