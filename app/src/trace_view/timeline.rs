//! Tree and timing chart as one: rows with names on the left and bars on a shared axis on the right.
//!
//! Only rows in view are in the document, so a trace of 100,000 spans scrolls like one of ten. Until the table has arrived, and
//! for readers without script, the first rows come from the page itself and look the same. The focus stays on the grid and
//! the marked row is named by `aria-activedescendant`: a focused row would be lost when it scrolls out of view.

use std::sync::Arc;

use domain::span_table::{RowSet, SpanTable};
use leptos::html::Div;
use leptos::prelude::*;

use super::axis::Axis;
use super::geometry::{ROW_HEIGHT, drawn_rows};
use super::row::{Fold, RowPlace, timeline_row};
use super::tree_state::TreeState;
use crate::model::{SpanLine, TraceHead};
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
    let view = Signal::derive(move || tree.view.get());
    let count = head.span_count;
    let has_table = Memo::new(move |_| tree.table.with(Option::is_some));
    let first_rows = StoredValue::new(first_rows(&head));
    let more = number::grouped(u64::from(count).saturating_sub(TraceHead::ROWS as u64));
    let more = (count as usize > TraceHead::ROWS).then_some(more);
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
                        });
                        timeline_row(line.clone(), place, view, tree.marked)
                    })
                    .collect_view()
            });
            rows.into_any()
        }
    };
    watch(tree, scroller, height);
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
        tree.rows.track();
        let row = tree.marked_row()?;
        Some(names.with_value(|(id, _)| format!("{id}-{}", tree.position(row))))
    };
    view! {
        <section class="timeline" aria-label=label>
            <div class="timeline__head">
                <div class="timeline__tools">
                    <span class="timeline__count">
                        {number::counted(u64::from(count), "span", "spans")}
                    </span>
                    {has_error.then(|| tool("Next error (e)", IconName::Alert, next_error))}
                    {tool("Zoom in (w)", IconName::Plus, move || tree.zoom(0.5, 0.5))}
                    {tool("Zoom out (s)", IconName::Minus, move || tree.zoom(2.0, 0.5))}
                    {tool("Whole trace (0)", IconName::Fit, move || tree.zoom_out())}
                </div>
                <Axis view=view/>
            </div>
            {move || tree.failure.get().map(|text| view! { <p class="timeline__failure" role="alert">{text}</p> })}
            <div
                node_ref=scroller
                class="timeline__grid"
                id=grid
                role="treegrid"
                aria-label="Spans. Arrow keys move and fold, e goes to the next error, w and s zoom."
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

/// A button for what a key does, too.
fn tool(label: &'static str, icon: IconName, act: impl Fn() + 'static) -> AnyView {
    view! {
        <button
            type="button"
            class="icon-button needs-script"
            title=label
            aria-label=label
            on:click=move |_| act()
        >
            <Icon name=icon/>
        </button>
    }
    .into_any()
}

/// The rows that came with the page; a row unfolds if the next one is deeper.
fn first_rows(head: &TraceHead) -> Vec<(SpanLine, Fold)> {
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
fn drawn(
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
    let view = Signal::derive(move || tree.view.get());
    // Position and row together, and how the row is folded: any other combination is another row.
    let keys = move || {
        let (start, end) = range.get();
        let rows = tree.rows.get();
        let table = tree.table.get();
        tree.folded.with(|folded| {
            let keys = (start..end.min(rows.len())).filter_map(|position| {
                let row = rows[position];
                Some((position, row, fold_of(table.as_deref()?, folded, row)))
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
                    children=move |(position, row, fold)| {
                        let Some(table) = tree.table.get_untracked() else { return ().into_any() };
                        let place = RowPlace {
                            position,
                            table_row: Some(row),
                            timeline: id.clone(),
                            page: page.clone(),
                            fold,
                            holds: if fold == Fold::Closed { holds(&table, row) } else { String::new() },
                        };
                        timeline_row(SpanLine::of(&table, row), place, view, tree.marked)
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

fn holds(table: &Arc<SpanTable>, row: u32) -> String {
    let sum = table.subtree_sum(row);
    let spans = number::counted(u64::from(sum.spans.saturating_sub(1)), "span", "spans");
    match sum.errors - u32::from(table.is_error(row)) {
        0 => spans,
        errors => format!(
            "{spans} · {}",
            number::counted(u64::from(errors), "error", "errors")
        ),
    }
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use leptos::html::Div;
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, Event};

    use super::super::geometry::{self, ROW_HEIGHT};
    use super::super::keyboard::{Act, act};
    use super::super::tree_state::TreeState;
    use crate::browser;

    /// Measures the grid, and brings the marked row into view once the table is there and whenever the mark moves.
    pub fn watch(tree: TreeState, scroller: NodeRef<Div>, height: RwSignal<f64>) {
        Effect::new(move |was_there: Option<bool>| {
            let is_there = tree.table.with(Option::is_some);
            tree.marked.track();
            let Some(element) = scroller.get().filter(|_| is_there) else {
                return is_there;
            };
            height.set(browser::size_of(&element).1);
            if let Some(row) = tree.marked_row() {
                let position = tree.position(row);
                // On opening the row stands in the middle, afterwards the view moves no more than needed.
                let is_opening = was_there != Some(true);
                let _ = request_animation_frame(move || reveal(scroller, position, is_opening));
            }
            is_there
        });
        let resized = window_event_listener(leptos::ev::resize, move |_| {
            if let Some(element) = scroller.get_untracked() {
                height.set(browser::size_of(&element).1);
            }
        });
        on_cleanup(move || resized.remove());
    }

    fn reveal(scroller: NodeRef<Div>, position: usize, is_opening: bool) {
        let Some(element) = scroller.get_untracked() else {
            return;
        };
        let (_, height) = browser::size_of(&element);
        let top = f64::from(element.scroll_top());
        if let Some(target) = geometry::scroll_to(position, top, height) {
            let middle = position as f64 * ROW_HEIGHT - height / 2.0;
            let target = if is_opening { middle.max(0.0) } else { target };
            element.set_scroll_top(target.round() as i32);
        }
    }

    pub fn on_scroll(scroller: NodeRef<Div>, scroll_top: RwSignal<f64>, height: RwSignal<f64>) {
        let Some(element) = scroller.get_untracked() else {
            return;
        };
        scroll_top.set(f64::from(element.scroll_top()));
        height.set(browser::size_of(&element).1);
    }

    /// The row of the table under a pointer event, and whether the event is on its fold mark.
    fn row_under(event: &Event) -> Option<(u32, bool)> {
        let target = event.target()?.dyn_into::<Element>().ok()?;
        let row = target.closest("[data-row]").ok()??;
        let is_fold = target
            .closest(".timeline-row__fold[data-fold]")
            .ok()?
            .is_some();
        Some((row.get_attribute("data-row")?.parse().ok()?, is_fold))
    }

    pub fn on_click(event: &leptos::ev::MouseEvent, tree: TreeState) {
        // With a modifier the row's link opens in a tab of its own.
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
            return;
        }
        let Some((row, is_fold)) = row_under(event) else {
            return;
        };
        event.prevent_default();
        if is_fold {
            tree.toggle(row);
        } else {
            tree.go_to_row(row);
        }
    }

    pub fn on_double_click(event: &leptos::ev::MouseEvent, tree: TreeState) {
        if let Some((row, false)) = row_under(event) {
            tree.zoom_to(row);
        }
    }

    pub fn on_key(
        event: &leptos::ev::KeyboardEvent,
        tree: TreeState,
        scroller: NodeRef<Div>,
        detail: &str,
    ) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let Some(table) = tree.table.get_untracked().filter(|table| !table.is_empty()) else {
            return;
        };
        let height = scroller
            .get_untracked()
            .map_or(0.0, |element| browser::size_of(&element).1);
        let page = ((height / ROW_HEIGHT) as usize).max(2) - 1;
        let row = tree.marked_row().unwrap_or(0);
        let found = tree.rows.with_untracked(|rows| {
            tree.folded
                .with_untracked(|folded| act(&event.key(), row, &table, rows, folded, page))
        });
        let Some(found) = found else { return };
        event.prevent_default();
        match found {
            Act::Go(row) => tree.go_to_row(row),
            Act::Toggle(row) => tree.toggle(row),
            Act::UnfoldBelow(row) => tree.folded.update(|folded| {
                for inner in row..table.subtree_end(row) {
                    folded.remove(inner);
                }
            }),
            Act::Zoom(factor) => tree.zoom(factor, 0.5),
            Act::Pan(share) => tree.pan(share),
            Act::ZoomOut => tree.zoom_out(),
            Act::ZoomTo(row) => tree.zoom_to(row),
            Act::Open => browser::focus_quietly(detail),
        }
    }

    /// With Ctrl the wheel zooms at the pointer; sideways it moves the window of time.
    pub fn on_wheel(event: &leptos::ev::WheelEvent, tree: TreeState) {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let track = target.and_then(|target| {
            let row = target.closest(".timeline-row").ok()??;
            row.query_selector(".timeline-row__track").ok()?
        });
        let Some(track) = track else { return };
        let rect = track.get_bounding_client_rect();
        if event.ctrl_key() || event.meta_key() {
            event.prevent_default();
            let share = (f64::from(event.client_x()) - rect.left()) / rect.width().max(1.0);
            tree.zoom((event.delta_y() * 0.0025).exp(), share.clamp(0.0, 1.0));
        } else if event.delta_x().abs() > event.delta_y().abs() || event.shift_key() {
            let pixels = if event.shift_key() {
                event.delta_y()
            } else {
                event.delta_x()
            };
            event.prevent_default();
            tree.pan(pixels / rect.width().max(1.0));
        }
    }
}

#[cfg(feature = "hydrate")]
use browser_half::{on_click, on_double_click, on_key, on_scroll, on_wheel, watch};

#[cfg(not(feature = "hydrate"))]
mod server_half {
    //! Nothing happens on the server; the same names keep the component free of conditions.

    use leptos::html::Div;
    use leptos::prelude::*;

    use super::super::tree_state::TreeState;

    pub fn watch(_: TreeState, _: NodeRef<Div>, _: RwSignal<f64>) {}
    pub fn on_scroll(_: NodeRef<Div>, _: RwSignal<f64>, _: RwSignal<f64>) {}
    pub fn on_click(_: &leptos::ev::MouseEvent, _: TreeState) {}
    pub fn on_double_click(_: &leptos::ev::MouseEvent, _: TreeState) {}
    pub fn on_key(_: &leptos::ev::KeyboardEvent, _: TreeState, _: NodeRef<Div>, _: &str) {}
    pub fn on_wheel(_: &leptos::ev::WheelEvent, _: TreeState) {}
}

#[cfg(not(feature = "hydrate"))]
use server_half::{on_click, on_double_click, on_key, on_scroll, on_wheel, watch};
