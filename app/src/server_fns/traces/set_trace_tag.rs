//! Adds a tag to a trace or changes one.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Adds or replaces a tag.
///
/// # Errors
/// `NotFound` if there is no such trace; `Refused` if the key is empty, longer than 250 characters or the server's own, or if
/// the value is longer than 8,000 characters.
#[server(prefix = "/ui-api", endpoint = "set_trace_tag", output = Wire)]
pub async fn set_trace_tag(
    /// The trace.
    trace_id: String,
    /// The tag's key.
    key: String,
    /// The tag's value; may be empty.
    #[server(default)]
    value: String,
) -> Result<(), AppError> {
    use crate::server_fns::server;
    let key = server::tag_key(&key, &value)?;
    let store = server::store()?;
    let trace = server::trace(store.as_ref(), &trace_id).await?;
    store.set_trace_tag(&trace.trace_id, key, &value).await?;
    Ok(())
}
