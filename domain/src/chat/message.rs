//! One message: who speaks, and the fields beside the content that say something too.

use serde_json::{Map, Value};

use super::part::{self, parts_of, text_field};
use super::{Message, Part, Role, Side, ToolCall, ToolResult};

/// A value that shows by a role or a known type that it is a message.
pub(super) fn message(value: &Value, side: Side) -> Option<Message> {
    let object = value.as_object()?;
    if let Some(message) = langchain(object, side).or_else(|| responses_item(object)) {
        return Some(message);
    }
    let role = text_field(object, &["role"]).or_else(|| {
        // LangChain and LangGraph write the role as a type.
        let kind = text_field(object, &["type"])?;
        let has_content = object.contains_key("content");
        (has_content && langchain_role(kind).is_some()).then_some(kind)
    })?;
    let says_something = ["content", "parts", "tool_calls", "function_call", "text"];
    says_something
        .iter()
        .any(|key| object.contains_key(*key))
        .then(|| of_object(object, role_of(role)))
}

/// A value that is a message by where it stands; without a role it is the side's usual speaker.
pub(super) fn in_dialogue(value: &Value, side: Side) -> Option<Message> {
    let usual = match side {
        Side::Inputs => Role::User,
        Side::Outputs => Role::Assistant,
    };
    message(value, side).or_else(|| match value {
        Value::String(text) => Some(Message {
            role: usual,
            name: None,
            parts: vec![Part::Text(text.clone())],
        }),
        Value::Object(object) => {
            let role = text_field(object, &["role"]).map_or(usual, role_of);
            // A bare part may stand for the message that holds it.
            let is_part = !object.contains_key("parts") && object.contains_key("text");
            let parts = is_part.then(|| vec![part::part(value)]);
            parts
                .map(|parts| Message {
                    role: role.clone(),
                    name: None,
                    parts,
                })
                .or_else(|| Some(of_object(object, role)))
        }
        _ => None,
    })
}

/// LangChain's short form: `["human", "hello"]`.
pub(super) fn of_pair(pair: &[Value]) -> Option<Message> {
    let [Value::String(role), Value::String(text)] = pair else {
        return None;
    };
    let is_role = langchain_role(role).is_some() || matches!(role.as_str(), "user" | "assistant");
    let parts = vec![Part::Text(text.clone())];
    is_role.then(|| Message {
        role: role_of(role),
        name: None,
        parts,
    })
}

fn role_of(name: &str) -> Role {
    match name {
        "system" | "developer" => Role::System,
        "user" | "human" => Role::User,
        "assistant" | "ai" | "model" | "AIMessageChunk" => Role::Assistant,
        "tool" | "function" | "tool-response" => Role::Tool,
        other => Role::Other(other.to_owned()),
    }
}

fn langchain_role(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "human" | "HumanMessage" | "HumanMessageChunk" => "user",
        "ai" | "AIMessage" | "AIMessageChunk" => "assistant",
        "system" | "SystemMessage" => "system",
        "tool" | "ToolMessage" => "tool",
        "function" | "FunctionMessage" => "function",
        "developer" => "system",
        _ => return None,
    })
}

/// LangChain's serialised objects: `{"lc": 1, "id": [.., "HumanMessage"], "kwargs": {..}}` and `{"type": "human", "data": {..}}`.
fn langchain(object: &Map<String, Value>, side: Side) -> Option<Message> {
    let (class, inner) = match (object.get("kwargs"), object.get("data")) {
        (Some(Value::Object(inner)), _) => (object.get("id")?.as_array()?.last()?.as_str()?, inner),
        (_, Some(Value::Object(inner))) => (text_field(object, &["type"])?, inner),
        _ => return None,
    };
    match langchain_role(class) {
        Some(role) => Some(of_object(inner, role_of(role))),
        // `ChatMessage` and the like name the role among their arguments.
        None if inner.contains_key("role") => message(&Value::Object(inner.clone()), side),
        None => None,
    }
}

