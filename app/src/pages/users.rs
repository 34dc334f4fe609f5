//! The users of an experiment.

use leptos::prelude::*;

use super::answered::answered;
use crate::error::AppError;
use crate::frame::Section;
use crate::group_list::page::{Kind, Listed, asked, group_page};
use crate::group_list::state::GroupListState;
use crate::group_list::users::user_table;
use crate::model::UserList;
use crate::reads::groups::GroupRead;
use crate::reads::{Read, Reply};
use crate::url_state::experiment_href;

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
};

/// `/experiments/{id}/users`, with `?search=&sort=&from=&page=`.
#[component]
pub fn UsersPage() -> impl IntoView {
    let (experiment, state) = asked();
    let question = move || {
        Read::Group(GroupRead::Users {
            experiment: experiment.get(),
            state: state.get(),
        })
    };
    let draw = move |reply| page(reply, &state.get_untracked());
    answered(KIND.title, Signal::derive(question), draw)
}

fn page(reply: Reply, state: &GroupListState) -> Result<AnyView, AppError> {
    let list: UserList = reply.open()?;
    let id = list.experiment.id;
    let path = experiment_href(id, KIND.plural);
    let rows = Some(list.rows).filter(|rows| !rows.is_empty());
    let listed = Listed {
        experiment: list.experiment,
        total: list.total,
        counted: list.counted,
        table: rows.map(|rows| user_table(rows, id, state, &path)),
    };
    Ok(group_page(&KIND, state, listed))
}
