//! Brings the rows of a list from the server while it is scrolled: what is seen first, then its neighbours; what was scrolled past
//! is given up.

#[cfg(feature = "hydrate")]
mod fetching;

use leptos::prelude::*;

use super::columns::{Columns, write};
use super::rows::Rows;
use crate::model::{TraceList, TraceRow};
use crate::url_state::{ListState, Sort, trail};

/// The rows of a list as the page has them.
#[derive(Clone, Copy)]
pub struct Feed {
    rows: StoredValue<Rows>,
    /// Rows that came while the list stood open; before all others.
    fresh: StoredValue<Vec<TraceRow>>,
    /// The row that Tab leads to.
    pub cursor: RwSignal<u64>,
    /// Counts how often the list was asked to go to its top.
    pub to_top: RwSignal<u32>,
    /// How often rows got other numbers.
    shifts: StoredValue<u32>,
    /// Grows with every change of the rows.
    pub version: RwSignal<u32>,
    /// How many rows the scroll area holds.
    pub count: RwSignal<u64>,
    /// The rows in view, from the first to the one after the last.
    pub seen: RwSignal<(u64, u64)>,
    /// How many traces match, once that is known to the last one.
    pub total: RwSignal<Option<u64>>,
    /// Why rows do not come.
    pub problem: RwSignal<Option<String>>,
    /// What the list asks.
    pub question: StoredValue<Question>,
}

/// What a list asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The experiment.
    pub experiment: i64,
    /// What the address says.
    pub state: ListState,
    /// The list's address without the question.
    pub path: String,
    /// Its columns as they are drawn, whether the address says them or not.
    pub columns: String,
    /// When the first row began; newer traces are not part of the list yet.
    pub first_ms: i64,
}

impl Feed {
    /// From the first page.
    pub fn new(list: &TraceList, state: &ListState, path: &str) -> Self {
        let token = trail::present(&state.page).to_owned();
        let rows = Rows::new(list.rows.clone(), token, list.next.clone());
        let feed = Self {
            seen: RwSignal::new((0, 0)),
            count: RwSignal::new(rows.count()),
            total: RwSignal::new(
                (!list.count.is_capped)
                    .then_some(list.count.value)
                    .filter(|_| state.page.is_empty()),
            ),
            rows: StoredValue::new(rows),
            fresh: StoredValue::new(Vec::new()),
            cursor: RwSignal::new(0),
            to_top: RwSignal::new(0),
            shifts: StoredValue::new(0),
            version: RwSignal::new(0),
            problem: RwSignal::new(None),
            question: StoredValue::new(Question {
                experiment: list.experiment.id,
                state: state.clone(),
                path: path.to_owned(),
                columns: write(&Columns::new(&state.cols, &list.rows, false).list),
                first_ms: list.rows.first().map_or(0, |row| row.time_ms),
            }),
        };
        let is_indexed = matches!(state.sort, Sort::Newest | Sort::Oldest);
        if list.next.is_some() && state.page.is_empty() && is_indexed {
            feed.fetch_index();
        }
        feed
    }

    /// Something of a row, if it is in memory.
    pub fn with_row<T>(&self, index: u64, read: impl FnOnce(&TraceRow) -> T) -> Option<T> {
        let fresh = self.fresh.with_value(Vec::len) as u64;
        if index < fresh {
            return self
                .fresh
                .with_value(|rows| rows.get(usize::try_from(index).ok()?).map(read));
        }
        self.rows
            .with_value(|rows| rows.row(index - fresh).map(read))
    }

    /// How often rows got other numbers.
    pub fn shifts(&self) -> u32 {
        self.shifts.get_value()
    }

    /// Whether a row is in memory.
    pub fn has_row(&self, index: u64) -> bool {
        self.with_row(index, |_| ()).is_some()
    }

    /// Rows in memory that stand together around a row: the number of the first, and their ids.
    pub fn around(&self, index: u64) -> (u64, Vec<String>) {
        let fresh = self.fresh.with_value(Vec::len) as u64;
        let (first, ids) = self
            .rows
            .with_value(|rows| rows.around(index.saturating_sub(fresh)));
        if first > 0 {
            return (first + fresh, ids);
        }
        let newer = self.fresh.with_value(|rows| {
            rows.iter()
                .map(|row| row.trace_id.clone())
                .collect::<Vec<_>>()
        });
        (0, newer.into_iter().chain(ids).collect())
    }

    /// The numbers of rows in memory for which this holds.
    pub fn numbers(&self, mut is_wanted: impl FnMut(&TraceRow) -> bool) -> Vec<u64> {
        let fresh = self.fresh.with_value(|rows| {
            let wanted = (0..).zip(rows).filter(|(_, row)| is_wanted(row));
            wanted.map(|(number, _)| number).collect::<Vec<u64>>()
        });
        let offset = self.fresh.with_value(Vec::len) as u64;
        let others = self.rows.with_value(|rows| {
            let wanted = rows.loaded().filter(|(_, row)| is_wanted(row));
            wanted
                .map(|(number, _)| number + offset)
                .collect::<Vec<u64>>()
        });
        fresh.into_iter().chain(others).collect()
    }
}

/// On the server nothing is fetched.
#[cfg(not(feature = "hydrate"))]
impl Feed {
    fn fetch_index(&self) {}

    /// Puts new rows before all others.
    pub fn prepend(&self, rows: Vec<TraceRow>) {
        self.fresh.set_value(rows);
    }
}
