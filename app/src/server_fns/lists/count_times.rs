//! Counts a list's traces over time, so that a position in the list becomes a time.
#![allow(
    clippy::too_many_arguments,
    reason = "the fields of the address, one argument each, also in what the macro writes"
)]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::TimeSlots;
use crate::wire::Wire;

/// How many of a list's traces began when, in some thousand slots of one length between the first and the last of them.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the filter cannot be read.
#[server(prefix = "/ui-api", endpoint = "time_slots", input = GetUrl, output = Wire)]
pub async fn count_times(
    /// The experiment.
    experiment_id: i64,
    /// The SDK's filter text.
    #[server(default)]
    filter: String,
    /// Start of the range: `-24h` or RFC 3339.
    #[server(default)]
    from: String,
    /// End of the range: `-24h`, `now` or RFC 3339.
    #[server(default)]
    to: String,
    /// Only this user's.
    #[server(default)]
    user: String,
    /// Only this session's.
    #[server(default)]
    session: String,
    /// Only traces that began at this millisecond or later.
    #[server(default)]
    since: String,
    /// Only traces that began at this millisecond or before.
    #[server(default)]
    until: String,
) -> Result<TimeSlots, AppError> {
    use super::question::{Question, slots};
    use crate::url_state::ListState;
    let state = ListState {
        filter,
        from,
        to,
        user,
        session,
        ..ListState::default()
    };
    slots(&Question::of(experiment_id, state, &since, &until).await?).await
}
