//! Reads one page of an experiment's users.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::group_list::state::GroupListState;
use crate::model::UserList;
use crate::wire::Wire;

/// Users with what their traces come to.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the time is none or the page is too far.
#[server(prefix = "/ui-api", endpoint = "users", input = GetUrl, output = Wire)]
pub async fn list_users(
    /// The experiment.
    experiment_id: i64,
    /// Which of them.
    #[server(flatten)]
    state: GroupListState,
) -> Result<UserList, AppError> {
    use domain::ids::ExperimentId;
    use domain::stats::Facet;

    use super::groups;
    use crate::server_fns::server;

    let store = server::store()?;
    let store = store.as_ref();
    let experiment = server::experiment(store, experiment_id).await?;
    let id = ExperimentId(experiment_id);
    let found = groups::asked(store, id, Facet::User, &state).await?;
    let mut rows = Vec::with_capacity(found.groups.len());
    for group in found.groups {
        rows.push(groups::user_line(store, id, group).await?);
    }
    Ok(UserList {
        experiment,
        rows,
        total: found.total,
        counted: found.counted.label(),
    })
}
