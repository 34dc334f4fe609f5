//! The part of a list that is in view: where it is scrolled to, which rows are drawn, and the row under the cursor.
//!
//! The row under the cursor stays in the document wherever the list is scrolled to, so that the focus is not lost with it.

mod drawing;
#[cfg(feature = "hydrate")]
mod keys;

use leptos::html::Div;
use leptos::prelude::*;

use super::cell::Spot;
use super::desk::Desk;
use super::feed::Feed;
#[cfg(feature = "hydrate")]
use super::left_at::LeftAt;
use super::scroll_map::{Place, ScrollMap};
#[cfg(feature = "hydrate")]
use crate::widgets::time::IsAlive;
use drawing::{Drawing, Then, Wanted};

/// The height of a row before it is measured; `--row-list` of the style sheet.
const ROW_HEIGHT: f64 = 48.0;
/// Positions of rows are counted from a multiple of so many, because browsers draw badly far from the beginning; and all rows in
/// the document get new styles when it changes, so it is not one that changes often.
const BASE: u64 = 1_024;

/// What is seen of a list.
#[derive(Clone, Copy)]
pub struct Window {
    /// What the parts of the page share.
    pub desk: Desk,
    /// The rows.
    pub feed: Feed,
    /// The cell under the pointer or the focus.
    pub spot: Spot,
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
    /// The row that positions of rows are counted from.
    pub base: Memo<u64>,
    /// Which of them stand in the document by now.
    drawing: StoredValue<Drawing>,
    /// Grows with each further step towards the others.
    turn: RwSignal<u32>,
    /// The row that Tab leads to.
    pub cursor: RwSignal<u64>,
    /// The cursor's row gets the focus once it is drawn.
    pub wants_focus: RwSignal<bool>,
    /// Where the reader left the list, until it stands there again.
    #[cfg(feature = "hydrate")]
    pub(super) left: StoredValue<Option<LeftAt>>,
}

impl Window {
    /// At the beginning of a list.
    pub fn new(desk: Desk) -> Self {
        let feed = desk.feed;
        let place = RwSignal::new(Place::default());
        let size = RwSignal::new((ROW_HEIGHT, 800.0));
        let map = Memo::new(move |_| {
            let (row, view) = size.get();
            let rows = feed.count.get();
            ScrollMap { rows, row, view }
        });
        let drawn = Memo::new(move |_| map.get().drawn(place.get()));
        Self {
            desk,
            feed,
            spot: Spot::default(),
            scroller: NodeRef::new(),
            place,
            size,
            map,
            drawn,
            base: Memo::new(move |_| drawn.get().0 / BASE * BASE),
            drawing: StoredValue::new(first_drawing()),
            turn: RwSignal::new(0),
            cursor: feed.cursor,
            wants_focus: RwSignal::new(false),
            #[cfg(feature = "hydrate")]
            left: StoredValue::new(None),
        }
    }

    /// The rows that stand in the document after a further step: number, whether the row is drawn in full, and how often all numbers
    /// changed.
    pub fn keys(&self) -> Vec<(u64, bool, u32)> {
        self.feed.version.track();
        self.turn.track();
        let cursor = self.cursor.get();
        let wanted = Wanted {
            rows: self.drawn.get(),
            seen: self.map.get_untracked().seen(self.place.get_untracked()),
            cursor: Some(cursor).filter(|row| *row < self.feed.count.get()),
            shift: self.feed.shifts(),
        };
        let feed = self.feed;
        let step = |drawing: &mut Drawing| drawing.step(wanted, |row| feed.has_row(row));
        if let Some(then) = self.drawing.try_update_value(step) {
            self.go_on(then);
        }
        self.drawing.with_value(Drawing::keys)
    }

    #[cfg(feature = "hydrate")]
    fn go_on(&self, then: Then) {
        let window = *self;
        let turn = move || {
            window.turn.try_update(|turn| *turn += 1);
        };
        let frame = move || {
            window.drawing.try_update_value(Drawing::next_frame);
            turn();
        };
        match then {
            Then::Rest => {}
            Then::Step => leptos::task::spawn_local(async move { turn() }),
            Then::Frame => crate::browser::next_frame(frame),
            Then::SecondFrame => {
                crate::browser::next_frame(move || crate::browser::next_frame(frame));
            }
        }
    }

    /// On the server nothing is drawn twice.
    #[cfg(not(feature = "hydrate"))]
    fn go_on(&self, _: Then) {}

    /// On the server nothing scrolls.
    #[cfg(not(feature = "hydrate"))]
    pub fn on_scroll(&self) {}

    /// On the server nothing is pressed.
    #[cfg(not(feature = "hydrate"))]
    pub fn listen(&self) {}

    /// On the server nothing is pressed.
    #[cfg(not(feature = "hydrate"))]
    pub fn on_click(&self, _: &leptos::ev::MouseEvent) {}
}

