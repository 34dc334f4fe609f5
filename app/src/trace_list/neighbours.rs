//! The list that the reader came from: which trace stands before the present one in it, and which after.
//!
//! The tab remembers the rows of the last list that it showed, with filter and order as they were. Without script, or in a tab
//! of its own, a trace has no neighbours.

use leptos::prelude::*;

use super::feed::Feed;
use crate::widgets::time::IsAlive;

/// A trace's place in the last list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbours {
    /// Counted from 1.
    pub position: usize,
    /// How many rows the list had on its page.
    pub count: usize,
    /// The trace before.
    pub before: Option<String>,
    /// The trace after.
    pub after: Option<String>,
    /// The list's address.
    pub list: String,
}

/// Remembers the rows of a list. On the server nothing happens.
pub fn remember(feed: Feed) {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        feed.version.track();
        let list = feed
            .question
            .with_value(|question| question.state.href(&question.path));
        let (_, traces) = feed.around(0);
        crate::browser::keep(KEY, &format!("{list}\n{}", traces.join("\n")));
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = feed;
}

/// The place of a trace in the last list; known once the page is alive.
pub fn neighbours_of(trace_id: &str) -> Memo<Option<Neighbours>> {
    let trace_id = trace_id.to_owned();
    let is_alive = use_context::<IsAlive>();
    Memo::new(move |_| {
        let is_alive = is_alive.is_some_and(|IsAlive(is_alive)| is_alive.get());
        let kept = if is_alive { kept() } else { None };
        place(&kept?, &trace_id)
    })
}

/// The same at this moment, for a trace that may still be on its way.
pub fn neighbours_now(trace_id: &str) -> Option<Neighbours> {
    place(&kept()?, trace_id)
}

#[cfg(feature = "hydrate")]
const KEY: &str = "spanfall_list";

#[cfg(feature = "hydrate")]
fn kept() -> Option<String> {
    crate::browser::kept(KEY)
}

#[cfg(not(feature = "hydrate"))]
fn kept() -> Option<String> {
    None
}

/// Address on the first line, then a trace on each.
fn place(kept: &str, trace_id: &str) -> Option<Neighbours> {
    let mut lines = kept.lines();
    let list = lines.next()?.to_owned();
    let traces: Vec<&str> = lines.collect();
    let at = traces.iter().position(|id| *id == trace_id)?;
    let of = |at: Option<usize>| at.and_then(|at| traces.get(at)).map(|id| (*id).to_owned());
    Some(Neighbours {
        position: at + 1,
        count: traces.len(),
        before: of(at.checked_sub(1)),
        after: of(Some(at + 1)),
        list,
    })
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn neighbours_are_those_of_the_list() {
        let found = place("/list\na\nb\nc", "b").unwrap();
        assert_eq!((found.position, found.count), (2, 3));
        assert_eq!(found.before.as_deref(), Some("a"));
        assert_eq!(found.after.as_deref(), Some("c"));
        let first = place("/list\na\nb", "a").unwrap();
        assert_eq!((first.before, first.after.as_deref()), (None, Some("b")));
        assert_eq!(place("/list\na", "x"), None);
    }
}
