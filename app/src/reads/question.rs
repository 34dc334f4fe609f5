//! The questions that pages ask, and which function answers each.

use super::beside::BesideRead;
use super::compare::CompareRead;
use super::groups::GroupRead;
use super::overview::OverviewRead;
#[cfg(not(feature = "hydrate"))]
use crate::error::AppError;
use crate::opened::OpenedRead;
use crate::url_state::ListState;
use crate::url_state::home::HomeState;

/// A question to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// The home page.
    Experiments(HomeState),
    /// What happened lately in these experiments, whose ids have commas between.
    Activity(String),
    /// What can be changed of an experiment.
    ExperimentSettings(String),
    /// What an operator asks first.
    Diagnostics,
    /// Things of a name or an id.
    LookUp {
        /// The name, id or address.
        text: String,
        /// The experiment that the reader is in, or empty.
        experiment: String,
    },
    /// Traces of an experiment.
    Traces {
        /// The experiment, as the address has it.
        experiment: String,
        /// Which of them.
        state: ListState,
    },
    /// What stands beside a list.
    Beside(BesideRead),
    /// Rows of a list that is being scrolled.
    Rows {
        /// The experiment, as the address has it.
        experiment: String,
        /// Which traces.
        state: ListState,
        /// From where: earliest and latest start in milliseconds, each empty for none, and rows to pass over.
        place: (String, String, u64),
    },
    /// How many traces of a list began when.
    TimeSlots {
        /// The experiment, as the address has it.
        experiment: String,
        /// Which traces.
        state: ListState,
        /// Earliest and latest start in milliseconds, each empty for none.
        range: (String, String),
    },
    /// The traces next to one in a list: the whole address, as the list wrote it.
    Neighbours(String),
    /// Traces side by side and those that belong together.
    Compare(CompareRead),
    /// How an experiment does.
    Overview(OverviewRead),
    /// Runs, sessions and users.
    Group(GroupRead),
    /// One trace.
    Trace(String),
    /// Tags and assessments of a trace.
    Notes {
        /// The trace.
        trace: String,
        /// How often they were changed from this page; asks again when it grows.
        acts: u32,
    },
    /// A part of a trace told as a conversation.
    Conversation {
        /// The trace.
        trace: String,
        /// Where the part begins.
        from: u32,
        /// Whether all of each prompt is shown.
        whole: bool,
    },
    /// A trace of the opened file.
    Opened(OpenedRead),
    /// One span.
    Span {
        /// The trace.
        trace: String,
        /// The span; empty for the one to look at first.
        span: String,
    },
}

#[cfg(not(feature = "hydrate"))]
pub(super) fn text<T: serde::Serialize>(answer: Result<T, AppError>) -> Result<String, AppError> {
    serde_json::to_string(&answer?).map_err(|error| AppError::Failed(error.to_string()))
}

#[cfg(not(feature = "hydrate"))]
pub(super) fn experiment_id(id: &str) -> Result<i64, AppError> {
    id.parse()
        .map_err(|_| AppError::not_found("experiment", id))
}

/// Asks on the server, where the answer comes straight from the function.
#[cfg(not(feature = "hydrate"))]
pub(super) async fn answer(read: Read) -> Result<String, AppError> {
    use crate::server_fns as functions;

    match read {
        Read::Experiments(state) => {
            let HomeState {
                search,
                tag,
                sort,
                deleted,
                page,
            } = state;
            let (sort, page) = (sort.as_str().to_owned(), page.to_string());
            let deleted = if deleted { "1" } else { "" }.to_owned();
            text(functions::list_experiments(search, tag, sort, deleted, page).await)
        }
        Read::Activity(ids) => text(functions::get_activity(ids).await),
        Read::ExperimentSettings(id) => {
            text(functions::get_experiment_settings(experiment_id(&id)?).await)
        }
        Read::LookUp {
            text: wanted,
            experiment,
        } => text(functions::look_up(wanted, experiment).await),
        Read::Diagnostics => text(functions::get_diagnostics().await),
        Read::Traces { experiment, state } => {
            text(functions::list_traces(experiment_id(&experiment)?, state).await)
        }
        Read::Beside(read) => super::beside::answer(read).await,
        // Asked by the browser alone.
        Read::Rows { .. } | Read::TimeSlots { .. } | Read::Neighbours(_) => {
            Err(AppError::Failed("Only a page asks this.".to_owned()))
        }
        Read::Compare(read) => super::compare::answer(read).await,
        Read::Overview(read) => super::overview::answer(read).await,
        Read::Group(read) => super::groups::answer(read).await,
        Read::Trace(trace) => text(functions::get_trace(trace).await),
        Read::Opened(read) => crate::opened::answer(&read),
        Read::Notes { trace, .. } => text(functions::get_trace_notes(trace).await),
        Read::Conversation { trace, from, whole } => {
            text(functions::get_conversation(trace, from, whole).await)
        }
        Read::Span { trace, span } => text(functions::get_span(trace, span).await),
    }
}

#[cfg(feature = "hydrate")]
impl Read {
    /// The address of the server function that answers.
    pub(super) fn address(&self) -> String {
        use crate::server_fns::paths;
        use crate::url_state::{query, with_query_of};
        match self {
            Self::Experiments(state) => state.href(paths::EXPERIMENTS),
            Self::Activity(ids) => query(paths::ACTIVITY, &[("experiments", ids)]),
            Self::ExperimentSettings(id) => {
                query(paths::EXPERIMENT_SETTINGS, &[("experiment_id", id)])
            }
            Self::LookUp { text, experiment } => query(
                paths::LOOK_UP,
                &[("text", text), ("experiment", experiment)],
            ),
            Self::Diagnostics => paths::DIAGNOSTICS.to_owned(),
            Self::Traces { experiment, state } => {
                let path = query(paths::TRACES, &[("experiment_id", experiment)]);
                with_query_of(path, &state.href(""))
            }
            Self::Neighbours(address) => address.clone(),
            Self::Rows {
                experiment,
                state,
                place: (since, until, skip),
            } => {
                let place = [
                    ("experiment_id", experiment.as_str()),
                    ("since", since),
                    ("until", until),
                ];
                let skip = match skip {
                    0 => String::new(),
                    skip => format!("&skip={skip}"),
                };
                with_query_of(query(paths::ROWS, &place) + &skip, &state.href(""))
            }
            Self::TimeSlots {
                experiment,
                state,
                range: (since, until),
            } => {
                let range = [
                    ("experiment_id", experiment.as_str()),
                    ("since", since),
                    ("until", until),
                ];
                with_query_of(query(paths::TIME_SLOTS, &range), &state.href(""))
            }
            Self::Compare(read) => read.address(),
            Self::Overview(read) => read.address(),
            Self::Group(read) => read.address(),
            Self::Beside(read) => read.address(),
            // Nothing of an opened file is asked of the server.
            Self::Opened(_) => String::new(),
            Self::Trace(trace) => query(paths::TRACE, &[("trace_id", trace)]),
            Self::Notes { trace, .. } => query(paths::TRACE_NOTES, &[("trace_id", trace)]),
            Self::Conversation { trace, from, whole } => {
                let from = from.to_string();
                let whole = if *whole { "true" } else { "" };
                query(
                    paths::CONVERSATION,
                    &[("trace_id", trace), ("from", &from), ("whole", whole)],
                )
            }
            Self::Span { trace, span } => {
                query(paths::SPAN, &[("trace_id", trace), ("span_id", span)])
            }
        }
    }
}
