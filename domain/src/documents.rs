//! Documents that a retrieval found, whichever library wrote them down.
//!
//! Understood are LangChain's and MLflow's `page_content`, LlamaIndex' nodes with scores, Chroma's columns, lists of texts, objects
//! with a text and a score, and OpenInference's numbered attributes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::json;
use crate::span::Span;

/// One document found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Its text.
    pub text: String,
    /// How well it fits; whether more is better depends on the retriever.
    pub score: Option<f64>,
    /// Where it comes from: an id, a path or an address, as given.
    pub source: Option<String>,
    /// What else is known of it.
    pub metadata: Map<String, Value>,
}

/// How deep wrappers within wrappers are looked through.
const DEPTH_MAX: u8 = 3;

const TEXTS: [&str; 7] = [
    "page_content",
    "text",
    "content",
    "document",
    "document.content",
    "chunk",
    "snippet",
];
const SCORES: [&str; 6] = [
    "score",
    "document.score",
    "relevance_score",
    "similarity",
    "distance",
    "rerank_score",
];
const SOURCES: [&str; 11] = [
    "doc_uri",
    "source",
    "uri",
    "url",
    "path",
    "file_path",
    "file_name",
    "title",
    "id",
    "doc_id",
    "document.id",
];
const LISTS: [&str; 6] = ["documents", "docs", "results", "matches", "nodes", "chunks"];

/// What a span's output, or its numbered attributes, say was found.
pub fn of_span(span: &Span) -> Option<Vec<Document>> {
    let numbered = ["retrieval.documents.", "reranker.output_documents."];
    let found = numbered
        .into_iter()
        .find_map(|prefix| of_attributes(span, prefix));
    found.or_else(|| of_value(&serde_json::from_str(span.outputs()?).ok()?))
}

/// What a value says was found; `None` if it is no list of documents.
pub fn of_value(value: &Value) -> Option<Vec<Document>> {
    within(value, 0).filter(|documents| !documents.is_empty())
}

fn within(value: &Value, depth: u8) -> Option<Vec<Document>> {
    if depth > DEPTH_MAX {
        return None;
    }
    match value {
        Value::Array(items) => match items.as_slice() {
            [one @ Value::Array(inner)] if document(one).is_none() => {
                within(&Value::Array(inner.clone()), depth + 1)
            }
            _ => items.iter().map(document).collect(),
        },
        Value::Object(object) => columns(object).or_else(|| {
            LISTS
                .iter()
                .find_map(|key| within(object.get(*key)?, depth + 1))
        }),
        Value::String(text) if text.starts_with(['[', '{']) => {
            within(&serde_json::from_str(text).ok()?, depth + 1)
        }
        _ => None,
    }
}

