//! The sessions of an experiment.

use leptos::prelude::*;

use super::answered::answered;
use crate::error::AppError;
use crate::frame::Section;
use crate::group_list::page::{Kind, Listed, asked, group_page};
use crate::group_list::sessions::session_table;
use crate::group_list::state::GroupListState;
use crate::model::SessionList;
use crate::reads::groups::GroupRead;
use crate::reads::{Read, Reply};
use crate::url_state::experiment_href;

const KIND: Kind = Kind {
    section: Section::Sessions,
    title: "Sessions",
    plural: "sessions",
    singular: "session",
    searched: "session id",
    has_user: true,
    about: "Traces that name a session are gathered here as one conversation.",
    snippet: "@mlflow.trace
def answer(question):
    mlflow.update_current_trace(
        metadata={\"mlflow.trace.session\": session_id})",
};

/// `/experiments/{id}/sessions`, with `?search=&sort=&user=&from=&page=`.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let (experiment, state) = asked();
    let question = move || {
        Read::Group(GroupRead::Sessions {
            experiment: experiment.get(),
            state: state.get(),
        })
    };
    let draw = move |reply| page(reply, &state.get_untracked());
    answered(KIND.title, Signal::derive(question), draw)
}

fn page(reply: Reply, state: &GroupListState) -> Result<AnyView, AppError> {
    let list: SessionList = reply.open()?;
    let id = list.experiment.id;
    let path = experiment_href(id, KIND.plural);
    let rows = Some(list.rows).filter(|rows| !rows.is_empty());
    let listed = Listed {
        experiment: list.experiment,
        total: list.total,
        counted: list.counted,
        table: rows.map(|rows| session_table(rows, id, Some((state, &path)))),
    };
    Ok(group_page(&KIND, state, listed))
}
