//! Where in inputs or outputs the messages are.

use serde_json::{Map, Value};

use super::message::{self, message};
use super::{Message, Part, Role, Side, part};

/// How deep wrappers within wrappers are looked through.
const DEPTH_MAX: u8 = 4;

/// The messages of a value that is a conversation.
pub(super) fn conversation(value: &Value, side: Side, depth: u8) -> Option<Vec<Message>> {
    if depth > DEPTH_MAX {
        return None;
    }
    match value {
        Value::Array(items) => list(items, side, depth),
        Value::Object(object) => in_object(object, side, depth)
            .or_else(|| message(value, side).map(|message| vec![message])),
        // JSON within a text, as some instrumentation sends it.
        Value::String(text) if text.starts_with(['{', '[']) => {
            conversation(&serde_json::from_str(text).ok()?, side, depth + 1)
        }
        _ => None,
    }
}

/// A list in which every item is a message, or a batch of such lists, of which all are taken.
fn list(items: &[Value], side: Side, depth: u8) -> Option<Vec<Message>> {
    let mut messages = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Value::Array(inner) => match message::of_pair(inner) {
                Some(message) => messages.push(message),
                None if depth < DEPTH_MAX => messages.extend(list(inner, side, depth + 1)?),
                None => return None,
            },
            _ => messages.push(message(item, side)?),
        }
    }
    Some(messages)
}

fn in_object(object: &Map<String, Value>, side: Side, depth: u8) -> Option<Vec<Message>> {
    let within = |key: &str, side| conversation(object.get(key)?, side, depth + 1);
    if let Some(messages) = within("messages", side) {
        return Some(with_system(object, messages));
    }
    if let Some(contents) = object.get("contents") {
        return gemini_contents(contents, side).map(|messages| with_system(object, messages));
    }
    if let Some(Value::Array(candidates)) = object.get("candidates") {
        let contents = candidates
            .iter()
            .filter_map(|candidate| candidate.get("content"));
        return contents
            .map(|content| message::in_dialogue(content, Side::Outputs))
            .collect();
    }
    // One of Gemini's answers by itself, as Google's agent kit logs it.
    if let Some(content @ Value::Object(parts)) = object.get("content")
        && parts.contains_key("parts")
    {
        return message::in_dialogue(content, Side::Outputs).map(|message| vec![message]);
    }
    if let Some(Value::Array(choices)) = object.get("choices") {
        return choices.iter().map(choice).collect();
    }
    if let Some(Value::Array(generations)) = object.get("generations") {
        return generations_of(generations);
    }
    match object.get("input") {
        Some(Value::String(text)) if is_responses_call(object) => {
            return Some(with_system(object, vec![spoken(Role::User, text)]));
        }
        Some(Value::Array(_)) => {
            if let Some(messages) = within("input", Side::Inputs) {
                return Some(with_system(object, messages));
            }
        }
        _ => {}
    }
    if let Some(messages) = vercel_answer(object) {
        return Some(messages);
    }
    within("output", Side::Outputs)
        .or_else(|| within("request", side))
        .or_else(|| within("message", side))
}

/// Puts a system prompt that stands beside the messages before them.
fn with_system(object: &Map<String, Value>, messages: Vec<Message>) -> Vec<Message> {
    let config = object.get("config").and_then(Value::as_object);
    let keys = [
        "system",
        "instructions",
        "system_instruction",
        "systemInstruction",
    ];
    let system = keys
        .iter()
        .find_map(|key| object.get(*key).or_else(|| config?.get(*key)))
        .map(part::parts_of)
        .filter(|parts| !parts.is_empty());
    let system = system.map(|parts| Message {
        role: Role::System,
        name: None,
        parts,
    });
    system.into_iter().chain(messages).collect()
}

fn gemini_contents(contents: &Value, side: Side) -> Option<Vec<Message>> {
    match contents {
        Value::String(text) => Some(vec![spoken(Role::User, text)]),
        Value::Array(items) => items
            .iter()
            .map(|item| message::in_dialogue(item, side))
            .collect(),
        Value::Object(_) => message::in_dialogue(contents, side).map(|message| vec![message]),
        _ => None,
    }
}

/// One of several answers: `message`, `delta` while streaming, or `text` of the old completions API.
fn choice(choice: &Value) -> Option<Message> {
    if let Some(Value::String(text)) = choice.get("text") {
        return Some(spoken(Role::Assistant, text));
    }
    let said = choice.get("message").or_else(|| choice.get("delta"))?;
    message::in_dialogue(said, Side::Outputs)
}

/// LangChain's result: lists of answers, each with a message or only a text.
fn generations_of(generations: &[Value]) -> Option<Vec<Message>> {
    let flat = generations.iter().flat_map(|item| match item {
        Value::Array(inner) => inner.as_slice(),
        other => std::slice::from_ref(other),
    });
    flat.map(
        |generation| match (generation.get("message"), generation.get("text")) {
            (Some(said @ Value::Object(_)), _) => message::in_dialogue(said, Side::Outputs),
            (_, Some(Value::String(text))) => Some(spoken(Role::Assistant, text)),
            _ => None,
        },
    )
    .collect()
}

/// Vercel's answer: a text and tool calls beside it, without a role.
fn vercel_answer(object: &Map<String, Value>) -> Option<Vec<Message>> {
    if !object.contains_key("finishReason") && !object.contains_key("toolCalls") {
        return None;
    }
    let mut parts: Vec<Part> = object.get("text").map(part::parts_of).unwrap_or_default();
    match object.get("toolCalls") {
        Some(Value::Array(calls)) => parts.extend(calls.iter().map(part::tool_call)),
        Some(Value::String(text)) => {
            let calls: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
            parts.extend(calls.iter().map(part::tool_call));
        }
        _ => {}
    }
    (!parts.is_empty()).then(|| {
        vec![Message {
            role: Role::Assistant,
            name: None,
            parts,
        }]
    })
}

/// A text under `input` is a conversation only beside other fields of OpenAI's responses API.
fn is_responses_call(object: &Map<String, Value>) -> bool {
    object.contains_key("model") || object.contains_key("instructions")
}

fn spoken(role: Role, text: &str) -> Message {
    Message {
        role,
        name: None,
        parts: vec![Part::Text(text.to_owned())],
    }
}
