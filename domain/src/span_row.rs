//! A span without what it carries: the row from which tree, timeline and sums are made.

use crate::ids::SpanId;
use crate::span::{Span, StatusCode, keys};
use crate::time::UnixNanos;
use crate::usage::{Cost, TokenUsage};

/// The narrow half of a [`Span`], kept apart from inputs, outputs and attributes so that a trace of 100,000 spans can be drawn
/// from a few megabytes.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanRow {
    /// Its id.
    pub span_id: SpanId,
    /// Its parent's id.
    pub parent_id: Option<SpanId>,
    /// Its name.
    pub name: String,
    /// Its kind, `UNKNOWN` if nothing says.
    pub span_type: String,
    /// When it began.
    pub start: UnixNanos,
    /// When it ended, if it has.
    pub end: Option<UnixNanos>,
    /// How it ended.
    pub status: StatusCode,
    /// Why it failed, cut to 300 characters; empty otherwise.
    pub status_message: String,
    /// How many events it has.
    pub event_count: u32,
    /// Tokens of its own model call.
    pub usage: Option<TokenUsage>,
    /// Cost of its own model call.
    pub cost: Option<Cost>,
    /// The model called.
    pub model: Option<String>,
}

impl SpanRow {
    /// The longest status message kept, in characters.
    pub const STATUS_MESSAGE_MAX: usize = 300;

    /// Takes the narrow half of a span.
    pub fn of(span: &Span) -> Self {
        Self {
            span_id: span.span_id,
            parent_id: span.parent_id,
            name: span.name.clone(),
            span_type: span.span_type(),
            start: span.start,
            end: span.end,
            status: span.status,
            status_message: span
                .status_message
                .chars()
                .take(Self::STATUS_MESSAGE_MAX)
                .collect(),
            event_count: u32::try_from(span.events.len()).unwrap_or(u32::MAX),
            usage: span
                .attribute(keys::TOKEN_USAGE)
                .and_then(TokenUsage::from_json),
            cost: span.attribute(keys::COST).and_then(Cost::from_json),
            model: span.text_attribute(keys::MODEL),
        }
    }
}
