//! Groups: traces gathered by the values of a facet, such as one row for each session or each user.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Counted, DurationStats, Facet, RatingStats, StatsScope};
use crate::time::UnixMillis;
use crate::usage::TokenUsage;

/// Which groups come first. Equal ones are in order of their values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupOrder {
    /// Those whose newest trace began latest.
    #[default]
    Last,
    /// Those with the most traces.
    Traces,
    /// Those with the most traces in state ERROR.
    Errors,
    /// Those with the most tokens; those of which nothing is known come last.
    Tokens,
    /// The dearest; those of which nothing is known come last.
    Cost,
    /// Those whose traces took the longest together.
    Busy,
    /// By value, ascending by bytes.
    Value,
}

/// A question for groups.
#[derive(Debug, Clone)]
pub struct GroupQuery {
    /// The traces.
    pub scope: StatsScope,
    /// A group for each value of this. A trace with several values is in several groups, one without is in none.
    pub by: Facet,
    /// The order of the groups.
    pub order: GroupOrder,
    /// Only values that contain this text, in whatever case as far as ASCII goes.
    pub containing: Option<String>,
    /// The most groups of the answer, 1 to [`GroupQuery::LIMIT_MAX`].
    pub limit: usize,
    /// Groups to pass over; `Refused` beyond [`GroupQuery::OFFSET_MAX`].
    pub offset: usize,
}

impl GroupQuery {
    /// The most groups of an answer.
    pub const LIMIT_MAX: usize = 1000;
    /// The most groups that may be passed over.
    pub const OFFSET_MAX: usize = 100_000;
}

/// The answer. All figures are exact for the traces counted, but for what the fields say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Groups {
    /// Which traces.
    pub counted: Counted,
    /// How many groups there are in all.
    pub total: u64,
    /// Those asked for, in order.
    pub groups: Vec<TraceGroup>,
    /// Groups may be missing and figures too low: a trace may have values that were not looked at. Of states, names, users,
    /// sessions and models none is ever missed.
    pub is_sampled: bool,
    /// Ratings are those of the newest so many only; `None` if all were counted.
    pub ratings_capped: Option<u64>,
}

/// The traces that have one value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TraceGroup {
    /// The value.
    pub value: String,
    /// How many traces.
    pub traces: u64,
    /// Of these, those in state ERROR.
    pub errors: u64,
    /// When the first of them began.
    pub first: UnixMillis,
    /// When the last of them began.
    pub last: UnixMillis,
    /// The durations of those that have ended, summed, in milliseconds.
    pub busy_ms: i64,
    /// Of those that have ended.
    pub durations: Option<DurationStats>,
    /// Tokens summed; `None` if no trace says.
    pub tokens: Option<TokenUsage>,
    /// Cost summed, in US dollars; `None` if no trace says.
    pub cost: Option<f64>,
    /// Valid feedback that is a number, a truth value (1 or 0), yes (1) or no (0), by name.
    pub ratings: BTreeMap<String, RatingStats>,
    /// Different sessions; 0 unless groups are by [`Facet::User`].
    pub sessions: u64,
}
