//! How an experiment does: figures over time and by value.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::answered::answered;
use crate::frame::{Crumb, Frame, Section};
use crate::model::Overview;
use crate::overview::Ways;
use crate::overview::charts::OverviewCharts;
use crate::overview::panel::{Asking, Panel};
use crate::overview::tables::by_value;
use crate::reads::overview::{OverviewRead, Part};
use crate::reads::{Read, Reply};
use crate::trace_list::filter_box::FilterBox;
use crate::url_state::{ListState, experiment_href};

/// `/experiments/{id}/overview`, with the question of a trace list and `?part=`.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let state = move || query.with(|query| ListState::read(|key| query.get(key)));
    let question = move || {
        Read::Overview(OverviewRead::Figures {
            experiment: params.with(|params| params.get("id").unwrap_or_default()),
            state: state(),
        })
    };
    let part = move || query.with_untracked(|query| query.get("part").unwrap_or_default());
    let draw = move |reply: Reply| Ok(page(reply.open()?, untrack(state), part()));
    answered("Overview", Signal::derive(question), draw)
}

fn page(found: Overview, state: ListState, part: String) -> AnyView {
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
        let asking = Asking {
            experiment: experiment.id,
            path: path.clone(),
            shown: part,
        };
        let panel = |part| view! { <Panel part=part asking=asking.clone() ways=ways.clone()/> };
        let tables = found.tables.iter().map(|table| by_value(table, &ways));
        let tables = tables.collect_view();
        view! {
            {counted}
            <OverviewCharts found=found ways=ways.clone()/>
            <div class="overview__tables">{panel(Part::Failures)} {panel(Part::Tools)} {tables}</div>
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
