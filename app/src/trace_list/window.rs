//! The part of a list that is in view: where it is scrolled to, which rows are drawn, and the row under the cursor.
//!
//! The row under the cursor stays in the document wherever the list is scrolled to, so that the focus is not lost with it.

use leptos::html::Div;
use leptos::prelude::*;

use super::feed::Feed;
use super::scroll_map::{Place, ScrollMap};

/// The height of a row before it is measured; `--row-list` of the style sheet.
const ROW_HEIGHT: f64 = 48.0;

/// What is seen of a list.
#[derive(Clone, Copy)]
pub struct Window {
    /// The rows.
    pub feed: Feed,
    /// What scrolls.
    pub scroller: NodeRef<Div>,
    /// Where.
    pub place: RwSignal<Place>,
    /// Heights of row and window.
    pub size: RwSignal<(f64, f64)>,
    /// Rows under scroll positions.
    pub map: Memo<ScrollMap>,
    /// The rows that are drawn, from the first to the one after the last.
    pub drawn: Memo<(u64, u64)>,
    /// The row that Tab leads to.
    pub cursor: RwSignal<u64>,
    /// The cursor's row gets the focus once it is drawn.
    pub wants_focus: RwSignal<bool>,
}

impl Window {
    /// At the beginning of a list.
    pub fn new(feed: Feed) -> Self {
        let place = RwSignal::new(Place::default());
        let size = RwSignal::new((ROW_HEIGHT, 800.0));
        let map = Memo::new(move |_| {
            let (row, view) = size.get();
            let rows = feed.count.get();
            ScrollMap { rows, row, view }
        });
        let drawn = Memo::new(move |_| map.get().drawn(place.get()));
        Self {
            feed,
            scroller: NodeRef::new(),
            place,
            size,
            map,
            drawn,
            cursor: RwSignal::new(0),
            wants_focus: RwSignal::new(false),
        }
    }

    /// The rows to draw: number, whether the row is there, and how often all numbers changed.
    pub fn keys(&self) -> Vec<(u64, bool, u32)> {
        self.feed.version.track();
        let (first, end) = self.drawn.get();
        let cursor = self.cursor.get();
        let is_apart = !(first..end).contains(&cursor) && cursor < self.feed.count.get();
        let shift = self.feed.shifts();
        (first..end)
            .chain(is_apart.then_some(cursor))
            .map(|index| (index, self.feed.has_row(index), shift))
            .collect()
    }

    /// On the server nothing scrolls.
    #[cfg(not(feature = "hydrate"))]
    pub fn on_scroll(&self) {}

    /// On the server nothing is pressed.
    #[cfg(not(feature = "hydrate"))]
    pub fn listen(&self) {}
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use std::cell::Cell;
    use std::time::Duration;

    use leptos::prelude::*;

    use super::Window;
    use crate::browser::{self, list};
    use crate::trace_list::scroll_map::Place;

    /// How long a list rests before its scroll position is brought in step with its rows.
    const REST: Duration = Duration::from_millis(200);

    thread_local! {
        /// Counts the drawings of lists. One that was given up for a later one must not take its keys.
        static DRAWN: Cell<u32> = const { Cell::new(0) };
        static SCROLLED: Cell<u32> = const { Cell::new(0) };
    }

    impl Window {
        /// Takes note of a scroll position.
        pub fn on_scroll(&self) {
            let Some((top, view)) = list::scrolled(self.scroller) else {
                return;
            };
            self.measure(view);
            let map = self.map.get_untracked();
            let before = self.place.get_untracked();
            if before.top == top {
                return;
            }
            self.place.set(map.moved(before, top));
            self.tell();
            if map.is_scaled() {
                let window = *self;
                let count = SCROLLED.get() + 1;
                SCROLLED.set(count);
                browser::after(REST, move || {
                    if SCROLLED.get() == count {
                        window.bring_in_step();
                    }
                });
            }
        }

        /// Small steps move the rows by pixels though the area stands for more: its scroll bar follows when the list rests.
        fn bring_in_step(&self) {
            let Some(place) = self.place.try_get_untracked() else {
                return;
            };
            let top = self.map.get_untracked().top_of(place.position);
            if let Some(top) = list::scroll_to(self.scroller, top) {
                self.place.set(Place { top, ..place });
            }
        }

