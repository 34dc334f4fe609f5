//! Gives an experiment another name.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Renames an experiment.
///
/// # Errors
/// `Refused` if the name is empty, longer than 500 characters or taken, or if the experiment is deleted.
#[server(prefix = "/ui-api", endpoint = "rename_experiment", output = Wire)]
pub async fn rename_experiment(
    /// The experiment.
    experiment_id: i64,
    /// What people will call it.
    name: String,
) -> Result<(), AppError> {
    use domain::ids::ExperimentId;

    use crate::server_fns::server;
    let name = server::experiment_name(&name)?;
    let now = (server::clock()?.now)();
    let store = server::store()?;
    store
        .rename_experiment(ExperimentId(experiment_id), name, now)
        .await?;
    Ok(())
}
