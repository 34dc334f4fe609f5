//! Reads the overview of an experiment.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::Overview;
use crate::url_state::ListState;
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
    /// Which traces.
    #[server(flatten)]
    state: ListState,
) -> Result<Overview, AppError> {
    use super::overview::{Asked, figures};
    figures(Asked::of(experiment_id, state).await?).await
}
