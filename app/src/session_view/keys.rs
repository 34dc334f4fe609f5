//! Keys of a session's page: from turn to turn, unfold, rate.

/// Listens while the page is open. On the server nothing happens.
pub fn listen() {
    #[cfg(feature = "hydrate")]
    browser_half::listen();
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use std::cell::Cell;

    use leptos::prelude::*;

    use crate::browser::{self, turns};

    const TURN: &str = ".turn";

    thread_local! {
        /// Counts the drawings of the page. One that was given up for a later one must not take its keys.
        static DRAWN: Cell<u32> = const { Cell::new(0) };
    }

    pub fn listen() {
        let drawn = DRAWN.get() + 1;
        DRAWN.set(drawn);
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            if !browser::is_for_page(&event) || DRAWN.get() != drawn {
                return;
            }
            let is_done = match event.key().as_str() {
                "J" | "j" => {
                    turns::step_focus(TURN, 1);
                    true
                }
                "K" | "k" => {
                    turns::step_focus(TURN, -1);
                    true
                }
                "r" => turns::press_within(TURN, "[data-thumb=up]"),
                "R" => turns::press_within(TURN, "[data-thumb=down]"),
                // On a link or a button within the turn, Enter is theirs.
                "Enter" => turns::is_focused(TURN) && turns::press_within(TURN, ".turn__unfold"),
                _ => false,
            };
            if is_done {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    }
}
