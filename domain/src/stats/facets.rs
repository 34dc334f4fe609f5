//! Facets: which values traces have, and how many have each.

use serde::{Deserialize, Serialize};

use super::{Counted, StatsScope};

/// What values are counted of. A trace without a value is counted nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// The state's name, such as `OK`.
    State,
    /// The trace's name.
    Name,
    /// The user, as [`crate::trace::TraceInfo::user`] gives it.
    User,
    /// The session, as [`crate::trace::TraceInfo::session`] gives it.
    Session,
    /// All runs a trace belongs to, logged in or linked.
    Run,
    /// The models that its spans called.
    Model,
    /// The keys of its tags; `mlflow.artifactLocation` left out, which differs everywhere.
    TagKey,
    /// The values of one tag.
    Tag(String),
    /// The values of one metadata entry.
    Metadata(String),
    /// The types of its spans. Sampled where a trace has more than 1,024 different spans.
    SpanType,
    /// The names of its spans. Sampled where a trace has more than 1,024 different spans.
    SpanName,
    /// The names of its spans of type TOOL; sampled as span names are.
    Tool,
    /// The names of its valid feedback. That which is given for a whole session counts for the trace it is kept with. Sampled
    /// beyond the feedback of the newest 100,000.
    FeedbackName,
    /// The values of its valid feedback of one name: strings as they are, others as JSON, numbers with a decimal point, as
    /// filters compare them. Sampled as names of feedback are.
    Feedback(String),
}

/// A question for facets.
#[derive(Debug, Clone)]
pub struct FacetQuery {
    /// The traces.
    pub scope: StatsScope,
    /// What to count; answered in this order.
    pub facets: Vec<Facet>,
    /// The most values of each, 1 to 1,000.
    pub limit: usize,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// Which traces.
    pub counted: Counted,
    /// One list for each facet asked.
    pub lists: Vec<FacetList>,
}

/// The values of one facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetList {
    /// What was counted.
    pub facet: Facet,
    /// The commonest first, equally common ones by text. Every count is exact for the traces counted unless it is sampled.
    pub values: Vec<FacetValue>,
    /// There are more values than are listed.
    pub is_capped: bool,
    /// Values may be missing and counts too low: a trace may have values that were not looked at, because an experiment has more
    /// than a thousand kinds of tags, or for what [`Facet`] says.
    pub is_sampled: bool,
}

/// A value and the traces that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// How many traces.
    pub traces: u64,
}
