//! Gemini CLI: OpenTelemetry GenAI keys with operation names of its own, and messages in Gemini's form without its wrapping.

use serde_json::{Value, json};

use super::{first_filled, plain_text};
use crate::json;
use crate::span::Span;

pub(super) const AGENT_NAME: &str = "gen_ai.agent.name";

pub(super) fn span_type(span: &Span) -> Option<&'static str> {
    match &*operation(span)? {
        "llm_call" => Some("LLM"),
        "tool_call" => Some("TOOL"),
        "agent_call" => Some("AGENT"),
        _ => None,
    }
}

/// Messages as `{"contents": …}`. The system prompt comes with role `user` and gets its true role here.
pub(super) fn inputs(span: &Span) -> Option<String> {
    let is_system_prompt = operation(span)? == "system_prompt";
    let text = first_filled(
        span,
        &["gen_ai.input.messages", "gen_ai.tool.call.arguments"],
    )?;
    let mut value = json::value_or_text(&text);
    if let (true, Value::Array(messages)) = (is_system_prompt, &mut value) {
        for message in messages
            .iter_mut()
            .filter(|message| message["role"] == "user")
        {
            message["role"] = Value::from("system");
        }
    }
    match value {
        Value::Array(_) | Value::String(_) => {
            Some(json::to_python_text(&json!({ "contents": value })))
        }
        _ => Some(text),
    }
}

/// Messages as one candidate: the pieces of a streamed answer come as messages of their own.
pub(super) fn outputs(span: &Span) -> Option<String> {
    operation(span)?;
    let text = first_filled(span, &["gen_ai.output.messages", "gen_ai.tool.call.result"])?;
    let Value::Array(messages) = json::value_or_text(&text) else {
        return Some(text);
    };
    let pieces = messages
        .into_iter()
        .filter_map(|mut message| match message["parts"].take() {
            Value::Array(parts) => Some(parts),
            _ => None,
        });
    let parts: Vec<Value> = pieces.flatten().collect();
    if parts.is_empty() {
        return Some(text);
    }
    let content = json!({ "role": "model", "parts": parts });
    Some(json::to_python_text(
        &json!({ "candidates": [{ "content": content }] }),
    ))
}

pub(super) fn format(span: &Span) -> Option<&'static str> {
    operation(span).map(|_| "gemini")
}

/// The operation, empty if the span names none; `None` if the span is not Gemini CLI's.
fn operation(span: &Span) -> Option<std::borrow::Cow<'_, str>> {
    let agent = plain_text(span.attribute(AGENT_NAME)?);
    let operation = || plain_text(span.attribute("gen_ai.operation.name").unwrap_or_default());
    (agent == "gemini-cli").then(operation)
}
