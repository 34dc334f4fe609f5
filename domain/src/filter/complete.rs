//! What may come next at a position of a filter: fields, comparators, words that join, values. The words are here; values that
//! only a store knows are named by a [`ValueSource`], for the caller to look up and to insert by [`Completions::text_for`].

mod place;

use serde::{Deserialize, Serialize};

use super::ast::Op;
use super::field::{Field, FieldId, Keys, Kind, Language};
use super::print::{quote_key, quote_value};
use super::{TextRange, lexer};
use crate::trace::keys;
use place::{Place, place_at};

/// What may come next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completions {
    /// What a completion replaces: what has been typed of it, or an empty range at the position.
    pub replace: TextRange,
    /// What has been typed of it, without quotes.
    pub typed: String,
    /// Known completions that go on from what has been typed, the most useful first.
    pub items: Vec<Completion>,
    /// Where to look for more.
    pub source: ValueSource,
    /// What text to make of a value that was looked up.
    insertion: Insertion,
}

/// One completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What to show.
    pub label: String,
    /// What to put in place of [`Completions::replace`].
    pub insert: String,
    /// What it is.
    pub kind: CompletionKind,
    /// For people: what it means, or empty.
    pub help: &'static str,
}

/// The kinds of completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    /// A field, or the part of its name before a free key.
    Field,
    /// A comparator.
    Comparator,
    /// `AND`, `OR`, `NOT`.
    Keyword,
    /// A value.
    Value,
}

/// Where the values for a position come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ValueSource {
    /// There is nothing to look up.
    None,
    /// All there is to know is in the items: states, statuses.
    Fixed,
    /// Names of traces.
    TraceNames,
    /// Ids of traces.
    TraceIds,
    /// Points in time, in milliseconds since 1970.
    Times,
    /// Durations in milliseconds.
    Durations,
    /// Keys of trace tags.
    TagKeys,
    /// Values of a trace tag.
    TagValues(String),
    /// Keys of trace metadata.
    MetadataKeys,
    /// Values of a metadata entry.
    MetadataValues(String),
    /// End users.
    Users,
    /// Sessions.
    Sessions,
    /// Models that spans called.
    Models,
    /// Runs.
    Runs,
    /// Prompt versions, as `name/version`.
    Prompts,
    /// Names of spans.
    SpanNames,
    /// Types of spans; the predefined ones are in the items.
    SpanTypes,
    /// Keys of span attributes.
    SpanAttributeKeys,
    /// Values of a span attribute.
    SpanAttributeValues(String),
    /// Names of feedback.
    FeedbackNames,
    /// Values of feedback.
    FeedbackValues(String),
    /// Names of expectations.
    ExpectationNames,
    /// Values of expectations.
    ExpectationValues(String),
    /// Issues.
    Issues,
}

/// Span types that MLflow predefines.
pub const SPAN_TYPES: &[&str] = &[
    "LLM",
    "CHAT_MODEL",
    "AGENT",
    "CHAIN",
    "TOOL",
    "RETRIEVER",
    "EMBEDDING",
    "RERANKER",
    "PARSER",
    "MEMORY",
    "WORKFLOW",
    "TASK",
    "GUARDRAIL",
    "EVALUATOR",
    "UNKNOWN",
];

/// How a looked-up value becomes filter text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Insertion {
    Key,
    Text,
    Number,
    List,
}

impl Completions {
    /// The filter text of a value that was looked up, to put in place of [`Completions::replace`]. A value that no quotes can hold
    /// loses its single quotes to `_`, which only `LIKE` understands.
    pub fn text_for(&self, value: &str) -> String {
        let quoted =
            || quote_value(value).unwrap_or_else(|| format!("'{}'", value.replace('\'', "_")));
        match self.insertion {
            Insertion::Key => quote_key(value),
            Insertion::Number => value.to_owned(),
            Insertion::Text => quoted(),
            Insertion::List => format!("({})", quoted()),
        }
    }
}

