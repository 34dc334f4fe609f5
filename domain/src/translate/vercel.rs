//! Vercel AI SDK: the spans of a model call spread prompt and answer over `ai.prompt.*` and `ai.response.*`, as JSON texts within
//! JSON texts.

use serde_json::{Map, Value};

use super::plain_text;
use crate::json;
use crate::span::Span;

pub(super) const OPERATION: &str = "ai.operationId";

pub(super) fn inputs(span: &Span) -> Option<String> {
    gather(span, "ai.prompt.")
}

pub(super) fn outputs(span: &Span) -> Option<String> {
    gather(span, "ai.response.")
}

pub(super) fn format(span: &Span) -> Option<&'static str> {
    is_model_call(span).then_some("vercel_ai")
}

fn is_model_call(span: &Span) -> bool {
    span.attribute(OPERATION).is_some_and(|operation| {
        matches!(
            &*plain_text(operation),
            "ai.generateText.doGenerate" | "ai.streamText.doStream"
        )
    })
}

fn gather(span: &Span, prefix: &str) -> Option<String> {
    if !is_model_call(span) {
        return None;
    }
    let mut object = Map::new();
    for (key, text) in &span.attributes {
        let Some(name) = key.strip_prefix(prefix) else {
            continue;
        };
        let mut value = unwrapped(json::value_or_text(text));
        if let ("tools", Value::Array(tools)) = (name, &mut value) {
            for tool in tools {
                *tool = unwrapped(tool.take());
            }
        }
        object.insert(name.to_owned(), value);
    }
    (!object.is_empty()).then(|| json::to_python_text(&Value::Object(object)))
}

/// The value within a text that is JSON itself, twice at most.
fn unwrapped(value: Value) -> Value {
    let mut value = value;
    for _ in 0..2 {
        let Value::String(text) = &value else { break };
        match serde_json::from_str(text) {
            Ok(inner) => value = inner,
            Err(_) => break,
        }
    }
    value
}
