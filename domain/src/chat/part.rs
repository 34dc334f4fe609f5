//! The pieces of a message's content, as the different APIs write them.

use serde_json::{Map, Value};

use super::{Media, Part, ToolCall, ToolResult};

/// The parts of a content: a text, a list, or one part by itself. Empty texts are left out.
pub(super) fn parts_of(content: &Value) -> Vec<Part> {
    let parts = match content {
        Value::Array(items) => items.iter().map(part).collect(),
        Value::Object(object) if object.contains_key("parts") => parts_of(&object["parts"]),
        Value::Null => Vec::new(),
        other => vec![part(other)],
    };
    parts
        .into_iter()
        .filter(|part| !matches!(part, Part::Text(text) if text.is_empty()))
        .collect()
}

/// One part.
pub(super) fn part(value: &Value) -> Part {
    let object = match value {
        Value::String(text) => return Part::Text(text.clone()),
        Value::Object(object) => object,
        other => return Part::Data(other.clone()),
    };
    let known = match text_field(object, &["type"]) {
        Some(kind) => typed(kind, object),
        None => untyped(object),
    };
    known.unwrap_or_else(|| Part::Data(value.clone()))
}

/// A tool call of whichever API.
pub(super) fn tool_call(value: &Value) -> Part {
    let call = value.as_object().and_then(|object| {
        let function = object
            .get("function")
            .and_then(Value::as_object)
            .unwrap_or(object);
        call_of(object, function)
    });
    call.unwrap_or_else(|| Part::Data(value.clone()))
}

/// The first of these fields that is a text with something in it.
pub(super) fn text_field<'a>(object: &'a Map<String, Value>, keys: &[&str]) -> Option<&'a str> {
    let mut texts = keys.iter().filter_map(|key| object.get(*key)?.as_str());
    texts.find(|text| !text.is_empty())
}

/// An object or array within a text; other texts stay texts.
pub(super) fn decoded(value: &Value) -> Value {
    let text = value
        .as_str()
        .map(str::trim_start)
        .filter(|text| text.starts_with(['{', '[']));
    text.and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_else(|| value.clone())
}

/// The text of a thinking block: plain, or a list of summaries.
pub(super) fn thinking_text(object: &Map<String, Value>) -> String {
    if let Some(text) = text_field(object, &["thinking", "text", "content", "reasoning"]) {
        return text.to_owned();
    }
    let lists = ["summary", "content"]
        .iter()
        .filter_map(|key| object.get(*key)?.as_array());
    let texts = lists
        .flatten()
        .filter_map(|item| item.get("text")?.as_str());
    texts.collect::<Vec<_>>().join("\n\n")
}

fn typed(kind: &str, object: &Map<String, Value>) -> Option<Part> {
    Some(match kind {
        "text" | "input_text" | "output_text" | "refusal" => {
            let text = text_field(object, &["text", "content", "refusal"]);
            Part::Text(text.unwrap_or_default().to_owned())
        }
        "thinking" | "redacted_thinking" | "reasoning" => Part::Thinking(thinking_text(object)),
        "tool_use" | "server_tool_use" | "tool_call" | "tool-call" | "function_call" => {
            Part::ToolCall(call_of_part(object)?)
        }
        "tool_result" | "tool_call_response" | "tool-result" | "web_search_tool_result" => {
            Part::ToolResult(result_of(object))
        }
        "image_url" | "input_image" | "image" | "input_audio" | "audio" | "file" | "input_file"
        | "document" | "blob" | "uri" | "media" => Part::Media(media_of(kind, object)),
        _ => return None,
    })
}

/// Parts told by the name of their only field: Gemini's and Bedrock's.
fn untyped(object: &Map<String, Value>) -> Option<Part> {
    let inner = |keys: &[&str]| keys.iter().find_map(|key| object.get(*key)?.as_object());
    if let Some(call) = inner(&["functionCall", "function_call", "toolUse"]) {
        return call_of_part(call).map(Part::ToolCall);
    }
    if let Some(result) = inner(&["functionResponse", "function_response", "toolResult"]) {
        return Some(Part::ToolResult(result_of(result)));
    }
    if let Some(data) = inner(&["inlineData", "inline_data", "fileData", "file_data"]) {
        return Some(Part::Media(media_of("file", data)));
    }
    for kind in ["image", "document"] {
        if let Some(media) = inner(&[kind]) {
            return Some(Part::Media(media_of(kind, media)));
        }
    }
    if let Some(thought) = inner(&["reasoningContent"]) {
        let text = thought.get("reasoningText").and_then(Value::as_object);
        return Some(Part::Thinking(text.map(thinking_text).unwrap_or_default()));
    }
    let text = object.get("text")?.as_str()?.to_owned();
    let is_thought = object.get("thought") == Some(&Value::Bool(true));
    Some(if is_thought {
        Part::Thinking(text)
    } else {
        Part::Text(text)
    })
}

