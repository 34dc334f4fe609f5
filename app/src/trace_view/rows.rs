//! The rows of the timeline: those in view, from the table once it is there, and before that the first ones from the page itself.

use std::sync::Arc;

use domain::span::StatusCode;
use domain::span_table::{RowSet, SpanTable};
use domain::time::human_duration;
use leptos::prelude::*;

use super::geometry::{ROW_HEIGHT, drawn_rows};
use super::row::{Fold, Round, RowPlace, timeline_row};
use super::tree_state::TreeState;
use crate::model::{SpanLine, TraceHead};
use crate::text::number;

/// The most rounds of a loop that are drawn one by one.
const ROUNDS: usize = 200;

/// The rows that came with the page; a row unfolds if the next one is deeper.
pub fn first_rows(head: &TraceHead) -> Vec<(SpanLine, Fold)> {
    let fold = |line: &SpanLine| {
        if line.below > 0 {
            Fold::Open
        } else {
            Fold::Leaf
        }
    };
    head.rows
        .iter()
        .map(|line| (line.clone(), fold(line)))
        .collect()
}

/// The rows in view, with room above and below for the others.
pub fn drawn(
    tree: TreeState,
    scroll_top: RwSignal<f64>,
    height: RwSignal<f64>,
    id: String,
    page: String,
) -> AnyView {
    let range = Memo::new(move |_| {
        tree.rows
            .with(|rows| drawn_rows(scroll_top.get(), height.get(), rows.len()))
    });
    // Position and row together, and how the row is folded: any other combination is another row.
    let keys = move || {
        let (start, end) = range.get();
        let rows = tree.rows.get();
        let table = tree.table.get();
        let root = tree.root.get();
        tree.unfolded.track();
        tree.is_folding_repeats.track();
        tree.folded.with(|folded| {
            let keys = (start..end.min(rows.len())).filter_map(|position| {
                let row = rows[position];
                let fold = match tree.is_folded_loop(row) {
                    true => Fold::Loop,
                    false => fold_of(table.as_deref()?, folded, row),
                };
                Some((position, row, fold, root))
            });
            keys.collect::<Vec<_>>()
        })
    };
    let total = move || {
        tree.rows
            .with(|rows| format!("{:.0}px", rows.len() as f64 * ROW_HEIGHT))
    };
    let offset = move || format!("{:.0}px", range.get().0 as f64 * ROW_HEIGHT);
    view! {
        <div class="timeline__rows" role="presentation" style=("--total", total)>
            <div class="timeline__window" role="presentation" style=("--offset", offset)>
                <For
                    each=keys
                    key=|key| *key
                    children=move |(position, row, fold, root)| {
                        let Some(table) = tree.table.get_untracked() else { return ().into_any() };
                        let place = RowPlace {
                            position,
                            table_row: Some(row),
                            timeline: id.clone(),
                            page: page.clone(),
                            fold,
                            holds: if fold == Fold::Closed { holds(&table, row) } else { String::new() },
                            rounds: Vec::new(),
                        };
                        let mut line = SpanLine::of(&table, row);
                        line.depth -= root.map_or(0, |root| table.depth(root)).min(line.depth);
                        match fold {
                            Fold::Loop => loop_row(tree, &table, row, line, place),
                            _ => timeline_row(line, place, tree),
                        }
                    }
                />
            </div>
        </div>
    }
    .into_any()
}

fn fold_of(table: &SpanTable, folded: &RowSet, row: u32) -> Fold {
    match (table.descendant_count(row), folded.contains(row)) {
        (0, _) => Fold::Leaf,
        (_, true) => Fold::Closed,
        (_, false) => Fold::Open,
    }
}

/// One row for a loop: `plan → run_sql ×14`, with a bar for each round.
fn loop_row(
    tree: TreeState,
    table: &SpanTable,
    row: u32,
    line: SpanLine,
    place: RowPlace,
) -> AnyView {
    let repeats = tree.repeats.get_untracked();
    let Some(repeat) = repeats.at(row) else {
        return timeline_row(line, place, tree);
    };
    let names: Vec<&str> = repeat.pattern.iter().map(|row| table.name(*row)).collect();
    let errors = (row..repeat.end).filter(|row| table.is_error(*row)).count() as u64;
    let ends = repeat.rounds.iter().skip(1).copied().chain([repeat.end]);
    let rounds = repeat.rounds.iter().copied().zip(ends).map(|(from, to)| {
        let end = (from..to).map(|row| table.end(row)).max().unwrap_or(0);
        Round {
            start: table.start(from),
            duration: end.saturating_sub(table.start(from)).max(0),
            is_error: (from..to).any(|row| table.is_error(row)),
        }
    });
    let rounds: Vec<Round> = rounds.collect();
    let start = line.start;
    let end = rounds
        .iter()
        .map(|round| round.start.saturating_add(round.duration));
    let duration = end.max().unwrap_or(start).saturating_sub(start);
    // What failed comes first: a narrow row cuts the end.
    let failed = match errors {
        0 => String::new(),
        errors => format!(" · {}", number::counted(errors, "error", "errors")),
    };
    let holds = format!("×{}{failed} · {}", repeat.times, human_duration(duration));
    let mut line = line;
    line.name = names.join(" → ");
    line.duration = duration;
    if errors > 0 {
        line.status = StatusCode::Error;
    }
    let place = RowPlace {
        holds,
        rounds: if rounds.len() <= ROUNDS {
            rounds
        } else {
            Vec::new()
        },
        ..place
    };
    timeline_row(line, place, tree)
}

fn holds(table: &Arc<SpanTable>, row: u32) -> String {
    let sum = table.subtree_sum(row);
    let spans = number::counted(u64::from(table.descendant_count(row)), "span", "spans");
    match sum.errors - u32::from(table.is_error(row)) {
        0 => spans,
        errors => format!(
            "{spans} · {}",
            number::counted(u64::from(errors), "error", "errors")
        ),
    }
}
