//! Sessions and users as lists and as pages.

use super::ExperimentRef;
use super::tuple::travels_as_tuple;

/// One line of a list of sessions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SessionLine {
    /// The session.
    pub session: String,
    /// The user, as the first turn says.
    pub user: Option<String>,
    /// What was asked first; cut.
    pub question: String,
    /// Its traces.
    pub turns: u64,
    /// Of these, failed.
    pub errors: u64,
    /// Start of the first turn, in milliseconds since 1970.
    pub first_ms: i64,
    /// Start of the last turn.
    pub last_ms: i64,
    /// From the first start to the last end.
    pub span_ms: i64,
    /// What the turns took, summed.
    pub busy_ms: i64,
    /// Tokens in all.
    pub tokens: Option<i64>,
    /// Dollars in all.
    pub cost: Option<f64>,
    /// Averages of feedback: name, average, how many.
    pub ratings: Vec<(String, f64, u64)>,
}

/// One line of a list of users.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UserLine {
    /// The user.
    pub user: String,
    /// Traces.
    pub traces: u64,
    /// Different sessions.
    pub sessions: u64,
    /// Failed traces.
    pub errors: u64,
    /// Start of the first trace, in milliseconds since 1970.
    pub first_ms: i64,
    /// Start of the last trace.
    pub last_ms: i64,
    /// Tokens in all.
    pub tokens: Option<i64>,
    /// Dollars in all.
    pub cost: Option<f64>,
    /// Averages of feedback: name, average, how many.
    pub ratings: Vec<(String, f64, u64)>,
    /// Traces and failed ones of each of the last days, the latest last.
    pub days: Vec<(u64, u64)>,
}

/// A page of sessions.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionList {
    /// The experiment.
    pub experiment: ExperimentRef,
    /// The sessions.
    pub rows: Vec<SessionLine>,
    /// How many match in all.
    pub total: u64,
    /// Which traces were counted, if not all.
    pub counted: Option<String>,
}

/// A page of users.
#[derive(Debug, Clone, PartialEq)]
pub struct UserList {
    /// The experiment.
    pub experiment: ExperimentRef,
    /// The users.
    pub rows: Vec<UserLine>,
    /// How many match in all.
    pub total: u64,
    /// Which traces were counted, if not all.
    pub counted: Option<String>,
}

/// The page of a user.
#[derive(Debug, Clone, PartialEq)]
pub struct UserView {
    /// The experiment.
    pub experiment: ExperimentRef,
    /// The figures.
    pub line: UserLine,
    /// Days with traces: start in milliseconds since 1970, traces, failed ones.
    pub by_day: Vec<(i64, u64, u64)>,
    /// The latest sessions.
    pub sessions: Vec<SessionLine>,
    /// Which traces were counted, if not all.
    pub counted: Option<String>,
}

/// One group of a list's traces.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupLine {
    /// What its traces have in common.
    pub value: String,
    /// A name in place of the value, or empty.
    pub name: String,
    /// The query of the list of its traces.
    pub query: String,
    /// Traces.
    pub traces: u64,
    /// Failed traces.
    pub errors: u64,
    /// Half took no longer, in milliseconds.
    pub p50_ms: Option<i64>,
    /// 95 in 100 took no longer.
    pub p95_ms: Option<i64>,
    /// Tokens in all.
    pub tokens: Option<i64>,
    /// Dollars in all.
    pub cost: Option<f64>,
    /// Start of the last trace, in milliseconds since 1970.
    pub last_ms: i64,
}

/// A page of groups of a list's traces.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupTable {
    /// The experiment.
    pub experiment: ExperimentRef,
    /// What they are gathered by, for people.
    pub title: String,
    /// The groups.
    pub rows: Vec<GroupLine>,
    /// How many there are in all.
    pub total: u64,
    /// Keys of tags to gather by.
    pub tag_keys: Vec<String>,
    /// Which traces were counted, if not all.
    pub counted: Option<String>,
}

/// Rows of a page of sessions or users.
pub const GROUP_PAGE: u64 = 50;

travels_as_tuple! {
    GroupLine { value, name, query, traces, errors, p50_ms, p95_ms, tokens, cost, last_ms }
    GroupTable { experiment, title, rows, total, tag_keys, counted }
    SessionLine { session, user, question, turns, errors, first_ms, last_ms, span_ms, busy_ms, tokens, cost, ratings }
    UserLine { user, traces, sessions, errors, first_ms, last_ms, tokens, cost, ratings, days }
    SessionList { experiment, rows, total, counted }
    UserList { experiment, rows, total, counted }
    UserView { experiment, line, by_day, sessions, counted }
}