/// How the drawing of a list begins.
fn first_drawing() -> Drawing {
    #[cfg(feature = "hydrate")]
    if use_context::<IsAlive>().is_some_and(|IsAlive(is_alive)| is_alive.get_untracked()) {
        return Drawing::in_frames();
    }
    Drawing::default()
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use std::cell::Cell;
    use std::time::Duration;

    use leptos::prelude::*;

    use super::Window;
    use crate::browser::{self, list};
    use crate::trace_list::desk::Desk;
    use crate::trace_list::neighbours;
    use crate::trace_list::scroll_map::Place;

    /// The most rows that are drawn for paper.
    const PRINTED: f64 = 500.0;
    /// How long a list rests before its scroll position is brought in step with its rows.
    const REST: Duration = Duration::from_millis(200);

    thread_local! {
        /// Counts the drawings of lists. One that was given up for a later one must not take its keys.
        static DRAWN: Cell<u32> = const { Cell::new(0) };
        static SCROLLED: Cell<u32> = const { Cell::new(0) };
        static AFTER_G: Cell<bool> = const { Cell::new(false) };
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
            self.spot.forget();
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
            // On a busy machine a later scroll event may still be on its way.
            let now = list::scrolled(self.scroller).map(|(top, _)| top);
            if now.is_none_or(|now| (now - place.top).abs() > 1.0) {
                return;
            }
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
        pub(in crate::trace_list) fn tell(&self) {
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
            self.peek_along(row);
        }

        /// The trace beside the list follows the cursor once that rests.
        fn peek_along(&self, row: u64) {
            if self.desk.peeked.with_untracked(Option::is_none) {
                return;
            }
            let window = *self;
            browser::after(REST, move || {
                if window.cursor.try_get_untracked() == Some(row) {
                    window.with_id(row, |desk, id| desk.peek(id));
                }
            });
        }

        /// Does something with the id of a row, if that is in memory.
        pub(super) fn with_id(&self, row: u64, act: impl FnOnce(Desk, &str)) {
            let id = self.feed.with_row(row, |row| row.trace_id.clone());
            if let Some(id) = id {
                act(self.desk, &id);
            }
        }

        /// A press on a row takes the cursor there; while a trace is looked into, that of the row is.
        pub fn on_click(&self, event: &leptos::ev::MouseEvent) {
            let Some(row) = list::row_around(event) else {
                return;
            };
            self.cursor.set(row);
            self.note_place();
            neighbours::keep_around(self.feed, row);
            let has_modifier = event.ctrl_key() || event.meta_key() || event.shift_key();
            let is_on_link = list::around(event, ".trace-table__link").is_some();
            let is_peeking = self.desk.peeked.with_untracked(Option::is_some);
            if is_on_link && is_peeking && !has_modifier {
                event.prevent_default();
                self.with_id(row, |desk, id| desk.peek(id));
            }
        }

        /// Keys, sizes and the focus, while the list is open.
        pub fn listen(&self) {
            let window = *self;
            self.recall_place();
            let drawn = DRAWN.get() + 1;
            DRAWN.set(drawn);
            let listener = window_event_listener(leptos::ev::keydown, move |event| {
                // The letter after `g` names a place to go to.
                let is_after_g = AFTER_G.replace(event.key() == "g");
                if DRAWN.get() == drawn && !is_after_g {
                    window.on_key(&event);
                }
            });
            let resized = window_event_listener(leptos::ev::resize, move |_| {
                if let Some((_, view)) = list::scrolled(window.scroller) {
                    window.measure(view);
                    window.tell();
                }
            });
            // Before anything that is pressed leads elsewhere.
            let pressed = window_event_listener(leptos::ev::pointerdown, move |_| {
                if DRAWN.get() == drawn {
                    window.note_place();
                }
            });
            on_cleanup(move || {
                listener.remove();
                resized.remove();
                pressed.remove();
            });
            browser::on_printing(move |is_printing| {
                if is_printing {
                    let (row, _) = window.size.get_untracked();
                    window.drawing.update_value(super::Drawing::all_at_once);
                    window.place.set(Place::default());
                    window.size.set((row, row * PRINTED));
                } else {
                    window.settle(false);
                    window.on_scroll();
                }
            });
            Effect::new(move |before: Option<u32>| {
                let now = window.feed.to_top.get();
                if before.is_some_and(|before| before != now) {
                    window.cursor.set(0);
                    window.reveal(0);
                }
                now
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
                self.come_back();
            }
            if !wants_focus {
                return;
            }
            let row = "[data-mark~='here'] .trace-table__link";
            if list::focus_within(self.scroller, row) {
                self.wants_focus.set(false);
            } else if let Some(scroller) = self.scroller.get_untracked() {
                // The row is on its way.
                list::focus(&scroller);
            }
        }
    }
}
