//! What pages read from the server, by one way for all: a question, its answer as JSON text, and the text opened where it is drawn.
//!
//! One resource type instead of one for every answer keeps the machinery of resources and suspense in the page once; each
//! further one costs some 10 KB of WebAssembly. On the server the answers come straight from the functions in
//! `server_fns`, in the browser from their addresses.

pub mod beside;
pub mod groups;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::server::codee::string::FromToStringCodec;
use leptos::server_fn::error::FromServerFnError;
use serde::de::DeserializeOwned;

use crate::connection::Watch;
use crate::error::AppError;
use crate::url_state::ListState;
use crate::url_state::home::HomeState;
use groups::GroupRead;

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
    Beside(beside::BesideRead),
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
    /// One span.
    Span {
        /// The trace.
        trace: String,
        /// The span; empty for the one to look at first.
        span: String,
    },
}

/// An answer as it travels: JSON text, or what went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply(Result<String, AppError>);

/// An answer on its way.
pub type Loaded = Resource<Reply, FromToStringCodec>;

impl Reply {
    /// Opens the answer.
    ///
    /// # Errors
    /// What the server said instead, or that its answer was not understood.
    pub fn open<T: DeserializeOwned>(self) -> Result<T, AppError> {
        let text = self.0?;
        serde_json::from_str(&text)
            .map_err(|_| AppError::Failed("The server's answer was not understood.".to_owned()))
    }
}

/// In the page an answer stands as its text with a mark in front, not as JSON within JSON.
impl fmt::Display for Reply {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(text) => write!(out, "+{text}"),
            Err(error) => write!(out, "-{}", String::from_utf8_lossy(&error.ser().body)),
        }
    }
}

impl FromStr for Reply {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(match text.strip_prefix('+') {
            Some(text) => Ok(text.to_owned()),
            None => Err(AppError::de(
                text.trim_start_matches('-').to_owned().into_bytes().into(),
            )),
        }))
    }
}

/// Asks, and asks again whenever the question changes.
pub fn load(question: Signal<Read>) -> Loaded {
    let is_failed = StoredValue::new(false);
    let loaded = Resource::new_str(
        move || question.get(),
        move |read| async move {
            let reply = Reply(answer(read).await);
            is_failed.try_set_value(matches!(reply.0, Err(AppError::Failed(_))));
            reply
        },
    );
    // What failed for want of a connection recovers with it.
    let recovered = use_context::<Watch>().map(|watch| watch.recovered);
    Effect::new(move |before: Option<u32>| {
        let count = recovered.map_or(0, |recovered| recovered.get());
        if before.is_some_and(|before| before != count) && is_failed.get_value() {
            loaded.refetch();
        }
        count
    });
    loaded
}

/// Asks from the browser once the page is drawn, for what the page does not wait for, and again whenever the question changes.
/// The last answer with its question; `None` until there is one.
pub fn later(question: Signal<Read>) -> ReadSignal<Option<(Read, Reply)>> {
    let (reply, set_reply) = signal(None);
    Effect::new(move |_| {
        let read = question.get();
        leptos::task::spawn_local(async move {
            let answer = Reply(answer(read.clone()).await);
            // Of answers that overtake each other the one to the present question counts.
            if question.try_get_untracked().as_ref() == Some(&read) {
                set_reply.try_set(Some((read, answer)));
            }
        });
    });
    reply
}

/// Draws an answer when it is there; keeps the last drawing while the next answer is on its way.
pub fn awaited(
    loaded: Loaded,
    fallback: fn() -> AnyView,
    pending: WriteSignal<bool>,
    draw: impl Fn(Reply) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    awaited_by(loaded, fallback, pending, Arc::new(draw))
}

type Draw = Arc<dyn Fn(Reply) -> AnyView + Send + Sync>;

fn awaited_by(
    loaded: Loaded,
    fallback: fn() -> AnyView,
    pending: WriteSignal<bool>,
    draw: Draw,
) -> AnyView {
    view! {
        <Transition fallback=fallback set_pending=pending>
            {move || {
                let draw = Arc::clone(&draw);
                Suspend::new(async move { draw(loaded.await) })
            }}
        </Transition>
    }
    .into_any()
}

