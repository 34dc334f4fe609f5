//! JSON text in the spacing of Python's `json.dumps(…, ensure_ascii=False)`: `", "` and `": "`. MLflow clients compare some
//! texts byte by byte (metadata such as the token usage), so the spacing is part of the protocol.

use std::borrow::Cow;
use std::io;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

struct PythonSpacing;

impl Formatter for PythonSpacing {
    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        comma(writer, first)
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        comma(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

fn comma<W: ?Sized + io::Write>(writer: &mut W, first: bool) -> io::Result<()> {
    match first {
        true => Ok(()),
        false => writer.write_all(b", "),
    }
}

/// Writes a value as Python would.
pub fn to_python_text(value: &impl Serialize) -> String {
    let mut out = Vec::with_capacity(64);
    let mut serializer = Serializer::with_formatter(&mut out, PythonSpacing);
    if value.serialize(&mut serializer).is_err() {
        return "null".to_owned();
    }
    String::from_utf8(out).unwrap_or_else(|_| "null".to_owned())
}

/// A text as JSON: quoted and escaped.
pub fn quote(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_owned())
}

/// Whether a JSON text says nothing: `null`, `""`, `{}`, `[]`.
pub fn is_empty_text(json: &str) -> bool {
    matches!(json.trim(), "" | "null" | "\"\"" | "{}" | "[]")
}

/// The text of a JSON string; `None` if the JSON is something else.
pub fn as_string(json: &str) -> Option<String> {
    if !json.trim_start().starts_with('"') {
        return None;
    }
    serde_json::from_str(json).ok()
}

/// Like [`as_string`], without a copy where nothing is escaped. For texts known to be JSON.
pub fn plain_string(json: &str) -> Option<Cow<'_, str>> {
    let inner = json
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains('\\') => Some(Cow::Borrowed(inner)),
        _ => as_string(json).map(Cow::Owned),
    }
}

/// The value of a JSON text, or the text itself as a string if it is not JSON (as MLflow's reader does).
pub fn value_or_text(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| Value::String(json.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spacing_is_pythons() {
        let value: Value = serde_json::from_str(r#"{"b":[1,2.5,"é"],"a":{}}"#).unwrap();
        assert_eq!(to_python_text(&value), r#"{"b": [1, 2.5, "é"], "a": {}}"#);
    }

    #[test]
    fn empty_texts_are_recognised() {
        for text in ["null", "\"\"", "{}", "[]", ""] {
            assert!(is_empty_text(text), "{text}");
        }
        assert!(!is_empty_text("0"));
    }
}
