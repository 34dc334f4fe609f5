//! Forms whose act can be taken back: with script it is sent only when the time to undo has passed, or when the page is left;
//! without script at once.

use leptos::prelude::*;

use super::post_form::Act;
use crate::address::at;

/// An act that was asked for and is not yet sent, or is sent and not yet seen in the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Counted up.
    pub id: u32,
    /// What it is done to; hidden meanwhile.
    pub target: String,
    /// It can no longer be taken back.
    pub is_sent: bool,
}

/// A form that is sent after the time to undo; its fields carry the arguments' names of the act's server function.
#[component]
pub fn UndoForm(
    /// The act.
    act: Act,
    /// What it is done to; see [`Act::is_held`].
    target: String,
    /// What the reader is told.
    words: String,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let submit = move |event: leptos::ev::SubmitEvent| {
        #[cfg(feature = "hydrate")]
        {
            event.prevent_default();
            browser_half::hold(act, &event, target.clone(), words.clone());
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (&event, &target, &words);
    };
    view! {
        <form method="post" action=at(act.path) on:submit=submit>
            {children()}
        </form>
    }
    .into_any()
}

/// Takes back what is done to a target and not yet sent: something newer is wanted of it.
#[cfg(feature = "hydrate")]
pub fn withdraw(act: Act, target: &str) {
    let held = act.held.get_untracked();
    for held in held
        .iter()
        .filter(|held| held.target == target && !held.is_sent)
    {
        take_back(act, held.id);
    }
}

/// Takes back an act that waits.
pub(super) fn take_back(act: Act, id: u32) {
    act.held
        .try_update(|held| held.retain(|held| held.id != id));
    #[cfg(feature = "hydrate")]
    {
        super::notices::settled(id);
        browser_half::forget(id);
    }
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;
    use std::time::Duration;

    use leptos::prelude::*;

    use super::super::notices;
    use super::super::post_form::{Act, send};
    use super::Held;
    use crate::address::at;
    use crate::browser;

    /// How long an act can be taken back.
    const UNDO: Duration = Duration::from_secs(6);

    thread_local! {
        static NEXT: Cell<u32> = const { Cell::new(0) };
        /// Address and fields of what is not yet sent. Outlives the page's signals: who goes on within the viewer has not undone.
        static WAITING: RefCell<BTreeMap<u32, (&'static str, String)>> = const { RefCell::new(BTreeMap::new()) };
    }

    pub fn hold(act: Act, event: &leptos::ev::SubmitEvent, target: String, words: String) {
        let Some((form, fields)) = browser::form_fields(event) else {
            return;
        };
        let id = NEXT.get();
        NEXT.set(id + 1);
        if id == 0 {
            browser::on_leaving(send_all);
        }
        let fields = String::from(fields.to_string());
        WAITING.with_borrow_mut(|waiting| waiting.insert(id, (act.path, fields)));
        browser::put_away(&form);
        act.problem.set(None);
        notices::held(act, id, &words);
        act.held.update(|held| {
            held.push(Held {
                id,
                target,
                is_sent: false,
            });
        });
        // Without a timer the act is sent when the page is left.
        browser::after(UNDO, move || send_one(act, id));
    }

    pub fn forget(id: u32) {
        WAITING.with_borrow_mut(|waiting| waiting.remove(&id));
    }

    fn send_one(act: Act, id: u32) {
        let Some((_, fields)) = WAITING.with_borrow_mut(|waiting| waiting.remove(&id)) else {
            return;
        };
        notices::settled(id);
        act.held.try_update(|held| {
            for held in held.iter_mut().filter(|held| held.id == id) {
                held.is_sent = true;
            }
        });
        let Some(fields) = browser::fields_of(&fields) else {
            return;
        };
        send(act, fields, move |is_done| {
            if !is_done {
                act.held
                    .try_update(|held| held.retain(|held| held.id != id));
            }
        });
    }

    fn send_all() {
        for (path, fields) in WAITING.take().into_values() {
            browser::send_on_leaving(&at(path), &fields);
        }
    }
}
