//! One aligned step: how it stands, its name, and a bar for each trace on a scale they share.

use domain::diff::Mark;
use domain::time::human_duration;
use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;

use super::address::LETTERS;
use super::delta;
use super::table::delta_view;
use crate::model::{ComparedCell, ComparedRow};
use crate::widgets::badge::{KindIcon, kind_group};
use crate::widgets::icon::{Icon, IconName};

/// Deeper rows are not indented further.
const DEPTH_MAX: u32 = 14;

/// What all rows of a list share.
#[derive(Clone, Copy)]
pub struct RowsShared {
    /// Nanoseconds of the longest trace.
    pub extent: i64,
    /// The opened step.
    pub step: Signal<String>,
    /// Opens a step.
    pub go: Callback<String>,
    /// The address of a step, for readers without script.
    pub href: Callback<String, String>,
    /// Whether rows are reached by arrow keys rather than by Tab.
    pub is_alive: Signal<bool>,
}

/// How a step stands, in words for people.
pub fn mark_words(row: &ComparedRow) -> (IconName, String) {
    match row.mark() {
        Mark::Same => (IconName::Check, "Same".to_owned()),
        Mark::Changed => (IconName::Edit, "Changed".to_owned()),
        Mark::Moved => (IconName::Open, "Moved".to_owned()),
        Mark::Partial => {
            let present = row.cells.iter().enumerate();
            let present = present.filter(|(_, cell)| cell.is_some());
            let letters: Vec<String> = present.map(|(at, _)| LETTERS[at].to_uppercase()).collect();
            let icon = match row.cells.first() {
                Some(Some(_)) => IconName::Minus,
                _ => IconName::Plus,
            };
            (icon, format!("Only {}", letters.join(", ")))
        }
    }
}

fn mark_key(mark: Mark) -> &'static str {
    match mark {
        Mark::Same => "same",
        Mark::Changed => "changed",
        Mark::Partial => "partial",
        Mark::Moved => "moved",
    }
}

/// A row; `position` counts from 0 among the rows of the list.
pub fn compare_row(row: &ComparedRow, position: usize, shared: RowsShared) -> AnyView {
    let step = row.step();
    let (icon, words) = mark_words(row);
    let changes: Vec<&str> = row.change().words().collect();
    let title = match changes.as_slice() {
        [] => words.clone(),
        changes => format!("{words}: {}", changes.join(", ")),
    };
    let name = match row.name.as_str() {
        "" => "(no name)".to_owned(),
        name => name.to_owned(),
    };
    let is_selected = {
        let step = step.clone();
        Memo::new(move |_| shared.step.with(|opened| *opened == step))
    };
    let base = row.cells.first().and_then(Option::as_ref).cloned();
    let cells = row.cells.iter().enumerate().map(|(at, cell)| match cell {
        Some(cell) => cell_view(cell, base.as_ref().filter(|_| at > 0), at, shared.extent),
        None => view! { <div class="compare-cell" role="gridcell" data-absent="true"><span class="compare-cell__none">"—"</span></div> }.into_any(),
    });
    let cells = cells.collect_view();
    let level = custom_attribute("aria-level", (row.depth + 1).to_string());
    let href = shared.href.run(step.clone());
    let press = move |event: leptos::ev::MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            shared.go.run(step.clone());
        }
    };
    let indent = format!("{}px", row.depth.min(DEPTH_MAX) * 14);
    view! {
        <div
            class="compare-row"
            on:click=press
            role="row"
            id=format!("step-{position}")
            data-kind=kind_group(&row.span_type).0
            data-mark=mark_key(row.mark())
            aria-rowindex=position + 2
            aria-selected=move || is_selected.get().to_string()
            {..level}
        >
            <div class="compare-row__mark" role="gridcell" title=title>
                <Icon name=icon/>
                <span>{words}</span>
            </div>
            <div class="compare-row__name" role="gridcell" style=("--indent", indent)>
                <KindIcon kind=row.span_type.clone()/>
                <a href=href title=name.clone() tabindex=move || shared.is_alive.get().then_some("-1")>{name.clone()}</a>
            </div>
            {cells}
        </div>
    }
    .into_any()
}

fn cell_view(cell: &ComparedCell, base: Option<&ComparedCell>, at: usize, extent: i64) -> AnyView {
    let share = |nanos: i64| (nanos.max(0) as f64 / extent as f64).clamp(0.0, 1.0);
    let left = share(cell.start);
    let width = share(cell.duration).min(1.0 - left);
    let geometry = format!("--left:{left:.5};--width:{width:.5}");
    let more = base.map(|base| {
        let mut parts = vec![delta::duration(base.duration, cell.duration)];
        if let (Some(from), Some(to)) = (base.tokens, cell.tokens)
            && from != to
        {
            parts.push(format!("{} tok", delta::count(from, to)));
        }
        if let (Some(from), Some(to)) = (base.cost, cell.cost)
            && from != to
        {
            parts.push(delta::dollars(from, to));
        }
        delta_view(parts.join(" · "))
    });
    view! {
        <div class="compare-cell" role="gridcell" data-place=at.to_string() data-error=cell.is_error.then_some("true")>
            <span class="compare-cell__letter" aria-hidden="true">{LETTERS[at].to_uppercase()}</span>
            <span class="compare-cell__track" aria-hidden="true">
                <span class="compare-cell__bar" style=geometry></span>
            </span>
            <span class="compare-cell__text">
                {cell.is_error.then(|| view! { <Icon name=IconName::Alert/> <span class="visually-hidden">"Error, "</span> })}
                <span class="figures">{human_duration(cell.duration)}</span>
                {more}
            </span>
        </div>
    }
    .into_any()
}
