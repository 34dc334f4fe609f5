//! The traces of a list, gathered.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::answered::answered;
use crate::frame::{Crumb, Frame, Section};
use crate::group_list::by::{ByState, kinds, pager, table};
use crate::model::GroupTable;
use crate::reads::groups::GroupRead;
use crate::reads::{Read, Reply};
use crate::text::number;
use crate::url_state::experiment_href;

/// `/experiments/{id}/groups`, with `?by=&order=&number=` and the question of a list.
#[component]
pub fn GroupsPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let state = move || query.with(|query| ByState::read(|key| query.get(key)));
    let question = move || {
        Read::Group(GroupRead::By {
            experiment: params.with(|params| params.get("id").unwrap_or_default()),
            state: state(),
        })
    };
    let draw = move |reply: Reply| Ok(page(reply.open()?, &untrack(state)));
    answered("Groups", Signal::derive(question), draw)
}

fn page(found: GroupTable, state: &ByState) -> AnyView {
    let experiment = found.experiment.clone();
    let path = experiment_href(experiment.id, "groups");
    let traces = experiment_href(experiment.id, "traces");
    let list = state.list.href(&traces);
    let crumbs = vec![
        Crumb::link(experiment.name.clone(), list.clone()),
        Crumb::here("Groups"),
    ];
    let counted = found.counted.clone();
    let counted = counted.map(|counted| format!(" · of the {counted} traces"));
    let total = number::counted(found.total, "group", "groups");
    let narrowed = (!state.list.filter.is_empty())
        .then(|| view! { <p class="quiet">"Of the traces with " <code>{state.list.filter.clone()}</code></p> });
    let kinds = kinds(state, &path, &found.tag_keys);
    let title = found.title.to_lowercase();
    let content = if found.rows.is_empty() {
        view! {
            <div class="empty">
                <p class="empty__lead">{format!("No trace here has a {title}.")}</p>
                <p class="empty__ways"><a class="button" href=list.clone()>"Back to the list"</a></p>
            </div>
        }
        .into_any()
    } else {
        let pager = pager(state, &path, found.total);
        view! { {table(found.clone(), state, &path, &traces)} {pager} }.into_any()
    };
    view! {
        <Frame experiment=Some(experiment) section=Section::Traces crumbs=crumbs>
            <div class="page">
                <div class="page__head">
                    <h1>{format!("Traces by {title}")}</h1>
                    <p class="page__summary" role="status">{total} {counted}</p>
                    <p class="page__summary"><a href=list>"List of these traces"</a></p>
                </div>
                {narrowed}
                {kinds}
                {content}
            </div>
        </Frame>
    }
    .into_any()
}
