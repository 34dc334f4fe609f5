//! Keys of the trace page wherever the focus is: search, layouts, the way to the next trace, and those of the timeline.

use leptos::prelude::*;

use super::layout::Layout;
use super::tree_state::TreeState;

/// Listens while the page is open. On the server nothing happens.
pub fn listen(tree: TreeState, layout: RwSignal<Layout>, id: String, walk: Callback<i32>) {
    #[cfg(feature = "hydrate")]
    browser_half::listen(tree, layout, id, walk);
    #[cfg(not(feature = "hydrate"))]
    let _ = (tree, layout, id, walk);
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use std::cell::Cell;

    use leptos::prelude::*;

    use super::super::layout::Layout;
    use super::super::pointer;
    use super::super::spans::choose;
    use super::super::tree_state::TreeState;
    use crate::browser::{self, popover};

    /// Keys of the timeline that mean nothing else elsewhere.
    const TIMELINE: [&str; 14] = [
        "e", "E", "p", "P", "z", "m", "i", "f", "0", "w", "s", "a", "d", "*",
    ];

    thread_local! {
        /// Counts the drawings of trace pages. One that was given up for a later one must not take its keys.
        static DRAWN: Cell<u32> = const { Cell::new(0) };
    }

    pub fn listen(tree: TreeState, layout: RwSignal<Layout>, id: String, walk: Callback<i32>) {
        let drawn = DRAWN.get() + 1;
        DRAWN.set(drawn);
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            let is_in_form = browser::is_within(&event, "[popover]");
            if is_in_form || !browser::is_for_page(&event) || DRAWN.get() != drawn {
                return;
            }
            let key = event.key();
            let is_choosing = tree.is_choosing.get_untracked();
            tree.is_choosing.set(key == "v");
            let chosen = Layout::ALL.into_iter().find(|layout| layout.key() == key);
            match (key.as_str(), chosen) {
                (_, Some(chosen)) if is_choosing => choose(layout, chosen),
                ("v", _) => {}
                ("/", _) => {
                    browser::focus_quietly(&format!("{id}-find"));
                }
                ("F", _) => {
                    browser::focus_quietly(&format!("{id}-detail-find"));
                }
                ("D", _) if layout.get_untracked() == Layout::Chat => {
                    tree.is_prompt_whole
                        .update(|is_whole| *is_whole = !*is_whole);
                }
                ("r", _) => {
                    // What has the focus, else the trace.
                    if !popover::rate_focused("[data-rates]", "[data-rate]") {
                        popover::go_to_rating(".trace-header .rating", ".trace-header__fold");
                    }
                }
                ("n", _) => {
                    browser::click(".story__pin:not([hidden])");
                }
                ("J", _) => walk.run(1),
                ("K", _) => walk.run(-1),
                (key, _) if TIMELINE.contains(&key) => {
                    pointer::run(key, tree, 1, &format!("{id}-detail"));
                }
                _ => return,
            }
            event.prevent_default();
        });
        on_cleanup(move || listener.remove());
    }
}
