//! What the reader sees of a trace: the table once it has arrived, the span under the cursor, what is folded, the window of time.
//!
//! One value of signals, made by the page and handed to timeline and detail, which stay in step by reading it.

use std::sync::Arc;

use domain::ids::SpanId;
use domain::span_table::{RowSet, SpanTable};
use domain::timeline::Viewport;
use leptos::prelude::*;

use super::geometry;
use crate::model::TraceHead;

/// Which span the reader is at. Made by the page before anything has arrived.
#[derive(Clone, Copy)]
pub struct Cursor {
    /// The span that the reader went to in this page; `None` follows the address.
    here: RwSignal<Option<String>>,
    /// The same once the cursor rests.
    rested: RwSignal<Option<String>>,
    /// The span that the address names.
    addressed: Signal<Option<String>>,
}

/// How long the cursor must rest before its span is fetched and written into the address.
#[cfg(feature = "hydrate")]
const REST: std::time::Duration = std::time::Duration::from_millis(90);

impl Cursor {
    /// Follows `addressed` until the reader goes elsewhere, and again whenever the address changes.
    pub fn new(addressed: Signal<Option<String>>) -> Self {
        let cursor = Self {
            here: RwSignal::new(None),
            rested: RwSignal::new(None),
            addressed,
        };
        Effect::new(move |before: Option<Option<String>>| {
            let now = addressed.get();
            if before.is_some_and(|before| before != now) {
                cursor.here.set(None);
                cursor.rested.set(None);
            }
            now
        });
        cursor
    }

    /// The span to open; `None` leaves the choice to the trace.
    pub fn opened(&self) -> Option<String> {
        self.rested.get().or_else(|| self.addressed.get())
    }

    /// The span to mark; `None` leaves the choice to the trace.
    fn marked(&self) -> Option<String> {
        self.here.get().or_else(|| self.addressed.get())
    }

    /// Goes to a span: marks it at once, opens it and writes it into the address when the cursor rests.
    pub fn go_to(&self, span: String) {
        self.here.set(Some(span.clone()));
        #[cfg(feature = "hydrate")]
        {
            let cursor = *self;
            let _ = set_timeout(
                move || {
                    if cursor.here.try_get_untracked().flatten().as_ref() == Some(&span) {
                        crate::browser::replace_parameter("span", &span);
                        cursor.rested.set(Some(span));
                    }
                },
                REST,
            );
        }
        #[cfg(not(feature = "hydrate"))]
        self.rested.set(Some(span));
    }
}

/// The shared state of a trace's panels.
#[derive(Clone, Copy)]
pub struct TreeState {
    /// The whole tree; `None` until it has arrived in the browser, and always on the server.
    pub table: RwSignal<Option<Arc<SpanTable>>>,
    /// Why the table did not come.
    pub failure: RwSignal<Option<String>>,
    /// Which span the reader is at.
    pub cursor: Cursor,
    /// The span that is marked.
    pub marked: Signal<Option<String>>,
    /// Rows whose inner rows are hidden.
    pub folded: RwSignal<RowSet>,
    /// The rows that no fold hides, in order.
    pub rows: Memo<Arc<Vec<u32>>>,
    /// The window of time.
    pub view: RwSignal<Viewport>,
    /// The trace's length in nanoseconds.
    pub extent: i64,
}

impl TreeState {
    /// For a trace as it opens.
    pub fn new(head: &TraceHead, cursor: Cursor) -> Self {
        let table = RwSignal::new(None::<Arc<SpanTable>>);
        let folded = RwSignal::new(RowSet::default());
        let opening = head.opening_span.clone();
        let rows = Memo::new(move |_| {
            let table = table.get();
            Arc::new(folded.with(|folded| table.map_or(Vec::new(), |t| t.visible_rows(folded))))
        });
        Self {
            table,
            failure: RwSignal::new(None),
            cursor,
            marked: Signal::derive(move || cursor.marked().or_else(|| opening.clone())),
            folded,
            rows,
            view: RwSignal::new(geometry::whole(head.extent)),
            extent: head.extent,
        }
    }

    /// Fetches the table; on the server, where nothing would come of it, does nothing.
    pub fn fetch(&self, trace_id: &str) {
        #[cfg(feature = "hydrate")]
        {
            let tree = *self;
            let address = format!(
                "/ui-api/traces/{}/spans",
                crate::url_state::segment(trace_id)
            );
            Effect::new(move |_| {
                let address = address.clone();
                leptos::task::spawn_local(async move {
                    let table = crate::browser::fetch_bytes(&address)
                        .await
                        .and_then(|bytes| {
                            domain::span_table::decode(&bytes).map_err(|error| error.to_string())
                        });
                    match table {
                        Ok(table) => drop(tree.table.try_set(Some(Arc::new(table)))),
                        Err(text) => drop(tree.failure.try_set(Some(text))),
                    }
                });
            });
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = trace_id;
    }

    /// The row of the marked span.
    pub fn marked_row(&self) -> Option<u32> {
        let id: SpanId = self.marked.get_untracked()?.parse().ok()?;
        self.table
            .with_untracked(|table| table.as_ref()?.row_of(id))
    }

    /// Goes to a row, unfolding what hides it.
    pub fn go_to_row(&self, row: u32) {
        let Some(table) = self.table.get_untracked() else {
            return;
        };
        let hiding: Vec<u32> = self.folded.with_untracked(|folded| {
            table
                .ancestors(row)
                .filter(|r| folded.contains(*r))
                .collect()
        });
        if !hiding.is_empty() {
            self.folded.update(|folded| {
                for row in hiding {
                    folded.remove(row);
                }
            });
        }
        self.cursor.go_to(table.span_id(row).to_string());
    }

    /// Folds a row, or unfolds it.
    pub fn toggle(&self, row: u32) {
        self.folded.update(|folded| {
            if !folded.insert(row) {
                folded.remove(row);
            }
        });
    }

    /// The position of a row among those that show, or of the nearest one above it.
    pub fn position(&self, row: u32) -> usize {
        self.rows
            .with_untracked(|rows| match rows.binary_search(&row) {
                Ok(position) => position,
                Err(next) => next.saturating_sub(1),
            })
    }

    /// Closer or further away around a point of the window, 0 at its left edge and 1 at its right.
    pub fn zoom(&self, factor: f64, share: f64) {
        let Some(table) = self.table.get_untracked() else {
            return;
        };
        self.view
            .update(|view| *view = view.zoomed(factor, share * geometry::UNITS, &table));
    }

    /// Earlier (negative) or later by a share of the window.
    pub fn pan(&self, share: f64) {
        let Some(table) = self.table.get_untracked() else {
            return;
        };
        self.view
            .update(|view| *view = view.panned(share * geometry::UNITS, &table));
    }

    /// The whole trace.
    pub fn zoom_out(&self) {
        self.view.set(geometry::whole(self.extent));
    }

    /// The window that shows just this row's span.
    pub fn zoom_to(&self, row: u32) {
        let Some(table) = self.table.get_untracked() else {
            return;
        };
        self.view.update(|view| *view = view.fit_span(row, &table));
    }
}
