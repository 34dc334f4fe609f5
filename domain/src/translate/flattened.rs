//! Messages spread over numbered attributes: OpenInference's `llm.input_messages.0.message.role` and Traceloop's
//! `gen_ai.prompt.0.role`. They are put together in the form of OpenAI's chat API, which every reader of messages understands.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::plain_text;
use crate::json;
use crate::span::Span;

/// Beginnings of OpenInference's keys: what went in, what came out.
pub(crate) const OPEN_INFERENCE: [&str; 2] = ["llm.input_messages.", "llm.output_messages."];
/// Beginnings of Traceloop's keys: what went in, what came out.
pub(crate) const TRACELOOP: [&str; 2] = ["gen_ai.prompt.", "gen_ai.completion."];

pub(super) fn inputs(span: &Span) -> Option<String> {
    as_text(messages(&span.attributes, OPEN_INFERENCE[0]))
}

pub(super) fn outputs(span: &Span) -> Option<String> {
    as_text(messages(&span.attributes, OPEN_INFERENCE[1]))
}

/// The messages whose keys begin so, in the order of their numbers. Of several contents the texts and images are kept.
pub(crate) fn messages(attributes: &[(String, String)], prefix: &str) -> Vec<Value> {
    let mut drafts: BTreeMap<u32, Draft> = BTreeMap::new();
    for (key, value) in attributes {
        let Some((number, field)) = key.strip_prefix(prefix).and_then(numbered) else {
            continue;
        };
        drafts
            .entry(number)
            .or_default()
            .take(field.strip_prefix("message.").unwrap_or(field), value);
    }
    drafts.into_values().map(Draft::finish).collect()
}

fn as_text(messages: Vec<Value>) -> Option<String> {
    (!messages.is_empty()).then(|| json::to_python_text(&json!({ "messages": messages })))
}

/// `12.rest` as 12 and `rest`.
fn numbered(text: &str) -> Option<(u32, &str)> {
    let (number, rest) = text.split_once('.')?;
    Some((number.parse().ok()?, rest))
}

#[derive(Default)]
struct Draft {
    fields: Map<String, Value>,
    parts: BTreeMap<u32, Map<String, Value>>,
    calls: BTreeMap<u32, Call>,
}

#[derive(Default)]
struct Call {
    id: Option<Value>,
    name: Option<Value>,
    arguments: Option<Value>,
}

impl Draft {
    fn take(&mut self, field: &str, json_text: &str) {
        let text = || Value::from(plain_text(json_text));
        if let "role" | "content" | "name" | "tool_call_id" = field {
            self.fields.insert(field.to_owned(), text());
        } else if let Some((n, part)) = field.strip_prefix("contents.").and_then(numbered) {
            let part = part.strip_prefix("message_content.").unwrap_or(part);
            let parts = self.parts.entry(n).or_default();
            match part {
                "type" | "text" => _ = parts.insert(part.to_owned(), text()),
                "image.image.url" => {
                    _ = parts.insert("image_url".to_owned(), json!({ "url": text() }))
                }
                _ => {}
            }
        } else if let Some((n, part)) = field.strip_prefix("tool_calls.").and_then(numbered) {
            let call = self.calls.entry(n).or_default();
            match part.strip_prefix("tool_call.").unwrap_or(part) {
                "id" => call.id = Some(text()),
                "function.name" | "name" => call.name = Some(text()),
                "function.arguments" | "arguments" => call.arguments = Some(text()),
                _ => {}
            }
        }
    }

    fn finish(mut self) -> Value {
        if !self.parts.is_empty() && !self.fields.contains_key("content") {
            let parts = self.parts.into_values().map(|mut part| {
                if part.contains_key("image_url") {
                    part.insert("type".to_owned(), Value::from("image_url"));
                }
                Value::Object(part)
            });
            self.fields
                .insert("content".to_owned(), Value::Array(parts.collect()));
        }
        if !self.calls.is_empty() {
            let calls = self.calls.into_values().map(|call| {
                let function = json!({ "name": call.name, "arguments": call.arguments });
                json!({ "id": call.id, "type": "function", "function": function })
            });
            self.fields
                .insert("tool_calls".to_owned(), Value::Array(calls.collect()));
        }
        self.fields.entry("content").or_insert(Value::Null);
        Value::Object(self.fields)
    }
}
