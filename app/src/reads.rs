//! What pages read from the server, by one way for all: a question, its answer as JSON text, and the text opened where it is drawn.
//!
//! One resource type instead of one for every answer keeps the machinery of resources and suspense in the page once; each
//! further one costs some 10 KB of WebAssembly. On the server the answers come straight from the functions in
//! `server_fns`, in the browser from their addresses.

pub mod beside;
pub mod compare;
pub mod groups;
pub mod overview;
mod question;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::reactive::owner::WeakOwner;
use leptos::server::codee::string::FromToStringCodec;
use leptos::server_fn::error::FromServerFnError;
use leptos::tachys::reactive_graph::OwnedView;
use serde::de::DeserializeOwned;

use crate::connection::Watch;
use crate::error::AppError;
pub use question::Read;
#[cfg(not(feature = "hydrate"))]
use question::{answer, experiment_id, text};

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
            {
                let around = Around::here();
                move || {
                    let (draw, around) = (Arc::clone(&draw), around.clone());
                    Suspend::new(async move {
                        let reply = loaded.await;
                        around.owned(|| draw(reply))
                    })
                }
            }
        </Transition>
    }
    .into_any()
}

/// What the drawings of an answer live in.
///
/// In the browser a drawing owns its signals and lives until the next one stands in its place: what asks for the next one may run long
/// before that, and would else take the signals from a page that is still on the screen. On the server a drawing lives as long as
/// the page: it is drawn more than once, and what it asked for must be answered all the same.
#[derive(Clone)]
struct Around {
    owner: Option<WeakOwner>,
    /// That of the drawing before. Parts of it may stay on the screen a little longer (`widgets::later`).
    #[cfg(feature = "hydrate")]
    last: Arc<std::sync::Mutex<Option<Owner>>>,
}

impl Around {
    fn here() -> Self {
        let owner = Owner::current().filter(|_| cfg!(feature = "hydrate"));
        Self {
            owner: owner.map(|owner| owner.downgrade()),
            #[cfg(feature = "hydrate")]
            last: Arc::default(),
        }
    }

    fn owned(self, draw: impl FnOnce() -> AnyView) -> OwnedView<AnyView> {
        match self.owner.as_ref().and_then(WeakOwner::upgrade) {
            Some(owner) => {
                let owner = owner.child();
                #[cfg(feature = "hydrate")]
                self.keep(owner.clone());
                OwnedView::new_with_owner(owner.with(draw), owner)
            }
            None => OwnedView::new(draw()),
        }
    }

    /// Keeps the drawing before until all its parts have been drawn anew.
    #[cfg(feature = "hydrate")]
    fn keep(&self, owner: Owner) {
        use crate::widgets::later::after_parts;
        let before = match self.last.lock() {
            Ok(mut last) => last.replace(owner),
            Err(_) => None,
        };
        if let Some(before) = before {
            crate::browser::next_frame(move || after_parts(move || drop(before)));
        }
    }
}

#[cfg(feature = "hydrate")]
async fn answer(read: Read) -> Result<String, AppError> {
    if let Read::Opened(read) = &read {
        return crate::opened::answer(read);
    }
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
