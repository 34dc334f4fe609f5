//! The list of experiments, and for an empty server the way to the first trace.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::failed_page;
use crate::address::at;
use crate::frame::{Crumb, Frame, Section};
use crate::front_door::FrontDoor;
use crate::home::activity::Lately;
use crate::home::table::{RowActs, deleted_table, pages, table};
use crate::home::tools::{CreateForm, HomeTools};
use crate::model::ExperimentList;
use crate::pages::loading::loading_table;
use crate::reads::{Loaded, Read, Reply, awaited, load};
use crate::server_fns::paths;
use crate::url_state::experiment_href;
use crate::url_state::home::HomeState;
use crate::widgets::post_form::Act;

/// `/`, with `?search=&tag=&sort=&deleted=&page=`.
#[component]
pub fn Home() -> impl IntoView {
    let query = use_query_map();
    let state = move || query.with(|query| HomeState::read(|key| query.get(key)));
    let list = load(Signal::derive(move || Read::Experiments(state())));
    let acts = RowActs {
        delete: Act::new(paths::DELETE_EXPERIMENT),
        restore: Act::new(paths::RESTORE_EXPERIMENT),
    };
    Effect::new(move |before: Option<u32>| {
        let done = acts.delete.done.get() + acts.restore.done.get();
        if before.is_some_and(|before| before != done) {
            list.refetch();
        }
        done
    });
    // Who has seen the way to the first trace is led to that trace, not left with a list that changed.
    let has_waited = StoredValue::new(false);
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open::<ExperimentList>() {
        Ok(found) => {
            acts.delete.settle();
            has_waited.update_value(|waited| *waited |= found.traces == 0);
            page(found, untrack(state), list, acts, has_waited.get_value())
        }
        Err(error) => failed_page(error, move || list.refetch()),
    };
    view! {
        <Title text="Experiments"/>
        {awaited(list, loading_table, set_pending, draw)}
    }
}

fn page(
    list: ExperimentList,
    state: HomeState,
    resource: Loaded,
    acts: RowActs,
    has_waited: bool,
) -> AnyView {
    let lately = Lately::of(&list);
    let summary = lately.summary(&list);
    let problem = move || {
        acts.delete
            .problem
            .get()
            .or_else(|| acts.restore.problem.get())
    };
    let door = (has_waited && state.is_unfiltered()).then(|| {
        let first = list.rows.iter().find(|row| row.traces > 0);
        let arrived = first.map(|row| experiment_href(row.experiment.id, "traces"));
        view! {
            <FrontDoor
                address=list.address.clone()
                experiment=None
                arrived=arrived
                has_demo=list.experiments <= 1 && list.traces == 0
                on_poll=move || resource.refetch()
            />
        }
    });
    let shown = if list.rows.is_empty() {
        nothing(&state)
    } else if state.deleted {
        deleted_table(list.rows, acts)
    } else {
        table(list.rows, &state, lately, acts)
    };
    let pages = pages(&state, list.found);
    view! {
        <Frame experiment=None section=Section::Home crumbs=vec![Crumb::here("Experiments")]>
            <div class="page home">
                <div class="page__head">
                    <h1>"Experiments"</h1>
                    <p class="page__summary" role="status">{summary}</p>
                    <a class="button home__open" href=at("/open")>"Open a trace file"</a>
                </div>
                {door}
                <div class="home__tools">
                    <HomeTools state=state/>
                    <CreateForm/>
                </div>
                <p class="field-problem" role="status">{problem}</p>
                {shown}
                {pages}
            </div>
        </Frame>
    }
    .into_any()
}

fn nothing(state: &HomeState) -> AnyView {
    let text = if !state.search.is_empty() {
        format!("No experiment has “{}” in its name.", state.search)
    } else if !state.tag.is_empty() {
        format!("No experiment has the tag “{}”.", state.tag)
    } else if state.deleted {
        "No experiment was deleted.".to_owned()
    } else {
        "There are no experiments on this page.".to_owned()
    };
    view! { <p class="quiet">{text} " " <a href=at("/")>"Show all"</a></p> }.into_any()
}
