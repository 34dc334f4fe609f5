//! The sessions of an experiment.

use leptos::prelude::*;

use super::group_list::{Kind, Listed, group_list};
use crate::error::AppError;
use crate::frame::Section;
use crate::group_list::sessions::session_table;
use crate::group_list::state::GroupListState;
use crate::model::SessionList;
use crate::reads::Reply;
use crate::reads::groups::GroupRead;

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
    read: |experiment, state| GroupRead::Sessions { experiment, state },
    listed,
};

/// `/experiments/{id}/sessions`, with `?search=&sort=&user=&from=&page=`.
#[component]
pub fn SessionsPage() -> impl IntoView {
    group_list(&KIND)
}

fn listed(reply: Reply, state: &GroupListState) -> Result<Listed, AppError> {
    let list: SessionList = reply.open()?;
    let id = list.experiment.id;
    let path = KIND.path(id);
    let rows = Some(list.rows).filter(|rows| !rows.is_empty());
    Ok(Listed {
        experiment: list.experiment,
        total: list.total,
        counted: list.counted,
        table: rows.map(|rows| session_table(rows, id, Some((state, &path)))),
    })
}
