//! Reads why traces failed.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::Failures;
use crate::url_state::ListState;
use crate::wire::Wire;

/// Messages of the newest failed traces of a list, by shape.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the filter or the range cannot be read.
#[server(prefix = "/ui-api", endpoint = "failures", input = GetUrl, output = Wire)]
pub async fn get_failures(
    /// The experiment.
    experiment_id: i64,
    /// Which traces.
    #[server(flatten)]
    state: ListState,
) -> Result<Failures, AppError> {
    use super::overview::{Asked, failures::failures};
    let asked = Asked::of(experiment_id, state).await?.readable()?;
    failures(&asked).await
}
