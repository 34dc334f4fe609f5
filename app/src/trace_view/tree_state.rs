//! What the reader sees of a trace: the table once it has arrived, the span under the cursor, what is folded, the window of time.
//!
//! One value of signals, made by the page and handed to timeline and detail, which stay in step by reading it.

use std::sync::Arc;

use domain::ids::SpanId;
use domain::span_table::{CriticalPath, Kind, Repeats, RowSet, SpanTable};
use domain::timeline::Viewport;
use leptos::prelude::*;

use super::geometry;
use crate::model::TraceHead;
use crate::opened::Origin;

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

    /// Forgets where the reader went: another trace is on the page.
    pub fn reset(&self) {
        self.here.set(None);
        self.rested.set(None);
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
            crate::browser::after(REST, move || {
                if cursor.here.try_get_untracked().flatten().as_ref() == Some(&span) {
                    crate::browser::replace_parameter("span", &span);
                    cursor.rested.set(Some(span));
                }
            });
        }
        #[cfg(not(feature = "hydrate"))]
        self.rested.set(Some(span));
    }
}

/// The shared state of a trace's panels.
#[derive(Clone, Copy)]
pub struct TreeState {
    /// Where the trace comes from.
    pub origin: Origin,
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
    /// Steps that follow each other again and again.
    pub repeats: Memo<Arc<Repeats>>,
    /// Whether each of these is one row.
    pub is_folding_repeats: RwSignal<bool>,
    /// First rows of loops that show all their steps all the same.
    pub unfolded: RwSignal<RowSet>,
    /// The only kind of spans that shows, with what stands above; `None` for all.
    pub only_kind: RwSignal<Option<Kind>>,
    /// Whether what is shorter than a hundredth of the trace is left aside.
    pub is_hiding_short: RwSignal<bool>,
    /// The rows that are left aside.
    pub hidden: Memo<Arc<RowSet>>,
    /// The row that shows alone with what is below it; `None` for the whole trace.
    pub root: RwSignal<Option<u32>>,
    /// The rows that no fold hides, in order.
    pub rows: Memo<Arc<Vec<u32>>>,
    /// What is looked for in the trace.
    pub sought: RwSignal<String>,
    /// The rows that have it, in order.
    pub hits: Memo<Arc<Vec<u32>>>,
    /// `v` was pressed: the next key chooses a layout.
    pub is_choosing: RwSignal<bool>,
    /// Whether the conversation shows all of each prompt.
    pub is_prompt_whole: RwSignal<bool>,
    /// Whether the critical path is drawn.
    pub is_path_shown: RwSignal<bool>,
    /// The critical path, found when it is first drawn.
    pub path: Memo<Arc<CriticalPath>>,
    /// The window of time.
    pub view: RwSignal<Viewport>,
    /// The trace's length in nanoseconds.
    pub extent: RwSignal<i64>,
}

impl TreeState {
    /// For a trace as it opens.
    pub fn new(head: &TraceHead, cursor: Cursor, origin: Origin) -> Self {
        let table = RwSignal::new(None::<Arc<SpanTable>>);
        let folded = RwSignal::new(RowSet::default());
        let opening = head.opening_span.clone();
        let (is_folding_repeats, unfolded) =
            (RwSignal::new(true), RwSignal::new(RowSet::default()));
        let root = RwSignal::new(None);
        let (only_kind, is_hiding_short) = (RwSignal::new(None), RwSignal::new(false));
        let with_table = move |table: &Option<Arc<SpanTable>>| table.clone().unwrap_or_default();
        let repeats = Memo::new(move |_| Arc::new(table.with(with_table).repeats()));
        let hidden = Memo::new(move |_| {
            let table = table.with(with_table);
            let shortest = if is_hiding_short.get() {
                table.duration() / 100
            } else {
                0
            };
            Arc::new(table.hidden(only_kind.get(), shortest))
        });
        let rows = Memo::new(move |_| {
            let table = table.with(with_table);
            let (from, to) = match root.get() {
                Some(root) => (root, table.subtree_end(root)),
                None => (0, table.len()),
            };
            let repeats = match is_folding_repeats.get() {
                true => repeats.get(),
                false => Arc::default(),
            };
            let rows = folded.with(|folded| {
                unfolded
                    .with(|unfolded| table.visible_between(from, to, folded, &repeats, unfolded))
            });
            let mut rows = rows;
            hidden.with(|hidden| {
                if !hidden.is_empty() {
                    rows.retain(|row| !hidden.contains(*row));
                }
            });
            Arc::new(rows)
        });
        let sought = RwSignal::new(String::new());
        let hits = Memo::new(move |_| {
            let table = table.with(with_table);
            Arc::new(sought.with(|sought| table.find(sought.trim())))
        });
        let is_path_shown = RwSignal::new(false);
        let path = Memo::new(move |_| match is_path_shown.get() {
            true => Arc::new(table.with(with_table).critical_path()),
            false => Arc::default(),
        });
        Self {
            origin,
            table,
            failure: RwSignal::new(None),
            cursor,
            marked: Signal::derive(move || cursor.marked().or_else(|| opening.clone())),
            folded,
            repeats,
            is_folding_repeats,
            unfolded,
            only_kind,
            is_hiding_short,
            hidden,
            root,
            rows,
            sought,
            hits,
            is_choosing: RwSignal::new(false),
            is_prompt_whole: RwSignal::new(false),
            is_path_shown,
            path,
            view: RwSignal::new(geometry::whole(head.extent)),
            extent: RwSignal::new(head.extent),
        }
    }

