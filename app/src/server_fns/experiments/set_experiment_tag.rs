//! Adds a tag to an experiment or changes one.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Adds or replaces a tag.
///
/// # Errors
/// `Refused` if key or value cannot be a tag's, or if the experiment is deleted.
#[server(prefix = "/ui-api", endpoint = "set_experiment_tag", output = Wire)]
pub async fn set_experiment_tag(
    /// The experiment.
    experiment_id: i64,
    /// The tag's key.
    key: String,
    /// The tag's value; may be empty.
    #[server(default)]
    value: String,
) -> Result<(), AppError> {
    use domain::experiment::Tag;
    use domain::ids::ExperimentId;

    use crate::server_fns::server;
    let key = server::tag_key(&key, &value)?;
    let now = (server::clock()?.now)();
    let tag = Tag {
        key: key.to_owned(),
        value,
    };
    let store = server::store()?;
    store
        .set_experiment_tag(ExperimentId(experiment_id), tag, now)
        .await?;
    Ok(())
}
