//! Reads the page of a user.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::UserView;
use crate::wire::Wire;

/// A user's figures, days and latest sessions.
///
/// # Errors
/// `NotFound` if no trace of the experiment is of this user, or there is no such experiment.
#[server(prefix = "/ui-api", endpoint = "user", input = GetUrl, output = Wire)]
pub async fn get_user(
    /// The experiment.
    experiment_id: i64,
    /// The user.
    user: String,
) -> Result<UserView, AppError> {
    use domain::ids::ExperimentId;
    use domain::stats::{Facet, SeriesQuery};
    use domain::time::UnixMillis;

    use super::groups;
    use crate::group_list::state::GroupListState;
    use crate::server_fns::{scope, server};

    /// The days of the chart.
    const DAYS: i64 = 90;
    let store = server::store()?;
    let store = store.as_ref();
    let experiment = server::experiment(store, experiment_id).await?;
    let id = ExperimentId(experiment_id);
    let unknown = || AppError::not_found("user", &user);
    let clauses = [scope::of_user(&user).ok_or_else(unknown)?];
    let all = GroupListState::default();
    let within = groups::stats_scope(id, &clauses, None)?;
    let found = groups::page(store, within.clone(), Facet::User, &all).await?;
    let group = found.groups.into_iter().find(|group| group.value == user);
    let line = groups::user_line(store, id, group.ok_or_else(unknown)?).await?;
    let now = (server::clock()?.now)();
    let from = (now.0.div_euclid(groups::DAY) - DAYS + 1) * groups::DAY;
    let query = SeriesQuery {
        scope: groups::stats_scope(id, &clauses, Some(UnixMillis(from)))?,
        bucket_ms: groups::DAY,
    };
    let series = store.series(query).await?;
    let by_day = series
        .points
        .iter()
        .map(|point| (point.start.0, point.traces, point.errors));
    let by_day = by_day.collect();
    let mut sessions = Vec::new();
    for group in groups::page(store, within, Facet::Session, &all)
        .await?
        .groups
    {
        sessions.push(groups::session_line(store, id, group).await?);
    }
    Ok(UserView {
        experiment,
        line,
        by_day,
        sessions,
        counted: found.counted.label(),
    })
}
