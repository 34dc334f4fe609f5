//! How rows come: what is seen is asked for once the list rests, and what was scrolled past is given up.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::super::rows::Ask;
use super::super::time_index::TimeIndex;
use super::Feed;
use crate::browser::after;
use crate::browser::list::Abort;
use crate::error::AppError;
use crate::model::{RowPage, TimeSlots, TraceRow};
use crate::reads::{Read, ask};
use crate::url_state::{ListState, Sort};

/// How long rows are seen before they are asked for, so that a scroll bar that is dragged past asks for none.
const REST: Duration = Duration::from_millis(40);
/// When to try again after a failure.
const AGAIN: Duration = Duration::from_secs(2);

thread_local! {
    /// Pages on their way. One list is open at a time; the next one gives up what the last one asked.
    static ASKED: RefCell<BTreeMap<u64, Abort>> = const { RefCell::new(BTreeMap::new()) };
    static WANTED: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
    static IS_WAITING: Cell<bool> = const { Cell::new(false) };
}

impl Feed {
    fn changed(&self) {
        let fresh = self.fresh.with_value(Vec::len) as u64;
        let (count, is_whole) = self
            .rows
            .with_value(|rows| (rows.count() + fresh, rows.is_whole()));
        let is_first = self
            .question
            .with_value(|question| question.state.page.is_empty());
        self.count.set(count);
        if is_whole && is_first {
            self.total.set(Some(count));
        }
        self.version.update(|version| *version += 1);
    }

    /// Asks for the counts by time that make any row reachable.
    pub(super) fn fetch_index(&self) {
        let feed = *self;
        ASKED.with_borrow_mut(BTreeMap::clear);
        // After the page is alive: nothing is fetched while it is taken over.
        Effect::new(move |_| {
            spawn_local(async move {
                let (read, is_newest_first) = feed.question.with_value(|question| {
                    let is_newest_first = question.state.sort == Sort::Newest;
                    let bound = question.first_ms.to_string();
                    let range = match is_newest_first {
                        true => (String::new(), bound),
                        false => (bound, String::new()),
                    };
                    (feed.slots(question.state.clone(), range), is_newest_first)
                });
                let found = ask(read, &Abort::new()).await.open::<TimeSlots>();
                // Without an index pages follow one another.
                let Ok(found) = found else { return };
                if found.is_whole || is_newest_first {
                    let index =
                        TimeIndex::new(found.start, found.length, &found.counts, is_newest_first);
                    feed.rows.try_update_value(|rows| rows.index(index));
                    feed.try_changed();
                }
            });
        });
    }

    fn slots(&self, state: ListState, range: (String, String)) -> Read {
        let experiment = self
            .question
            .with_value(|question| question.experiment.to_string());
        Read::TimeSlots {
            experiment,
            state,
            range,
        }
    }

    /// Tells which rows are seen; they come if they stay for a moment.
    pub fn want(&self, first: u64, end: u64) {
        WANTED.set((first, end));
        if !IS_WAITING.replace(true) {
            let feed = *self;
            after(REST, move || {
                IS_WAITING.set(false);
                feed.fetch();
            });
        }
    }

    fn fetch(&self) {
        let (first, end) = WANTED.get();
        let Some(fresh) = self.fresh.try_with_value(Vec::len) else {
            return;
        };
        let (first, end) = (
            first.saturating_sub(fresh as u64),
            end.saturating_sub(fresh as u64),
        );
        let missing = self.rows.with_value(|rows| rows.missing(first, end));
        ASKED.with_borrow_mut(|asked| asked.retain(|page, _| missing.contains(page)));
        for page in missing {
            let question = self.rows.with_value(|rows| rows.ask(page));
            let is_asked = ASKED.with_borrow(|asked| asked.contains_key(&page));
            if let (Some(question), false) = (question, is_asked) {
                self.fetch_page(page, question);
            }
        }
    }

    fn fetch_page(&self, page: u64, question: Ask) {
        let feed = *self;
        let abort = Abort::new();
        let read = self.read(&question);
        let answer = ask(read, &abort);
        ASKED.with_borrow_mut(|asked| asked.insert(page, abort));
        spawn_local(async move {
            let reply = answer.await;
            // Not among those asked: given up, maybe asked anew since.
            let is_asked = ASKED.with_borrow_mut(|asked| asked.remove(&page).is_some());
            if !is_asked || feed.version.try_get_untracked().is_none() {
                return;
            }
            let outcome = match question {
                Ask::Split(slot) => reply.open::<TimeSlots>().map(|found| {
                    feed.rows.update_value(|rows| {
                        rows.split(slot, found.start, found.length, &found.counts);
                    });
                }),
                _ => reply.open::<RowPage>().map(|found| {
                    feed.rows.update_value(|rows| {
                        rows.insert(page, found);
                        rows.forget_far(WANTED.get().0);
                    });
                }),
            };
            feed.settle(outcome);
        });
    }

    fn settle(&self, outcome: Result<(), AppError>) {
        let feed = *self;
        match outcome {
            Ok(()) => {
                if self.problem.with_untracked(Option::is_some) {
                    self.problem.set(None);
                }
                self.changed();
                self.fetch();
            }
            Err(error) => {
                self.problem.set(Some(error.to_string()));
                after(AGAIN, move || feed.fetch());
            }
        }
    }

    fn try_changed(&self) {
        if self.version.try_get_untracked().is_some() {
            self.changed();
        }
    }

    /// The question for a page.
    fn read(&self, ask: &Ask) -> Read {
        self.question.with_value(|question| {
            let (experiment, mut state) = (question.experiment.to_string(), question.state.clone());
            let is_newest_first = state.sort == Sort::Newest;
            let place = match ask {
                Ask::Split(slot) => {
                    let range = (
                        slot.from.to_string(),
                        slot.to.min(question.first_or_max()).to_string(),
                    );
                    return self.slots(state, range);
                }
                Ask::Token(token) => {
                    state.page.clone_from(token);
                    (String::new(), String::new(), 0)
                }
                Ask::Time { edge, skip } if is_newest_first => {
                    let until = (*edge).min(question.first_ms).to_string();
                    (String::new(), until, *skip)
                }
                Ask::Time { edge, skip } => (edge.to_string(), String::new(), *skip),
            };
            Read::Rows {
                experiment,
                state,
                place,
            }
        })
    }

    /// Puts new rows before all others. The cursor stays at its trace.
    pub fn prepend(&self, rows: Vec<TraceRow>) {
        let count = rows.len() as u64;
        self.fresh.update_value(|fresh| {
            fresh.splice(0..0, rows);
        });
        self.shifts.update_value(|shifts| *shifts += 1);
        self.cursor.update(|cursor| *cursor += count);
        self.changed();
    }

    /// Reads all pages again that are seen: what they show was changed.
    pub fn reload(&self) {
        ASKED.with_borrow_mut(BTreeMap::clear);
        self.rows.update_value(super::Rows::forget_all);
        // Rows with the same numbers are drawn anew.
        self.shifts.update_value(|shifts| *shifts += 1);
        self.fetch();
    }
}

impl super::Question {
    /// The latest start of traces in the list.
    fn first_or_max(&self) -> i64 {
        match self.state.sort {
            Sort::Newest => self.first_ms,
            _ => i64::MAX,
        }
    }
}
