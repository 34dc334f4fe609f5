//! A session as a conversation: its traces are turns.

use domain::trace::TraceState;

use super::tuple::travels_as_tuple;
use super::{Count, CutText, ExperimentRef, FeedbackChip, SpanLine};

/// One trace of a session: what was asked and what was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The trace.
    pub trace_id: String,
    /// Its name; empty if it has none.
    pub name: String,
    /// How it stands.
    pub state: TraceState,
    /// When it began, in milliseconds since 1970.
    pub time_ms: i64,
    /// How long it took, if it has ended.
    pub duration_ms: Option<i64>,
    /// Milliseconds since the turn before ended; negative if that one was still running.
    pub gap_ms: Option<i64>,
    /// Tokens in all.
    pub tokens: Option<i64>,
    /// Dollars in all.
    pub cost: Option<f64>,
    /// What was asked.
    pub question: CutText,
    /// What was answered.
    pub answer: CutText,
    /// The step that failed first and what it said, if one did.
    pub failed: Option<(String, String)>,
    /// Spans stored.
    pub spans: u32,
    /// The reader's own thumb.
    pub own_thumb: Option<bool>,
    /// Feedback of others and of judges, one for each name.
    pub feedback: Vec<FeedbackChip>,
}

/// What a session comes to. Of very long ones only the newest turns may be counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SessionSums {
    /// Failed turns.
    pub errors: u64,
    /// Milliseconds from the first start to the last end.
    pub span_ms: i64,
    /// Milliseconds that its turns took, summed.
    pub busy_ms: Option<i64>,
    /// Tokens in all.
    pub tokens: Option<i64>,
    /// Dollars in all.
    pub cost: Option<f64>,
    /// What was counted, if not everything.
    pub counted: Option<String>,
}

/// One page of a session.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionView {
    /// The experiment.
    pub experiment: ExperimentRef,
    /// The session's id.
    pub session: String,
    /// Its user, as the first turn says.
    pub user: Option<String>,
    /// How many turns it has.
    pub count: Count,
    /// Start of the first turn, in milliseconds since 1970.
    pub first_ms: i64,
    /// Sums over all turns.
    pub sums: SessionSums,
    /// Turns of this page, the earliest first.
    pub turns: Vec<Turn>,
    /// The number of the first of them, counted from 1.
    pub first_number: u64,
    /// There are earlier ones.
    pub has_earlier: bool,
    /// There are later ones.
    pub has_later: bool,
    /// The reader's own thumb for the whole session.
    pub own_thumb: Option<bool>,
    /// Why, in the reader's own words; empty if not said.
    pub own_comment: String,
    /// What else is said of the whole session.
    pub feedback: Vec<FeedbackChip>,
}

/// The steps of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// The trace.
    pub trace_id: String,
    /// The first rows of its tree.
    pub rows: Vec<SpanLine>,
    /// How many spans there are in all.
    pub count: u32,
    /// Nanoseconds from the first begin to the last end; at least 1.
    pub extent: i64,
}

travels_as_tuple! {
    Turn { trace_id, name, state, time_ms, duration_ms, gap_ms, tokens, cost, question, answer, failed, spans, own_thumb, feedback }
    SessionSums { errors, span_ms, busy_ms, tokens, cost, counted }
    SessionView { experiment, session, user, count, first_ms, sums, turns, first_number, has_earlier, has_later, own_thumb, own_comment, feedback }
    Steps { trace_id, rows, count, extent }
}
