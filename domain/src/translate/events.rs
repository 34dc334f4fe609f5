//! Prompts and answers that travel in events: Spring AI, LiveKit and older OpenTelemetry GenAI, Claude Code's tools. Asked only if
//! no attribute says what went in or came out.

use serde_json::{Value, json};

use super::{claude_code, is_empty};
use crate::json;
use crate::span::{Span, SpanEvent};

pub(super) fn inputs(span: &Span) -> Option<String> {
    if span.events.is_empty() {
        return None;
    }
    single(span, "gen_ai.content.prompt", "gen_ai.prompt").or_else(|| {
        messages(span, |event| match event.name.as_str() {
            "gen_ai.system.message" => Some(Value::from("system")),
            "gen_ai.user.message" => Some(Value::from("user")),
            "gen_ai.assistant.message" => Some(Value::from("assistant")),
            _ => None,
        })
    })
}

pub(super) fn outputs(span: &Span) -> Option<String> {
    if span.events.is_empty() {
        return None;
    }
    single(span, "gen_ai.content.completion", "gen_ai.completion")
        .or_else(|| {
            messages(span, |event| {
                let role = || attribute(event, "role").cloned();
                (event.name == "gen_ai.choice")
                    .then(|| role().unwrap_or_else(|| Value::from("assistant")))
            })
        })
        .or_else(|| claude_code::tool_output_event(span))
}

fn single(span: &Span, name: &str, key: &str) -> Option<String> {
    let events = span.events.iter().filter(|event| event.name == name);
    events
        .filter_map(|event| attribute(event, key))
        .map(|value| json::to_python_text(&decoded(value)))
        .find(|text| !is_empty(text))
}

fn messages(span: &Span, role: impl Fn(&SpanEvent) -> Option<Value>) -> Option<String> {
    let messages: Vec<Value> = span
        .events
        .iter()
        .filter_map(|event| {
            let role = role(event)?;
            let content = attribute(event, "content")?;
            let is_filled = !is_empty(&json::to_python_text(content));
            is_filled.then(|| json!({ "role": role, "content": decoded(content) }))
        })
        .collect();
    (!messages.is_empty()).then(|| json::to_python_text(&messages))
}

fn attribute<'a>(event: &'a SpanEvent, key: &str) -> Option<&'a Value> {
    event
        .attributes
        .iter()
        .find(|(k, _)| k == key)
        .map(|(_, value)| value)
}

/// Objects and arrays within a text; texts that look like numbers stay texts.
fn decoded(value: &Value) -> Value {
    let inner = value
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok());
    inner
        .filter(|inner: &Value| inner.is_object() || inner.is_array())
        .unwrap_or_else(|| value.clone())
}
