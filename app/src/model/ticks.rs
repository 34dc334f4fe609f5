//! When the events of a trace happened, for the bars of its timeline.

use super::tuple::travels_as_tuple;

/// An event as a mark on a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTick {
    /// Nanoseconds after the start of the trace.
    pub at: i64,
    /// Its name; cut.
    pub name: String,
    /// Whether it is an exception.
    pub is_exception: bool,
}

/// The marks of one span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanTicks {
    /// The span.
    pub span_id: String,
    /// By time.
    pub ticks: Vec<EventTick>,
}

/// The marks of a trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventTicks {
    /// Spans with events.
    pub spans: Vec<SpanTicks>,
    /// These are all; else those of the first spans only.
    pub is_whole: bool,
}

travels_as_tuple! {
    EventTick { at, name, is_exception }
    SpanTicks { span_id, ticks }
    EventTicks { spans, is_whole }
}
