//! Takes a deleted experiment back into use.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Restores an experiment and its runs.
///
/// # Errors
/// `Refused` if there is no such deleted experiment.
#[server(prefix = "/ui-api", endpoint = "restore_experiment", output = Wire)]
pub async fn restore_experiment(
    /// The experiment.
    experiment_id: i64,
) -> Result<(), AppError> {
    use domain::experiment::LifecycleStage;
    use domain::ids::ExperimentId;

    use crate::server_fns::server;
    let now = (server::clock()?.now)();
    let store = server::store()?;
    store
        .set_experiment_lifecycle(ExperimentId(experiment_id), LifecycleStage::Active, now)
        .await?;
    Ok(())
}
