//! Reads what the settings of an experiment show.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::ExperimentSettings;
use crate::wire::Wire;

/// An experiment with all that can be changed of it, deleted ones too.
///
/// # Errors
/// `NotFound` if there is no such experiment.
#[server(prefix = "/ui-api", endpoint = "experiment_settings", input = GetUrl, output = Wire)]
pub async fn get_experiment_settings(
    /// The experiment.
    experiment_id: i64,
) -> Result<ExperimentSettings, AppError> {
    use domain::experiment::LifecycleStage;
    use domain::ids::ExperimentId;

    use crate::server_fns::server;
    let store = server::store()?;
    let found = store.experiment(ExperimentId(experiment_id)).await?;
    let found = found.ok_or_else(|| AppError::not_found("experiment", experiment_id))?;
    Ok(ExperimentSettings {
        is_deleted: found.lifecycle == LifecycleStage::Deleted,
        is_default: found.id == ExperimentId::DEFAULT,
        created_ms: found.creation_time.0,
        changed_ms: found.last_update_time.0,
        artifacts: found.artifact_location.clone(),
        row: server::experiment_row(found),
    })
}
