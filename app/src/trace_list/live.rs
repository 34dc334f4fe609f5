//! New traces while one looks: they come by themselves while the list is at its top, else they wait above it.

use leptos::prelude::*;

use super::feed::Feed;
use crate::keymap::hint;
use crate::model::TraceRow;
use crate::text::number::{counted, grouped};
use crate::url_state::Sort;

/// The most traces that wait; more are read by reading the list again.
#[cfg(feature = "hydrate")]
const WAITING_MAX: usize = 500;

/// A list that is being watched.
#[derive(Clone, Copy)]
pub struct Live {
    feed: Feed,
    /// Reads the list again.
    again: Callback<()>,
    /// Whether new traces are asked for.
    pub is_on: RwSignal<bool>,
    /// New traces that are not in the list yet, newest first.
    waiting: RwSignal<Vec<TraceRow>>,
    /// There are more than are kept.
    is_over: RwSignal<bool>,
    /// New traces of the last minute: when they were seen, and how many.
    seen: RwSignal<Vec<(i64, usize)>>,
    /// The server does not answer.
    is_lost: RwSignal<bool>,
}

impl Live {
    /// Not watching yet; `None` if the list's order or end leaves no room for new traces above.
    pub fn new(feed: Feed, again: Callback<()>) -> Option<Self> {
        let is_open = feed.question.with_value(|question| {
            let state = &question.state;
            state.sort == Sort::Newest && state.to.is_empty() && state.page.is_empty()
        });
        is_open.then(|| Self {
            feed,
            again,
            is_on: RwSignal::new(false),
            waiting: RwSignal::new(Vec::new()),
            is_over: RwSignal::new(false),
            seen: RwSignal::new(Vec::new()),
            is_lost: RwSignal::new(false),
        })
    }

    /// Begins or ends watching.
    pub fn toggle(self) {
        self.is_on.update(|is_on| *is_on = !*is_on);
        #[cfg(feature = "hydrate")]
        self.start();
    }

    /// The switch, what waits, and how many come.
    pub fn view(self) -> AnyView {
        let waiting = move || {
            let count = self.waiting.with(Vec::len) as u64;
            let plus = if self.is_over.get() { "+" } else { "" };
            (count > 0).then(|| {
                view! {
                    <button type="button" class="button" data-size="small" data-weight="main" on:click=move |_| self.show()>
                        {format!("{}{plus} new", grouped(count))}
                    </button>
                }
            })
        };
        let words = move || {
            if !self.is_on.get() {
                return String::new();
            }
            if self.is_lost.get() {
                return "No connection. Trying again.".to_owned();
            }
            let count = self
                .seen
                .with(|seen| seen.iter().map(|(_, count)| count).sum::<usize>());
            format!(
                "{} in the last minute",
                counted(count as u64, "trace", "traces")
            )
        };
        view! {
            <button
                type="button"
                class="button live__switch"
                data-size="small"
                title=hint("New traces as they come", "l")
                aria-pressed=move || self.is_on.get().to_string()
                on:click=move |_| self.toggle()
            >
                "Live"
            </button>
            <span class="quiet figures">{words}</span>
            <span role="status">{waiting}</span>
        }
        .into_any()
    }

    /// Puts what waits into the list.
    fn show(self) {
        if self.is_over.get_untracked() {
            self.again.run(());
            return;
        }
        let rows = self.waiting.with_untracked(Vec::clone);
        self.waiting.set(Vec::new());
        self.feed.prepend(rows);
        self.feed.to_top.update(|count| *count += 1);
    }
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use leptos::prelude::*;
    use leptos::task::spawn_local;

    use super::{Live, WAITING_MAX};
    use crate::browser::list::{Abort, is_hidden};
    use crate::browser::{after, now_millis};
    use crate::model::RowPage;
    use crate::reads::{Read, ask};

    /// How often the server is asked.
    const PACE: Duration = Duration::from_secs(2);

    impl Live {
        pub(super) fn start(self) {
            if self.is_on.get_untracked() {
                after(Duration::ZERO, move || self.tick());
            }
        }

        fn tick(self) {
            // The page may have been left meanwhile, and the signals with it.
            if self.is_on.try_get_untracked() != Some(true) {
                return;
            }
            if is_hidden() {
                after(PACE, move || self.tick());
                return;
            }
            let newest = self
                .waiting
                .with_untracked(|rows| rows.first().map(|row| row.time_ms));
            let newest = newest
                .or_else(|| self.feed.with_row(0, |row| row.time_ms))
                .unwrap_or(0);
            let read = self.feed.question.with_value(|question| Read::Rows {
                experiment: question.experiment.to_string(),
                state: question.state.clone(),
                place: (newest.to_string(), String::new(), 0),
            });
            spawn_local(async move {
                let found = ask(read, &Abort::new()).await.open::<RowPage>();
                if self.is_on.try_get_untracked() != Some(true) {
                    return;
                }
                self.is_lost.set(found.is_err());
                if let Ok(found) = found {
                    self.take(found, newest);
                }
                after(PACE, move || self.tick());
            });
        }

        fn take(self, found: RowPage, newest: i64) {
            let feed = self.feed;
            let mut known = BTreeSet::new();
            feed.numbers(|row| row.time_ms == newest && known.insert(row.trace_id.clone()));
            self.waiting
                .with_untracked(|rows| known.extend(rows.iter().map(|row| row.trace_id.clone())));
            let mut rows = found.rows;
            rows.retain(|row| !known.contains(&row.trace_id));
            let now = now_millis();
            let count = rows.len();
            self.seen.update(|seen| {
                seen.retain(|(at, _)| now - at < 60_000);
                if count > 0 {
                    seen.push((now, count));
                }
            });
            if rows.is_empty() {
                return;
            }
            let is_over = found.next.is_some();
            let is_at_top = feed.seen.get_untracked().0 == 0;
            let has_waiting = self.waiting.with_untracked(|rows| !rows.is_empty());
            if is_at_top && !has_waiting && !is_over {
                feed.prepend(rows);
                return;
            }
            self.waiting.update(|waiting| {
                waiting.splice(0..0, rows);
                waiting.truncate(WAITING_MAX);
            });
            if is_over || self.waiting.with_untracked(Vec::len) == WAITING_MAX {
                self.is_over.set(true);
            }
        }
    }
}
