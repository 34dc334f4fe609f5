//! Traces as a table: every row is a link, cells that can narrow the list are links too, so all of it works without script.

use std::sync::Arc;

use leptos::prelude::*;

use super::cell::cell_bar;
use super::column_head::Head;
use super::columns::Columns;
use super::desk::Desk;
use super::pager::Scope;
use super::row::{Placed, coming_row, table_row};
use super::scroll_map::ScrollMap;
use super::window::Window;
use crate::model::TraceRow;
use crate::widgets::time::IsAlive;

/// A table of traces: all rows as the server wrote them, and in a page that is alive those in view of all that match.
#[component]
pub fn TraceTable(
    /// The rows of the first page in their order.
    rows: Vec<TraceRow>,
    /// Where the rows come from; decides what cells link to.
    scope: Scope,
    /// Brings further rows; `None` if these are all.
    desk: Option<Desk>,
) -> impl IntoView {
    let (cols, is_run) = match &scope {
        Scope::Experiment { state, .. } => (state.cols.as_str(), false),
        Scope::Run { .. } => ("", true),
    };
    let columns = Arc::new(Columns::new(cols, &rows, is_run));
    let head = Head::new(&columns, desk);
    let heads = head.view(&scope);
    let still = {
        let (scope, columns) = (scope.clone(), Arc::clone(&columns));
        move || {
            let row = |row: &TraceRow| table_row(row, &columns, &scope, None);
            rows.iter().map(row).collect_view().into_any()
        }
    };
    match desk {
        Some(desk) => scrolled_table(head, heads, desk, columns, scope, still),
        None => view! {
            <div class="trace-scroll">
                <table class="trace-table" on:keydown=walk_rows>
                    <thead>{heads}</thead>
                    <tbody>{still()}</tbody>
                </table>
            </div>
        }
        .into_any(),
    }
}

/// The table of a list that can be scrolled through.
fn scrolled_table(
    head: Head,
    heads: AnyView,
    desk: Desk,
    columns: Arc<Columns>,
    scope: Scope,
    still: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let is_alive = use_context::<IsAlive>();
    let is_alive = move || is_alive.is_some_and(|IsAlive(is_alive)| is_alive.get());
    let feed = desk.feed;
    let window = Window::new(desk);
    let map = window.map;
    let count = move || match feed.total.get() {
        Some(total) => (total + 1).to_string(),
        None => "-1".to_owned(),
    };
    let height = move || format!("{:.0}px", map.with(ScrollMap::height));
    let base = move || window.base.get().to_string();
    let offset = move || {
        let base = window.base.get();
        let place = window.place.get();
        format!("{:.1}px", map.with(|map| map.offset(base, place)))
    };
    let scope = StoredValue::new(scope);
    let is_chosen = columns.is_chosen.then_some("true");
    let body = move || {
        let columns = Arc::clone(&columns);
        match is_alive() {
        false => still(),
        true => view! {
            <For
                each=move || window.keys()
                key=|key| *key
                children=move |(index, is_full, _)| {
                    let placed = Placed { index, window, desk };
                    let draw = |row: &TraceRow| scope.with_value(|scope| table_row(row, &columns, scope, Some(placed)));
                    let row = is_full.then(|| feed.with_row(index, draw)).flatten();
                    row.unwrap_or_else(|| coming_row(placed))
                }
            />
        }
        .into_any(),
    }
    };
    let spot = window.spot;
    window.listen();
    view! {
        <div
            class="trace-scroll"
            node_ref=window.scroller
            tabindex="-1"
            data-virtual=move || is_alive().then_some("true")
            data-chosen=is_chosen
            style=move || head.widths()
            on:scroll=move |_| window.on_scroll()
            on:pointermove=move |event| spot.on_pointer(&event)
            on:focusin=move |event| spot.on_focus(&event)
            on:pointerleave=move |_| spot.forget()
            on:click=move |event| window.on_click(&event)
        >
            <table class="trace-table" aria-rowcount=count style=("--total", height)>
                <thead data-rove="head" data-upright="">{heads}</thead>
                <tbody style=("--base", base) style=("--offset", offset)>{body}</tbody>
            </table>
            {move || is_alive().then(|| cell_bar(desk, spot))}
        </div>
    }
    .into_any()
}

/// `j`, `k` and the arrows go from row to row.
fn walk_rows(event: leptos::ev::KeyboardEvent) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let step = match event.key().as_str() {
            "ArrowDown" | "j" => 1,
            "ArrowUp" | "k" => -1,
            _ => return,
        };
        let has_modifier = event.ctrl_key() || event.alt_key() || event.meta_key();
        let table = event
            .current_target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        if let (Some(table), false) = (table, has_modifier) {
            event.prevent_default();
            crate::browser::focus_sibling(&table, ".trace-table__link", step);
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = event;
}
