//! The form that chooses the metrics and parameters of a run list.

use leptos::prelude::*;

use super::state::RunListState;
use crate::widgets::icon::{Icon, IconName};

/// A box for each metric and parameter that the runs of the page have; those chosen stay, whether a run has them or not.
#[component]
pub fn ColumnChooser(
    /// What the list is asked for.
    state: RunListState,
    /// The list's address without the question.
    path: String,
    /// The columns shown.
    shown: Vec<String>,
    /// The columns to choose from.
    offered: Vec<String>,
) -> impl IntoView {
    let mut all = offered;
    let missing: Vec<String> = shown
        .iter()
        .filter(|column| !all.contains(column))
        .cloned()
        .collect();
    all.extend(missing);
    if all.is_empty() {
        return ().into_any();
    }
    let boxes = all
        .into_iter()
        .map(|column| {
            let is_shown = shown.contains(&column);
            let label = column.clone();
            view! {
                <label class="run-columns__box">
                    <input type="checkbox" name="col" value=column checked=is_shown/>
                    <span>{label}</span>
                </label>
            }
        })
        .collect_view();
    let hidden = |name: &'static str, value: &str| {
        let value = value.to_owned();
        (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value/> })
    };
    view! {
        <details class="run-columns">
            <summary class="button"><Icon name=IconName::Edit/>"Columns"</summary>
            <form class="popover run-columns__form" method="get" action=path>
                {hidden("filter", &state.filter)}
                {hidden("sort", &state.sort)}
                {hidden("view", &state.view)}
                <fieldset class="run-columns__boxes">
                    <legend class="popover__label">"Metrics and parameters"</legend>
                    {boxes}
                </fieldset>
                <button class="button" data-weight="main">"Show"</button>
            </form>
        </details>
    }
    .into_any()
}
