//! Questions about what traces belong to: runs, sessions, users.

#[cfg(not(feature = "hydrate"))]
use crate::error::AppError;

use crate::group_list::by::ByState;
use crate::group_list::state::GroupListState;
use crate::run_list::state::RunListState;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupRead {
    /// Runs of an experiment.
    Runs {
        /// The experiment, as the address has it.
        experiment: String,
        /// Which of them.
        state: RunListState,
    },
    /// One run.
    Run {
        /// Its id.
        run: String,
        /// Page token of its traces, or empty.
        page: String,
        /// How often its traces were changed from this page; asks again when it grows.
        acts: u32,
    },
    /// What people change on a run.
    RunNotes {
        /// The run.
        run: String,
        /// How often they were changed from this page; asks again when it grows.
        acts: u32,
    },
    /// Files of a run.
    RunFiles {
        /// The run.
        run: String,
        /// A folder or a file.
        path: String,
    },
    /// Two runs side by side.
    CompareRuns(CompareState),
    /// The traces of a list, gathered.
    By {
        /// The experiment, as the address has it.
        experiment: String,
        /// Which traces, by what.
        state: ByState,
    },
    /// Sessions of an experiment.
    Sessions {
        /// The experiment, as the address has it.
        experiment: String,
        /// Which of them.
        state: GroupListState,
    },
    /// Users of an experiment.
    Users {
        /// The experiment, as the address has it.
        experiment: String,
        /// Which of them.
        state: GroupListState,
    },
    /// One user.
    User {
        /// The experiment, as the address has it.
        experiment: String,
        /// The user.
        user: String,
    },
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

/// What the address of a comparison of runs says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompareState {
    /// The first run.
    pub a: String,
    /// The second run, or empty.
    pub b: String,
    /// Which questions.
    pub show: String,
    /// The page, counted from 1, or empty.
    pub page: String,
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
    use super::{experiment_id, text};
    use crate::server_fns as functions;
    match read {
        GroupRead::Runs { experiment, state } => {
            let RunListState {
                filter,
                sort,
                columns,
                view,
                page,
            } = state;
            let (id, columns) = (experiment_id(&experiment)?, columns.join("\n"));
            text(functions::list_runs(id, filter, sort, columns, view, page).await)
        }
        GroupRead::Run { run, page, .. } => text(functions::get_run(run, page).await),
        GroupRead::RunNotes { run, .. } => text(functions::get_run_notes(run).await),
        GroupRead::RunFiles { run, path } => text(functions::get_run_files(run, path).await),
        GroupRead::CompareRuns(CompareState { a, b, show, page }) => {
            let page = page.parse().unwrap_or(1);
            text(functions::compare_runs(a, b, show, page).await)
        }
        GroupRead::By { experiment, state } => {
            let ByState {
                by,
                order,
                number,
                list,
            } = state;
            let id = experiment_id(&experiment)?;
            text(functions::list_groups(id, by, order, number, list).await)
        }
        GroupRead::Sessions { experiment, state } => {
            text(functions::list_sessions(experiment_id(&experiment)?, state).await)
        }
        GroupRead::Users { experiment, state } => {
            text(functions::list_users(experiment_id(&experiment)?, state).await)
        }
        GroupRead::User { experiment, user } => {
            text(functions::get_user(experiment_id(&experiment)?, user).await)
        }
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
        use crate::url_state::{query, with_query_of};
        match self {
            Self::Runs { experiment, state } => query(
                paths::RUNS,
                &[
                    ("experiment_id", experiment),
                    ("filter", &state.filter),
                    ("sort", &state.sort),
                    ("columns", &state.columns.join("\n")),
                    ("view", &state.view),
                    ("page", &state.page),
                ],
            ),
            Self::Run { run, page, .. } => query(paths::RUN, &[("run_id", run), ("page", page)]),
            Self::RunNotes { run, .. } => query(paths::RUN_NOTES, &[("run_id", run)]),
            Self::RunFiles { run, path } => {
                query(paths::RUN_FILES, &[("run_id", run), ("path", path)])
            }
            Self::CompareRuns(CompareState { a, b, show, page }) => query(
                paths::COMPARE_RUNS,
                &[("a", a), ("b", b), ("show", show), ("page", page)],
            ),
            Self::By { experiment, state } => {
                let path = query(paths::GROUPS, &[("experiment_id", experiment)]);
                with_query_of(path, &state.href(""))
            }
            Self::Sessions { experiment, state } => {
                let path = query(paths::SESSIONS, &[("experiment_id", experiment)]);
                with_query_of(path, &state.href(""))
            }
            Self::Users { experiment, state } => {
                let path = query(paths::USERS, &[("experiment_id", experiment)]);
                with_query_of(path, &state.href(""))
            }
            Self::User { experiment, user } => query(
                paths::USER,
                &[("experiment_id", experiment), ("user", user)],
            ),
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
