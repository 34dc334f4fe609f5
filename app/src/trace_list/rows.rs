//! The rows of a list that are in memory, page by page, and which to ask for next. Pure; asking is in `feed`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::time_index::{Found, Slot, TimeIndex};
use crate::model::{RowPage, TraceRow};

/// Rows of one page.
pub const PAGE: u64 = 100;
/// The most pages kept; those farthest from what is seen go first.
const KEPT: usize = 30;

/// A question that brings rows nearer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// A page by time: rows from this time on in the order of the list, without the first few.
    Time {
        /// The time to begin at.
        edge: i64,
        /// Rows to pass over.
        skip: u64,
    },
    /// A page by the token of the one before.
    Token(String),
    /// Counts within a stretch of time.
    Split(Slot),
}

/// How pages are found.
#[derive(Debug)]
enum Way {
    /// One after the other: the tokens known so far, the first page's in front.
    Tokens(Vec<String>),
    /// By number, through time.
    Time(TimeIndex),
}

/// The rows of a list.
#[derive(Debug)]
pub struct Rows {
    way: Way,
    pages: BTreeMap<u64, Arc<[TraceRow]>>,
    /// The last page was read.
    is_ended: bool,
    /// Rows up to the last one read.
    reached: u64,
}

impl Rows {
    /// With the first page; `next` is the token of the second, `token` that of the first.
    pub fn new(first: Vec<TraceRow>, token: String, next: Option<String>) -> Self {
        let mut rows = Self {
            way: Way::Tokens(vec![token]),
            pages: BTreeMap::new(),
            is_ended: false,
            reached: 0,
        };
        rows.insert(0, RowPage { rows: first, next });
        rows
    }

    /// From now on pages are found by time.
    pub fn index(&mut self, index: TimeIndex) {
        self.way = Way::Time(index);
    }

    /// Puts finer counts in a slot's place.
    pub fn split(&mut self, slot: Slot, start: i64, length: i64, counts: &[(u32, u32)]) {
        if let Way::Time(index) = &mut self.way {
            index.split(slot, start, length, counts);
        }
    }

    /// How many rows the scroll area holds: all if they can be reached by number, else those read and a page of room for more.
    pub fn count(&self) -> u64 {
        match &self.way {
            Way::Time(index) => index.total().max(self.reached),
            Way::Tokens(_) if self.is_ended => self.reached,
            Way::Tokens(_) => self.reached + PAGE,
        }
    }

    /// Whether [`Self::count`] is that of all rows.
    pub fn is_whole(&self) -> bool {
        matches!(self.way, Way::Time(_)) || self.is_ended
    }

    /// A row, if its page is in memory.
    pub fn row(&self, index: u64) -> Option<&TraceRow> {
        self.pages
            .get(&(index / PAGE))?
            .get(usize::try_from(index % PAGE).ok()?)
    }

    /// The rows in memory that stand together around a row: the number of the first, and their ids.
    pub fn around(&self, index: u64) -> (u64, Vec<String>) {
        let here = index / PAGE;
        let mut first = here;
        while first > 0 && here - first < 3 && self.pages.contains_key(&(first - 1)) {
            first -= 1;
        }
        let pages = (first..).map_while(|page| self.pages.get(&page)).take(7);
        let ids = pages.flat_map(|page| page.iter().map(|row| row.trace_id.clone()));
        (first * PAGE, ids.collect())
    }

    /// All rows in memory, with their numbers.
    pub fn loaded(&self) -> impl Iterator<Item = (u64, &TraceRow)> {
        self.pages
            .iter()
            .flat_map(|(page, rows)| (page * PAGE..).zip(rows.iter()))
    }

    /// The pages that are missing for rows `first` to `end`, and then for their neighbours.
    pub fn missing(&self, first: u64, end: u64) -> Vec<u64> {
        let (from, to) = (first / PAGE, end.saturating_sub(1).max(first) / PAGE);
        let last = self.count().saturating_sub(1) / PAGE;
        let seen = from..=to;
        let near = [to + 1, from.wrapping_sub(1)];
        seen.chain(near)
            .filter(|page| *page <= last && !self.pages.contains_key(page))
            .collect()
    }

