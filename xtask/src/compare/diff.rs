//! Where two answers differ.

use std::collections::BTreeSet;

use serde_json::Value;

use super::answer::{Answer, Content};
use super::same;

/// The longest value in a report, in characters.
const SHOWN: usize = 300;
/// Stands for a key or an item that is not there.
const ABSENT: &str = "(absent)";

/// One difference.
#[derive(Debug, PartialEq)]
pub struct Difference {
    /// `status` (then with code and message), `media type`, `body` or a path in the JSON.
    pub at: String,
    pub theirs: String,
    pub ours: String,
}

/// All differences of two answers.
pub fn between(theirs: &Answer, ours: &Answer) -> Vec<Difference> {
    let mut comparison = Comparison {
        names: (&theirs.names, &ours.names),
        found: Vec::new(),
    };
    if theirs.status != ours.status {
        // Whatever else differs follows from that.
        comparison.add("status", whole(theirs), whole(ours));
        return comparison.found;
    }
    if theirs.media_type != ours.media_type {
        comparison.add(
            "media type",
            theirs.media_type.clone(),
            ours.media_type.clone(),
        );
    }
    match (&theirs.body, &ours.body) {
        (Content::Json(theirs), Content::Json(ours)) => comparison.values("$", theirs, ours),
        (Content::Text(theirs), Content::Text(ours)) if same::texts(theirs, ours) => {}
        (theirs, ours) => comparison.add("body", content(theirs), content(ours)),
    }
    comparison.found
}

/// Values that a server made, each with the name that stands for it.
type Names = [(String, String)];

struct Comparison<'a> {
    names: (&'a Names, &'a Names),
    found: Vec<Difference>,
}

impl Comparison<'_> {
    fn values(&mut self, at: &str, theirs: &Value, ours: &Value) {
        match (theirs, ours) {
            (Value::Object(left), Value::Object(right)) => {
                let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
                for key in keys {
                    let at = format!("{at}.{key}");
                    match (left.get(key), right.get(key)) {
                        // Tokens are opaque; that there is one matters.
                        (Some(_), Some(_)) if key == "next_page_token" => {}
                        (Some(left), Some(right)) => self.values(&at, left, right),
                        (left, right) => self.add(&at, opt(left), opt(right)),
                    }
                }
            }
            (Value::Array(left), Value::Array(right)) => {
                let (left, right) = (sorted(left), sorted(right));
                for i in 0..left.len().max(right.len()) {
                    let at = format!("{at}[{i}]");
                    match (left.get(i), right.get(i)) {
                        (Some(left), Some(right)) => self.values(&at, left, right),
                        (left, right) => {
                            self.add(&at, opt(left.copied()), opt(right.copied()));
                        }
                    }
                }
            }
            (Value::String(left), Value::String(right)) if self.same_texts(left, right) => {}
            (Value::Number(left), Value::Number(right)) if same::numbers(left, right) => {}
            (theirs, ours) if theirs == ours => {}
            (theirs, ours) => self.add(at, theirs.to_string(), ours.to_string()),
        }
    }

    /// Also the same: what each server calls a value that was captured under one name.
    fn same_texts(&self, theirs: &str, ours: &str) -> bool {
        let is_captured = self.names.0.iter().any(|(value, name)| {
            value == theirs
                && self
                    .names
                    .1
                    .iter()
                    .any(|(value, other)| value == ours && name == other)
        });
        is_captured || same::texts(theirs, ours)
    }

    fn add(&mut self, at: &str, theirs: String, ours: String) {
        self.found.push(Difference {
            at: at.to_owned(),
            theirs: shortened(&theirs),
            ours: shortened(&ours),
        });
    }
}

/// Entries with keys have no order that anyone relies on.
fn sorted(list: &[Value]) -> Vec<&Value> {
    let key = |item: &Value| Some(item.get("key")?.as_str()?.to_owned());
    let mut items: Vec<&Value> = list.iter().collect();
    if list.iter().all(|item| key(item).is_some()) {
        items.sort_by_key(|item| (key(item), item.get("step").and_then(Value::as_i64)));
    }
    items
}

fn opt(value: Option<&Value>) -> String {
    value.map_or_else(|| ABSENT.to_owned(), Value::to_string)
}

/// Status and body; of an error its code and message.
fn whole(answer: &Answer) -> String {
    let error = |name| answer.at(name).and_then(Value::as_str);
    let body = match (error("$.error_code"), error("$.message")) {
        (Some(code), Some(message)) => format!("{code} {message}"),
        _ => content(&answer.body),
    };
    format!("{} {body}", answer.status)
}

fn content(content: &Content) -> String {
    match content {
        Content::Json(value) => value.to_string(),
        Content::Text(text) => text.clone(),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(body: Value) -> Answer {
        Answer {
            status: 200,
            media_type: "application/json".to_owned(),
            body: Content::Json(body),
            names: Vec::new(),
        }
    }

    #[test]
    fn differences_are_named_by_place() {
        let theirs = answer(json!({ "a": [{ "b": 1 }, 2], "c": "x", "next_page_token": "1" }));
        let ours = answer(json!({ "a": [{ "b": 1.0 }], "d": null, "next_page_token": "2" }));
        let found: Vec<_> = between(&theirs, &ours)
            .into_iter()
            .map(|difference| (difference.at, difference.theirs, difference.ours))
            .collect();
        let text = |row: [&str; 3]| (row[0].to_owned(), row[1].to_owned(), row[2].to_owned());
        let expected = [
            ["$.a[0].b", "1", "1.0"],
            ["$.a[1]", "2", "(absent)"],
            ["$.c", "\"x\"", "(absent)"],
            ["$.d", "(absent)", "null"],
        ];
        assert_eq!(found, expected.map(text));
    }

    #[test]
    fn order_of_entries_does_not_matter() {
        let tags =
            |keys: [&str; 2]| answer(json!({ "tags": keys.map(|key| json!({ "key": key })) }));
        assert_eq!(between(&tags(["a", "b"]), &tags(["b", "a"])), []);
    }
}
