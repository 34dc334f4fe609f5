//! Rates many traces.

use leptos::prelude::*;

use crate::error::AppError;
use crate::model::BulkStep;
use crate::url_state::ListState;
use crate::wire::Wire;

/// Writes one thumb, with a comment, on the traces named, or on a slice of all that match; the answer says where to go on.
///
/// # Errors
/// `Refused` if the thumb is neither up nor down, or the comment is longer than 10,000 characters.
#[server(prefix = "/ui-api", endpoint = "rate_traces", output = Wire)]
pub async fn rate_traces(
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
    /// `up` or `down`.
    thumb: String,
    /// In words, or empty.
    #[server(default)]
    comment: String,
) -> Result<BulkStep, AppError> {
    use super::bulk::{Deed, slice};
    use super::question::Question;
    use crate::server_fns::traces::judgement::thumb as thumb_of;
    let is_up = thumb_of(&thumb)?;
    let is_up = is_up.ok_or_else(|| AppError::Refused("A thumb is up or down.".to_owned()))?;
    let comment = comment.trim();
    if comment.chars().count() > 10_000 {
        let text = "A comment has at most 10,000 characters.";
        return Err(AppError::Refused(text.to_owned()));
    }
    let question = Question::of(experiment_id, state, "", &until).await?;
    slice(&question, &ids, &Deed::Rate { is_up, comment }).await
}
