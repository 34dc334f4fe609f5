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
    use super::server;
    check(&key, &value)?;
    let key = key.trim();
    let store = server::store()?;
    let trace = server::trace(store.as_ref(), &trace_id).await?;
    store.set_trace_tag(&trace.trace_id, key, &value).await?;
    Ok(())
}

/// Whether people may write this tag.
#[cfg(feature = "ssr")]
pub(super) fn check(key: &str, value: &str) -> Result<(), AppError> {
    let key = key.trim();
    let refused = |text: &str| Err(AppError::Refused(text.to_owned()));
    if key.is_empty() || key.chars().count() > 250 {
        return refused("A tag's key has 1 to 250 characters.");
    }
    if key.starts_with("mlflow.") {
        return refused("Keys that begin with “mlflow.” are kept for the server.");
    }
    if value.chars().count() > 8_000 {
        return refused("A tag's value has at most 8,000 characters.");
    }
    Ok(())
}
