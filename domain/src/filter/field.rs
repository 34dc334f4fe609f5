//! The table of fields: what can be asked of a trace, under which names, with which comparators and values, and what it
//! means. Checker, completion, documentation and SQL follow this one table. The tables for experiments, runs and models
//! have the same shape.

pub(super) mod experiments;
pub(super) mod issues;
pub(super) mod models;
pub(super) mod runs;
mod traces;

use super::ast::Op;

pub use traces::TRACES;

/// A language: the fields of one kind of record.
#[derive(Debug)]
pub struct Language {
    /// The fields; the first that fits a name is meant.
    pub fields: &'static [Field],
    /// The entities, as messages list them.
    pub entities: &'static [&'static str],
    /// What stands before the entities in the message about a wrong one.
    pub valid_entities: &'static str,
    /// Whether `IS NULL` on other fields has a message of its own: the fields it is for.
    pub null_only_for: Option<&'static str>,
}

/// One thing that can be asked.
#[derive(Debug)]
pub struct Field {
    /// Which.
    pub id: FieldId,
    /// The entities it may be written with, the usual one first; `""` means without.
    pub entities: &'static [&'static str],
    /// The keys it may be written with.
    pub keys: Keys,
    /// The values it takes.
    pub kind: Kind,
    /// The comparators it takes.
    pub ops: Ops,
    /// What messages call it.
    pub noun: &'static str,
    /// For people: what it is.
    pub help: &'static str,
    /// A comparison to learn from.
    pub example: &'static str,
}

/// The keys of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// One of these; the first is the usual one.
    Named(&'static [&'static str]),
    /// Any key.
    Any,
    /// Any key behind this prefix.
    Behind(&'static str),
}

/// What values a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Quoted text, or lists of it.
    Text,
    /// Numbers, quoted or not.
    Number,
    /// Numbers, not quoted.
    BareNumber,
    /// Quoted text, or numbers for a comparison of numbers.
    TextOrNumber,
    /// Quoted text; numbers with `<`, `<=`, `>`, `>=`.
    Assessed,
}

/// A set of comparators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ops(u16);

impl Ops {
    /// `= != LIKE ILIKE`
    pub const PATTERN: Ops = Ops::of(&[Op::Eq, Op::Ne, Op::Like, Op::ILike]);
    /// `= != LIKE ILIKE RLIKE`
    pub const TEXT: Ops = Ops::PATTERN.and(&[Op::RLike]);
    /// `IS NULL`, `IS NOT NULL`
    pub const NULL: Ops = Ops::of(&[Op::IsNull, Op::IsNotNull]);
    /// `< <= > >=`
    pub const ORDER: Ops = Ops::of(&[Op::Lt, Op::Le, Op::Gt, Op::Ge]);
    /// `= != < <= > >=`
    pub const NUMBER: Ops = Ops::ORDER.and(&[Op::Eq, Op::Ne]);

    /// The set of these.
    pub const fn of(ops: &[Op]) -> Self {
        Ops(0).and(ops)
    }

    /// The set with these as well.
    #[must_use]
    pub const fn and(self, ops: &[Op]) -> Self {
        let mut bits = self.0;
        let mut i = 0;
        while i < ops.len() {
            bits |= 1 << ops[i] as u16;
            i += 1;
        }
        Ops(bits)
    }

    /// Both sets together.
    #[must_use]
    pub const fn or(self, other: Ops) -> Self {
        Ops(self.0 | other.0)
    }

    /// Whether it has this one.
    pub const fn has(self, op: Op) -> bool {
        self.0 & (1 << op as u16) != 0
    }

    /// Those in it, in the order of [`Op::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Op> {
        Op::ALL.into_iter().filter(move |op| self.has(*op))
    }
}

/// The fields of all languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is described by its row of the table")]
pub enum FieldId {
    Status,
    RequestId,
    ClientRequestId,
    Name,
    Timestamp,
    ExecutionTime,
    EndTime,
    RunId,
    Prompt,
    Text,
    User,
    Session,
    Model,
    Tag,
    Metadata,
    SpanName,
    SpanType,
    SpanStatus,
    SpanContent,
    SpanAttribute,
    Feedback,
    Expectation,
    Issue,
    ExperimentId,
    CreationTime,
    LastUpdateTime,
    RunName,
    StartTime,
    UserId,
    ArtifactUri,
    Metric,
    Param,
    DatasetName,
    DatasetDigest,
    DatasetContext,
    ModelId,
    ModelType,
    SourceRunId,
}

impl Field {
    /// The part of the key that names a tag, an attribute and so on; empty for a field that is one thing. `None` if the field is
    /// not written so.
    pub fn accepts<'k>(&self, entity: &str, key: &'k str) -> Option<&'k str> {
        if !self.entities.contains(&entity) {
            return None;
        }
        match self.keys {
            Keys::Named(names) => names.contains(&key).then_some(""),
            Keys::Any => Some(key),
            Keys::Behind(prefix) => key.strip_prefix(prefix).map(without_quotes),
        }
    }

    /// How it is usually written, up to where a free key begins: `status`, `tags.`, `span.attributes.`.
    pub fn usual_name(&self) -> String {
        let entity = self.entities.first().copied().unwrap_or("");
        let dot = if entity.is_empty() { "" } else { "." };
        let key = match self.keys {
            Keys::Named(names) => names.first().copied().unwrap_or(""),
            Keys::Any => "",
            Keys::Behind(prefix) => prefix,
        };
        format!("{entity}{dot}{key}")
    }

    /// Whether a free key belongs to it.
    pub fn takes_key(&self) -> bool {
        !matches!(self.keys, Keys::Named(_))
    }
}

impl Language {
    /// The field of that id. Every id of a language is in its table, so `None` means the id is of another language.
    pub fn field(&self, id: FieldId) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.id == id)
    }
}

/// A key without the quotes that enclose it.
fn without_quotes(key: &str) -> &str {
    for quote in ['`', '"', '\''] {
        let inner = key
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner {
            return inner;
        }
    }
    key
}
