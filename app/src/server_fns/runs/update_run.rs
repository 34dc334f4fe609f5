//! Renames and describes a run.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// The tag that describes a run, as MLflow's own viewer has it.
#[cfg(feature = "ssr")]
pub(super) const DESCRIPTION: &str = "mlflow.note.content";

/// Changes name and description of a run.
///
/// # Errors
/// `NotFound` if there is no such run; `Refused` if it is deleted, the name is empty or one of them is too long.
#[server(prefix = "/ui-api", endpoint = "update_run", output = Wire)]
pub async fn update_run(
    /// The run.
    run_id: String,
    /// Its new name.
    name: String,
    /// Its new description; may be empty.
    #[server(default)]
    description: String,
) -> Result<(), AppError> {
    use domain::experiment::Tag;
    use domain::store::{RunData, RunUpdate};

    use super::run_facts;
    use crate::server_fns::server;

    let refused = |text: &str| Err(AppError::Refused(text.to_owned()));
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 250 {
        return refused("A run's name has 1 to 250 characters.");
    }
    if description.chars().count() > 8_000 {
        return refused("A description has at most 8,000 characters.");
    }
    let store = server::store()?;
    let run = run_facts::found(store.as_ref(), &run_id).await?;
    let update = RunUpdate {
        name: Some(name.to_owned()),
        ..RunUpdate::default()
    };
    store.update_run(&run.id, update).await?;
    let is_described = run.tags.iter().any(|tag| tag.key == DESCRIPTION);
    if is_described || !description.is_empty() {
        let tag = Tag {
            key: DESCRIPTION.to_owned(),
            value: description,
        };
        let data = RunData {
            tags: vec![tag],
            ..RunData::default()
        };
        store.log_run_data(&run.id, data).await?;
    }
    Ok(())
}
