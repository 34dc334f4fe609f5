//! Questions about what traces belong to: runs, sessions, users.

#[cfg(not(feature = "hydrate"))]
use crate::error::AppError;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupRead {
    /// One page of a session.
    Session {
        /// Its id.
        session: String,
        /// Which page.
        place: SessionPlace,
        /// How often the session itself was rated from this page; asks again when it grows.
        acts: u32,
    },
    /// The steps of a turn: the trace.
    Steps(String),
}

/// Where in a session a page is. At most one of the last three is filled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionPlace {
    /// The experiment, or empty.
    pub experiment: String,
    /// The page begins with this turn.
    pub at: String,
    /// The page begins after this turn.
    pub after: String,
    /// The page ends before this turn; `end` for the last page.
    pub before: String,
}

#[cfg(not(feature = "hydrate"))]
pub(super) async fn answer(read: GroupRead) -> Result<String, AppError> {
    use super::text;
    use crate::server_fns as functions;
    match read {
        GroupRead::Session { session, place, .. } => {
            let SessionPlace {
                experiment,
                at,
                after,
                before,
            } = place;
            text(functions::get_session(session, experiment, at, after, before).await)
        }
        GroupRead::Steps(trace) => text(functions::get_steps(trace).await),
    }
}

#[cfg(feature = "hydrate")]
impl GroupRead {
    pub(super) fn address(&self) -> String {
        use crate::server_fns::paths;
        use crate::url_state::query;
        match self {
            Self::Session { session, place, .. } => query(
                paths::SESSION,
                &[
                    ("session", session),
                    ("experiment", &place.experiment),
                    ("at", &place.at),
                    ("after", &place.after),
                    ("before", &place.before),
                ],
            ),
            Self::Steps(trace) => query(paths::STEPS, &[("trace_id", trace)]),
        }
    }
}
