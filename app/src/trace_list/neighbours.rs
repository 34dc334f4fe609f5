//! The list that the reader came from: which trace stands before the present one in it, and which after.
//!
//! The tab remembers rows around the one that was opened, with filter and order as they were; beyond them the server is asked.
//! Without script, or in a tab of its own, a trace has no neighbours.

use leptos::prelude::*;

use super::feed::Feed;
use crate::model::NextTo;
use crate::widgets::time::IsAlive;

/// A trace's place in the last list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbours {
    /// Counted from 1.
    pub position: u64,
    /// How many rows the list has, if that is known.
    pub count: Option<u64>,
    /// The trace before.
    pub before: Option<String>,
    /// The trace after.
    pub after: Option<String>,
    /// The list's address.
    pub list: String,
}

/// What is remembered of a list: its address, its columns, what to ask the server for, number of the first row that is kept, rows in
/// all, and the ids of those that are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    list: String,
    columns: String,
    question: String,
    first: u64,
    count: Option<u64>,
    ids: Vec<String>,
}

impl Kept {
    /// A value on each line.
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let mut line = || lines.next().map(str::to_owned);
        Some(Self {
            list: line()?,
            columns: line()?,
            question: line()?,
            first: line()?.parse().ok()?,
            count: line()?.parse().ok(),
            ids: lines.map(str::to_owned).collect(),
        })
    }

    /// As it is kept.
    pub fn write(&self) -> String {
        let count = self
            .count
            .map(|count| count.to_string())
            .unwrap_or_default();
        let first = self.first.to_string();
        let head = [&self.list, &self.columns, &self.question, &first, &count];
        let lines = head.into_iter().chain(&self.ids).map(String::as_str);
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The place of a trace; `None` if it is not among those that are kept.
    pub fn place(&self, trace_id: &str) -> Option<Neighbours> {
        let at = self.ids.iter().position(|id| id == trace_id)?;
        let of = |at: Option<usize>| at.and_then(|at| self.ids.get(at)).cloned();
        Some(Neighbours {
            position: self.first + at as u64 + 1,
            count: self.count,
            before: of(at.checked_sub(1)),
            after: of(Some(at + 1)),
            list: self.list.clone(),
        })
    }

    /// Takes in what the server says of a trace at the edge.
    pub fn extend(&mut self, trace_id: &str, next: &NextTo) {
        if let (Some(before), true) = (
            &next.before,
            self.ids.first().is_some_and(|id| id == trace_id),
        ) {
            self.ids.insert(0, before.clone());
            self.first = self.first.saturating_sub(1);
        }
        if let (Some(after), true) = (
            &next.after,
            self.ids.last().is_some_and(|id| id == trace_id),
        ) {
            self.ids.push(after.clone());
        }
    }
}

/// Remembers the rows of a list around the cursor. On the server nothing happens.
pub fn remember(feed: Feed) {
    let page = Memo::new(move |_| feed.cursor.get() / super::rows::PAGE);
    Effect::new(move |_| {
        feed.version.track();
        keep_around(feed, page.get() * super::rows::PAGE);
    });
}

/// Remembers the rows of a list around one.
#[cfg(feature = "hydrate")]
pub fn keep_around(feed: Feed, row: u64) {
    use crate::server_fns::paths;
    use crate::url_state::{query, with_query_of};
    let (first, ids) = feed.around(row);
    let kept = feed.question.with_value(|question| {
        let asked = question.state.first_page();
        let path = query(
            paths::NEIGHBOURS,
            &[("experiment_id", &question.experiment.to_string())],
        );
        Kept {
            list: question.state.href(&question.path),
            columns: question.columns.clone(),
            question: with_query_of(path, &asked.href("")),
            first,
            count: feed.total.get_untracked(),
            ids,
        }
    });
    crate::browser::keep(KEY, &kept.write());
}

#[cfg(not(feature = "hydrate"))]
fn keep_around(feed: Feed, row: u64) {
    let _ = feed.around(row);
}

