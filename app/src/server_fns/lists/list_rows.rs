//! Reads rows of a list that is being scrolled.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::RowPage;
use crate::url_state::ListState;
use crate::wire::Wire;

/// One page of a list's rows, without counts: from a token on, or from a time on without the first few.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the filter cannot be read or the page token is of another search.
#[server(prefix = "/ui-api", endpoint = "trace_rows", input = GetUrl, output = Wire)]
pub async fn list_rows(
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
    /// Leave out the first so many.
    #[server(default)]
    skip: u32,
) -> Result<RowPage, AppError> {
    use super::question::{Question, rows};
    let question = Question::of(experiment_id, state, &since, &until).await?;
    rows(&question, skip).await
}
