//! Forms that change something: a plain POST without script, sent in the background with it.
//!
//! Not the framework's `ActionForm`: that one turns each form into the arguments of its server function in the page, with a
//! decoder for every one of them, which costs the page some 30 KB. The browser can send a form as it is.

use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos::server_fn::error::ServerFnUrlError;

use super::undo::Held;
use crate::address::at;
use crate::error::AppError;

/// What becomes of a form once it is sent. Several forms may share one.
#[derive(Clone, Copy)]
pub struct Act {
    /// The server function's address.
    pub path: &'static str,
    /// It is on its way.
    pub is_pending: RwSignal<bool>,
    /// How often it was done.
    pub done: RwSignal<u32>,
    /// Why it was not done the last time.
    pub problem: RwSignal<Option<String>>,
    /// What waits until it can no longer be undone.
    pub held: RwSignal<Vec<Held>>,
    /// It is kept and sent later if there is no connection.
    pub is_kept: bool,
}

impl Act {
    /// For the server function at `path`. A problem of a form that was sent without script comes with the address.
    pub fn new(path: &'static str) -> Self {
        let problem = use_context::<ServerActionError>()
            .filter(|error| error.path() == path)
            .map(|error| ServerFnUrlError::<AppError>::decode_err(error.err()).to_string());
        Self {
            path,
            is_pending: RwSignal::new(false),
            done: RwSignal::new(0),
            problem: RwSignal::new(problem),
            held: RwSignal::new(Vec::new()),
            is_kept: false,
        }
    }

    /// For an act that must not be lost: without a connection it is kept, and sent when there is one again.
    pub fn kept(self) -> Self {
        Self {
            is_kept: true,
            ..self
        }
    }

    /// Whether the act waits for this target, or was done and the data do not show it yet.
    pub fn is_held(&self, target: &str) -> bool {
        self.held
            .with(|held| held.iter().any(|held| held.target == target))
    }

    /// Tells that the data were read again after what was sent.
    pub fn settle(&self) {
        if self
            .held
            .with_untracked(|held| held.iter().any(|held| held.is_sent))
        {
            self.held.update(|held| held.retain(|held| !held.is_sent));
        }
    }
}

/// A form that is sent to an act's server function; its fields carry the function's argument names.
#[component]
pub fn PostForm(
    /// The act.
    act: Act,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let submit = move |event: leptos::ev::SubmitEvent| {
        #[cfg(feature = "hydrate")]
        {
            event.prevent_default();
            if let Some((form, fields)) = crate::browser::form_fields(&event) {
                send(act, fields, move |is_done| {
                    if is_done {
                        crate::browser::put_away(&form);
                    }
                });
            }
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    };
    view! {
        <form method="post" action=at(act.path) on:submit=submit>
            {children()}
        </form>
    }
    .into_any()
}

/// Sends an act's fields; `then` learns whether it was done before the data are read again.
#[cfg(feature = "hydrate")]
pub(super) fn send(act: Act, fields: web_sys::UrlSearchParams, then: impl FnOnce(bool) + 'static) {
    use leptos::server_fn::error::FromServerFnError;

    use crate::browser::{self, Answer};
    act.is_pending.try_set(true);
    let text = String::from(fields.to_string());
    leptos::task::spawn_local(async move {
        let mut is_kept = false;
        let problem = match browser::post(&at(act.path), fields).await {
            Ok(Answer::Done(_)) => None,
            Ok(Answer::GoTo(address)) => {
                browser::leave_to(&address);
                None
            }
            Ok(Answer::Refused(body)) => Some(AppError::de(body.into()).to_string()),
            Err(_) if act.is_kept && crate::connection::keep(act.path, text) => {
                is_kept = true;
                None
            }
            Err(text) => Some(text),
        };
        let is_done = problem.is_none();
        // The reader may have left the page meanwhile, and the signals with it.
        act.problem.try_set(problem);
        act.is_pending.try_set(false);
        then(is_done);
        // What is kept cannot be read back yet.
        if is_done && !is_kept {
            act.done.try_update(|count| *count += 1);
        }
    });
}
