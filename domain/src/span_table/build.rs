//! Makes a [`SpanTable`] from spans in any order.

use std::collections::HashMap;
use std::mem;

use super::{Flags, Kind, NO_ROW, SpanTable};
use crate::parents::{self, Link, NO_PARENT, Parents};
use crate::span_row::SpanRow;

pub(super) fn build(mut rows: Vec<SpanRow>) -> SpanTable {
    let mut parents = resolve(&rows);
    if parents.link.contains(&Link::Superseded) {
        let mut links = parents.link.iter();
        rows.retain(|_| links.next() != Some(&Link::Superseded));
        parents = resolve(&rows);
    }
    let trace_start = rows.iter().map(|row| row.start.0).min().unwrap_or(0);
    let last = rows
        .iter()
        .map(|row| row.end.unwrap_or(row.start).max(row.start).0)
        .max();
    let mut table = SpanTable {
        trace_start,
        duration: last.unwrap_or(0).saturating_sub(trace_start),
        ..SpanTable::default()
    };
    table.reserve(rows.len());
    let order = order_depth_first(&mut table, &rows, &parents);
    let mut texts = Texts::default();
    for i in order {
        // Rows are wide: taking them apart where they lie is cheaper than moving them into order first.
        table.push_values(&mut rows[i as usize], &mut texts);
    }
    table.strings = texts.into_strings();
    table
}

fn resolve(rows: &[SpanRow]) -> Parents {
    let ids = rows.iter().map(|row| (row.span_id, row.parent_id));
    parents::resolve(ids, |i| (rows[i].start, i))
}

/// Fills the columns that hold the shape and returns the positions of the spans in the order of the rows.
fn order_depth_first(table: &mut SpanTable, rows: &[SpanRow], parents: &Parents) -> Vec<u32> {
    let tree = Tree::of(rows, parents);
    let mut ordered = Vec::with_capacity(rows.len());
    let mut row_of = vec![NO_ROW; rows.len()];
    let mut at = tree.first_root;
    while at != NO_PARENT {
        let i = at as usize;
        row_of[i] = next_row(&ordered);
        let parent = match parents.parent[i] {
            NO_PARENT => NO_ROW,
            parent => row_of[parent as usize],
        };
        table.parent.push(parent);
        table.depth.push(
            table
                .depth
                .get(parent as usize)
                .map_or(0, |depth| depth + 1),
        );
        table.subtree_end.push(NO_ROW);
        table.flags.push(match parents.link[i] {
            Link::Root => Flags::ROOT,
            Link::MissingParent => Flags::MISSING_PARENT,
            Link::CycleCut => Flags::CYCLE,
            Link::Child | Link::Superseded => Flags::default(),
        });
        ordered.push(at);
        at = tree.first_child[i];
        if at != NO_PARENT {
            continue;
        }
        // Nothing further below: climb to the next span beside this one or one above it.
        let mut leaving = i;
        loop {
            table.subtree_end[row_of[leaving] as usize] = next_row(&ordered);
            at = tree.next_sibling[leaving];
            let parent = parents.parent[leaving];
            if at != NO_PARENT || parent == NO_PARENT {
                break;
            }
            leaving = parent as usize;
        }
    }
    ordered
}

fn next_row<T>(rows: &[T]) -> u32 {
    u32::try_from(rows.len()).unwrap_or(NO_ROW)
}

/// Children and roots as linked lists by start, then by arrival.
struct Tree {
    first_root: u32,
    first_child: Vec<u32>,
    next_sibling: Vec<u32>,
}

impl Tree {
    fn of(rows: &[SpanRow], parents: &Parents) -> Self {
        let mut by_start: Vec<u32> = (0..NO_PARENT).take(rows.len()).collect();
        by_start.sort_unstable_by_key(|i| (rows[*i as usize].start, *i));
        let mut tree = Self {
            first_root: NO_PARENT,
            first_child: vec![NO_PARENT; rows.len()],
            next_sibling: vec![NO_PARENT; rows.len()],
        };
        // Each is put before those that are there already, so the last comes first.
        for i in by_start.into_iter().rev() {
            let first = match parents.parent[i as usize] {
                NO_PARENT => &mut tree.first_root,
                parent => &mut tree.first_child[parent as usize],
            };
            tree.next_sibling[i as usize] = *first;
            *first = i;
        }
        tree
    }
}

impl SpanTable {
    pub(super) fn reserve(&mut self, rows: usize) {
        self.span_id.reserve_exact(rows);
        self.parent.reserve_exact(rows);
        self.depth.reserve_exact(rows);
        self.subtree_end.reserve_exact(rows);
        self.start.reserve_exact(rows);
        self.end.reserve_exact(rows);
        self.status.reserve_exact(rows);
        self.kind.reserve_exact(rows);
        self.flags.reserve_exact(rows);
        self.name.reserve_exact(rows);
        self.span_type.reserve_exact(rows);
    }

    /// Appends the values of the next row, whose shape is there already.
    fn push_values(&mut self, row: &mut SpanRow, texts: &mut Texts) {
        let at = self.len();
        let start = row.start.0.saturating_sub(self.trace_start);
        let end = row.end.map(|end| end.0.saturating_sub(self.trace_start));
        let parent_start = self.start.get(self.parent[at as usize] as usize);
        let flags = &mut self.flags[at as usize];
        if parent_start.is_some_and(|parent_start| start < *parent_start) {
            flags.set(Flags::STARTS_BEFORE_PARENT);
        }
        match end {
            None => flags.set(Flags::RUNNING),
            Some(end) if end < start => flags.set(Flags::ENDS_BEFORE_START),
            Some(_) => {}
        }
        if let (true, Some(missing)) = (flags.has(Flags::MISSING_PARENT), row.parent_id) {
            self.missing_parent.push((at, missing));
        }
        self.span_id.push(row.span_id);
        self.start.push(start);
        self.end.push(end.unwrap_or(self.duration));
        self.status.push(row.status);
        self.kind.push(Kind::of(&row.span_type));
        self.name.push(texts.id_of(mem::take(&mut row.name)));
        self.span_type
            .push(texts.id_of(mem::take(&mut row.span_type)));
        if let Some(model) = row.model.take() {
            self.model.push((at, texts.id_of(model)));
        }
        if !row.status_message.is_empty() {
            self.status_message
                .push((at, texts.id_of(mem::take(&mut row.status_message))));
        }
        if row.event_count > 0 {
            self.event_count.push((at, row.event_count));
        }
        self.usage.extend(row.usage.map(|usage| (at, usage)));
        self.cost.extend(row.cost.map(|cost| (at, cost)));
    }
}

/// Numbers texts in the order in which they first occur.
#[derive(Default)]
struct Texts {
    ids: HashMap<String, u32>,
}

impl Texts {
    fn id_of(&mut self, text: String) -> u32 {
        let next = u32::try_from(self.ids.len()).unwrap_or(NO_ROW);
        *self.ids.entry(text).or_insert(next)
    }

    fn into_strings(self) -> Vec<String> {
        let mut strings: Vec<(u32, String)> =
            self.ids.into_iter().map(|(text, id)| (id, text)).collect();
        strings.sort_unstable_by_key(|(id, _)| *id);
        strings.into_iter().map(|(_, text)| text).collect()
    }
}
