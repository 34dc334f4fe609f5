//! All spans of a trace in the order in which a tree shows them, one column a field: what the viewer draws, folds and searches.
//!
//! Made on the server from [`SpanRow`]s, sent as bytes (`codec`), read in the browser. Rows stand in depth-first order, so the
//! spans below row `r` are the rows `r + 1 .. subtree_end(r)` and folding is skipping. Nothing here recurses: traces are up to
//! 100,000 spans long and as deep. Inputs, outputs and attributes are not here; positions on screen are `timeline`'s.

mod build;
mod by_name;
mod codec;
mod critical_path;
mod flame;
mod hidden;
mod kind;
mod missing;
mod repeats;
mod row_set;
#[cfg(test)]
mod samples;
mod walk;

pub use by_name::NameSum;
pub use codec::{CodecError, Decoder, decode, encode};
pub use critical_path::{CriticalPath, Segment, Share};
pub use flame::{Flame, FlameBox, Measure};
pub use kind::Kind;
pub use repeats::{Repeat, Repeats};
pub use row_set::RowSet;
pub use walk::SubtreeSum;

use crate::ids::SpanId;
use crate::span::StatusCode;
use crate::span_row::SpanRow;
use crate::time::UnixNanos;
use crate::usage::{Cost, TokenUsage};

/// Stands for "no row" within the columns.
const NO_ROW: u32 = u32::MAX;

/// The spans of one trace. Rows are numbered from 0; methods that take a row panic if there is no such row, as indexing does.
/// Times are nanoseconds after [`SpanTable::trace_start`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SpanTable {
    trace_start: i64,
    /// The latest start or end.
    duration: i64,
    /// Every text once; columns hold positions in it.
    strings: Vec<String>,
    span_id: Vec<SpanId>,
    parent: Vec<u32>,
    depth: Vec<u32>,
    subtree_end: Vec<u32>,
    start: Vec<i64>,
    end: Vec<i64>,
    status: Vec<StatusCode>,
    kind: Vec<Kind>,
    flags: Vec<Flags>,
    name: Vec<u32>,
    span_type: Vec<u32>,
    // What few spans have is kept as pairs of row and value, by row.
    model: Vec<(u32, u32)>,
    status_message: Vec<(u32, u32)>,
    event_count: Vec<(u32, u32)>,
    missing_parent: Vec<(u32, SpanId)>,
    usage: Vec<(u32, TokenUsage)>,
    cost: Vec<(u32, Cost)>,
}

/// What is noteworthy about how a span hangs in its trace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    /// It names no parent.
    pub const ROOT: Flags = Flags(1);
    /// It names a parent that is not there; shown as a root.
    pub const MISSING_PARENT: Flags = Flags(2);
    /// It is its own ancestor; shown as a root.
    pub const CYCLE: Flags = Flags(4);
    /// It starts before its parent does, so clocks disagreed.
    pub const STARTS_BEFORE_PARENT: Flags = Flags(8);
    /// It ends before it starts, so clocks disagreed.
    pub const ENDS_BEFORE_START: Flags = Flags(16);
    /// It has not ended.
    pub const RUNNING: Flags = Flags(32);
    /// It is no span but stands for a parent that is not there; no span is both of these.
    pub const PLACEHOLDER: Flags = Flags(1 | 2);

    /// Whether all of `other` are set.
    pub fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    fn set(&mut self, other: Flags) {
        self.0 |= other.0;
    }
}

impl SpanTable {
    /// Orders spans as a tree. Roots and children stand by start time, then by arrival. A span whose parent is missing is a root;
    /// a circle of parents is opened at its earliest span. Of spans with equal ids the last one stays.
    pub fn new(rows: Vec<SpanRow>) -> Self {
        build::build(rows)
    }

    /// How many spans there are.
    pub fn len(&self) -> u32 {
        u32::try_from(self.span_id.len()).unwrap_or(NO_ROW)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.span_id.is_empty()
    }

    /// The earliest start.
    pub fn trace_start(&self) -> UnixNanos {
        UnixNanos(self.trace_start)
    }