#[cfg(not(feature = "hydrate"))]
fn text<T: serde::Serialize>(answer: Result<T, AppError>) -> Result<String, AppError> {
    serde_json::to_string(&answer?).map_err(|error| AppError::Failed(error.to_string()))
}

#[cfg(not(feature = "hydrate"))]
fn experiment_id(id: &str) -> Result<i64, AppError> {
    id.parse()
        .map_err(|_| AppError::not_found("experiment", id))
}

#[cfg(not(feature = "hydrate"))]
async fn answer(read: Read) -> Result<String, AppError> {
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
            let ListState {
                filter,
                from,
                to,
                sort,
                user,
                session,
                page,
                ..
            } = state;
            let (id, sort) = (experiment_id(&experiment)?, sort.as_str().to_owned());
            text(functions::list_traces(id, filter, from, to, sort, user, session, page).await)
        }
        Read::Beside(read) => beside::answer(read).await,
        // Asked by the browser alone.
        Read::Rows { .. } | Read::TimeSlots { .. } => {
            Err(AppError::Failed("Only a page asks this.".to_owned()))
        }
        Read::Group(read) => groups::answer(read).await,
        Read::Trace(trace) => text(functions::get_trace(trace).await),
        Read::Notes { trace, .. } => text(functions::get_trace_notes(trace).await),
        Read::Conversation { trace, from, whole } => {
            text(functions::get_conversation(trace, from, whole).await)
        }
        Read::Span { trace, span } => text(functions::get_span(trace, span).await),
    }
}

#[cfg(feature = "hydrate")]
async fn answer(read: Read) -> Result<String, AppError> {
    // The browser has one thread; the framework asks for futures that could move.
    let fetched = crate::browser::fetch_text(crate::address::at(&read.address()));
    understood(send_wrapper::SendWrapper::new(fetched).await)
}

/// Asks once, beside the resources of a page; the answer is given up when `abort` is dropped.
#[cfg(feature = "hydrate")]
pub fn ask(read: Read, abort: &crate::browser::list::Abort) -> impl Future<Output = Reply> + use<> {
    let fetched = abort.fetch(crate::address::at(&read.address()));
    async move { Reply(understood(fetched.await)) }
}

#[cfg(feature = "hydrate")]
fn understood(fetched: Result<crate::browser::Answer, String>) -> Result<String, AppError> {
    use crate::browser::Answer;
    match fetched {
        Ok(Answer::Done(text)) => Ok(text),
        Ok(Answer::GoTo(_)) => Err(AppError::Failed("The answer led elsewhere.".to_owned())),
        Ok(Answer::Refused(body)) => Err(AppError::de(body.into())),
        Err(text) => Err(AppError::Failed(text)),
    }
}

#[cfg(feature = "hydrate")]
impl Read {
    /// The address of the server function that answers.
    fn address(&self) -> String {
        use crate::server_fns::paths;
        use crate::url_state::query;
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
                path + &state.href("").replacen('?', "&", 1)
            }
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
                query(paths::ROWS, &place) + &skip + &state.href("").replacen('?', "&", 1)
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
                query(paths::TIME_SLOTS, &range) + &state.href("").replacen('?', "&", 1)
            }
            Self::Group(read) => read.address(),
            Self::Beside(read) => read.address(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_survive_the_page() {
        for reply in [
            Ok("{\"a\":1}".to_owned()),
            Err(AppError::not_found("run", "x")),
        ] {
            let reply = Reply(reply);
            assert_eq!(reply.to_string().parse::<Reply>(), Ok(reply));
        }
    }

    #[test]
    fn damaged_replies_are_errors() {
        let damaged = Reply(Ok("{".to_owned())).open::<Vec<u8>>();
        assert!(matches!(damaged, Err(AppError::Failed(_))));
        let failed = "-nonsense".parse::<Reply>().unwrap().open::<Vec<u8>>();
        assert!(matches!(failed, Err(AppError::Failed(_))));
    }
}