/// The items of OpenAI's responses API that are no messages themselves.
fn responses_item(object: &Map<String, Value>) -> Option<Message> {
    let kind = text_field(object, &["type"])?;
    if object.contains_key("role") {
        return None;
    }
    let id = text_field(object, &["call_id", "id"]).map(str::to_owned);
    let (role, part) = match kind {
        "function_call" | "custom_tool_call" => {
            let arguments = object.get("arguments").or_else(|| object.get("input"));
            let name = text_field(object, &["name"])?.to_owned();
            let arguments = part::decoded(arguments.unwrap_or(&Value::Null));
            (
                Role::Assistant,
                Part::ToolCall(ToolCall {
                    id,
                    name,
                    arguments,
                }),
            )
        }
        "function_call_output" | "custom_tool_call_output" => {
            let output = part::decoded(object.get("output")?);
            (
                Role::Tool,
                Part::ToolResult(ToolResult {
                    call_id: id,
                    name: None,
                    output,
                    is_error: false,
                }),
            )
        }
        "reasoning" => (Role::Assistant, Part::Thinking(part::thinking_text(object))),
        _ if kind.ends_with("_call") => {
            (Role::Assistant, Part::Data(Value::Object(object.clone())))
        }
        _ => return None,
    };
    Some(Message {
        role,
        name: None,
        parts: vec![part],
    })
}

fn of_object(object: &Map<String, Value>, role: Role) -> Message {
    let mut parts = Vec::new();
    if let Some(thought) = text_field(object, &["reasoning_content", "reasoning"]) {
        parts.push(Part::Thinking(thought.to_owned()));
    }
    let content = ["content", "parts", "text"]
        .iter()
        .find_map(|key| object.get(*key));
    parts.extend(content.map(parts_of).unwrap_or_default());
    if let Some(refusal) = text_field(object, &["refusal"]) {
        parts.push(Part::Text(refusal.to_owned()));
    }
    add_calls(object, &mut parts);
    let name = text_field(object, &["name"]).map(str::to_owned);
    if role == Role::Tool && !parts.iter().any(|part| matches!(part, Part::ToolResult(_))) {
        parts = vec![Part::ToolResult(tool_result(object, name.clone(), parts))];
    }
    Message { role, name, parts }
}

/// Tool calls beside the content. Providers' blocks may have told of the same calls.
fn add_calls(object: &Map<String, Value>, parts: &mut Vec<Part>) {
    let more = object
        .get("additional_kwargs")
        .and_then(|more| more.get("tool_calls"));
    let beside = [object.get("tool_calls"), more];
    let calls = beside
        .into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .find(|calls| !calls.is_empty());
    for call in calls.into_iter().flatten().map(part::tool_call) {
        let is_known = match &call {
            Part::ToolCall(ToolCall { id: Some(id), .. }) => parts
                .iter()
                .any(|part| matches!(part, Part::ToolCall(known) if known.id.as_ref() == Some(id))),
            _ => false,
        };
        if !is_known {
            parts.push(call);
        }
    }
    if let Some(call @ Value::Object(_)) = object.get("function_call") {
        parts.push(part::tool_call(call));
    }
}

/// The content of a tool's message, as what the tool returned.
fn tool_result(object: &Map<String, Value>, name: Option<String>, parts: Vec<Part>) -> ToolResult {
    let output = match parts.as_slice() {
        [Part::Text(text)] => part::decoded(&Value::from(text.as_str())),
        _ => object
            .get("content")
            .or_else(|| object.get("parts"))
            .cloned()
            .unwrap_or(Value::Null),
    };
    let call_id = text_field(object, &["tool_call_id", "toolCallId"]).map(str::to_owned);
    let is_error = text_field(object, &["status"]) == Some("error");
    ToolResult {
        call_id,
        name,
        output,
        is_error,
    }
}
