//! The flame graph: where the time of all calls went. Calls along one path of names are one box; a press opens the longest of them.

use domain::span_table::{FlameBox, SpanTable};
use domain::time::human_duration;
use leptos::prelude::*;

use super::tree_state::TreeState;
use crate::pages::skeleton;
use crate::text::number;

/// The most boxes in the document, from the root up.
const MOST: usize = 1_500;
/// The height of a box with the gap below it, in CSS pixels.
const LEVEL: u32 = 25;
/// Boxes of this share of the whole are wide enough to be buttons; narrower ones answer to the pointer alone, and the table by name
/// lists what they stand for.
const BUTTON: f64 = 0.08;

/// The graph.
#[component]
pub fn FlameGraph(
    /// The shared state of the trace's panels.
    tree: TreeState,
) -> impl IntoView {
    let content = move || match tree.table.get() {
        Some(table) => graph(&table, tree),
        None => skeleton(),
    };
    view! { <section class="flame" aria-label="Flame graph">{content}</section> }.into_any()
}

fn graph(table: &SpanTable, tree: TreeState) -> AnyView {
    let flame = table.flame();
    let whole = flame.nanos.max(1) as f64;
    let hidden = u64::from(flame.left_out) + flame.boxes.len().saturating_sub(MOST) as u64;
    let shown = &flame.boxes[..flame.boxes.len().min(MOST)];
    let levels = shown.iter().map(|it| it.depth + 1).max().unwrap_or(0);
    let boxes = shown
        .iter()
        .map(|it| box_view(it, whole, table, tree))
        .collect_view();
    let height = format!("--height:{}px", levels * LEVEL);
    let work = human_duration(flame.nanos);
    view! {
        <p class="flame__words">
            {format!("{work} of work, also where it ran at the same time. Wider means more; calls of the same name at the same place are one box.")}
            {(hidden > 0).then(|| format!(" {} too narrow to show.", number::counted(hidden, "box is", "boxes are")))}
        </p>
        <div class="flame__boxes" role="group" aria-label="Calls by the time spent in them" style=height>{boxes}</div>
    }
    .into_any()
}

fn box_view(it: &FlameBox, whole: f64, table: &SpanTable, tree: TreeState) -> AnyView {
    let FlameBox {
        row, count, errors, ..
    } = *it;
    let name = match table.name(row) {
        "" => "(no name)",
        name => name,
    };
    let share = it.nanos as f64 / whole;
    let times = if count == 1 {
        String::new()
    } else {
        format!(" ×{}", number::grouped(count.into()))
    };
    let mut words = format!(
        "{name}{times}: {} ({:.1} %), {} of it by itself",
        human_duration(it.nanos),
        share * 100.0,
        human_duration(it.own)
    );
    if errors > 0 {
        words = format!(
            "{words}, {}",
            number::counted(errors.into(), "error", "errors")
        );
    }
    let geometry = format!(
        "--left:{:.5};--width:{share:.5};--top:{}px",
        it.from as f64 / whole,
        it.depth * LEVEL
    );
    let id = table.span_id(row).to_string();
    let is_marked = move || {
        tree.marked
            .with(|marked| marked.as_ref() == Some(&id))
            .to_string()
    };
    let text = format!("{name}{times}");
    let kind = table.kind(row).css_key();
    let error = (errors > 0).then_some("true");
    if share < BUTTON {
        return view! {
            <span
                class="flame__box"
                data-kind=kind
                data-error=error
                style=geometry
                title=words
                aria-hidden="true"
                on:click=move |_| tree.go_to_row(row)
            >
                {text}
            </span>
        }
        .into_any();
    }
    view! {
        <button
            type="button"
            class="flame__box"
            data-kind=kind
            data-error=error
            style=geometry
            title=words.clone()
            aria-label=words
            aria-pressed=is_marked
            on:click=move |_| tree.go_to_row(row)
        >
            {text}
        </button>
    }
    .into_any()
}