/// The completions at a byte offset; an offset beyond the end or within a character is moved back.
pub fn complete(text: &str, offset: usize, language: &'static Language) -> Completions {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let found = place_at(text, offset);
    let mut out = Completions {
        replace: found.replace,
        typed: found.typed,
        items: Vec::new(),
        source: ValueSource::None,
        insertion: Insertion::Key,
    };
    match found.place {
        Place::Name => out.names(language),
        Place::Key { entity, key_start } => out.keys(language, &entity, key_start),
        Place::Comparator { entity, key } => out.comparators(field_of(language, &entity, &key)),
        Place::Value { entity, key, op } => {
            if let Some((field, free_key)) = field_of(language, &entity, &key) {
                out.values(field, free_key, op);
            }
        }
        Place::Joint => out.keywords(&["AND", "OR"]),
    }
    let before = &text[..out.replace.start as usize];
    if before
        .chars()
        .next_back()
        .is_some_and(|c| lexer::is_word_char(c) || "'\"`=<>)".contains(c))
        && !matches!(out.insertion, Insertion::Key if out.source != ValueSource::None)
    {
        for item in out
            .items
            .iter_mut()
            .filter(|item| item.kind != CompletionKind::Field)
        {
            item.insert.insert(0, ' ');
        }
    }
    out
}

fn field_of<'k>(
    language: &'static Language,
    entity: &str,
    key: &'k str,
) -> Option<(&'static Field, &'k str)> {
    let mut fields = language.fields.iter();
    fields.find_map(|field| field.accepts(entity, key).map(|free_key| (field, free_key)))
}

impl Completions {
    fn push(&mut self, label: String, kind: CompletionKind, help: &'static str) {
        let typed = self.typed.to_lowercase();
        if label.to_lowercase().contains(&typed) {
            self.items.push(Completion {
                insert: label.clone(),
                label,
                kind,
                help,
            });
        }
    }

    /// Names that start with what was typed come before those that have it elsewhere.
    fn rank(&mut self) {
        let typed = self.typed.to_lowercase();
        self.items
            .sort_by_key(|item| !item.label.to_lowercase().starts_with(&typed));
    }

    fn names(&mut self, language: &'static Language) {
        for field in language.fields {
            // The fallback for unknown keys is offered by its real name, `span.attributes.`.
            if !(field.id == FieldId::SpanAttribute && field.keys == Keys::Any) {
                self.push(field.usual_name(), CompletionKind::Field, field.help);
            }
        }
        self.rank();
        self.keywords(&["NOT"]);
    }

    fn keys(&mut self, language: &'static Language, entity: &str, key_start: u32) {
        for field in language
            .fields
            .iter()
            .filter(|field| field.entities.contains(&entity))
        {
            let rest = match field.keys {
                Keys::Named(names) => {
                    if let Some(name) = names.first() {
                        self.push((*name).to_owned(), CompletionKind::Field, field.help);
                    }
                    continue;
                }
                Keys::Any => Some(0),
                Keys::Behind(prefix) => {
                    if !self.typed.starts_with(prefix) {
                        self.push(prefix.to_owned(), CompletionKind::Field, field.help);
                    }
                    self.typed.starts_with(prefix).then_some(prefix.len())
                }
            };
            if let Some(skip) = rest {
                self.source = keys_of(field.id);
                let skipped = u32::try_from(skip).unwrap_or(0);
                self.replace.start = key_start + skipped;
                self.typed = self
                    .typed
                    .split_off(skip)
                    .trim_matches(['`', '"', '\''])
                    .to_owned();
            }
        }
        self.rank();
    }

