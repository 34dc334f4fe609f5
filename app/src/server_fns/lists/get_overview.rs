//! Reads the overview of an experiment.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::Overview;
use crate::wire::Wire;

/// Figures over time and by value of the traces that a list with the same address shows. A filter that cannot be read is part of
/// the answer, not an error.
///
/// # Errors
/// `NotFound` if there is no such experiment.
#[server(prefix = "/ui-api", endpoint = "overview", input = GetUrl, output = Wire)]
pub async fn get_overview(
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
) -> Result<Overview, AppError> {
    use crate::url_state::ListState;
    let state = ListState {
        filter,
        from,
        to,
        user,
        session,
        ..ListState::default()
    };
    super::overview::overview(experiment_id, state).await
}
