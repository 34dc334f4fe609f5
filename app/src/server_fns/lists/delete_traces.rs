//! Deletes traces.

use leptos::prelude::*;

use crate::error::AppError;
use crate::model::BulkStep;
use crate::url_state::ListState;
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
    /// Which traces.
    #[server(flatten)]
    state: ListState,
    /// Only traces that began at this millisecond or before.
    #[server(default)]
    until: String,
) -> Result<BulkStep, AppError> {
    use super::bulk::{Deed, slice};
    use super::question::Question;
    let question = Question::of(experiment_id, state, "", &until).await?;
    slice(&question, &ids, &Deed::Delete).await
}
