//! Says what an experiment is for.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Sets the description of an experiment, which is the tag that MLflow's viewer keeps it in; an empty one removes it.
///
/// # Errors
/// `Refused` if it is longer than 5,000 characters, or if the experiment is deleted.
#[server(prefix = "/ui-api", endpoint = "describe_experiment", output = Wire)]
pub async fn describe_experiment(
    /// The experiment.
    experiment_id: i64,
    /// In words.
    #[server(default)]
    description: String,
) -> Result<(), AppError> {
    use domain::experiment::Tag;
    use domain::ids::ExperimentId;

    use crate::server_fns::server;
    let description = description.trim();
    if description.chars().count() > 5_000 {
        let text = "A description has at most 5,000 characters.";
        return Err(AppError::Refused(text.to_owned()));
    }
    let (store, id) = (server::store()?, ExperimentId(experiment_id));
    let now = (server::clock()?.now)();
    let key = crate::model::DESCRIPTION_TAG;
    if description.is_empty() {
        let found = store.experiment(id).await?;
        let has_one = found.is_some_and(|found| found.tags.iter().any(|tag| tag.key == key));
        if has_one {
            store.delete_experiment_tag(id, key, now).await?;
        }
    } else {
        let tag = Tag {
            key: key.to_owned(),
            value: description.to_owned(),
        };
        store.set_experiment_tag(id, tag, now).await?;
    }
    Ok(())
}