    /// Takes the table from the opened file, or fetches it; on the server, where nothing would come of it, does nothing.
    pub fn fetch(&self, trace_id: &str) {
        if let Origin::File { file, trace } = self.origin {
            self.table.set(crate::opened::table(file, trace));
            return;
        }
        #[cfg(feature = "hydrate")]
        {
            let tree = *self;
            let address = table_address(trace_id);
            Effect::new(move |_| {
                let address = address.clone();
                leptos::task::spawn_local(async move {
                    match fetched_table(&address).await {
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
        self.reveal(row);
        self.cursor.go_to(table.span_id(row).to_string());
    }

    /// Unfolds what hides a row.
    pub fn reveal(&self, row: u32) {
        let Some(table) = self.table.get_untracked() else {
            return;
        };
        let is_inside = |root: u32| (root..table.subtree_end(root)).contains(&row);
        if self
            .root
            .get_untracked()
            .is_some_and(|root| !is_inside(root))
        {
            self.focus(None);
        }
        if self.hidden.with_untracked(|hidden| hidden.contains(row)) {
            self.only_kind.set(None);
            self.is_hiding_short.set(false);
        }
        let repeats = self.repeats.get_untracked();
        let loops: Vec<u32> = self.unfolded.with_untracked(|unfolded| {
            let around = repeats.around(row).map(|repeat| repeat.first);
            around.filter(|first| !unfolded.contains(*first)).collect()
        });
        if !loops.is_empty() {
            self.unfolded.update(|unfolded| {
                for first in loops {
                    unfolded.insert(first);
                }
            });
        }
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
    }

    /// Whether the row stands for a folded loop.
    pub fn is_folded_loop(&self, row: u32) -> bool {
        self.is_folding_repeats.get_untracked()
            && self
                .repeats
                .with_untracked(|repeats| repeats.at(row).is_some())
            && !self
                .unfolded
                .with_untracked(|unfolded| unfolded.contains(row))
    }

    /// Folds all loops, or none.
    pub fn fold_repeats(&self, is_folding: bool) {
        self.unfolded.set(RowSet::default());
        self.is_folding_repeats.set(is_folding);
    }

    /// Shows a row with what is below it alone, or the whole trace.
    pub fn focus(&self, root: Option<u32>) {
        self.root.set(root);
        match root {
            Some(root) => self.zoom_to(root),
            None => self.zoom_out(),
        }
    }

    /// Goes to the next hit of the search (1), or to the one before (-1); after the last comes the first.
    pub fn go_to_hit(&self, step: i32) {
        let hits = self.hits.get_untracked();
        let here = self.marked_row().unwrap_or(0);
        let row = match step {
            ..0 => hits.iter().rfind(|row| **row < here).or(hits.last()),
            _ => hits.iter().find(|row| **row > here).or(hits.first()),
        };
        if let Some(row) = row {
            self.go_to_row(*row);
        }
    }

    /// Folds a row, or unfolds it. A row that stands for a loop shows its steps.
    pub fn toggle(&self, row: u32) {
        if self.is_folded_loop(row) {
            self.unfolded.update(|unfolded| {
                unfolded.insert(row);
            });
            return;
        }
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
        self.view.set(geometry::whole(self.extent.get_untracked()));
    }

    /// The window between two shares of the present one, in whichever order.
    pub fn zoom_between(&self, a: f64, b: f64) {
        let view = self.view.get_untracked();
        let time = |share: f64| view.time_at(share.clamp(0.0, 1.0) * geometry::UNITS);
        self.show(time(a.min(b)), time(a.max(b)));
    }

    /// The window between two moments.
    pub fn show(&self, from: i64, to: i64) {
        let Some(table) = self.table.get_untracked() else {
            return;
        };
        let view = Viewport {
            from,
            to: to.max(from.saturating_add(100)),
            ..geometry::whole(self.extent.get_untracked())
        };
        // Nothing before or after the trace.
        self.view.set(view.panned(0.0, &table));
    }

    /// Takes a newer table; whoever sees the whole trace goes on seeing it whole.
    pub fn renew(&self, table: SpanTable) {
        let extent = table.duration().max(1);
        let before = self.extent.get_untracked();
        let is_whole = self
            .view
            .with_untracked(|view| view.from == 0 && view.to >= before);
        self.table.set(Some(Arc::new(table)));
        self.extent.set(extent);
        if is_whole {
            self.zoom_out();
        }
    }

    /// The window that shows just this row's span.
    pub fn zoom_to(&self, row: u32) {
        let Some(table) = self.table.get_untracked() else {
            return;
        };
        self.view.update(|view| *view = view.fit_span(row, &table));
    }
}

/// Asks for the table of a trace before its page is drawn. On the server nothing happens.
pub fn ask_early(trace_id: &str) {
    #[cfg(feature = "hydrate")]
    crate::browser::early::ask(table_address(trace_id));
    #[cfg(not(feature = "hydrate"))]
    let _ = trace_id;
}

#[cfg(feature = "hydrate")]
pub(super) fn table_address(trace_id: &str) -> String {
    let trace_id = crate::url_state::segment(trace_id);
    crate::address::at(&format!("/ui-api/traces/{trace_id}/spans"))
}

/// Fetches a table and reads it in slices of a few milliseconds.
#[cfg(feature = "hydrate")]
pub(super) async fn fetched_table(address: &str) -> Result<SpanTable, String> {
    /// Rows read at once.
    const SLICE: u32 = 25_000;
    let bytes = crate::browser::fetch_bytes(address).await?;
    let damaged = |error: domain::span_table::CodecError| error.to_string();
    let mut decoder = domain::span_table::Decoder::new(&bytes).map_err(damaged)?;
    while !decoder.read(SLICE).map_err(damaged)? {
        crate::browser::pause().await;
    }
    decoder.finish().map_err(damaged)
}
