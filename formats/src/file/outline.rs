//! Where in a JSON file traces and spans are.
//!
//! Known are: export requests (`resourceSpans`, also Tempo's `batches`), MLflow's traces (`info` and `data`, `trace_info` and
//! `spans`, lists of them under `traces`), `traces.json` (`spans` alone), and single spans; each once, in a list, or one after
//! the other, a line each or not.

use super::error::FileError;
use super::parts::{elements, first_value, members, named};

/// How deep traces may stand within lists and objects.
const DEPTH_MAX: usize = 4;

/// A part of the file that says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// The resource of the [`Piece::ExportedSpan`]s that follow.
    Resource(&'a str),
    /// A span of an export request; its trace id says where it belongs.
    ExportedSpan(&'a str),
    /// A trace of its own begins; perhaps with what is known of it.
    Trace(Option<&'a str>),
    /// A span of that trace, in any dialect.
    Span(&'a str),
}

/// What was found.
#[derive(Debug, Default)]
pub struct Outline<'a> {
    /// In the order of the file.
    pub pieces: Vec<Piece<'a>>,
    /// What the first document is that holds no traces.
    pub other: Option<String>,
    /// Where the file stops making sense.
    pub problem: Option<FileError>,
    /// Single spans follow each other.
    is_loose: bool,
}

/// Looks through a text of one or more documents.
pub fn outline(text: &str) -> Outline<'_> {
    let mut found = Outline::default();
    let mut rest = text;
    loop {
        let start = text.len() - rest.len();
        match first_value(rest) {
            Ok(Some((document, after))) => {
                found.document(document, 0);
                rest = after;
            }
            Ok(None) => return found,
            Err(broken) => {
                found.problem = Some(FileError::of_json(text, start, start + broken));
                return found;
            }
        }
    }
}

impl<'a> Outline<'a> {
    fn document(&mut self, text: &'a str, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        if text.starts_with('[') {
            for element in elements(text) {
                self.document(element, depth + 1);
            }
            return;
        }
        let fields = members(text);
        let field = |names: &[&str]| named(&fields, names);
        if let Some(list) = field(&["resourceSpans", "resource_spans", "batches"]) {
            self.export(list);
        } else if let Some(traces) = field(&["traces", "trace"]) {
            self.document(traces, depth + 1);
        } else if let Some(spans) = spans_of(&fields) {
            let info = field(&["info", "trace_info", "traceInfo"]);
            self.is_loose = false;
            self.pieces.push(Piece::Trace(info));
            self.pieces
                .extend(elements(spans).into_iter().map(Piece::Span));
        } else if field(&["span_id", "spanId", "context"]).is_some() {
            if !self.is_loose {
                self.is_loose = true;
                self.pieces.push(Piece::Trace(None));
            }
            self.pieces.push(Piece::Span(text));
        } else if self.other.is_none() {
            self.other = Some(described(text, &fields));
        }
    }

    fn export(&mut self, list: &'a str) {
        self.is_loose = false;
        for of_resource in elements(list) {
            let fields = members(of_resource);
            let resource = named(&fields, &["resource"]).unwrap_or("{}");
            self.pieces.push(Piece::Resource(resource));
            const SCOPES: [&str; 3] = ["scopeSpans", "scope_spans", "instrumentationLibrarySpans"];
            for scope in elements(named(&fields, &SCOPES).unwrap_or_default()) {
                let spans = named(&members(scope), &["spans"]).unwrap_or_default();
                let spans = elements(spans).into_iter().map(Piece::ExportedSpan);
                self.pieces.extend(spans);
            }
        }
    }
}

fn spans_of<'a>(fields: &[(&str, &'a str)]) -> Option<&'a str> {
    let own = named(fields, &["spans"]);
    let spans = own.or_else(|| named(&members(named(fields, &["data"])?), &["spans"]));
    spans.filter(|spans| spans.starts_with('['))
}

/// A document that holds no traces, in a few words.
fn described(text: &str, fields: &[(&str, &str)]) -> String {
    const FIELDS: usize = 6;
    const LETTERS: usize = 40;
    if fields.is_empty() {
        let first: String = text.chars().take(LETTERS).collect();
        return format!("it has {first}");
    }
    let names = fields.iter().take(FIELDS);
    let names: Vec<String> = names
        .map(|(name, _)| name.chars().take(LETTERS).collect())
        .collect();
    let more = if fields.len() > FIELDS { ", …" } else { "" };
    format!("it has the fields {}{more}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces with one letter each, and their texts.
    fn pieces(text: &str) -> String {
        let found = outline(text);
        let words = found.pieces.iter().map(|piece| match piece {
            Piece::Resource(_) => "r".to_owned(),
            Piece::ExportedSpan(text) => format!("e{text}"),
            Piece::Trace(None) => "t".to_owned(),
            Piece::Trace(Some(info)) => format!("t{info}"),
            Piece::Span(text) => format!("s{text}"),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_shape_is_known() {
        let cases = [
            (
                r#"{"resourceSpans":[{"scopeSpans":[{"spans":[1,2]}]}]}"#,
                "r e1 e2",
            ),
            (
                r#"{"resource_spans":[{"scope_spans":[{"spans":[1]}]},{}]}"#,
                "r e1 r",
            ),
            (
                r#"{"batches":[{"instrumentationLibrarySpans":[{"spans":[1]}]}]}"#,
                "r e1",
            ),
            (r#"{"spans":[1], "request":null}"#, "t s1"),
            (r#"{"info":{}, "data":{"spans":[1]}}"#, "t{} s1"),
            (r#"{"trace":{"trace_info":{}, "spans":[1]}}"#, "t{} s1"),
            (
                r#"{"traces":[{"trace_info":{}, "spans":[]}, {"spans":[2]}]}"#,
                "t{} t s2",
            ),
            ("[{\"spans\":[1]},\n{\"spans\":[2]}]", "t s1 t s2"),
            ("{\"spans\":[1]}\n{\"spans\":[2]}\n", "t s1 t s2"),
            (
                r#"{"span_id":1} {"span_id":2}"#,
                r#"t s{"span_id":1} s{"span_id":2}"#,
            ),
            (r#"{"resourceSpans":[]}"#, ""),
        ];
        for (text, expected) in cases {
            assert_eq!(pieces(text), expected, "{text}");
            assert_eq!(outline(text).problem, None, "{text}");
        }
    }

    #[test]
    fn what_is_something_else_is_described() {
        let other = |text: &str| outline(text).other.unwrap();
        assert_eq!(
            other(r#"{"data":[], "total":1}"#),
            "it has the fields data, total"
        );
        assert_eq!(other("[1, 2]"), "it has 1");
        assert_eq!(outline(r#"{"spans": 5}"#).pieces, []);
    }

    #[test]
    fn what_comes_before_a_break_is_kept() {
        let found = outline("{\"spans\":[1]}\n{\"spans\":[2");
        assert_eq!(found.pieces.len(), 2);
        let problem = found.problem.unwrap().to_string();
        assert_eq!(
            problem,
            "it breaks off in the middle of a value, at line 2, character 12"
        );
        let problem = outline("{\"spans\": oh}").problem.unwrap().to_string();
        assert_eq!(problem, "it is not JSON from line 1, character 11 on");
    }

    #[test]
    fn deep_nesting_is_no_danger() {
        let text = "[".repeat(100_000);
        assert!(outline(&text).problem.is_some());
        let text = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(outline(&text).pieces.is_empty());
    }
}
