//! Reads one page of an experiment's sessions.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::SessionList;
use crate::wire::Wire;

/// Sessions with what their traces come to.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the time is none or the page is too far.
#[server(prefix = "/ui-api", endpoint = "sessions", input = GetUrl, output = Wire)]
pub async fn list_sessions(
    /// The experiment.
    experiment_id: i64,
    /// A part of the session's id.
    #[server(default)]
    search: String,
    /// The order.
    #[server(default)]
    sort: String,
    /// Only sessions of this user.
    #[server(default)]
    user: String,
    /// Only traces from this time on: `-24h`, `-7d` or RFC 3339.
    #[server(default)]
    from: String,
    /// The page, counted from 1.
    #[server(default)]
    page: u32,
) -> Result<SessionList, AppError> {
    use domain::ids::ExperimentId;
    use domain::stats::Facet;

    use super::groups;
    use crate::server_fns::{scope, server};
    use crate::group_list::state::GroupListState;

    let store = server::store()?;
    let store = store.as_ref();
    let experiment = server::experiment(store, experiment_id).await?;
    let id = ExperimentId(experiment_id);
    let state = GroupListState {
        search: search.trim().to_owned(),
        sort,
        user: user.trim().to_owned(),
        from,
        page: page.max(1),
    };
    let clauses = match state.user.as_str() {
        "" => Vec::new(),
        user => vec![scope::of_user(user).ok_or_else(|| scope::unwritable(user))?],
    };
    let within = groups::stats_scope(id, &clauses, groups::since(&state.from)?)?;
    let found = groups::page(store, within, Facet::Session, &state).await?;
    let mut rows = Vec::with_capacity(found.groups.len());
    for group in found.groups {
        rows.push(groups::session_line(store, id, group).await?);
    }
    Ok(SessionList {
        experiment,
        rows,
        total: found.total,
        counted: found.counted.label(),
    })
}
