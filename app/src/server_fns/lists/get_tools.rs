//! Reads what tools were called.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::Tools;
use crate::url_state::ListState;
use crate::wire::Wire;

/// Calls of tools in the traces of a list, those first that took the longest together. It opens traces, so it takes longer than
/// other figures.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the filter or the range cannot be read.
#[server(prefix = "/ui-api", endpoint = "tools", input = GetUrl, output = Wire)]
pub async fn get_tools(
    /// The experiment.
    experiment_id: i64,
    /// Which traces.
    #[server(flatten)]
    state: ListState,
) -> Result<Tools, AppError> {
    use super::overview::{Asked, tables::tools};
    let asked = Asked::of(experiment_id, state).await?.readable()?;
    tools(asked.store.as_ref(), &asked.scope()).await
}
