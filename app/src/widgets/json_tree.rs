//! A JSON value as nested keys and values that fold, for readers who do not read JSON.
//!
//! The value is laid out into flat lines first, without recursion and up to a limit, so that neither deep nesting nor a
//! million entries can hurt.

use leptos::prelude::*;
use serde_json::Value;

use super::long_text::{LongText, Unfolded};
use crate::text::number;

/// The most lines drawn at once.
const LINES: usize = 400;
/// The most lines drawn while all is wanted.
const ALL_LINES: usize = 4_000;
/// Nesting beyond this is written as JSON text.
const DEPTH: usize = 12;

/// One line of the tree.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    depth: usize,
    key: String,
    value: LineValue,
}

#[derive(Debug, Clone, PartialEq)]
enum LineValue {
    /// A leaf's text and its kind: `text`, `number`, `word`.
    Leaf(String, &'static str),
    /// What an inner value holds, e.g. `3 entries`.
    Inner(String),
}

/// A JSON value as a tree; a leaf alone is plain text.
#[component]
pub fn JsonTree(
    /// The value.
    value: Value,
) -> impl IntoView {
    if !matches!(&value, Value::Object(_) | Value::Array(_)) {
        let (text, _) = leaf(&value);
        return view! { <LongText text=text face="read"/> }.into_any();
    }
    let (first, left_out) = lines(&value, LINES);
    if left_out == 0 {
        return drawn(first, 0);
    }
    let is_unfolded = Unfolded::here();
    let is_unfolded = Memo::new(move |_| is_unfolded());
    let tree = move || {
        let limit = match is_unfolded.get() {
            true => ALL_LINES,
            false => LINES,
        };
        let (lines, left_out) = lines(&value, limit);
        drawn(lines, left_out)
    };
    tree.into_any()
}

fn drawn(lines: Vec<Line>, left_out: usize) -> AnyView {
    let rows = lines
        .into_iter()
        .map(|line| {
            let depth = line.depth.to_string();
            let value = match line.value {
                LineValue::Leaf(text, "text") => {
                    view! { <LongText text=text face="read"/> }.into_any()
                }
                LineValue::Leaf(text, kind) => {
                    view! { <span class="json-tree__leaf" data-kind=kind>{text}</span> }.into_any()
                }
                LineValue::Inner(note) => {
                    view! { <span class="json-tree__note">{note}</span> }.into_any()
                }
            };
            view! {
                <div class="json-tree__line" style=("--depth", depth)>
                    <dt class="json-tree__key" dir="auto">{line.key}</dt>
                    <dd class="json-tree__value">{value}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <dl class="json-tree">{rows}</dl>
        {(left_out > 0)
            .then(|| view! { <p class="json-tree__more">{format!("{left_out} more lines are in the raw view.")}</p> })}
    }
    .into_any()
}

/// The value's lines in reading order, and how many inner entries were left out at the limit.
fn lines(value: &Value, limit: usize) -> (Vec<Line>, usize) {
    let mut lines = Vec::new();
    let mut left_out = 0;
    let mut waiting: Vec<(usize, String, &Value)> = children(value, 0);
    waiting.reverse();
    while let Some((depth, key, value)) = waiting.pop() {
        if lines.len() == limit {
            left_out = waiting.len() + 1;
            break;
        }
        let is_inner = matches!(value, Value::Object(_) | Value::Array(_));
        if is_inner && depth < DEPTH && !is_short_list(value) {
            lines.push(Line {
                depth,
                key,
                value: LineValue::Inner(note(value)),
            });
            let mut inner = children(value, depth + 1);
            inner.reverse();
            waiting.append(&mut inner);
        } else {
            let (text, kind) = leaf(value);
            lines.push(Line {
                depth,
                key,
                value: LineValue::Leaf(text, kind),
            });
        }
    }
    (lines, left_out)
}

fn children(value: &Value, depth: usize) -> Vec<(usize, String, &Value)> {
    match value {
        Value::Object(entries) => entries
            .iter()
            .map(|(key, value)| (depth, key.clone(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, value)| (depth, (index + 1).to_string(), value))
            .collect(),
        _ => Vec::new(),
    }
}

fn note(value: &Value) -> String {
    match value {
        Value::Array(items) if items.is_empty() => "empty list".to_owned(),
        Value::Array(items) => number::counted(items.len() as u64, "item", "items"),
        Value::Object(entries) if entries.is_empty() => "empty".to_owned(),
        _ => String::new(),
    }
}

/// A list of few plain values reads best on one line.
fn is_short_list(value: &Value) -> bool {
    matches!(value, Value::Array(items)
    if !items.is_empty() && items.len() <= 16 && items.iter().all(|item| match item {
        Value::String(text) => text.len() <= 40,
        Value::Number(_) | Value::Bool(_) | Value::Null => true,
        _ => false,
    }))
}

fn leaf(value: &Value) -> (String, &'static str) {
    match value {
        Value::String(text) if text.is_empty() => ("empty text".to_owned(), "word"),
        Value::String(text) => (text.clone(), "text"),
        Value::Number(number) => (number.to_string(), "number"),
        Value::Bool(value) => (if *value { "true" } else { "false" }.to_owned(), "word"),
        Value::Null => ("null".to_owned(), "word"),
        Value::Array(items) if is_short_list(value) => {
            let words: Vec<String> = items.iter().map(|item| leaf(item).0).collect();
            (words.join(", "), "text")
        }
        other => (other.to_string(), "text"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(json: &str) -> Vec<(usize, String)> {
        let value: Value = serde_json::from_str(json).unwrap();
        lines(&value, LINES)
            .0
            .into_iter()
            .map(|line| (line.depth, line.key))
            .collect()
    }

    #[test]
    fn lines_follow_the_order_of_the_text() {
        let expected = [(0, "b"), (0, "a"), (1, "1"), (1, "2"), (2, "x"), (0, "c")];
        let expected: Vec<_> = expected.map(|(depth, key)| (depth, key.to_owned())).into();
        assert_eq!(keys(r#"{"b":1,"a":[{},{"x":2}],"c":[1,2]}"#), expected);
    }

    #[test]
    fn deep_and_wide_values_are_bounded() {
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(keys(&deep).len(), DEPTH + 1);
        let wide = format!("[{}{{}}]", "{},".repeat(1_000));
        let value: Value = serde_json::from_str(&wide).unwrap();
        let (lines, left_out) = lines(&value, LINES);
        assert_eq!((lines.len(), left_out), (LINES, 1_001 - LINES));
    }
}
