//! Removes a tag from a trace.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Removes a tag.
///
/// # Errors
/// `NotFound` if there is no such trace; `Refused` if it has no such tag or the tag is the server's own.
#[server(prefix = "/ui-api", endpoint = "delete_trace_tag", output = Wire)]
pub async fn delete_trace_tag(
    /// The trace.
    trace_id: String,
    /// The tag's key.
    key: String,
) -> Result<(), AppError> {
    use crate::server_fns::server;
    if key.starts_with("mlflow.") {
        return Err(AppError::Refused(
            "Tags that begin with “mlflow.” are kept by the server.".to_owned(),
        ));
    }
    let store = server::store()?;
    let trace = server::trace(store.as_ref(), &trace_id).await?;
    store.delete_trace_tag(&trace.trace_id, &key).await?;
    Ok(())
}