/// The place of a trace in the last list; known once the page is alive.
pub fn neighbours_of(trace_id: &str) -> Memo<Option<Neighbours>> {
    let trace_id = trace_id.to_owned();
    let is_alive = use_context::<IsAlive>();
    let is_alive = move || is_alive.is_some_and(|IsAlive(is_alive)| is_alive.get());
    let beyond = RwSignal::new(0_u32);
    fetch_beyond(trace_id.clone(), beyond);
    Memo::new(move |_| {
        beyond.track();
        let kept = if is_alive() { kept() } else { None };
        kept?.place(&trace_id)
    })
}

/// The same at this moment, for a trace that may still be on its way.
pub fn neighbours_now(trace_id: &str) -> Option<Neighbours> {
    kept()?.place(trace_id)
}

/// The address and the columns of the list, if a trace is in it.
pub fn list_now(trace_id: &str) -> Option<(String, String)> {
    let kept = kept()?;
    kept.place(trace_id)?;
    Some((kept.list, kept.columns))
}

#[cfg(feature = "hydrate")]
const KEY: &str = "spanfall_list";

#[cfg(feature = "hydrate")]
fn kept() -> Option<Kept> {
    Kept::read(&crate::browser::kept(KEY)?)
}

#[cfg(not(feature = "hydrate"))]
fn kept() -> Option<Kept> {
    None
}

/// Asks the server for what lies beyond the rows that are kept, and keeps it.
#[cfg(feature = "hydrate")]
fn fetch_beyond(trace_id: String, beyond: RwSignal<u32>) {
    use crate::browser::list::Abort;
    use crate::reads::{Read, ask};
    use crate::url_state::segment;
    Effect::new(move |_| {
        let trace_id = trace_id.clone();
        let Some(kept) = kept() else { return };
        let Some(place) = kept.place(&trace_id) else {
            return;
        };
        let is_first = place.position == 1;
        let is_last = place.count == Some(place.position);
        if (place.before.is_some() || is_first) && (place.after.is_some() || is_last) {
            return;
        }
        let address = format!("{}&trace_id={}", kept.question, segment(&trace_id));
        leptos::task::spawn_local(async move {
            let found = ask(Read::Neighbours(address), &Abort::new())
                .await
                .open::<NextTo>();
            // Another trace may have been opened meanwhile, and kept more.
            if let (Ok(found), Some(mut kept)) = (found, self::kept()) {
                kept.extend(&trace_id, &found);
                crate::browser::keep(KEY, &kept.write());
                beyond.try_update(|count| *count += 1);
            }
        });
    });
}

#[cfg(not(feature = "hydrate"))]
fn fetch_beyond(trace_id: String, beyond: RwSignal<u32>) {
    let _ = (trace_id, beyond);
}

#[cfg(test)]
mod tests {
    use super::{Kept, NextTo};

    fn kept(first: u64, ids: &[&str]) -> Kept {
        Kept {
            list: "/list".to_owned(),
            columns: "name,tag.env".to_owned(),
            question: "/q?experiment_id=1".to_owned(),
            first,
            count: Some(200),
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    #[test]
    fn neighbours_are_those_of_the_list() {
        let kept = kept(100, &["a", "b", "c"]);
        assert_eq!(Kept::read(&kept.write()).as_ref(), Some(&kept));
        let found = kept.place("b").unwrap();
        assert_eq!((found.position, found.count), (102, Some(200)));
        assert_eq!(found.before.as_deref(), Some("a"));
        assert_eq!(found.after.as_deref(), Some("c"));
        assert_eq!(kept.place("x"), None);
    }

    #[test]
    fn a_count_that_is_not_known_stays_so() {
        let kept = Kept {
            count: None,
            ..kept(0, &["a"])
        };
        assert_eq!(Kept::read(&kept.write()), Some(kept));
    }

    #[test]
    fn what_lies_beyond_is_kept_at_its_side() {
        let mut kept = kept(100, &["a", "b"]);
        let next = NextTo {
            before: Some("z".to_owned()),
            after: Some("c".to_owned()),
        };
        kept.extend("b", &next);
        assert_eq!(kept.ids, ["a", "b", "c"]);
        kept.extend("a", &next);
        assert_eq!((kept.first, kept.ids.len()), (99, 4));
        assert_eq!(kept.place("a").unwrap().before.as_deref(), Some("z"));
    }
}
