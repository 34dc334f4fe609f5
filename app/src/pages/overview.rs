//! How an experiment does: figures over time and by value.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{failed_page, loading_page};
use crate::frame::{Crumb, Frame, Section};
use crate::model::Overview;
use crate::overview::Ways;
use crate::overview::charts::OverviewCharts;
use crate::overview::tables::OverviewTables;
use crate::reads::{Read, Reply, awaited, load};
use crate::trace_list::filter_box::FilterBox;
use crate::url_state::{ListState, experiment_href};

/// `/experiments/{id}/overview`, with the question of a trace list.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let state = move || query.with(|query| ListState::read(|key| query.get(key)));
    let question = move || Read::Overview {
        experiment: params.with(|params| params.get("id").unwrap_or_default()),
        state: state(),
    };
    let found = load(Signal::derive(question));
    let (is_pending, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(overview) => page(overview, untrack(state)),
        Err(error) => failed_page(error, move || found.refetch()),
    };
    view! {
        <Title text="Overview"/>
        <div class="progress" data-active=move || is_pending.get().to_string()></div>
        {awaited(found, loading_page, set_pending, draw)}
    }
}

fn page(found: Overview, state: ListState) -> AnyView {
    let experiment = found.experiment.clone();
    let path = experiment_href(experiment.id, "overview");
    let ways = Ways {
        state: state.clone(),
        path: experiment_href(experiment.id, "traces"),
    };
    let crumbs = vec![
        Crumb::link(experiment.name.clone(), ways.path.clone()),
        Crumb::here("Overview"),
    ];
    let problem = found.problem.clone();
    let content = if problem.is_some() {
        ().into_any()
    } else if found.total.traces == 0 {
        empty(&state, &path, &ways)
    } else {
        let counted = found.counted.clone().map(|counted| {
            view! { <p class="quiet overview__note">{format!("Figures are of the {counted} traces.")}</p> }
        });
        view! {
            {counted}
            <OverviewCharts found=found.clone() ways=ways.clone()/>
            <OverviewTables found=found ways=ways.clone()/>
        }
        .into_any()
    };
    let list = ways.state.first_page().href(&ways.path);
    view! {
        <Frame experiment=Some(experiment) section=Section::Overview crumbs=crumbs>
            <div class="page overview">
                <div class="page__head">
                    <h1>"Overview"</h1>
                    <p class="page__summary"><a href=list>"List of these traces"</a></p>
                </div>
                <FilterBox state=state path=path problem=problem/>
                {content}
            </div>
        </Frame>
    }
    .into_any()
}

fn empty(state: &ListState, path: &str, ways: &Ways) -> AnyView {
    let (lead, way) = if state.is_unfiltered() {
        let way = view! { <a class="button" href=ways.path.clone()>"How to send traces"</a> };
        ("No traces yet.", way.into_any())
    } else {
        let all = path.to_owned();
        let way = view! { <a class="button" href=all>"All traces"</a> };
        ("No trace matches.", way.into_any())
    };
    view! {
        <div class="empty">
            <p class="empty__lead">{lead}</p>
            <p class="empty__ways">{way}</p>
        </div>
    }
    .into_any()
}
