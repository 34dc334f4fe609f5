//! The short text for people that a trace shows for what was asked and what was answered.
//!
//! Inputs and outputs can be many megabytes, so they are not made into a tree: the reader in `messages` runs over the JSON once and
//! keeps one or two short texts. JSON that is broken is shown as it is.

mod messages;

use messages::find_text;

/// The longest preview, in characters.
pub const PREVIEW_MAX_CHARS: usize = 1000;

/// The preview of inputs given as JSON text: the last message of the user, or the JSON text itself if it holds no messages.
pub fn request_preview(json_text: &str) -> String {
    preview(json_text, "user")
}

/// The preview of outputs given as JSON text: the last message of the assistant, or the JSON text itself if it holds no messages.
pub fn response_preview(json_text: &str) -> String {
    preview(json_text, "assistant")
}

/// A text of at most `max` characters: a longer one ends in `...`.
pub fn cut(text: &str, max: usize) -> String {
    // So short in bytes that it cannot be too long in characters.
    if text.len() <= max || text.chars().nth(max).is_none() {
        return text.to_owned();
    }
    let end = text
        .char_indices()
        .nth(max.saturating_sub(3))
        .map_or(text.len(), |(at, _)| at);
    format!("{}...", &text[..end])
}

fn preview(json_text: &str, role: &str) -> String {
    match find_text(json_text, role) {
        Some(text) => cut(&text, PREVIEW_MAX_CHARS),
        None => cut(json_text, PREVIEW_MAX_CHARS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_request(json_text: &str, expected: &str) {
        assert_eq!(request_preview(json_text), expected, "{json_text}");
    }

    #[test]
    fn the_last_message_of_the_role_is_taken_else_the_last() {
        let chat = r#"{"model": "m", "messages": [{"role": "user", "content": "one"},
            {"content": [{"text": "two", "type": "text"}], "role": "user"}, {"role": "tool", "content": "x"}]}"#;
        check_request(chat, "two");
        assert_eq!(response_preview(chat), "x");
        check_request(
            r#"{"messages": [{"role": "system", "content": "be good"}]}"#,
            "be good",
        );
    }

    #[test]
    fn every_place_of_messages_is_known() {
        let hi = r#"{"role": "assistant", "content": "hi"}"#;
        for json_text in [
            format!(r#"{{"messages": [{hi}]}}"#),
            format!(r#"{{"id": 1, "choices": [{{"index": 0, "message": {hi}}}, {{"message": 3}}]}}"#),
            format!(r#"{{"input": [{hi}]}}"#),
            format!(r#"{{"output": [{{"type": "reasoning"}}, {hi}]}}"#),
            format!(r#"{{"request": {{"input": [{hi}]}}, "x": {{"messages": []}}}}"#),
            format!(r#"{{"input": [{{"role": "u", "content": "no"}}], "messages": [{hi}]}}"#),
            format!(r#"{{"messages": [], "choices": 5, "output": [{hi}]}}"#),
            format!("[{hi}]"),
            r#"[{"role": "assistant", "parts": [{"type": "text", "content": "hi"}]}]"#.to_owned(),
            r#"{"output": [{"role": "assistant", "content": [{"type": "output_text", "text": "hi"}]}]}"#
                .to_owned(),
        ] {
            assert_eq!(response_preview(&json_text), "hi", "{json_text}");
        }
    }

    #[test]
    fn what_is_no_conversation_stays_json() {
        for text in [
            r#"{"question": "why", "n": 2}"#,
            r#""just text""#,
            "[1, 2]",
            "null",
            "not json {",
            r#"{"messages": "none"}"#,
            r#"{"messages": [{"role": "user"}]}"#,
            r#"{"messages": [{"role": "user", "content": ""}]}"#,
            r#"{"messages": [{"role": "user", "content": "a"}"#,
            r#"{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}"#,
        ] {
            check_request(text, text);
        }
    }

    #[test]
    fn long_texts_are_cut_by_characters() {
        assert_eq!(cut(&"é".repeat(1000), 1000), "é".repeat(1000));
        assert_eq!(
            cut(&"é".repeat(1001), 1000),
            format!("{}...", "é".repeat(997))
        );
        let message = format!(
            r#"{{"messages": [{{"role": "user", "content": "{}"}}]}}"#,
            "ü".repeat(5000)
        );
        assert_eq!(request_preview(&message).chars().count(), 1000);
    }

    #[test]
    fn hostile_json_is_shown_as_it_is() {
        for open in ["[", r#"{"request":"#, r#"{"messages":["#, r#"{"a":"#] {
            let text = open.repeat(20_000);
            assert_eq!(request_preview(&text), cut(&text, 1000));
        }
        let text = r#"{"messages": [{"role": "user", "content": "a\u0000b"}]}"#;
        assert_eq!(request_preview(text), "a\0b");
        let half = r#"{"messages": [{"role": "user", "content": "\ud800"}]}"#;
        check_request(half, half);
    }
}
