//! OTLP values as the JSON text in which span attributes are stored.
//!
//! Spacing is that of Python's `json.dumps`, because MLflow clients compare some texts byte by byte.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::json;

use super::model::AnyValue;
use crate::json_scan;

/// The attribute text of a text value: the text itself if it is the JSON of a string, an object or an
/// array, else the text in quotes. The JSON of numbers, booleans and null stays text: an application
/// that sent `"3"` meant a string.
pub fn attribute_of_text(text: &str) -> String {
    let first = text.trim_ascii_start().bytes().next();
    if matches!(first, Some(b'{' | b'[' | b'"')) && json_scan::is_valid(text) {
        text.to_owned()
    } else {
        json::quote(text)
    }
}

/// The JSON text of a value.
pub fn to_json_text(value: &AnyValue<'_>) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

/// Python's JSON spelling of a number that JSON has no spelling for.
pub fn non_finite(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// Bytes as text.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Nesting is bounded by the readers, so recursion is safe here.
fn write_value(out: &mut String, value: &AnyValue<'_>) {
    match value {
        AnyValue::Null => out.push_str("null"),
        AnyValue::Text(text) => write_quoted(out, text),
        AnyValue::Bool(true) => out.push_str("true"),
        AnyValue::Bool(false) => out.push_str("false"),
        // Writing to a string cannot fail.
        AnyValue::Int(value) => drop(write!(out, "{value}")),
        AnyValue::Double(value) => match serde_json::Number::from_f64(*value) {
            Some(number) => drop(write!(out, "{number}")),
            None => out.push_str(non_finite(*value)),
        },
        AnyValue::Array(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_value(out, value);
            }
            out.push(']');
        }
        AnyValue::Map(entries) => {
            out.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_quoted(out, key);
                out.push_str(": ");
                write_value(out, value);
            }
            out.push('}');
        }
        AnyValue::Bytes(bytes) => {
            out.push('"');
            STANDARD.encode_string(bytes, out);
            out.push('"');
        }
    }
}

fn write_quoted(out: &mut String, text: &str) {
    out.push_str(&json::quote(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_of_containers_and_strings_is_unwrapped_once() {
        let cases = [
            (r#""CHAIN""#, r#""CHAIN""#),
            (r#"{"k":1}"#, r#"{"k":1}"#),
            ("[1, 2]", "[1, 2]"),
            (r#"{"score": NaN}"#, r#"{"score": NaN}"#),
            ("3", r#""3""#),
            ("true", r#""true""#),
            ("null", r#""null""#),
            ("plain", r#""plain""#),
            ("{broken", r#""{broken""#),
            ("", r#""""#),
            ("say \"hi\"\n", r#""say \"hi\"\n""#),
        ];
        for (sent, stored) in cases {
            assert_eq!(attribute_of_text(sent), stored, "{sent}");
        }
    }

    #[test]
    fn values_are_spaced_as_python_does() {
        let value = AnyValue::Map(vec![
            (
                "a".into(),
                AnyValue::Array(vec![AnyValue::Int(1), AnyValue::Double(2.0)]),
            ),
            ("b".into(), AnyValue::Map(vec![])),
            ("c".into(), AnyValue::Bytes(b"hi"[..].into())),
            ("d".into(), AnyValue::Double(f64::NAN)),
            ("é".into(), AnyValue::Null),
        ]);
        let text = r#"{"a": [1, 2.0], "b": {}, "c": "aGk=", "d": NaN, "é": null}"#;
        assert_eq!(to_json_text(&value), text);
    }
}
