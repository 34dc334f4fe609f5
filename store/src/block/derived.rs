//! Attributes whose values the head of a block has already: they are not written again, and made anew when they are read. Only
//! those that come out as they were, byte for byte.

use domain::json::quote;
use domain::span::keys;
use domain::span_row::SpanRow;

/// The value that an attribute has if it is derived.
pub(super) fn derived(key: &str, row: &SpanRow) -> Option<String> {
    match key {
        keys::SPAN_TYPE => Some(quote(&row.span_type)),
        keys::MODEL => row.model.as_deref().map(quote),
        keys::TOKEN_USAGE => row.usage.map(|usage| usage.to_metadata_text()),
        keys::COST => row.cost.map(|cost| cost.to_metadata_text()),
        _ => None,
    }
}

/// Whether an attribute comes out of the head as it is.
pub(super) fn is_derived(key: &str, json: &str, row: &SpanRow) -> bool {
    match key {
        keys::SPAN_TYPE => is_quoted(json, &row.span_type),
        keys::MODEL => row
            .model
            .as_deref()
            .is_some_and(|model| is_quoted(json, model)),
        keys::TOKEN_USAGE | keys::COST => derived(key, row).is_some_and(|text| text == json),
        _ => false,
    }
}

/// Whether quoting a text gives this JSON. Says no where it would have to think.
fn is_quoted(json: &str, text: &str) -> bool {
    let is_plain = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\';
    let inner = json
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner == Some(text) && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_comes_out_again_is_quoted() {
        for text in ["", "LLM", "gpt 4", "é", "a\"b", "a\\b", "a\nb", "\u{7f}"] {
            if is_quoted(&quote(text), text) {
                assert!(text.is_ascii());
            }
        }
        assert!(is_quoted("\"LLM\"", "LLM"));
        for json in ["LLM", "\"LLM", "\"TOOL\"", "\"\\u004cLM\"", "\""] {
            assert!(!is_quoted(json, "LLM"), "{json}");
        }
    }
}
