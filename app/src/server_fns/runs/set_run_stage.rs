//! Deletes a run or restores it.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Deletes or restores a run; in that stage already is fine. A deleted run keeps its address and its traces until it is purged.
///
/// # Errors
/// `NotFound` if there is no such run; `Refused` if the stage is none.
#[server(prefix = "/ui-api", endpoint = "set_run_stage", output = Wire)]
pub async fn set_run_stage(
    /// The run.
    run_id: String,
    /// `deleted` or `active`.
    stage: String,
) -> Result<(), AppError> {
    use domain::experiment::LifecycleStage;

    use super::run_facts;
    use crate::server_fns::server;
    let stage = match stage.as_str() {
        "deleted" => LifecycleStage::Deleted,
        "active" => LifecycleStage::Active,
        _ => {
            let text = "A run is active or deleted.";
            return Err(AppError::Refused(text.to_owned()));
        }
    };
    let store = server::store()?;
    let run = run_facts::found(store.as_ref(), &run_id).await?;
    store.set_run_lifecycle(&run.id, stage).await?;
    Ok(())
}
