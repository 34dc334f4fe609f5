//! The users of an experiment.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{failed_page, loading_page};
use crate::frame::{Crumb, Frame, Section};
use crate::group_list::parts::{GroupPager, GroupSearch};
use crate::group_list::state::GroupListState;
use crate::group_list::users::user_table;
use crate::model::UserList;
use crate::reads::groups::GroupRead;
use crate::reads::{Read, Reply, awaited, load};
use crate::text::number;
use crate::url_state::experiment_href;
use crate::widgets::snippet::Snippet;

/// `/experiments/{id}/users`, with `?search=&sort=&from=&page=`.
#[component]
pub fn UsersPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let state = move || query.with(|query| GroupListState::read(|key| query.get(key)));
    let question = move || {
        Read::Group(GroupRead::Users {
            experiment: params.with(|params| params.get("id").unwrap_or_default()),
            state: state(),
        })
    };
    let list = load(Signal::derive(question));
    let (is_pending, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(found) => page(found, &untrack(state)),
        Err(error) => failed_page(error, move || list.refetch()),
    };
    view! {
        <Title text="Users"/>
        <div class="progress" data-active=move || is_pending.get().to_string()></div>
        {awaited(list, loading_page, set_pending, draw)}
    }
}

fn page(list: UserList, state: &GroupListState) -> AnyView {
    let experiment = list.experiment;
    let path = experiment_href(experiment.id, "users");
    let crumbs = vec![
        Crumb::link(
            experiment.name.clone(),
            experiment_href(experiment.id, "traces"),
        ),
        Crumb::here("Users"),
    ];
    let is_bare = list.rows.is_empty() && !state.is_narrowed() && state.page <= 1;
    let counted = list
        .counted
        .map(|counted| format!(" · of the {counted} traces"));
    let summary = (!is_bare).then(|| {
        let total = number::counted(list.total, "user", "users");
        view! { <p class="page__summary" role="status">{total} {counted}</p> }
    });
    let content = if is_bare {
        view! {
            <div class="empty">
                <p class="empty__lead">"No users yet."</p>
                <p class="quiet">"Traces that name their user are gathered here."</p>
                <Snippet text=SNIPPET/>
            </div>
        }
        .into_any()
    } else if list.rows.is_empty() {
        let all = GroupListState::default().href(&path);
        view! {
            <div class="empty">
                <p class="empty__lead">"No user matches."</p>
                <p class="empty__ways"><a class="button" href=all>"All users"</a></p>
            </div>
        }
        .into_any()
    } else {
        view! {
            {user_table(list.rows, experiment.id, state, &path)}
            <GroupPager state=state.clone() path=path.clone() total=list.total/>
        }
        .into_any()
    };
    let search = (!is_bare).then(|| {
        view! { <GroupSearch state=state.clone() path=path.clone() what="user's name" has_user=false/> }
    });
    view! {
        <Frame experiment=Some(experiment) section=Section::Users crumbs=crumbs>
            <div class="page">
                <div class="page__head"><h1>"Users"</h1> {summary}</div>
                {search}
                {content}
            </div>
        </Frame>
    }
    .into_any()
}

const SNIPPET: &str = "@mlflow.trace
def answer(question):
    mlflow.update_current_trace(
        metadata={\"mlflow.trace.user\": user_id})";