fn call_of_part(object: &Map<String, Value>) -> Option<ToolCall> {
    match call_of(object, object)? {
        Part::ToolCall(call) => Some(call),
        _ => None,
    }
}

fn call_of(outer: &Map<String, Value>, function: &Map<String, Value>) -> Option<Part> {
    let name = text_field(function, &["name", "toolName"])?.to_owned();
    let ids = ["id", "call_id", "toolCallId", "toolUseId"];
    let id = text_field(outer, &ids).map(str::to_owned);
    let arguments = ["arguments", "args", "input"]
        .iter()
        .find_map(|key| function.get(*key));
    let arguments = decoded(arguments.unwrap_or(&Value::Null));
    Some(Part::ToolCall(ToolCall {
        id,
        name,
        arguments,
    }))
}

fn result_of(object: &Map<String, Value>) -> ToolResult {
    let ids = [
        "tool_use_id",
        "tool_call_id",
        "toolCallId",
        "toolUseId",
        "call_id",
        "id",
    ];
    let outputs = ["content", "response", "result", "output"];
    let output = outputs
        .iter()
        .find_map(|key| object.get(*key))
        .unwrap_or(&Value::Null);
    let says_error = ["is_error", "isError"]
        .iter()
        .any(|key| object.get(*key) == Some(&Value::Bool(true)));
    ToolResult {
        call_id: text_field(object, &ids).map(str::to_owned),
        name: text_field(object, &["name", "toolName"]).map(str::to_owned),
        output: only_text(output)
            .map_or_else(|| decoded(output), |text| decoded(&Value::from(text))),
        is_error: says_error || text_field(object, &["status"]) == Some("error"),
    }
}

/// The text of an output that is a list of one text block.
fn only_text(output: &Value) -> Option<&str> {
    let [only] = output.as_array()?.as_slice() else {
        return None;
    };
    only.get("text")?.as_str()
}

fn media_of(kind: &str, object: &Map<String, Value>) -> Media {
    let holders = [
        "source",
        "image_url",
        "input_audio",
        "file",
        "image",
        "audio",
    ];
    let inner = holders
        .iter()
        .find_map(|key| object.get(*key)?.as_object())
        .unwrap_or(object);
    let families = [
        ("image", "image"),
        ("audio", "audio"),
        ("document", "document"),
    ];
    let family = families
        .iter()
        .find(|(name, _)| kind.contains(name))
        .map_or("file", |(_, family)| *family);
    let types = [
        "media_type",
        "mime_type",
        "mimeType",
        "mediaType",
        "format",
        "modality",
    ];
    let named = [inner, object]
        .into_iter()
        .find_map(|object| text_field(object, &types));
    let texts = [
        "url",
        "image_url",
        "data",
        "bytes",
        "file_data",
        "content",
        "image",
        "uri",
        "fileUri",
        "file_uri",
    ];
    let content = [inner, object]
        .into_iter()
        .find_map(|object| text_field(object, &texts));
    let mut media = Media {
        media_type: named.unwrap_or(family).to_owned(),
        url: None,
        byte_count: None,
    };
    match content {
        Some(content) if content.starts_with("data:") => {
            let (head, data) = content.split_once(',').unwrap_or((content, ""));
            let head = head["data:".len()..].split(';').next().unwrap_or_default();
            if !head.is_empty() {
                media.media_type = head.to_owned();
            }
            media.byte_count = Some(decoded_len(data));
        }
        Some(url)
            if url
                .split_once("://")
                .is_some_and(|(scheme, _)| scheme.len() < 32) =>
        {
            media.url = Some(url.to_owned());
        }
        Some(data) => media.byte_count = Some(decoded_len(data)),
        None => {}
    }
    media
}

/// The bytes that a base64 text stands for.
fn decoded_len(base64: &str) -> u64 {
    base64.trim_end_matches('=').len() as u64 * 3 / 4
}
