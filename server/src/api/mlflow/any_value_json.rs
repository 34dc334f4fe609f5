//! The JSON text of an attribute as protobuf's JSON of OTLP's `AnyValue`, copied piece by piece.
//!
//! `{"a": [1, "x"]}` becomes `{"kvlist_value":{"values":[{"key":"a","value":{"array_value":...}}]}}`.
//! Attributes make up nearly all of what is read, so no tree of values is built on the way.

use domain::json;
use formats::json_scan::{Malformed, Scanner, Token};

/// Containers nested deeper than this are sent as JSON text. Python's protobuf gives up at 100 nested
/// messages, of which each level of an object takes three; one such value must not make a whole trace
/// unreadable.
const DEPTH_MAX: usize = 24;

/// Writes the entry of an attribute list: the key and, unless it is null, the value.
pub fn write_attribute(out: &mut Vec<u8>, key: &str, json_text: &str) {
    out.extend_from_slice(b"{\"key\":");
    out.extend_from_slice(json::quote(key).as_bytes());
    let before = out.len();
    if json_text != "null" {
        out.extend_from_slice(b",\"value\":");
        let start = out.len();
        if write_value(out, json_text).is_err() {
            // Not JSON: MLflow's readers take the text itself.
            out.truncate(start);
            write_text(out, &json::quote(json_text));
        }
        if out.len() == start {
            out.truncate(before);
        }
    }
    out.push(b'}');
}

/// Writes JSON text as a string without unpaired surrogates, which protobuf cannot carry.
pub fn write_json_string(out: &mut Vec<u8>, quoted: &str) {
    let mut rest = quoted;
    while let Some(at) = rest.find("\\") {
        let (plain, escape) = rest.split_at(at);
        out.extend_from_slice(plain.as_bytes());
        let length = if escape.as_bytes().get(1) == Some(&b'u') {
            6
        } else {
            2
        };
        let length = match surrogate(escape) {
            Some(Surrogate::High) if surrogate(&escape[6..]) == Some(Surrogate::Low) => 12,
            Some(_) => {
                out.extend_from_slice(b"\\ufffd");
                rest = &escape[6..];
                continue;
            }
            None => length,
        };
        out.extend_from_slice(&escape.as_bytes()[..length]);
        rest = &escape[length..];
    }
    out.extend_from_slice(rest.as_bytes());
}

/// An open container.
struct Frame {
    is_object: bool,
    has_items: bool,
}

/// Writes one value; nothing for a null at the top.
fn write_value(out: &mut Vec<u8>, text: &str) -> Result<(), Malformed> {
    let mut scanner = Scanner::new(text);
    let mut open: Vec<Frame> = Vec::new();
    while let Some(token) = scanner.next_token()? {
        match token {
            Token::Key(key) => {
                begin_item(out, &mut open);
                out.extend_from_slice(b"{\"key\":");
                write_json_string(out, key);
                continue;
            }
            Token::ObjectEnd | Token::ArrayEnd => {
                let frame = open.pop().ok_or(Malformed)?;
                out.extend_from_slice(if frame.has_items { b"]}}" } else { b"}}" });
                end_item(out, &open);
                continue;
            }
            _ => {}
        }
        begin_value(out, &mut open, token == Token::Null);
        match token {
            Token::ObjectStart | Token::ArrayStart => {
                let is_object = token == Token::ObjectStart;
                if open.len() < DEPTH_MAX {
                    let start: &[u8] = if is_object {
                        b"{\"kvlist_value\":{"
                    } else {
                        b"{\"array_value\":{"
                    };
                    out.extend_from_slice(start);
                    open.push(Frame {
                        is_object,
                        has_items: false,
                    });
                    continue;
                }
                let start = scanner.position() - 1;
                scanner.skip_open(1)?;
                write_text(out, &json::quote(&text[start..scanner.position()]));
            }
            Token::Text(quoted) => write_text(out, quoted),
            Token::Number(number) => write_number(out, number),
            Token::NonFinite(name) => {
                out.extend_from_slice(format!("{{\"double_value\":\"{name}\"}}").as_bytes());
            }
            Token::Bool(true) => out.extend_from_slice(b"{\"bool_value\":true}"),
            Token::Bool(false) => out.extend_from_slice(b"{\"bool_value\":false}"),
            // In a list every item needs an object; elsewhere null is a value left out.
            Token::Null if open.last().is_some_and(|frame| !frame.is_object) => {
                out.extend_from_slice(b"{}");
            }
            Token::Null | Token::Key(_) | Token::ObjectEnd | Token::ArrayEnd => {}
        }
        end_item(out, &open);
    }
    Ok(())
}

