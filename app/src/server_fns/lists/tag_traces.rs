//! Tags many traces.

use leptos::prelude::*;

use crate::error::AppError;
use crate::model::BulkStep;
use crate::url_state::ListState;
use crate::wire::Wire;

/// Adds or replaces a tag on the traces named, or on a slice of all that match; the answer says where to go on.
///
/// # Errors
/// `Refused` if the key is empty, longer than 250 characters or the server's own, or if the value is longer than 8,000 characters.
#[server(prefix = "/ui-api", endpoint = "tag_traces", output = Wire)]
pub async fn tag_traces(
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
    /// The tag's key.
    key: String,
    /// The tag's value; may be empty.
    #[server(default)]
    value: String,
) -> Result<BulkStep, AppError> {
    use super::bulk::{Deed, slice};
    use super::question::Question;
    let key = crate::server_fns::server::tag_key(&key, &value)?;
    let question = Question::of(experiment_id, state, "", &until).await?;
    let deed = Deed::Tag { key, value: &value };
    slice(&question, &ids, &deed).await
}
