//! Reads rows of a list that is being scrolled.
#![allow(
    clippy::too_many_arguments,
    reason = "the fields of the address, one argument each, also in what the macro writes"
)]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::RowPage;
use crate::wire::Wire;

/// One page of a list's rows, without counts: from a token on, or from a time on without the first few.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the filter cannot be read or the page token is of another search.
#[server(prefix = "/ui-api", endpoint = "trace_rows", input = GetUrl, output = Wire)]
pub async fn list_rows(
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
    /// The order, as in the address.
    #[server(default)]
    sort: String,
    /// Only this user's.
    #[server(default)]
    user: String,
    /// Only this session's.
    #[server(default)]
    session: String,
    /// Continue from this token.
    #[server(default)]
    page: String,
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
    use crate::url_state::{ListState, Sort};
    let state = ListState {
        filter,
        from,
        to,
        sort: Sort::parse(&sort),
        user,
        session,
        page,
        ..ListState::default()
    };
    let question = Question::of(experiment_id, state, &since, &until).await?;
    rows(&question, skip).await
}