fn document(value: &Value) -> Option<Document> {
    let object = match value {
        Value::String(text) => {
            return Some(Document {
                text: text.clone(),
                ..Document::default()
            });
        }
        // LangChain's search with scores gives pairs.
        Value::Array(pair) => match pair.as_slice() {
            [inner, Value::Number(score)] => {
                let found = document(inner)?;
                return Some(Document {
                    score: score.as_f64(),
                    ..found
                });
            }
            _ => return None,
        },
        Value::Object(object) => object,
        _ => return None,
    };
    // LlamaIndex keeps the node beside its score, LangChain's serialised form the fields beside its class.
    let inner = ["node", "kwargs", "document", "payload"]
        .iter()
        .find_map(|key| object.get(*key)?.as_object())
        .unwrap_or(object);
    let mut metadata = match inner.get("metadata").or_else(|| object.get("metadata")) {
        Some(Value::Object(metadata)) => metadata.clone(),
        _ => Map::new(),
    };
    let text = text_of(inner)
        .or_else(|| text_of(object))
        .or_else(|| text_of(&metadata))?;
    let number =
        |object: &Map<String, Value>| SCORES.iter().find_map(|key| object.get(*key)?.as_f64());
    let score = number(object)
        .or_else(|| number(inner))
        .or_else(|| number(&metadata));
    let named = |object: &Map<String, Value>| {
        SOURCES.iter().find_map(|key| match object.get(*key)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let source = named(&metadata)
        .or_else(|| named(inner))
        .or_else(|| named(object));
    metadata.retain(|key, value| {
        let is_shown = SCORES.contains(&key.as_str()) || value.as_str() == source.as_deref();
        !is_shown
    });
    Some(Document {
        text,
        score,
        source,
        metadata,
    })
}

fn text_of(object: &Map<String, Value>) -> Option<String> {
    let mut texts = TEXTS.iter().filter_map(|key| object.get(*key)?.as_str());
    texts.next().map(str::to_owned)
}

/// Chroma's answer: a column for each field, each a list of lists.
fn columns(object: &Map<String, Value>) -> Option<Vec<Document>> {
    let column = |key: &str| {
        let outer = object.get(key)?.as_array()?;
        match outer.first() {
            Some(Value::Array(inner)) => Some(inner.clone()),
            _ => Some(outer.clone()),
        }
    };
    let texts = column("documents")?;
    if !object.contains_key("ids") && !object.contains_key("distances") {
        return None;
    }
    let (ids, distances, metadatas) = (column("ids"), column("distances"), column("metadatas"));
    let at = |column: &Option<Vec<Value>>, index: usize| column.as_ref()?.get(index).cloned();
    let documents = texts.iter().enumerate().map(|(index, text)| {
        Some(Document {
            text: text.as_str()?.to_owned(),
            score: at(&distances, index).and_then(|value| value.as_f64()),
            source: at(&ids, index).and_then(|value| value.as_str().map(str::to_owned)),
            metadata: match at(&metadatas, index) {
                Some(Value::Object(metadata)) => metadata,
                _ => Map::new(),
            },
        })
    });
    documents.collect()
}

/// `retrieval.documents.0.document.content` and its like.
fn of_attributes(span: &Span, prefix: &str) -> Option<Vec<Document>> {
    let mut drafts: BTreeMap<u32, Map<String, Value>> = BTreeMap::new();
    for (key, text) in &span.attributes {
        let Some((number, field)) = key
            .strip_prefix(prefix)
            .and_then(|rest| rest.split_once('.'))
        else {
            continue;
        };
        let Ok(number) = number.parse() else { continue };
        let value = json::value_or_text(text);
        let value = match (field, &value) {
            ("document.metadata", Value::String(text)) => json::value_or_text(text),
            _ => value,
        };
        let field = if field == "document.metadata" {
            "metadata"
        } else {
            field
        };
        drafts
            .entry(number)
            .or_default()
            .insert(field.to_owned(), value);
    }
    let documents: Option<Vec<Document>> = drafts
        .into_values()
        .map(|draft| document(&Value::Object(draft)))
        .collect();
    documents.filter(|documents| !documents.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Source, score and text of each, by `|`.
    fn told(value: Value) -> Vec<String> {
        let found = of_value(&value).unwrap_or_default();
        let line = |document: Document| {
            let score = document
                .score
                .map_or("-".to_owned(), |score| score.to_string());
            format!(
                "{}|{score}|{}",
                document.source.as_deref().unwrap_or("-"),
                document.text
            )
        };
        found.into_iter().map(line).collect()
    }

    #[test]
    fn the_usual_shapes_are_understood() {
        let cases = [
            json!([{ "page_content": "a", "metadata": { "doc_uri": "kb/1.md", "score": 0.9 } }]),
            json!([{ "page_content": "a", "id": "kb/1.md", "score": 0.9 }]),
            json!({ "documents": [{ "content": "a", "source": "kb/1.md", "score": 0.9 }] }),
            json!([[{ "page_content": "a", "metadata": { "source": "kb/1.md" } }, 0.9]]),
            json!([{ "node": { "text": "a", "metadata": { "file_name": "kb/1.md" } }, "score": 0.9 }]),
            json!({ "ids": [["kb/1.md"]], "documents": [["a"]], "distances": [[0.9]] }),
            json!({ "matches": [{ "id": "kb/1.md", "score": 0.9, "metadata": { "text": "a" } }] }),
            json!([{ "kwargs": { "page_content": "a", "metadata": { "source": "kb/1.md" } }, "score": 0.9 }]),
        ];
        for case in cases {
            assert_eq!(told(case.clone()), ["kb/1.md|0.9|a"], "{case}");
        }
        assert_eq!(told(json!(["a", "b"])), ["-|-|a", "-|-|b"]);
    }

    #[test]
    fn what_is_no_list_of_documents_is_none() {
        for value in [
            json!([]),
            json!({}),
            json!("text"),
            json!([1, 2]),
            json!({ "documents": 5 }),
            json!([{ "x": 1 }]),
        ] {
            assert_eq!(of_value(&value), None, "{value}");
        }
    }

    #[test]
    fn what_stands_elsewhere_is_not_told_again_in_the_metadata() {
        let found = of_value(
            &json!([{ "page_content": "a", "metadata": { "source": "x", "score": 1, "page": 3 } }]),
        );
        let metadata = &found.unwrap()[0].metadata;
        assert_eq!(metadata.keys().collect::<Vec<_>>(), ["page"]);
    }
}
