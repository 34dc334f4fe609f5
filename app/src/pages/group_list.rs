//! The page of sessions and that of users, which differ in a [`Kind`].

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::answered::answered;
use crate::error::AppError;
use crate::frame::{Crumb, Frame, Section};
use crate::group_list::parts::{GroupPager, GroupSearch};
use crate::group_list::state::GroupListState;
use crate::model::ExperimentRef;
use crate::reads::groups::GroupRead;
use crate::reads::{Read, Reply};
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
    /// Asks for a list of an experiment.
    pub read: fn(String, GroupListState) -> GroupRead,
    /// The answer.
    pub listed: fn(Reply, &GroupListState) -> Result<Listed, AppError>,
}

impl Kind {
    /// The list's address without the question.
    pub fn path(&self, experiment: i64) -> String {
        experiment_href(experiment, self.plural)
    }
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

/// The page of a list: what the address asks for, followed as it changes.
pub fn group_list(kind: &'static Kind) -> AnyView {
    let params = use_params_map();
    let query = use_query_map();
    let state = move || query.with(|query| GroupListState::read(|key| query.get(key)));
    let question = move || {
        let experiment = params.with(|params| params.get("id").unwrap_or_default());
        Read::Group((kind.read)(experiment, state()))
    };
    let draw = move |reply: Reply| {
        let state = untrack(state);
        let listed = (kind.listed)(reply, &state)?;
        Ok(page(kind, &state, listed))
    };
    answered(kind.title, Signal::derive(question), draw)
}

fn page(kind: &'static Kind, state: &GroupListState, listed: Listed) -> AnyView {
    let Listed {
        experiment,
        total,
        counted,
        table,
    } = listed;
    let path = kind.path(experiment.id);
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
