//! Traces as a table: every row is a link, cells that can narrow the list are links too, so all of it works without script.

use leptos::prelude::*;

use super::cell::cell_bar;
use super::desk::Desk;
use super::pager::Scope;
use super::row::{Placed, coming_row, table_row};
use super::scroll_map::ScrollMap;
use super::window::Window;
use crate::model::TraceRow;
use crate::url_state::Sort;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::time::IsAlive;

/// Columns that appear only if some row fills them, so that the previews get the room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Columns {
    /// Tokens in all.
    pub tokens: bool,
    /// Dollars in all.
    pub cost: bool,
    /// Session and user.
    pub who: bool,
    /// The first run.
    pub run: bool,
    /// Ratings.
    pub feedback: bool,
}

impl Columns {
    fn of(rows: &[TraceRow], is_run_known: bool) -> Self {
        let any = |is_filled: fn(&TraceRow) -> bool| rows.iter().any(is_filled);
        Self {
            tokens: any(|row| row.tokens.is_some()),
            cost: any(|row| row.cost.is_some()),
            who: any(|row| row.session.is_some() || row.user.is_some()),
            run: !is_run_known && any(|row| row.run.is_some()),
            feedback: any(|row| !row.feedback.is_empty()),
        }
    }
}

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
    let columns = Columns::of(&rows, matches!(scope, Scope::Run { .. }));
    let head = head(columns, &scope);
    let still = {
        let scope = scope.clone();
        move || {
            let row = |row: &TraceRow| table_row(row, columns, &scope, None);
            rows.iter().map(row).collect_view().into_any()
        }
    };
    match desk {
        Some(desk) => scrolled_table(head, desk, columns, scope, still),
        None => view! {
            <div class="trace-scroll">
                <table class="trace-table" on:keydown=walk_rows>
                    <thead>{head}</thead>
                    <tbody>{still()}</tbody>
                </table>
            </div>
        }
        .into_any(),
    }
}

/// The table of a list that can be scrolled through.
fn scrolled_table(
    head: AnyView,
    desk: Desk,
    columns: Columns,
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
    let base = move || window.drawn.get().0.to_string();
    let offset = move || {
        let (first, _) = window.drawn.get();
        format!(
            "{:.1}px",
            map.with(|map| map.offset(first, window.place.get()))
        )
    };
    let scope = StoredValue::new(scope);
    let body = move || {
        match is_alive() {
        false => still(),
        true => view! {
            <For
                each=move || window.keys()
                key=|key| *key
                children=move |(index, _, _)| {
                    let placed = Placed { index, window, desk };
                    let row = feed.with_row(index, |row| scope.with_value(|scope| table_row(row, columns, scope, Some(placed))));
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
            on:scroll=move |_| window.on_scroll()
            on:pointerover=move |event| spot.on_pointer(&event)
            on:focusin=move |event| spot.on_focus(&event)
            on:pointerleave=move |_| spot.forget()
            on:click=move |event| window.on_click(&event)
        >
            <table class="trace-table" aria-rowcount=count style=("--total", height)>
                <thead>{head}</thead>
                <tbody style=("--base", base) style=("--offset", offset)>{body}</tbody>
            </table>
            {move || is_alive().then(|| cell_bar(desk, spot))}
        </div>
    }
    .into_any()
}

fn head(columns: Columns, scope: &Scope) -> AnyView {
    let time = sort_head(scope, "Time", "time", Sort::Newest, Sort::Oldest);
    let duration = sort_head(scope, "Duration", "duration", Sort::Slowest, Sort::Fastest);
    let plain = |label: &'static str, class: &'static str| {
        view! { <th scope="col" class=format!("trace-table__{class}")>{label}</th> }
    };
    view! {
        <tr>
            <th scope="col" class="trace-table__check"><span class="visually-hidden">"Choose"</span></th>
            {plain("State", "state")} {time} {plain("Name", "name")}
            {plain("Request → response", "preview")} {duration}
            {columns.tokens.then(|| plain("Tokens", "tokens"))}
            {columns.cost.then(|| plain("Cost", "cost"))}
            {columns.who.then(|| plain("Session, user", "who"))}
            {columns.run.then(|| plain("Run", "run"))}
            {columns.feedback.then(|| plain("Feedback", "feedback"))}
        </tr>
    }
    .into_any()
}

/// A column head that sorts: the first press brings `first`, the next one the other way round.
fn sort_head(
    scope: &Scope,
    label: &'static str,
    class: &'static str,
    first: Sort,
    second: Sort,
) -> AnyView {
    let class = format!("trace-table__{class}");
    let Scope::Experiment { state, path } = scope else {
        return view! { <th scope="col" class=class>{label}</th> }.into_any();
    };
    let (order, next) = match state.sort {
        sort if sort == first => (Some("descending"), second),
        sort if sort == second => (Some("ascending"), first),
        _ => (None, first),
    };
    view! {
        <th scope="col" class=class aria-sort=order>
            <a class="trace-table__sort" href=state.sorted(next).href(path)>
                {label} <Icon name=IconName::Chevron/>
            </a>
        </th>
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
