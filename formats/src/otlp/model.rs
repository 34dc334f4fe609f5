//! OTLP spans as both encodings give them, borrowed from the request body wherever that is possible.
//!
//! The readers of the two encodings (`protobuf`, `json`) fill these; `decode` turns them into the spans
//! of the domain. Fields that are not kept (kind, trace state, flags, scope, dropped counts) are absent.

use std::borrow::Cow;

use domain::span::StatusCode;
use serde_json::Value;

use super::text;

/// A key and its value.
pub type KeyValue<'a> = (Cow<'a, str>, AnyValue<'a>);

/// A span before its ids are checked.
#[derive(Debug, Default)]
pub struct RawSpan<'a> {
    /// At most 16 bytes if well formed.
    pub trace_id: Cow<'a, [u8]>,
    /// At most 8 bytes if well formed.
    pub span_id: Cow<'a, [u8]>,
    /// Empty or all zero for a root.
    pub parent_id: Cow<'a, [u8]>,
    /// For people.
    pub name: Cow<'a, str>,
    /// Since 1970.
    pub start_nanos: u64,
    /// Since 1970; 0 while the span runs.
    pub end_nanos: u64,
    /// How it ended.
    pub status: StatusCode,
    /// Why it failed.
    pub status_message: Cow<'a, str>,
    /// In the order sent; keys may repeat.
    pub attributes: Vec<KeyValue<'a>>,
    /// In the order sent.
    pub events: Vec<RawEvent<'a>>,
    /// In the order sent.
    pub links: Vec<RawLink<'a>>,
}

/// An event of a span.
#[derive(Debug, Default)]
pub struct RawEvent<'a> {
    /// What happened.
    pub name: Cow<'a, str>,
    /// Since 1970.
    pub time_nanos: u64,
    /// In the order sent.
    pub attributes: Vec<KeyValue<'a>>,
}

/// A link of a span.
#[derive(Debug, Default)]
pub struct RawLink<'a> {
    /// At most 16 bytes if well formed.
    pub trace_id: Cow<'a, [u8]>,
    /// At most 8 bytes if well formed.
    pub span_id: Cow<'a, [u8]>,
    /// In the order sent.
    pub attributes: Vec<KeyValue<'a>>,
}

/// OTLP's value of any type.
#[derive(Debug, Default, PartialEq)]
pub enum AnyValue<'a> {
    /// No value at all.
    #[default]
    Null,
    /// Text.
    Text(Cow<'a, str>),
    /// Truth.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number; may be NaN or infinite.
    Double(f64),
    /// Values in order.
    Array(Vec<AnyValue<'a>>),
    /// Keys and values in order; keys may repeat.
    Map(Vec<KeyValue<'a>>),
    /// Bytes, shown as base64.
    Bytes(Cow<'a, [u8]>),
}

impl AnyValue<'_> {
    /// The JSON text a span attribute is stored as. Text that is itself the JSON of a string, an object
    /// or an array is taken for it: MLflow clients send every attribute as JSON text.
    pub fn to_attribute_text(&self) -> String {
        match self {
            Self::Text(text) => text::attribute_of_text(text),
            other => text::to_json_text(other),
        }
    }

    /// The value as plain text, for tags: text as it is, everything else as JSON.
    pub fn to_tag_text(&self) -> String {
        match self {
            Self::Text(text) => text.to_string(),
            other => text::to_json_text(other),
        }
    }

    /// As a JSON value, for the attributes of events and links. NaN and infinities become text.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => Value::String(text.to_string()),
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::from(*value),
            Self::Double(value) => serde_json::Number::from_f64(*value).map_or_else(
                || Value::String(text::non_finite(*value).to_owned()),
                Value::Number,
            ),
            Self::Array(values) => values.iter().map(Self::to_json).collect(),
            Self::Map(entries) => entries
                .iter()
                .map(|(key, value)| (key.to_string(), value.to_json()))
                .collect(),
            Self::Bytes(bytes) => Value::String(text::base64(bytes)),
        }
    }
}
