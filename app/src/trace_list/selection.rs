//! The traces that the reader chose.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::feed::Feed;

/// What is chosen in a list.
#[derive(Clone, Copy)]
pub struct Selection {
    /// Ids of single traces.
    pub ids: RwSignal<BTreeSet<String>>,
    /// All that match, whether they were seen or not.
    pub is_all: RwSignal<bool>,
    /// The row that was chosen last; a range begins there.
    last: StoredValue<u64>,
}

impl Selection {
    /// Nothing.
    pub fn new() -> Self {
        Self {
            ids: RwSignal::new(BTreeSet::new()),
            is_all: RwSignal::new(false),
            last: StoredValue::new(0),
        }
    }

    /// Whether a trace is chosen.
    pub fn has(&self, id: &str) -> bool {
        self.is_all.get() || self.ids.with(|ids| ids.contains(id))
    }

    /// Whether nothing is chosen.
    pub fn is_empty(&self) -> bool {
        !self.is_all.get() && self.ids.with(BTreeSet::is_empty)
    }

    /// Takes a row in or out.
    pub fn toggle(&self, feed: Feed, row: u64) {
        let Some(id) = feed.with_row(row, |row| row.trace_id.clone()) else {
            return;
        };
        self.is_all.set(false);
        self.last.set_value(row);
        self.ids.update(|ids| {
            if !ids.remove(&id) {
                ids.insert(id);
            }
        });
    }

    /// Takes in all rows from the one that was chosen last to this one, as far as they are in memory.
    pub fn extend_to(&self, feed: Feed, row: u64) {
        let last = self.last.get_value();
        self.add(feed, last.min(row), last.max(row) + 1);
        self.last.set_value(row);
    }

    /// Takes in rows.
    pub fn add(&self, feed: Feed, first: u64, end: u64) {
        self.is_all.set(false);
        let found = (first..end).filter_map(|row| feed.with_row(row, |row| row.trace_id.clone()));
        let found: Vec<String> = found.collect();
        self.ids.update(|ids| ids.extend(found));
    }

    /// Lets all go.
    pub fn clear(&self) {
        self.is_all.set(false);
        self.ids.set(BTreeSet::new());
    }
}

impl Default for Selection {
    fn default() -> Self {
        Self::new()
    }
}
