//! Deletes an experiment, which can be restored.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Marks an experiment and its runs deleted. Its traces stay until they are collected.
///
/// # Errors
/// `Refused` if there is no such experiment in use, or if it is the default one.
#[server(prefix = "/ui-api", endpoint = "delete_experiment", output = Wire)]
pub async fn delete_experiment(
    /// The experiment.
    experiment_id: i64,
    /// Leads home afterwards unless empty: the page of a deleted experiment has nothing to do.
    #[server(default)]
    then_home: String,
) -> Result<(), AppError> {
    use domain::experiment::LifecycleStage;
    use domain::ids::ExperimentId;

    use crate::server_fns::server;
    let now = (server::clock()?.now)();
    let store = server::store()?;
    store
        .set_experiment_lifecycle(ExperimentId(experiment_id), LifecycleStage::Deleted, now)
        .await?;
    if !then_home.is_empty() {
        leptos_axum::redirect(&crate::address::at("/"), false);
    }
    Ok(())
}