        fn measure(&self, head_and_view: f64) {
            let row = list::height_of(self.scroller, ".trace-table__row").filter(|row| *row > 8.0);
            let head = list::height_of(self.scroller, "thead").unwrap_or(0.0);
            let size = (
                row.unwrap_or(super::ROW_HEIGHT),
                (head_and_view - head).max(100.0),
            );
            if self.size.get_untracked() != size {
                self.size.set(size);
            }
        }

        /// Tells the feed what is seen.
        fn tell(&self) {
            let map = self.map.get_untracked();
            let place = self.place.get_untracked();
            let seen = map.seen(place);
            if self.feed.seen.get_untracked() != seen {
                self.feed.seen.set(seen);
            }
            let (first, end) = map.drawn(place);
            self.feed.want(first, end);
        }

        /// Brings a row into view.
        pub fn reveal(&self, row: u64) {
            let map = self.map.get_untracked();
            let Some(position) = map.reveal(row, self.place.get_untracked()) else {
                return;
            };
            if let Some(top) = list::scroll_to(self.scroller, map.top_of(position)) {
                let position = if map.is_scaled() { position } else { top };
                self.place.set(Place { top, position });
                self.tell();
            }
        }

        /// Moves the cursor to a row and the focus with it.
        pub fn go_to(&self, row: u64) {
            let last = self.feed.count.get_untracked().saturating_sub(1);
            let row = row.min(last);
            self.cursor.set(row);
            self.reveal(row);
            self.wants_focus.set(true);
        }

        /// Keys, sizes and the focus, while the list is open.
        pub fn listen(&self) {
            let window = *self;
            let drawn = DRAWN.get() + 1;
            DRAWN.set(drawn);
            let listener = window_event_listener(leptos::ev::keydown, move |event| {
                if DRAWN.get() == drawn {
                    window.on_key(&event);
                }
            });
            let resized = window_event_listener(leptos::ev::resize, move |_| {
                if let Some((_, view)) = list::scrolled(window.scroller) {
                    window.measure(view);
                    window.tell();
                }
            });
            on_cleanup(move || {
                listener.remove();
                resized.remove();
            });
            Effect::new(move |_| {
                window.feed.version.track();
                window.cursor.track();
                let wants_focus = window.wants_focus.get();
                let _ = request_animation_frame(move || window.settle(wants_focus));
            });
        }

        /// After rows were drawn.
        fn settle(&self, wants_focus: bool) {
            if let Some((_, view)) = list::scrolled(self.scroller) {
                self.measure(view);
                self.tell();
            }
            if !wants_focus {
                return;
            }
            let row = "[data-here] .trace-table__link";
            if list::focus_within(self.scroller, row) {
                self.wants_focus.set(false);
            } else if let Some(scroller) = self.scroller.get_untracked() {
                // The row is on its way.
                list::focus(&scroller);
            }
        }

        fn on_key(&self, event: &leptos::ev::KeyboardEvent) {
            let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
            let is_taken =
                event.default_prevented() || browser::is_typing(event) || browser::has_dialog();
            if has_modifier || is_taken {
                return;
            }
            let is_here = list::has_focus(self.scroller);
            let cursor = self.cursor.get_untracked();
            let (row, view) = self.size.get_untracked();
            let page = ((view / row) as u64).max(2) - 1;
            let is_on_row = list::focused()
                .is_some_and(|element| element.closest(".trace-scroll").ok().flatten().is_some());
            let target = match event.key().as_str() {
                // The first press goes to the row that Tab would lead to.
                "j" if !is_on_row => cursor,
                "k" if !is_on_row => cursor,
                "ArrowDown" if is_here && !is_on_row => cursor,
                "j" => cursor + 1,
                "k" => cursor.saturating_sub(1),
                "ArrowDown" if is_here => cursor + 1,
                "ArrowUp" if is_here => cursor.saturating_sub(1),
                "PageDown" if is_here => cursor + page,
                "PageUp" if is_here => cursor.saturating_sub(page),
                "Home" if is_here => 0,
                "End" if is_here => u64::MAX,
                _ => return,
            };
            event.prevent_default();
            self.go_to(target);
        }
    }
}
