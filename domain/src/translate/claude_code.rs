//! Claude Code: bare keys that mean something only beside its `span.type`. Text that the user did not allow to be sent comes as
//! `<REDACTED>` and counts as missing.

use serde_json::{Map, Value};

use super::{count, is_empty, plain_text, usage_text};
use crate::json;
use crate::span::Span;

pub(super) const SPAN_TYPE: &str = "span.type";

const REDACTED: &str = "<REDACTED>";

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Interaction,
    ModelCall,
    Tool,
}

pub(super) fn span_type(span: &Span) -> Option<&'static str> {
    Some(match kind(span)? {
        Kind::Interaction => "AGENT",
        Kind::ModelCall => "LLM",
        Kind::Tool => "TOOL",
    })
}

pub(super) fn inputs(span: &Span) -> Option<String> {
    match kind(span)? {
        Kind::Interaction => content(span, "user_prompt").or_else(|| content(span, "new_context")),
        Kind::ModelCall => content(span, "new_context"),
        Kind::Tool => content(span, "tool_input").or_else(|| tool_details(span)),
    }
}

pub(super) fn outputs(span: &Span) -> Option<String> {
    match kind(span)? {
        Kind::Interaction => None,
        Kind::ModelCall => content(span, "response.model_output"),
        Kind::Tool => content(span, "new_context"),
    }
}

/// Claude counts input without what came from or went into the cache; MLflow's input tokens include both.
pub(super) fn usage(span: &Span) -> Option<String> {
    if kind(span)? != Kind::ModelCall {
        return None;
    }
    let tokens = |key| span.attribute(key).and_then(count);
    let (read, written) = (tokens("cache_read_tokens"), tokens("cache_creation_tokens"));
    let cached = read.unwrap_or(0).saturating_add(written.unwrap_or(0));
    let input = tokens("input_tokens").map(|input| input.saturating_add(cached));
    let output = tokens("output_tokens");
    input.or(output)?;
    Some(usage_text([input, output, None, read, written]))
}

/// What a tool returned, from its event.
pub(super) fn tool_output_event(span: &Span) -> Option<String> {
    if kind(span)? != Kind::Tool {
        return None;
    }
    let outputs = span
        .events
        .iter()
        .filter(|event| event.name == "tool.output");
    outputs
        .flat_map(|event| {
            ["output", "content", "diff"].into_iter().filter_map(|key| {
                event
                    .attributes
                    .iter()
                    .find(|(k, _)| k == key)
                    .map(|(_, value)| value)
            })
        })
        .map(json::to_python_text)
        .find(|text| !is_empty(text) && plain_text(text) != REDACTED)
}

fn kind(span: &Span) -> Option<Kind> {
    let text = plain_text(span.attribute(SPAN_TYPE)?);
    match text.strip_prefix("claude_code.").unwrap_or(&text) {
        "interaction" => Some(Kind::Interaction),
        "llm_request" => Some(Kind::ModelCall),
        "tool" => Some(Kind::Tool),
        _ => None,
    }
}

fn content(span: &Span, key: &str) -> Option<String> {
    let value = span.attribute(key)?;
    (!is_empty(value) && plain_text(value) != REDACTED).then(|| value.to_owned())
}

fn tool_details(span: &Span) -> Option<String> {
    let mut details = Map::new();
    for key in ["full_command", "file_path", "skill_name", "subagent_type"] {
        if let Some(text) = content(span, key) {
            details.insert(key.to_owned(), json::value_or_text(&text));
        }
    }
    (!details.is_empty()).then(|| json::to_python_text(&Value::Object(details)))
}
