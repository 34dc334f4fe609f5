//! Tree and timing chart as one: rows with names on the left and bars on a shared axis on the right.
//!
//! Only rows in view are in the document, so a trace of 100,000 spans scrolls like one of ten. Until the table has arrived, and
//! for readers without script, the first rows come from the page itself and look the same. The focus stays on the grid and
//! the marked row is named by `aria-activedescendant`: a focused row would be lost when it scrolls out of view.

use leptos::html::Div;
use leptos::prelude::*;

use super::axis::Axis;
use super::geometry::drawn_rows;
use super::minimap::Minimap;
use super::pointer::{on_click, on_double_click, on_key, on_scroll, on_wheel, watch};
use super::row::{RowPlace, timeline_row};
use super::rows::{drawn, first_rows};
use super::tree_state::TreeState;
use crate::keymap::hint;
use crate::model::TraceHead;
use crate::text::number;
use crate::widgets::icon::{Icon, IconName};

/// The timeline of a trace.
#[component]
pub fn Timeline(
    /// The shared state of the trace's panels.
    tree: TreeState,
    /// The trace, with the first rows.
    head: TraceHead,
    /// Unique in the document; prefixes the ids of rows.
    id: String,
    /// Address of the page that row links lead to; empty for the present one.
    page: String,
) -> impl IntoView {
    let scroller = NodeRef::<Div>::new();
    let scroll_top = RwSignal::new(0.0_f64);
    let height = RwSignal::new(800.0_f64);
    let is_whole_page = page.is_empty();
    let count = head.span_count;
    let has_table = Memo::new(move |_| tree.table.with(Option::is_some));
    let first_rows = StoredValue::new(first_rows(&head));
    let more = u64::from(count).saturating_sub(head.rows.len() as u64);
    let more = (more > 0).then(|| number::grouped(more));
    let grid = id.clone();
    // Several traces can stand on one page; each of their landmarks needs a name of its own.
    let label = format!("Timeline of {}", number::short_id(&head.trace_id));
    let detail_id = format!("{id}-detail");
    let names = StoredValue::new((id.clone(), page));
    let rows = move || {
        if has_table.get() {
            names.with_value(|(id, page)| drawn(tree, scroll_top, height, id.clone(), page.clone()))
        } else {
            let rows = first_rows.with_value(|rows| {
                rows.iter()
                    .enumerate()
                    .map(|(position, (line, fold))| {
                        let place = names.with_value(|(id, page)| RowPlace {
                            position,
                            table_row: None,
                            timeline: id.clone(),
                            page: page.clone(),
                            fold: *fold,
                            holds: String::new(),
                            rounds: Vec::new(),
                        });
                        timeline_row(line.clone(), place, tree)
                    })
                    .collect_view()
            });
            rows.into_any()
        }
    };
    watch(tree, scroller, scroll_top, height);
    let has_error = head.why.is_some();
    let next_error = move || {
        let Some(table) = tree.table.get_untracked() else {
            return;
        };
        let errors = || (0..table.len()).filter(|row| table.is_error(*row));
        let here = tree.marked_row().unwrap_or(0);
        // After the last one comes the first again.
        if let Some(row) = errors().find(|row| *row > here).or_else(|| errors().next()) {
            tree.go_to_row(row);
        }
    };
    let active = move || {
        tree.marked.track();
        let (start, end) = tree
            .rows
            .with(|rows| drawn_rows(scroll_top.get(), height.get(), rows.len()));
        let position = tree.position(tree.marked_row()?);
        // Only what is in the document can be named.
        (start..end)
            .contains(&position)
            .then(|| names.with_value(|(id, _)| format!("{id}-{position}")))
    };
    view! {
        <section class="timeline" aria-label=label>
            {move || alone(tree)}
            <div class="timeline__head">
                <div class="timeline__tools">
                    <span class="timeline__count">
                        {number::counted(u64::from(count), "span", "spans")}
                    </span>
                    {has_error.then(|| tool(hint("Next error", "e"), IconName::Alert, next_error))}
                    {tool(hint("Zoom in", "w"), IconName::Plus, move || tree.zoom(0.5, 0.5))}
                    {tool(hint("Zoom out", "s"), IconName::Minus, move || tree.zoom(2.0, 0.5))}
                    {tool(hint("Whole trace", "0"), IconName::Fit, move || tree.zoom_out())}
                </div>
                <Axis tree=tree/>
            </div>
            {is_whole_page.then(|| view! {
                <div class="timeline__map needs-script">
                    {move || aside(tree)}
                    <Minimap tree=tree/>
                </div>
            })}
            {move || tree.failure.get().map(|text| view! { <p class="timeline__failure" role="alert">{text}</p> })}
            <div
                node_ref=scroller
                class="timeline__grid"
                id=grid
                role="treegrid"
                aria-label="Spans. Arrow keys move and fold, e goes to the next error, w and s zoom, question mark lists all keys."
                aria-rowcount=count
                aria-activedescendant=active
                tabindex="0"
                on:scroll=move |_| on_scroll(scroller, scroll_top, height)
                on:click=move |event| on_click(&event, tree)
                on:dblclick=move |event| on_double_click(&event, tree)
                on:keydown=move |event| on_key(&event, tree, scroller, &detail_id)
                on:wheel=move |event| on_wheel(&event, tree)
            >
                {rows}
            </div>
            {move || {
                let more = more.clone().filter(|_| !has_table.get());
                more.map(|more| view! { <p class="timeline__more">{format!("and {more} more spans")}</p> })
            }}
        </section>
    }
    .into_any()
}

/// Says that only a part of the trace shows, with the way back.
fn alone(tree: TreeState) -> Option<AnyView> {
    let root = tree.root.get()?;
    let table = tree.table.get_untracked()?;
    let name = table.name(root).to_owned();
    let count = number::counted(u64::from(table.descendant_count(root)) + 1, "span", "spans");
    Some(
        view! {
            <p class="timeline__alone">
                <span>"Only " <strong>{name}</strong> {format!(", {count}")}</span>
                <button type="button" class="button" data-size="small" on:click=move |_| tree.focus(None)>
                    "Whole trace"
                </button>
            </p>
        }
        .into_any(),
    )
}

/// Says how many rows are left aside, with the way to see them.
fn aside(tree: TreeState) -> AnyView {
    let count = tree.hidden.with(|hidden| hidden.len());
    if count == 0 {
        let is_cut = tree
            .table
            .with(|table| table.as_ref().is_some_and(|table| table.events() > 0))
            && tree
                .ticks
                .with(|ticks| !ticks.is_empty() && !ticks.is_whole);
        let words = "Events of the first spans are marked, not of all";
        return is_cut
            .then(|| view! { <span class="timeline__note" title=words>{words}</span> })
            .into_any();
    }
    let words = format!(
        "{} aside",
        number::counted(u64::from(count), "span", "spans")
    );
    let show = move |_| {
        tree.only_kind.set(None);
        tree.is_hiding_short.set(false);
    };
    view! {
        <button type="button" class="timeline__aside" title="Show all spans" on:click=show>
            {words} " · show"
        </button>
    }
    .into_any()
}

/// A button for what a key does, too.
fn tool(label: String, icon: IconName, act: impl Fn() + 'static) -> AnyView {
    view! {
        <button
            type="button"
            class="icon-button needs-script"
            title=label.clone()
            aria-label=label
            on:click=move |_| act()
        >
            <Icon name=icon/>
        </button>
    }
    .into_any()
}