    /// From the earliest start to the latest start or end, in nanoseconds.
    pub fn duration(&self) -> i64 {
        self.duration
    }

    /// The span's id.
    pub fn span_id(&self, row: u32) -> SpanId {
        self.span_id[row as usize]
    }

    /// The row of a span. Looks through all rows.
    pub fn row_of(&self, span_id: SpanId) -> Option<u32> {
        let row = self.span_id.iter().position(|id| *id == span_id)?;
        u32::try_from(row).ok()
    }

    /// The row above, `None` for what is shown as a root.
    pub fn parent(&self, row: u32) -> Option<u32> {
        let parent = self.parent[row as usize];
        (parent != NO_ROW).then_some(parent)
    }

    /// How many rows are above, up to the root.
    pub fn depth(&self, row: u32) -> u32 {
        self.depth[row as usize]
    }

    /// The row after the last one below this row.
    pub fn subtree_end(&self, row: u32) -> u32 {
        self.subtree_end[row as usize]
    }

    /// How many spans are below.
    pub fn descendant_count(&self, row: u32) -> u32 {
        self.subtree_end(row) - row - 1
    }

    /// When the span began, after the start of the trace.
    pub fn start(&self, row: u32) -> i64 {
        self.start[row as usize]
    }

    /// When the span ended, after the start of the trace; the end of the trace while it runs. May lie before its start.
    pub fn end(&self, row: u32) -> i64 {
        self.end[row as usize]
    }

    /// End minus start, at least 0.
    pub fn span_duration(&self, row: u32) -> i64 {
        self.end(row).saturating_sub(self.start(row)).max(0)
    }

    /// How the span ended.
    pub fn status(&self, row: u32) -> StatusCode {
        self.status[row as usize]
    }

    /// Whether the span failed.
    pub fn is_error(&self, row: u32) -> bool {
        self.status(row) == StatusCode::Error
    }

    /// The family of span types, which decides colour and icon.
    pub fn kind(&self, row: u32) -> Kind {
        self.kind[row as usize]
    }

    /// What is noteworthy about how the span hangs in the trace.
    pub fn flags(&self, row: u32) -> Flags {
        self.flags[row as usize]
    }

    /// The span's name.
    pub fn name(&self, row: u32) -> &str {
        self.text(self.name[row as usize])
    }

    /// A number that is equal for equal names.
    pub fn name_id(&self, row: u32) -> u32 {
        self.name[row as usize]
    }

    /// The span's type as text, e.g. `CHAT_MODEL`.
    pub fn span_type(&self, row: u32) -> &str {
        self.text(self.span_type[row as usize])
    }

    /// The model called.
    pub fn model(&self, row: u32) -> Option<&str> {
        sparse(&self.model, row).map(|id| self.text(*id))
    }

    /// Why the span failed; empty if nothing says.
    pub fn status_message(&self, row: u32) -> &str {
        sparse(&self.status_message, row).map_or("", |id| self.text(*id))
    }

    /// How many events the span has.
    pub fn event_count(&self, row: u32) -> u32 {
        sparse(&self.event_count, row).copied().unwrap_or(0)
    }

    /// How many events there are in all.
    pub fn events(&self) -> u64 {
        let counts = self.event_count.iter();
        counts.map(|(_, count)| u64::from(*count)).sum()
    }

    /// The parent that the span names and that is not there.
    pub fn missing_parent(&self, row: u32) -> Option<SpanId> {
        sparse(&self.missing_parent, row).copied()
    }

    /// Tokens of the span's own model call.
    pub fn usage(&self, row: u32) -> Option<&TokenUsage> {
        sparse(&self.usage, row)
    }

    /// Cost of the span's own model call.
    pub fn cost(&self, row: u32) -> Option<&Cost> {
        sparse(&self.cost, row)
    }

    fn text(&self, id: u32) -> &str {
        &self.strings[id as usize]
    }
}

fn sparse<T>(column: &[(u32, T)], row: u32) -> Option<&T> {
    let at = column.binary_search_by_key(&row, |(row, _)| *row).ok()?;
    Some(&column[at].1)
}

#[cfg(test)]
mod tests;
