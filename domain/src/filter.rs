//! The filter language: the `filter_string` of MLflow's trace search, with `OR`, `NOT` and parentheses added.
//!
//! One text goes through four stages, each a module: [`lexer`] → [`parser`] (never fails; tree and errors) → [`check`]
//! (names, types; [`check::TraceFilter`]) → SQL in `store`, or [`eval`] here, which is the reference for what a filter
//! means. [`complete`] offers continuations at a position. [`field`] holds the table of what can be asked; checker,
//! completion, documentation and SQL all follow it. [`experiments`], [`runs`], [`models`] and [`issues`] use the same machinery with
//! tables of their own, and [`order`] reads `order_by`.
//!
//! The language is described for users in `docs/filter-language.md`. SQL is not here.

pub mod ast;
pub mod check;
pub mod complete;
pub mod eval;
pub mod experiments;
pub mod field;
pub mod issues;
pub mod lexer;
pub mod like;
pub mod matcher;
pub mod models;
pub mod order;
pub mod parser;
pub mod predicate;
pub mod print;
pub mod resolve;
pub mod runs;
mod suggest;
pub mod words;

use serde::{Deserialize, Serialize};

pub use check::{TraceFilter, check};
pub use parser::{Parse, parse};

/// The longest filter that is read, in bytes. Enough for a list of 5,000 trace ids.
pub const MAX_FILTER_BYTES: usize = 256 * 1024;
/// How deep parentheses and `NOT` may be nested.
pub const MAX_DEPTH: usize = 64;
/// The most comparisons in one filter.
pub const MAX_CLAUSES: usize = 256;
/// The most values in all lists of one filter.
pub const MAX_LIST_VALUES: usize = 10_000;

/// A part of a filter, in bytes from its start; always on character boundaries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TextRange {
    /// The first byte.
    pub start: u32,
    /// The byte behind the last.
    pub end: u32,
}

impl TextRange {
    pub(crate) fn of(start: usize, end: usize) -> Self {
        let cut = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self {
            start: cut(start),
            end: cut(end),
        }
    }

    pub(crate) fn to(self, other: Self) -> Self {
        Self {
            start: self.start,
            end: other.end,
        }
    }

    /// The part of the text; empty if the text is too short or the range is not on its character boundaries.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or("")
    }

    /// Whether there is nothing in it.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// What is wrong with a filter, where, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// The offending part.
    pub range: TextRange,
    /// For people; the texts of MLflow 3.17.2 where it has one.
    pub message: String,
    /// A change that would probably help.
    pub fix: Option<Fix>,
}

/// A change to a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What to replace.
    pub range: TextRange,
    /// What to put there.
    pub replacement: String,
}

impl FilterError {
    pub(crate) fn new(range: TextRange, message: impl Into<String>) -> Self {
        Self {
            range,
            message: message.into(),
            fix: None,
        }
    }

    pub(crate) fn with_fix(self, range: TextRange, replacement: impl Into<String>) -> Self {
        Self {
            fix: Some(Fix {
                range,
                replacement: replacement.into(),
            }),
            ..self
        }
    }
}

impl Fix {
    /// The text with the change made; unchanged if the text is not the one this was made for.
    pub fn apply(&self, text: &str) -> String {
        let (start, end) = (self.range.start as usize, self.range.end as usize);
        match (text.get(..start), text.get(end..)) {
            (Some(before), Some(after)) => [before, &self.replacement, after].concat(),
            _ => text.to_owned(),
        }
    }
}

/// The first error as one text for an API reply: message, place, and the suggestion if there is one.
pub fn describe(text: &str, errors: &[FilterError]) -> String {
    let Some(error) = errors.first() else {
        return String::new();
    };
    let mut out = error.message.clone();
    if text.len() <= MAX_FILTER_BYTES {
        let before = text.get(..error.range.start as usize).unwrap_or("");
        out.push_str(&format!(" (at character {})", before.chars().count() + 1));
    }
    if let Some(fix) = &error.fix {
        let fixed = fix.apply(text);
        if fixed.len() <= 200 {
            out.push_str(&format!(". Did you mean: {fixed}"));
        }
    }
    out
}

/// Parses and checks a filter over traces. An empty text is a filter that everything matches.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn compile(text: &str) -> Result<TraceFilter, Vec<FilterError>> {
    check(&parse(text))
}
