//! Deletes traces.
#![allow(
    clippy::too_many_arguments,
    reason = "the fields of the address, one argument each, also in what the macro writes"
)]

use leptos::prelude::*;

use crate::error::AppError;
use crate::model::BulkStep;
use crate::wire::Wire;

/// Deletes the traces named, or a slice of all that match; the answer says whether there are more.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the filter cannot be read.
#[server(prefix = "/ui-api", endpoint = "delete_traces", output = Wire)]
pub async fn delete_traces(
    /// The experiment.
    experiment_id: i64,
    /// The traces, with commas between; empty for all that match.
    #[server(default)]
    ids: String,
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
    /// Only traces that began at this millisecond or before.
    #[server(default)]
    until: String,
    /// Where the last slice ended.
    #[server(default)]
    page: String,
) -> Result<BulkStep, AppError> {
    use super::bulk::{Deed, slice};
    use super::question::Question;
    use crate::url_state::ListState;
    let state = ListState {
        filter,
        from,
        to,
        user,
        session,
        page,
        ..ListState::default()
    };
    let question = Question::of(experiment_id, state, "", &until).await?;
    slice(&question, &ids, &Deed::Delete).await
}
