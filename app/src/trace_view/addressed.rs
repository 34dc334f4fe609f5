//! What the address of a trace's page says: the opened span, the open tab, how the spans are seen.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::cursor::Cursor;
use super::layout::Layout;
use super::tab::Tab;

/// The place that the address names, and where the reader went from there.
#[derive(Clone, Copy)]
pub struct Addressed {
    /// Which span.
    pub cursor: Cursor,
    /// Which tab of it.
    pub tab: Signal<Tab>,
    /// How the spans are seen.
    pub layout: RwSignal<Layout>,
}

impl Addressed {
    /// The first tab and the timeline: for traces whose page's address says no more than the span, if that.
    pub fn at(cursor: Cursor) -> Self {
        Self {
            cursor,
            tab: Signal::stored(Tab::default()),
            layout: RwSignal::new(Layout::default()),
        }
    }
}

/// Follows `?span=&tab=&view=`.
pub fn addressed() -> Addressed {
    let query = use_query_map();
    let span = Memo::new(move |_| query.with(|q| q.get("span").filter(|s| !s.is_empty())));
    let tab = Memo::new(move |_| query.with(|q| Tab::parse(q.get_str("tab").unwrap_or_default())));
    let seen =
        Memo::new(move |_| query.with(|q| Layout::parse(q.get_str("view").unwrap_or_default())));
    let layout = RwSignal::new(seen.get_untracked());
    Effect::new(move |_| {
        let now = seen.get();
        if layout.get_untracked() != now {
            layout.set(now);
        }
    });
    Addressed {
        cursor: Cursor::new(span.into()),
        tab: tab.into(),
        layout,
    }
}