    fn comparators(&mut self, field: Option<(&'static Field, &str)>) {
        let ops = field.map(|(field, _)| field.ops);
        for op in Op::ALL
            .into_iter()
            .filter(|op| ops.is_none_or(|ops| ops.has(*op)))
        {
            self.push(
                op.as_str().to_owned(),
                CompletionKind::Comparator,
                help_of(op),
            );
        }
        self.rank();
    }

    fn keywords(&mut self, words: &[&str]) {
        for word in words {
            self.push((*word).to_owned(), CompletionKind::Keyword, "");
        }
    }

    fn values(&mut self, field: &'static Field, free_key: &str, op: Option<Op>) {
        let orders = matches!(op, Some(Op::Lt | Op::Le | Op::Gt | Op::Ge));
        let starts_list = matches!(op, Some(Op::In | Op::NotIn));
        self.insertion = match field.kind {
            Kind::Number | Kind::BareNumber => Insertion::Number,
            Kind::TextOrNumber | Kind::Assessed if orders => Insertion::Number,
            _ if starts_list => Insertion::List,
            _ => Insertion::Text,
        };
        self.source = values_of(field.id, free_key);
        let known: &[&str] = match field.id {
            FieldId::Status if field.entities.contains(&"trace") => {
                &["OK", "ERROR", "IN_PROGRESS", "STATE_UNSPECIFIED"]
            }
            FieldId::Status => &["FINISHED", "FAILED", "RUNNING", "SCHEDULED", "KILLED"],
            FieldId::SpanStatus => &["OK", "ERROR", "UNSET"],
            FieldId::SpanType => SPAN_TYPES,
            _ => &[],
        };
        let first = self.items.len();
        for value in known {
            self.push((*value).to_owned(), CompletionKind::Value, "");
        }
        for at in first..self.items.len() {
            self.items[at].insert = self.text_for(&self.items[at].label);
        }
        self.rank();
    }
}

fn keys_of(id: FieldId) -> ValueSource {
    match id {
        FieldId::Tag => ValueSource::TagKeys,
        FieldId::Metadata => ValueSource::MetadataKeys,
        FieldId::SpanAttribute => ValueSource::SpanAttributeKeys,
        FieldId::Feedback => ValueSource::FeedbackNames,
        FieldId::Expectation => ValueSource::ExpectationNames,
        _ => ValueSource::None,
    }
}

fn values_of(id: FieldId, free_key: &str) -> ValueSource {
    let key = || free_key.to_owned();
    match id {
        FieldId::Status | FieldId::SpanStatus => ValueSource::Fixed,
        FieldId::Name => ValueSource::TraceNames,
        FieldId::RequestId => ValueSource::TraceIds,
        FieldId::Timestamp | FieldId::EndTime => ValueSource::Times,
        FieldId::ExecutionTime => ValueSource::Durations,
        FieldId::User => ValueSource::Users,
        FieldId::Session => ValueSource::Sessions,
        FieldId::Model => ValueSource::Models,
        FieldId::RunId => ValueSource::Runs,
        FieldId::Prompt => ValueSource::Prompts,
        FieldId::Tag if free_key == keys::NAME => ValueSource::TraceNames,
        FieldId::Tag => ValueSource::TagValues(key()),
        FieldId::Metadata => match free_key {
            keys::USER => ValueSource::Users,
            keys::SESSION => ValueSource::Sessions,
            keys::SOURCE_RUN => ValueSource::Runs,
            _ => ValueSource::MetadataValues(key()),
        },
        FieldId::SpanName => ValueSource::SpanNames,
        FieldId::SpanType => ValueSource::SpanTypes,
        FieldId::SpanAttribute => ValueSource::SpanAttributeValues(key()),
        FieldId::Feedback => ValueSource::FeedbackValues(key()),
        FieldId::Expectation => ValueSource::ExpectationValues(key()),
        FieldId::Issue => ValueSource::Issues,
        _ => ValueSource::None,
    }
}

fn help_of(op: Op) -> &'static str {
    match op {
        Op::Eq => "is",
        Op::Ne => "is not; the field must be there",
        Op::Lt => "less than",
        Op::Le => "at most",
        Op::Gt => "greater than",
        Op::Ge => "at least",
        Op::Like => "matches a pattern: % any text, _ any character",
        Op::ILike => "matches a pattern, case ignored",
        Op::RLike => "matches a regular expression somewhere",
        Op::In => "is one of a list",
        Op::NotIn => "is none of a list",
        Op::IsNull => "is missing",
        Op::IsNotNull => "is there",
    }
}
