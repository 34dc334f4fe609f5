//! Takes a tag off an experiment.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Removes a tag; one that is not there is passed over.
///
/// # Errors
/// `Refused` if the key is the server's own, or if the experiment is deleted.
#[server(prefix = "/ui-api", endpoint = "delete_experiment_tag", output = Wire)]
pub async fn delete_experiment_tag(
    /// The experiment.
    experiment_id: i64,
    /// The tag's key.
    key: String,
) -> Result<(), AppError> {
    use domain::ids::ExperimentId;
    use domain::store::{Missing, StoreError};

    use crate::server_fns::server;
    let key = server::tag_key(&key, "")?;
    let now = (server::clock()?.now)();
    let store = server::store()?;
    let outcome = store
        .delete_experiment_tag(ExperimentId(experiment_id), key, now)
        .await;
    match outcome {
        Err(StoreError::Missing(Missing::ExperimentTag { .. })) => Ok(()),
        other => Ok(other?),
    }
}
