//! Removes a tag from a run.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Removes a tag.
///
/// # Errors
/// `NotFound` if there is no such run; `Refused` if it is deleted, has no such tag or the tag is the server's own.
#[server(prefix = "/ui-api", endpoint = "delete_run_tag", output = Wire)]
pub async fn delete_run_tag(
    /// The run.
    run_id: String,
    /// The tag's key.
    key: String,
) -> Result<(), AppError> {
    use super::run_facts;
    use crate::server_fns::server;
    if key.starts_with("mlflow.") {
        let text = "Tags that begin with “mlflow.” are kept by the server.";
        return Err(AppError::Refused(text.to_owned()));
    }
    let store = server::store()?;
    let run = run_facts::found(store.as_ref(), &run_id).await?;
    store.delete_run_tag(&run.id, &key).await?;
    Ok(())
}
