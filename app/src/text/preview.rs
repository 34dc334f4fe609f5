//! Previews as text for people, never JSON.
//!
//! Clients compare previews byte by byte, so what is stored stays as the protocol has it: JSON text cut after 1,000
//! characters. For the eye the JSON is mended where it was cut and told in words.

use serde_json::Value;

/// Keys whose text alone says what the value is about, in order of preference.
const TELLING: [&str; 16] = [
    "question",
    "query",
    "prompt",
    "input",
    "message",
    "text",
    "content",
    "q",
    "answer",
    "output",
    "response",
    "result",
    "completion",
    "summary",
    "request",
    "inputs",
];
/// The most keys named where none tells enough.
const KEYS: usize = 4;

/// A preview in words: the text of a string, of the one telling entry, or `key: value · key: value`. What is no JSON stays as it is.
pub fn readable(preview: &str) -> String {
    let trimmed = preview.trim();
    if !trimmed.starts_with(['{', '[', '"']) {
        return preview.to_owned();
    }
    let value = serde_json::from_str(trimmed)
        .ok()
        .or_else(|| mended(trimmed));
    value.map_or_else(|| preview.to_owned(), |value| words(&value))
}

fn words(value: &Value) -> String {
    match value {
        Value::Object(entries) => {
            let telling = TELLING.iter().find_map(|key| entries.get(*key)?.as_str());
            if let Some(text) = telling.filter(|text| !text.is_empty()) {
                return text.to_owned();
            }
            let named = entries
                .iter()
                .take(KEYS)
                .map(|(key, value)| format!("{key}: {}", short(value)));
            named.collect::<Vec<_>>().join(" · ")
        }
        Value::Array(items) => match items.first() {
            Some(first) if items.len() == 1 => words(first),
            Some(first) => format!("{} · {} more", words(first), items.len() - 1),
            None => "empty list".to_owned(),
        },
        other => short(other),
    }
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".to_owned(),
        Value::Array(items) => format!("{} items", items.len()),
        Value::Object(entries) if entries.len() == 1 => words(value),
        Value::Object(entries) => format!("{} entries", entries.len()),
        other => other.to_string(),
    }
}

/// JSON that was cut off, with what is open closed again. `None` if it was cut where that is not enough, after which the last
/// comma is tried.
fn mended(text: &str) -> Option<Value> {
    let text = text
        .strip_suffix("...")
        .or_else(|| text.strip_suffix('…'))
        .unwrap_or(text);
    close(text).or_else(|| close(&text[..text.rfind(',')?]))
}

fn close(text: &str) -> Option<Value> {
    let mut open = Vec::new();
    let (mut in_string, mut is_escaped) = (false, false);
    for letter in text.chars() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if in_string => is_escaped = true,
            '"' => in_string = !in_string,
            '{' if !in_string => open.push('}'),
            '[' if !in_string => open.push(']'),
            '}' | ']' if !in_string => {
                open.pop();
            }
            _ => {}
        }
    }
    let mut closed = text.to_owned();
    if is_escaped {
        closed.pop();
    }
    if in_string {
        closed.push('"');
    }
    closed.extend(open.iter().rev());
    serde_json::from_str(&closed).ok()
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn telling_entries_speak_alone() {
        let cases = [
            (
                r#"{"question": "Where is my order?", "user": "ada"}"#,
                "Where is my order?",
            ),
            (r#"{"user": "ada", "turn": 2}"#, "user: ada · turn: 2"),
            (r#""plain""#, "plain"),
            (
                r#"{"args": [1, 2], "kwargs": {}}"#,
                "args: 2 items · kwargs: 0 entries",
            ),
            ("no JSON {", "no JSON {"),
            ("[]", "empty list"),
        ];
        for (preview, text) in cases {
            assert_eq!(readable(preview), text);
        }
    }

    #[test]
    fn cut_previews_are_mended() {
        let cases = [
            (r#"{"question": "Where is my or..."#, "Where is my or"),
            (r#"{"question": "a \"quoted\" wor\..."#, "a \"quoted\" wor"),
            (r#"{"a": 1, "b..."#, "a: 1"),
            (r#"{"a": {"b": [1, {"c": "x..."#, "a: b: 2 items"),
        ];
        for (preview, text) in cases {
            assert_eq!(readable(preview), text, "{preview}");
        }
    }

    #[test]
    fn hopeless_previews_stay() {
        assert_eq!(readable("{{{{"), "{{{{");
    }
}
