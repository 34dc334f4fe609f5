//! The flame graph: where the time of all calls went, or their tokens, or their cost. Calls along one path of names are one box; a
//! press opens the longest of them. What is measured is in the address.

use domain::span_table::{FlameBox, Measure, SpanTable};
use domain::time::human_duration;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::tree_state::TreeState;
use crate::pages::skeleton;
use crate::text::number;
use crate::widgets::icon::{Icon, IconName};

/// The most boxes in the document, from the root up.
const MOST: usize = 1_500;
/// The height of a box with the gap below it, in CSS pixels.
const LEVEL: u32 = 25;
/// Boxes of this share of the whole are wide enough to be buttons; narrower ones answer to the pointer alone, and the table by name
/// lists what they stand for.
const BUTTON: f64 = 0.08;

/// In a box of less than this no word can be read.
const TEXT: f64 = 0.05;

/// The graph.
#[component]
pub fn FlameGraph(
    /// The shared state of the trace's panels.
    tree: TreeState,
) -> impl IntoView {
    let query = use_query_map();
    let named = query.with_untracked(|query| named(query.get_str("by").unwrap_or_default()));
    let measure = RwSignal::new(named);
    let content = move || match tree.table.get() {
        Some(table) => {
            view! { {choices(&table, measure)} {graph(&table, tree, measure.get())} }.into_any()
        }
        None => skeleton(),
    };
    view! { <section class="flame" aria-label="Flame graph">{content}</section> }.into_any()
}

const MEASURES: [(Measure, &str, &str); 3] = [
    (Measure::Time, "", "Time"),
    (Measure::Tokens, "tokens", "Tokens"),
    (Measure::Cost, "cost", "Cost"),
];

fn named(parameter: &str) -> Measure {
    let found = MEASURES.iter().find(|(_, name, _)| *name == parameter);
    found.map_or(Measure::Time, |(measure, ..)| *measure)
}

/// What the width can stand for, where there is more than the time.
fn choices(table: &SpanTable, measure: RwSignal<Measure>) -> Option<AnyView> {
    let known = MEASURES.iter().filter(|(by, ..)| table.has_measure(*by));
    let buttons: Vec<AnyView> = known
        .map(|(by, parameter, label)| {
            let (by, parameter, label) = (*by, *parameter, *label);
            let press = move |_| {
                measure.set(by);
                #[cfg(feature = "hydrate")]
                crate::browser::replace_parameter("by", parameter);
                #[cfg(not(feature = "hydrate"))]
                let _ = parameter;
            };
            view! {
                <button
                    type="button"
                    class="segmented__choice"
                    aria-pressed=move || (measure.get() == by).to_string()
                    on:click=press
                >
                    {label}
                </button>
            }
            .into_any()
        })
        .collect();
    (buttons.len() > 1).then(|| {
        view! { <div class="segmented flame__measures needs-script" role="group" aria-label="Width">{buttons}</div> }
            .into_any()
    })
}

fn amount_words(amount: i64, by: Measure) -> String {
    match by {
        Measure::Time => human_duration(amount),
        Measure::Tokens => format!("{} tokens", number::grouped(amount.unsigned_abs())),
        Measure::Cost => number::dollars(amount as f64 / 1e9),
    }
}

fn graph(table: &SpanTable, tree: TreeState, by: Measure) -> AnyView {
    // The address may name what no span of this trace tells.
    let by = if table.has_measure(by) {
        by
    } else {
        Measure::Time
    };
    let flame = table.flame(by);
    let whole = flame.amount.max(1) as f64;
    let hidden = u64::from(flame.left_out) + flame.boxes.len().saturating_sub(MOST) as u64;
    let shown = &flame.boxes[..flame.boxes.len().min(MOST)];
    let levels = shown.iter().map(|it| it.depth + 1).max().unwrap_or(0);
    let boxes = shown
        .iter()
        .map(|it| box_view(it, (whole, by), table, tree))
        .collect_view();
    let height = format!("--height:{}px", levels * LEVEL);
    let all = amount_words(flame.amount, by);
    let (all, label) = match by {
        Measure::Time => (
            format!("{all} of work, also where it ran at the same time"),
            "Calls by the time spent in them",
        ),
        Measure::Tokens => (all, "Calls by their tokens"),
        Measure::Cost => (all, "Calls by their cost"),
    };
    view! {
        <p class="flame__words">
            {format!("{all}. Wider means more; calls of the same name at the same place are one box.")}
            {(hidden > 0).then(|| format!(" {} too narrow to show.", number::counted(hidden, "box is", "boxes are")))}
        </p>
        <div class="flame__boxes" role="group" aria-label=label style=height>{boxes}</div>
    }
    .into_any()
}

fn box_view(
    it: &FlameBox,
    (whole, by): (f64, Measure),
    table: &SpanTable,
    tree: TreeState,
) -> AnyView {
    let FlameBox {
        row, count, errors, ..
    } = *it;
    let name = match table.name(row) {
        "" => "(no name)",
        name => name,
    };
    let share = it.amount as f64 / whole;
    let times = if count == 1 {
        String::new()
    } else {
        format!(" ×{}", number::grouped(count.into()))
    };
    let mut words = format!(
        "{name}{times}: {} ({:.1} %), {} of it by itself",
        amount_words(it.amount, by),
        share * 100.0,
        amount_words(it.own, by)
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
    let mark = (errors > 0).then(|| view! { <Icon name=IconName::Alert/> });
    let text = (share >= TEXT)
        .then(|| view! { <span class="flame__text">{mark} {format!(" {name}{times}")}</span> });
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