    /// What to ask for to get a page; `None` if the way there is not known yet, or there is no such page.
    pub fn ask(&self, page: u64) -> Option<Ask> {
        match &self.way {
            Way::Tokens(tokens) => tokens
                .get(usize::try_from(page).ok()?)
                .cloned()
                .map(Ask::Token),
            Way::Time(index) => Some(match index.find(page * PAGE)? {
                Found::At { edge, skip } => Ask::Time { edge, skip },
                Found::Within(slot) => Ask::Split(slot),
            }),
        }
    }

    /// Takes in a page.
    pub fn insert(&mut self, page: u64, found: RowPage) {
        self.reached = self.reached.max(page * PAGE + found.rows.len() as u64);
        match (&mut self.way, found.next) {
            (Way::Tokens(tokens), Some(next)) if tokens.len() as u64 == page + 1 => {
                tokens.push(next);
            }
            (Way::Tokens(tokens), None) if tokens.len() as u64 == page + 1 => self.is_ended = true,
            _ => {}
        }
        self.pages.insert(page, found.rows.into());
    }

    /// Forgets pages far from a row.
    pub fn forget_far(&mut self, row: u64) {
        let here = row / PAGE;
        while self.pages.len() > KEPT {
            let far = self
                .pages
                .keys()
                .copied()
                .max_by_key(|page| page.abs_diff(here));
            match far {
                Some(page) => self.pages.remove(&page),
                None => return,
            };
        }
    }

    /// Forgets all pages but keeps how to find them: what they show has changed.
    pub fn forget_all(&mut self) {
        self.pages.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(from: u64, count: u64, next: Option<&str>) -> RowPage {
        RowPage {
            rows: (from..from + count).map(row).collect(),
            next: next.map(str::to_owned),
        }
    }

    fn row(number: u64) -> TraceRow {
        TraceRow {
            trace_id: format!("tr-{number}"),
            ..TraceRow::default()
        }
    }

    fn rows() -> Rows {
        let first = page(0, PAGE, Some("b"));
        Rows::new(first.rows, String::new(), first.next)
    }

    #[test]
    fn pages_follow_by_token_until_the_last() {
        let mut rows = rows();
        assert_eq!((rows.count(), rows.is_whole()), (200, false));
        assert_eq!(rows.missing(90, 110), [1]);
        assert_eq!(rows.ask(1), Some(Ask::Token("b".to_owned())));
        assert_eq!(rows.ask(2), None);
        rows.insert(1, page(100, 50, None));
        assert_eq!((rows.count(), rows.is_whole()), (150, true));
        assert_eq!(rows.row(149).unwrap().trace_id, "tr-149");
        assert_eq!(rows.row(150), None);
        assert!(rows.missing(100, 150).is_empty());
    }

    #[test]
    fn with_an_index_any_page_can_be_asked_for() {
        let mut rows = rows();
        rows.index(TimeIndex::new(0, 10, &[(0, 500), (0, 500)], true));
        assert_eq!((rows.count(), rows.is_whole()), (1_000, true));
        assert_eq!(rows.ask(7), Some(Ask::Time { edge: 9, skip: 200 }));
        assert_eq!(rows.missing(720, 740), [7, 8, 6]);
    }

    #[test]
    fn memory_is_bounded_around_what_is_seen() {
        let mut rows = rows();
        rows.index(TimeIndex::new(0, 10, &[(0, 100_000)], true));
        for number in 1..100 {
            rows.insert(number, page(number * PAGE, PAGE, None));
        }
        rows.forget_far(5_000);
        assert!(rows.row(0).is_none() && rows.row(5_000).is_some());
        assert_eq!(rows.loaded().count() as u64, KEPT as u64 * PAGE);
        let (first, ids) = rows.around(5_000);
        assert_eq!((first, ids.len()), (4_700, 700));
    }
}
