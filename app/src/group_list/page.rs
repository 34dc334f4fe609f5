//! What the pages of sessions and users share: the address they are asked by, the frame, and what stands there if there are none.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::parts::{GroupPager, GroupSearch};
use super::state::GroupListState;
use crate::frame::{Crumb, Frame, Section};
use crate::model::ExperimentRef;
use crate::text::number;
use crate::url_state::experiment_href;
use crate::widgets::snippet::Snippet;

/// What is listed, in words.
pub struct Kind {
    /// Where the list belongs.
    pub section: Section,
    /// The list's name: `Sessions`.
    pub title: &'static str,
    /// Its place in the address, and the plural: `sessions`.
    pub plural: &'static str,
    /// `session`.
    pub singular: &'static str,
    /// What is searched in: `session id`.
    pub searched: &'static str,
    /// Whether the list can be narrowed to a user.
    pub has_user: bool,
    /// What becomes of traces here.
    pub about: &'static str,
    /// How a client sends such traces.
    pub snippet: &'static str,
}

/// One page of a list.
pub struct Listed {
    /// The experiment.
    pub experiment: ExperimentRef,
    /// How many match in all.
    pub total: u64,
    /// Which traces were counted, if not all.
    pub counted: Option<String>,
    /// The rows; `None` if there are none.
    pub table: Option<AnyView>,
}

/// The experiment and the question of the page's address, followed as they change.
pub fn asked() -> (Signal<String>, Signal<GroupListState>) {
    let params = use_params_map();
    let query = use_query_map();
    let experiment = move || params.with(|params| params.get("id").unwrap_or_default());
    let state = move || query.with(|query| GroupListState::read(|key| query.get(key)));
    (Signal::derive(experiment), Signal::derive(state))
}

/// The whole page.
pub fn group_page(kind: &'static Kind, state: &GroupListState, listed: Listed) -> AnyView {
    let Listed {
        experiment,
        total,
        counted,
        table,
    } = listed;
    let path = experiment_href(experiment.id, kind.plural);
    let crumbs = vec![
        Crumb::link(
            experiment.name.clone(),
            experiment_href(experiment.id, "traces"),
        ),
        Crumb::here(kind.title),
    ];
    let is_bare = table.is_none() && !state.is_narrowed() && state.page <= 1;
    let summary = (!is_bare).then(|| {
        let total = number::counted(total, kind.singular, kind.plural);
        let counted = counted.map(|counted| format!(" · of the {counted} traces"));
        view! { <p class="page__summary" role="status">{total} {counted}</p> }
    });
    let search = (!is_bare).then(|| {
        view! { <GroupSearch state=state.clone() path=path.clone() what=kind.searched has_user=kind.has_user/> }
    });
    let content = match table {
        Some(table) => view! {
            {table}
            <GroupPager state=state.clone() path=path total=total/>
        }
        .into_any(),
        None if is_bare => view! {
            <div class="empty">
                <p class="empty__lead">{format!("No {} yet.", kind.plural)}</p>
                <p class="quiet">{kind.about}</p>
                <Snippet text=kind.snippet/>
            </div>
        }
        .into_any(),
        None => {
            let all = GroupListState::default().href(&path);
            view! {
                <div class="empty">
                    <p class="empty__lead">{format!("No {} matches.", kind.singular)}</p>
                    <p class="empty__ways"><a class="button" href=all>{format!("All {}", kind.plural)}</a></p>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <Frame experiment=Some(experiment) section=kind.section crumbs=crumbs>
            <div class="page">
                <div class="page__head"><h1>{kind.title}</h1> {summary}</div>
                {search}
                {content}
            </div>
        </Frame>
    }
    .into_any()
}