/// What stands before an item of the innermost container.
fn begin_item(out: &mut Vec<u8>, open: &mut [Frame]) {
    if let Some(frame) = open.last_mut() {
        out.extend_from_slice(if frame.has_items {
            b","
        } else {
            b"\"values\":["
        });
        frame.has_items = true;
    }
}

/// What stands before a value: in a list the start of an item, in an object the rest of the entry.
fn begin_value(out: &mut Vec<u8>, open: &mut [Frame], is_null: bool) {
    match open.last() {
        Some(frame) if frame.is_object => {
            if !is_null {
                out.extend_from_slice(b",\"value\":");
            }
        }
        _ => begin_item(out, open),
    }
}

/// What stands after a value in the innermost container.
fn end_item(out: &mut Vec<u8>, open: &[Frame]) {
    if open.last().is_some_and(|frame| frame.is_object) {
        out.push(b'}');
    }
}

fn write_text(out: &mut Vec<u8>, quoted: &str) {
    out.extend_from_slice(b"{\"string_value\":");
    write_json_string(out, quoted);
    out.push(b'}');
}

/// Whole numbers that fit 64 bits are integers, all others doubles.
fn write_number(out: &mut Vec<u8>, number: &str) {
    let text = if number.parse::<i64>().is_ok() {
        format!("{{\"int_value\":{number}}}")
    } else {
        let value: f64 = number.parse().unwrap_or(f64::NAN);
        match serde_json::Number::from_f64(value) {
            Some(value) => format!("{{\"double_value\":{value}}}"),
            None if value > 0.0 => "{\"double_value\":\"Infinity\"}".to_owned(),
            None => "{\"double_value\":\"-Infinity\"}".to_owned(),
        }
    };
    out.extend_from_slice(text.as_bytes());
}

#[derive(PartialEq, Eq)]
enum Surrogate {
    High,
    Low,
}

/// Whether a text begins with the escape of half a surrogate pair.
fn surrogate(text: &str) -> Option<Surrogate> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..=0xdbff => Some(Surrogate::High),
        0xdc00..=0xdfff => Some(Surrogate::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json_text: &str) -> String {
        let mut out = Vec::new();
        write_attribute(&mut out, "k", json_text);
        let text = String::from_utf8(out).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
        text.strip_prefix(r#"{"key":"k""#)
            .unwrap()
            .strip_suffix('}')
            .unwrap()
            .to_owned()
    }

    #[test]
    fn every_kind_is_carried() {
        let cases = [
            ("null", ""),
            (" null", ""),
            ("5", r#","value":{"int_value":5}"#),
            ("2.50", r#","value":{"double_value":2.5}"#),
            (
                "18446744073709551616",
                r#","value":{"double_value":1.8446744073709552e+19}"#,
            ),
            ("1e999", r#","value":{"double_value":"Infinity"}"#),
            ("NaN", r#","value":{"double_value":"NaN"}"#),
            ("true", r#","value":{"bool_value":true}"#),
            (r#""a\n\"""#, r#","value":{"string_value":"a\n\""}"#),
            ("[]", r#","value":{"array_value":{}}"#),
            ("{}", r#","value":{"kvlist_value":{}}"#),
            (
                "[1, null]",
                r#","value":{"array_value":{"values":[{"int_value":1},{}]}}"#,
            ),
            (
                r#"{"a": null, "b": {"c": []}}"#,
                concat!(
                    r#","value":{"kvlist_value":{"values":[{"key":"a"},{"key":"b","value":"#,
                    r#"{"kvlist_value":{"values":[{"key":"c","value":{"array_value":{}}}]}}}]}}"#
                ),
            ),
            ("not json", r#","value":{"string_value":"not json"}"#),
            ("[1, {", r#","value":{"string_value":"[1, {"}"#),
        ];
        for (stored, sent) in cases {
            assert_eq!(value(stored), sent, "{stored}");
        }
    }

    #[test]
    fn unpaired_surrogates_are_replaced() {
        let cases = [
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d!""#, r#""\ufffd!""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
        ];
        for (stored, sent) in cases {
            let mut out = Vec::new();
            write_json_string(&mut out, stored);
            assert_eq!(String::from_utf8(out).unwrap(), sent, "{stored}");
        }
    }

    #[test]
    fn what_is_nested_too_deeply_is_sent_as_text() {
        let stored = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
        let sent = value(&stored);
        assert_eq!(sent.matches("array_value").count(), DEPTH_MAX);
        assert_eq!(sent.matches("string_value").count(), 1);
    }
}
