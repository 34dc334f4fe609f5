//! The runs of an experiment.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::answered::answered;
use crate::frame::{Crumb, Frame, Section};
use crate::model::RunList;
use crate::reads::groups::GroupRead;
use crate::reads::{Read, Reply};
use crate::run_list::columns::ColumnChooser;
use crate::run_list::search::RunSearch;
use crate::run_list::state::RunListState;
use crate::run_list::table::RunTable;
use crate::url_state::{experiment_href, trail};
use crate::widgets::page_links::PageLinks;
use crate::widgets::snippet::Snippet;

/// `/experiments/{id}/runs`, with `?filter=&sort=&col=&view=&page=`.
#[component]
pub fn RunListPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let state = move || {
        query.with(|query| {
            let columns = query.get_all("col").unwrap_or_default();
            RunListState::read(|key| query.get(key), columns)
        })
    };
    let question = move || {
        Read::Group(GroupRead::Runs {
            experiment: params.with(|params| params.get("id").unwrap_or_default()),
            state: state(),
        })
    };
    let draw = move |reply: Reply| Ok(page(reply.open()?, untrack(state)));
    answered("Runs", Signal::derive(question), draw)
}

fn page(list: RunList, state: RunListState) -> AnyView {
    let experiment = list.experiment;
    let path = experiment_href(experiment.id, "runs");
    let traces = experiment_href(experiment.id, "traces");
    let crumbs = vec![
        Crumb::link(experiment.name.clone(), traces),
        Crumb::here("Runs"),
    ];
    let is_deleted = state.view == "deleted";
    let is_asked = !state.filter.is_empty() || is_deleted || !state.page.is_empty();
    let has_problem = list.problem.is_some();
    let tools = (is_asked || has_problem || !list.rows.is_empty()).then(|| {
        let (label, other) = match is_deleted {
            true => ("Active runs", ""),
            false => ("Deleted runs", "deleted"),
        };
        view! {
            <div class="run-list__tools">
                <RunSearch state=state.clone() path=path.clone() problem=list.problem/>
                <div class="run-list__ways">
                    <ColumnChooser state=state.clone() path=path.clone() shown=list.columns.clone() offered=list.offered/>
                    <a class="button" href=state.viewed(other).href(&path)>{label}</a>
                </div>
            </div>
        }
    });
    let content = if has_problem {
        ().into_any()
    } else if list.rows.is_empty() {
        empty(&state, &path, is_asked)
    } else {
        view! {
            <RunTable rows=list.rows columns=list.columns state=state.clone() path=path.clone()/>
            {pager(&state, &path, list.next)}
        }
        .into_any()
    };
    view! {
        <Frame experiment=Some(experiment) section=Section::Runs crumbs=crumbs>
            <div class="page">
                <div class="page__head"><h1>{if is_deleted { "Deleted runs" } else { "Runs" }}</h1></div>
                {tools}
                {content}
            </div>
        </Frame>
    }
    .into_any()
}

fn empty(state: &RunListState, path: &str, is_asked: bool) -> AnyView {
    if is_asked {
        let all = RunListState {
            columns: state.columns.clone(),
            ..RunListState::default()
        };
        let lead = match (state.view.as_str(), state.filter.as_str()) {
            ("deleted", "") => "No run is deleted.",
            _ => "No run matches.",
        };
        return view! {
            <div class="empty">
                <p class="empty__lead">{lead}</p>
                <p class="empty__ways"><a class="button" href=all.href(path)>"All active runs"</a></p>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="empty">
            <p class="empty__lead">"No runs yet."</p>
            <p class="quiet">"Traces that are made within a run are gathered here, with its parameters and metrics."</p>
            <Snippet text=SNIPPET/>
        </div>
    }
    .into_any()
}

const SNIPPET: &str = "with mlflow.start_run(run_name=\"baseline\"):
    mlflow.log_params({\"model\": \"small\"})
    answer(question)  # its trace belongs to the run
    mlflow.log_metric(\"accuracy\", 0.93)";

fn pager(state: &RunListState, path: &str, next: Option<String>) -> AnyView {
    let at = |page: String| {
        let state = RunListState {
            page,
            ..state.clone()
        };
        state.href(path)
    };
    PageLinks {
        words: String::new(),
        first: (!state.page.is_empty()).then(|| at(String::new())),
        before: trail::back(&state.page).map(at),
        next: next.map(|token| at(trail::onward(&state.page, &token))),
    }
    .view()
}
