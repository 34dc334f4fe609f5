//! Counts a list's traces over time, so that a position in the list becomes a time.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::TimeSlots;
use crate::url_state::ListState;
use crate::wire::Wire;

/// How many of a list's traces began when, in some thousand slots of one length between the first and the last of them.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the filter cannot be read.
#[server(prefix = "/ui-api", endpoint = "time_slots", input = GetUrl, output = Wire)]
pub async fn count_times(
    /// The experiment.
    experiment_id: i64,
    /// Which traces.
    #[server(flatten)]
    state: ListState,
    /// Only traces that began at this millisecond or later.
    #[server(default)]
    since: String,
    /// Only traces that began at this millisecond or before.
    #[server(default)]
    until: String,
) -> Result<TimeSlots, AppError> {
    use super::question::{Question, slots};
    slots(&Question::of(experiment_id, state, &since, &until).await?).await
}
