//! What the reader sees of a trace: the table once it has arrived, the span under the cursor, what is folded, the window of time.
//!
//! One value of signals, made by the page and handed to timeline and detail, which stay in step by reading it.

use std::sync::Arc;

use domain::ids::SpanId;
use domain::span_table::{CriticalPath, Kind, Repeats, RowSet, SpanTable};
use domain::timeline::{Gaps, Viewport};
use leptos::prelude::*;

use super::cursor::Cursor;
use super::geometry;
use super::rates::Rates;
use super::ticks::Ticks;
use crate::model::TraceHead;
use crate::opened::Origin;

/// The shared state of a trace's panels.
#[derive(Clone, Copy)]
pub struct TreeState {
    /// Where the trace comes from.
    pub origin: Origin,
    /// The whole tree; `None` until it has arrived in the browser, and always on the server.
    pub table: RwSignal<Option<Arc<SpanTable>>>,
    /// Why the table did not come.
    pub failure: RwSignal<Option<String>>,
    /// What was said of its spans; `None` where nothing can be said.
    pub rates: Option<Rates>,
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
    /// The events of spans; come after the table.
    pub ticks: RwSignal<Arc<Ticks>>,
    /// Long stretches in which nothing ran.
    pub gaps: Memo<Arc<Gaps>>,
    /// Whether each of them is a mark.
    pub is_folding_gaps: RwSignal<bool>,
    /// Those that the time axis folds: from times to places on it.
    pub axis: Memo<Arc<Gaps>>,
    /// The window of time, in places of the axis.
    pub view: RwSignal<Viewport>,
    /// The trace's length in nanoseconds.
    pub extent: RwSignal<i64>,
}

impl TreeState {
    /// For a trace as it opens.
    pub fn new(head: &TraceHead, cursor: Cursor, origin: Origin, rates: Option<Rates>) -> Self {
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
        let gaps = Memo::new(move |_| Arc::new(Gaps::of(&table.with(with_table))));
        let is_folding_gaps = RwSignal::new(false);
        let axis = Memo::new(move |_| match is_folding_gaps.get() {
            true => gaps.get(),
            false => Arc::default(),
        });
        Self {
            origin,
            table,
            failure: RwSignal::new(None),
            rates,
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
            ticks: RwSignal::new(Arc::default()),
            gaps,
            is_folding_gaps,
            axis,
            view: RwSignal::new(geometry::whole(head.extent)),
            extent: RwSignal::new(head.extent),
        }
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
        let id = table.span_id(row).to_string();
        match table.is_placeholder(row) {
            true => self.cursor.mark(id),
            false => self.cursor.go_to(id),
        }
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

    /// Takes a newer table; whoever sees the whole trace goes on seeing it whole.
    pub fn renew(&self, table: SpanTable) {
        let extent = table.duration().max(1);
        let before = self.reach();
        let is_whole = self
            .view
            .with_untracked(|view| view.from == 0 && view.to >= before);
        self.table.set(Some(Arc::new(table)));
        self.extent.set(extent);
        if is_whole {
            self.zoom_out();
        }
    }
}
