//! What the reader is told in passing, bottom left, in one place for all pages: never focused, read out politely, with a button
//! where an act can be taken back.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use super::post_form::Act;
use super::undo;

/// One thing that is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    id: u32,
    words: String,
    is_problem: bool,
    /// Which held act it can take back.
    undo: Option<u32>,
}

/// All that is told at the moment.
#[derive(Clone, Copy)]
struct Notices {
    all: RwSignal<Vec<Notice>>,
}

#[cfg(feature = "hydrate")]
thread_local! {
    static NOTICES: std::cell::Cell<Option<RwSignal<Vec<Notice>>>> = const { std::cell::Cell::new(None) };
    static NEXT: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
    static ACTS: std::cell::RefCell<Vec<(u32, Act)>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// Makes the place; for the root component.
pub fn provide() {
    let all = RwSignal::new(Vec::new());
    provide_context(Notices { all });
    #[cfg(feature = "hydrate")]
    NOTICES.set(Some(all));
}

/// The place.
#[component]
pub fn NoticeList() -> impl IntoView {
    let all = expect_context::<Notices>().all;
    let lines = move || {
        let line = |notice: Notice| {
            let Notice {
                id,
                words,
                is_problem,
                undo,
            } = notice;
            let button = if undo.is_some() {
                let label = format!("Undo: {words}");
                Some(("Undo", label))
            } else if is_problem {
                Some(("Close", "Close the message".to_owned()))
            } else {
                None
            };
            let press = move |_| match undo {
                Some(held) => take_back(held),
                None => all.update(|all| all.retain(|notice| notice.id != id)),
            };
            view! {
                <div class="notice" data-tone=is_problem.then_some("error")>
                    <span>{words}</span>
                    {button
                        .map(|(text, label)| {
                            view! { <button type="button" class="button" aria-label=label on:click=press>{text}</button> }
                        })}
                </div>
            }
        };
        all.get().into_iter().map(line).collect_view()
    };
    view! { <div class="notices" role="status">{lines}</div> }.into_any()
}

fn take_back(held: u32) {
    #[cfg(feature = "hydrate")]
    {
        let act = ACTS.with_borrow(|acts| acts.iter().find(|(id, _)| *id == held).map(|a| a.1));
        if let Some(act) = act {
            undo::take_back(act, held);
        }
        settled(held);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (held, undo::take_back);
}

#[cfg(feature = "hydrate")]
pub use browser_half::{held, settled, tell, tell_problem, undo_last};

#[cfg(feature = "hydrate")]
mod browser_half {
    use std::time::Duration;

    use leptos::prelude::*;

    use super::{ACTS, Act, NEXT, NOTICES, Notice, take_back};
    use crate::browser;

    /// How long what needs no answer stays.
    const STAY: Duration = Duration::from_secs(6);

    fn add(words: &str, is_problem: bool, undo: Option<u32>) -> u32 {
        let id = NEXT.get();
        NEXT.set(id + 1);
        if let Some(all) = NOTICES.get() {
            all.try_update(|all| {
                all.push(Notice {
                    id,
                    words: words.to_owned(),
                    is_problem,
                    undo,
                });
            });
        }
        id
    }

    fn remove(is_gone: impl Fn(&Notice) -> bool) {
        if let Some(all) = NOTICES.get() {
            all.try_update(|all| all.retain(|notice| !is_gone(notice)));
        }
    }

    /// Says something that passes by itself.
    pub fn tell(words: &str) {
        let id = add(words, false, None);
        browser::after(STAY, move || remove(|notice| notice.id == id));
    }

    /// Says something that stays until it is closed.
    pub fn tell_problem(words: &str) {
        add(words, true, None);
    }

    /// Says that an act waits and can be taken back.
    pub fn held(act: Act, held: u32, words: &str) {
        ACTS.with_borrow_mut(|acts| acts.push((held, act)));
        add(words, false, Some(held));
    }

    /// An act was sent or taken back.
    pub fn settled(held: u32) {
        ACTS.with_borrow_mut(|acts| acts.retain(|(id, _)| *id != held));
        remove(|notice| notice.undo == Some(held));
    }

    /// Takes back the act that was done last; false if there is none.
    pub fn undo_last() -> bool {
        let last = ACTS.with_borrow(|acts| acts.last().map(|(held, _)| *held));
        if let Some(held) = last {
            take_back(held);
        }
        last.is_some()
    }
}
