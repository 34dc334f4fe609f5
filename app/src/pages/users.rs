//! The users of an experiment.

use leptos::prelude::*;

use super::group_list::{Kind, Listed, group_list};
use crate::error::AppError;
use crate::frame::Section;
use crate::group_list::state::GroupListState;
use crate::group_list::users::user_table;
use crate::model::UserList;
use crate::reads::Reply;
use crate::reads::groups::GroupRead;

const KIND: Kind = Kind {
    section: Section::Users,
    title: "Users",
    plural: "users",
    singular: "user",
    searched: "user's name",
    has_user: false,
    about: "Traces that name their user are gathered here.",
    snippet: "@mlflow.trace
def answer(question):
    mlflow.update_current_trace(
        metadata={\"mlflow.trace.user\": user_id})",
    read: |experiment, state| GroupRead::Users { experiment, state },
    listed,
};

/// `/experiments/{id}/users`, with `?search=&sort=&from=&page=`.
#[component]
pub fn UsersPage() -> impl IntoView {
    group_list(&KIND)
}

fn listed(reply: Reply, state: &GroupListState) -> Result<Listed, AppError> {
    let list: UserList = reply.open()?;
    let id = list.experiment.id;
    let path = KIND.path(id);
    let rows = Some(list.rows).filter(|rows| !rows.is_empty());
    Ok(Listed {
        experiment: list.experiment,
        total: list.total,
        counted: list.counted,
        table: rows.map(|rows| user_table(rows, id, state, &path)),
    })
}
