//! What charts share: marks at the side and along the bottom, places that can be pressed, the table behind.

use leptos::prelude::*;

use super::axis::Axis;
use super::layout::{HEIGHT, WIDTH};
use super::value_scale::{Unit, ValueScale};
use super::zone;
use crate::widgets::time::IsAlive;

/// The most marks along the bottom of the widest chart; narrower ones leave every other out.
const TICKS: usize = 9;

/// Lines across with their values.
pub(super) fn grid(scale: ValueScale, unit: Unit) -> AnyView {
    let lines = scale.ticks(unit).into_iter().map(|tick| {
        view! {
            <span class="chart__line" style=format!("--at:{:.4}", tick.at)>
                <span class="chart__value">{tick.label}</span>
            </span>
        }
    });
    view! { <div class="chart__grid" aria-hidden="true">{lines.collect_view()}</div> }.into_any()
}

/// The marks along the bottom.
pub(super) fn marks(axis: Axis) -> AnyView {
    let marks = move || {
        axis.marks(TICKS, zone())
            .into_iter()
            .map(|tick| {
                let place = format!("--at:{:.4}", tick.at);
                view! { <span class="chart__tick" style=place>{tick.label}</span> }
            })
            .collect_view()
    };
    view! { <div class="chart__axis" aria-hidden="true">{marks}</div> }.into_any()
}

/// The image that paths are drawn in.
pub(super) fn drawing(summary: String, paths: AnyView) -> AnyView {
    view! {
        <svg class="chart__drawing" role="img" aria-label=summary preserveAspectRatio="none"
            viewBox=format!("0 0 {WIDTH} {HEIGHT}")>
            {paths}
        </svg>
    }
    .into_any()
}

/// A place over the drawing: says what stands there when the pointer rests, leads to it when pressed. Keys reach the same links
/// in the table.
pub(super) fn place(
    axis: Axis,
    (from, to): (i64, i64),
    href: Option<String>,
    figures: String,
) -> AnyView {
    let (left, right) = (axis.share(from), axis.share(to));
    let geometry = format!("--from:{left:.4};--width:{:.4}", right - left);
    let title = move || format!("{}: {figures}", axis.words(from, to, zone()));
    match href {
        Some(href) => view! {
            <a class="chart__place" href=href tabindex="-1" style=geometry title=title></a>
        }
        .into_any(),
        None => view! { <span class="chart__place" style=geometry title=title></span> }.into_any(),
    }
}

/// A row of the table behind a chart.
pub(super) struct TwinRow {
    /// The part of the axis.
    pub(super) ends: (i64, i64),
    /// The list behind it.
    pub(super) href: Option<String>,
    /// A text for each head but the first.
    pub(super) cells: Vec<String>,
}

/// The figures of a chart as a table that unfolds.
pub(super) fn twin(summary: &str, axis: Axis, heads: Vec<String>, rows: Vec<TwinRow>) -> AnyView {
    let first = match axis {
        Axis::Time { .. } => "Time",
        Axis::Duration { .. } => "Duration",
    };
    let heads = heads
        .into_iter()
        .map(|head| view! { <th scope="col" class="table__number">{head}</th> })
        .collect_view();
    let row = move |row: &TwinRow| {
        let (from, to) = row.ends;
        let words = move || axis.words(from, to, zone());
        let head = match row.href.clone() {
            Some(href) => view! { <a href=href>{words}</a> }.into_any(),
            None => view! { {words} }.into_any(),
        };
        let cells = row
            .cells
            .iter()
            .map(|cell| view! { <td class="table__number">{cell.clone()}</td> })
            .collect_view();
        view! { <tr><th scope="row">{head}</th>{cells}</tr> }
    };
    // A page that is alive draws them once they are asked for: they are as much work as the chart itself.
    let is_alive = use_context::<IsAlive>();
    let is_alive = is_alive.is_some_and(|IsAlive(is_alive)| is_alive.get_untracked());
    let is_drawn = RwSignal::new(!is_alive);
    let rows = move || is_drawn.get().then(|| rows.iter().map(row).collect_view());
    let label = format!("Table: {summary}");
    view! {
        <details class="chart__twin" on:toggle=move |_| is_drawn.set(true)>
            <summary class="chart__fold" aria-label=label>"Table"</summary>
            <div class="chart__table" tabindex="0" role="group" aria-label="Figures">
                <table class="table">
                    <thead><tr><th scope="col">{first}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}
