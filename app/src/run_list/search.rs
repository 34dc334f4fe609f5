//! The search box of a run list: the SDK's filter language for runs, in a form that works without script.

use leptos::prelude::*;

use super::state::RunListState;
use crate::model::FilterProblem;
use crate::widgets::icon::{Icon, IconName};

/// The box with examples and, if there is one, the problem of what was typed.
#[component]
pub fn RunSearch(
    /// What the list is asked for.
    state: RunListState,
    /// The list's address without the question.
    path: String,
    /// What is wrong with the filter.
    problem: Option<FilterProblem>,
) -> impl IntoView {
    let hidden = |name: &'static str, value: String| {
        (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value/> })
    };
    let columns = state
        .columns
        .iter()
        .map(|column| hidden("col", column.clone()))
        .collect_view();
    let example = |text: &'static str| {
        let state = RunListState {
            filter: text.to_owned(),
            page: String::new(),
            ..state.clone()
        };
        view! { <a class="chip run-search__example" href=state.href(&path)>{text}</a> }
    };
    let is_empty = state.filter.is_empty();
    let examples = is_empty.then(|| {
        view! {
            <p class="run-search__examples quiet">
                "For example "
                {example("status = 'FAILED'")}
                {example("run_name ILIKE '%base%'")}
                {example("metrics.accuracy > 0.9")}
                {example("params.model = 'small'")}
            </p>
        }
    });
    let clear = (!is_empty).then(|| {
        let state = RunListState {
            filter: String::new(),
            page: String::new(),
            ..state.clone()
        };
        view! { <a class="button" href=state.href(&path)>"Clear"</a> }
    });
    let has_problem = problem.is_some();
    view! {
        <search class="run-search">
            <form method="get" action=path.clone()>
                <label class="visually-hidden" for="filter">"Filter runs"</label>
                <span class="field run-search__field">
                    <Icon name=IconName::Search/>
                    <input
                        id="filter"
                        type="search"
                        name="filter"
                        value=state.filter.clone()
                        placeholder="metrics.accuracy > 0.9 AND params.model = 'small'"
                        autocomplete="off"
                        spellcheck="false"
                        aria-invalid=has_problem.then_some("true")
                        aria-describedby="run-filter-problem"
                    />
                </span>
                {hidden("sort", state.sort.clone())}
                {columns}
                {hidden("view", state.view.clone())}
                <button class="button" data-weight="main">"Search"</button>
                {clear}
            </form>
            <p class="field-problem" id="run-filter-problem">{problem.map(|problem| problem.message)}</p>
            {examples}
        </search>
    }
    .into_any()
}
