//! A trace as its page opens: everything above the tree, and the first rows of the tree itself.

use domain::span::StatusCode;
use domain::span_table::{Flags, SpanTable};
use domain::trace::TraceState;

use super::ExperimentRef;
use super::tuple::travels_as_tuple;

/// A run by id and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRef {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Why a trace failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The first failing span that no failing child explains.
    pub span_id: String,
    /// Its name.
    pub span_name: String,
    /// What it said; may be empty.
    pub message: String,
    /// How many spans failed in all.
    pub failed: u32,
    /// Which of the spans of this name it is, by start, counted from 1.
    pub call: u32,
    /// How many spans have this name.
    pub calls: u32,
}

/// What spans of a kind come to on the critical path.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeShare {
    /// The kind's name in style sheets.
    pub kind: String,
    /// Of the whole path, 0 to 1.
    pub share: f64,
}

/// The step that the trace waited for longest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Longest {
    /// The longest span of the name.
    pub span_id: String,
    /// The name.
    pub span_name: String,
    /// Nanoseconds on the critical path, all spans of the name together.
    pub nanos: i64,
    /// How many spans.
    pub spans: u32,
    /// Per cent of this week's spans of the name that were quicker, if it is worth a word.
    pub slower_than: Option<u32>,
}

/// One row of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanLine {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its type, e.g. `CHAT_MODEL`.
    pub span_type: String,
    /// How it ended.
    pub status: StatusCode,
    /// 0 for a root.
    pub depth: u32,
    /// Nanoseconds since the trace began.
    pub start: i64,
    /// Nanoseconds; up to the end of the trace while it runs.
    pub duration: i64,
    /// Spans below it.
    pub below: u32,
    /// What is odd about it, one bit for each of the words of [`SpanLine::oddities`].
    odd: u8,
}

travels_as_tuple! {
    RunRef { id, name }
    Why { span_id, span_name, message, failed, call, calls }
    TimeShare { kind, share }
    Longest { span_id, span_name, nanos, spans, slower_than }
    SpanLine { id, name, span_type, status, depth, start, duration, below, odd }
    TraceHead { trace_id, experiment, name, state, time_ms, duration_ms, tokens, cost, user, session, runs, metadata, request, response, span_count, why, time, longest, opening_span, extent, rows }
}

impl SpanLine {
    /// A row of a table.
    pub fn of(table: &SpanTable, row: u32) -> Self {
        let flags = table.flags(row);
        let bits = ODDITIES.iter().enumerate();
        let odd = bits.fold(0, |odd, (bit, (flag, _))| {
            odd | u8::from(flags.has(*flag)) << bit
        });
        // Its name says it already.
        let odd = match table.is_placeholder(row) {
            true => NEVER_CAME,
            false => odd,
        };
        Self {
            id: table.span_id(row).to_string(),
            name: table.name(row).to_owned(),
            span_type: table.span_type(row).to_owned(),
            status: table.status(row),
            depth: table.depth(row),
            start: table.start(row),
            duration: table.span_duration(row),
            below: table.descendant_count(row),
            odd,
        }
    }

    /// Whether it is no span but stands for a parent that never came.
    pub fn is_placeholder(&self) -> bool {
        self.odd == NEVER_CAME
    }

    /// What is odd about it, in words.
    pub fn oddities(&self) -> impl Iterator<Item = &'static str> {
        let odd = self.odd;
        let words = ODDITIES.iter().enumerate();
        words
            .filter(move |(bit, _)| odd >> bit & 1 == 1)
            .map(|(_, (_, word))| *word)
    }
}

/// The bit of a row that stands for a parent that never came.
const NEVER_CAME: u8 = 128;

const ODDITIES: [(Flags, &str); 5] = [
    (Flags::MISSING_PARENT, "missing parent"),
    (Flags::CYCLE, "cycle"),
    (Flags::STARTS_BEFORE_PARENT, "starts before its parent"),
    (Flags::ENDS_BEFORE_START, "ends before it starts"),
    (Flags::RUNNING, "running"),
];

/// The page of a trace, without its notes (tags and assessments) and without what spans carry.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceHead {
    /// Its id.
    pub trace_id: String,
    /// The experiment.
    pub experiment: ExperimentRef,
    /// Its name; empty if it has none.
    pub name: String,
    /// How it stands.
    pub state: TraceState,
    /// When it began, in milliseconds since 1970.
    pub time_ms: i64,
    /// How long it took, if it has ended.
    pub duration_ms: Option<i64>,
    /// Tokens: in, out, in all.
    pub tokens: Option<(i64, i64, i64)>,
    /// Dollars in all.
    pub cost: Option<f64>,
    /// The user.
    pub user: Option<String>,
    /// The session.
    pub session: Option<String>,
    /// The runs it belongs to.
    pub runs: Vec<RunRef>,
    /// Key and value of the metadata, without what is shown elsewhere.
    pub metadata: Vec<(String, String)>,
    /// What was asked; cut.
    pub request: String,
    /// What was answered; cut.
    pub response: String,
    /// Spans stored.
    pub span_count: u32,
    /// The first failing span, if any failed.
    pub why: Option<Why>,
    /// Where the time went, longest first; the kinds worth a word.
    pub time: Vec<TimeShare>,
    /// What took longest, if there is anything to tell apart.
    pub longest: Option<Longest>,
    /// The span to open when the address names none.
    pub opening_span: Option<String>,
    /// From the first begin to the last end in nanoseconds; at least 1.
    pub extent: i64,
    /// The first rows of the tree, for the first paint and for readers without script.
    pub rows: Vec<SpanLine>,
}

impl TraceHead {
    /// How many rows of a trace of so many are sent with the head: all of a small one, else what a screen holds. Each must be
    /// taken over in the browser before the whole tree takes its place.
    pub fn rows_of(spans: u32) -> usize {
        match spans {
            0..=200 => spans as usize,
            _ => 60,
        }
    }
}
