//! Reads one page of an experiment's users.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
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
    /// A part of the user's name.
    #[server(default)]
    search: String,
    /// The order.
    #[server(default)]
    sort: String,
    /// Only traces from this time on: `-24h`, `-7d` or RFC 3339.
    #[server(default)]
    from: String,
    /// The page, counted from 1.
    #[server(default)]
    page: u32,
) -> Result<UserList, AppError> {
    use domain::ids::ExperimentId;
    use domain::stats::Facet;

    use super::groups;
    use crate::server_fns::server;
    use crate::group_list::state::GroupListState;

    let store = server::store()?;
    let store = store.as_ref();
    let experiment = server::experiment(store, experiment_id).await?;
    let id = ExperimentId(experiment_id);
    let state = GroupListState {
        search: search.trim().to_owned(),
        sort,
        from,
        page: page.max(1),
        ..GroupListState::default()
    };
    let within = groups::stats_scope(id, &[], groups::since(&state.from)?)?;
    let found = groups::page(store, within, Facet::User, &state).await?;
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
