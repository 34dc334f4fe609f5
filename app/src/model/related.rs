//! Traces that belong together: attempts of one request, parents and children, others that spans point to.

use domain::trace::TraceState;

use super::tuple::travels_as_tuple;

/// Another trace, or the trace itself within its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelatedTrace {
    /// Its id.
    pub id: String,
    /// Its name; empty if it has none.
    pub name: String,
    /// How it stands; `None` if no such trace is stored.
    pub state: Option<TraceState>,
    /// How long it took, if it has ended.
    pub duration_ms: Option<i64>,
    /// How it belongs here, in a word or two; empty in a chain of attempts.
    pub how: String,
}

/// A call within the trace that failed and was made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetriedCall {
    /// Its name.
    pub name: String,
    /// Each attempt: its span, whether it failed, and how long it took in nanoseconds.
    pub attempts: Vec<(String, bool, i64)>,
    /// How many more there are.
    pub more: u32,
}

/// What belongs to a trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Related {
    /// All attempts of the same request, first to last, this one among them; empty if it is the only one.
    pub attempts: Vec<RelatedTrace>,
    /// Which of them is this one.
    pub here: u32,
    /// Calls within the trace that were tried again.
    pub retried: Vec<RetriedCall>,
    /// Everything else.
    pub others: Vec<RelatedTrace>,
    /// The last trace of its name before this one.
    pub previous: Option<RelatedTrace>,
}

travels_as_tuple! {
    RelatedTrace { id, name, state, duration_ms, how }
    RetriedCall { name, attempts, more }
    Related { attempts, here, retried, others, previous }
}
