//! Reads what people and judges added to a trace.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::TraceNotes;
use crate::wire::Wire;

/// Tags and assessments of a trace, and which of them are the reader's own.
///
/// # Errors
/// `NotFound` if there is no such trace.
#[server(prefix = "/ui-api", endpoint = "trace_notes", input = GetUrl, output = Wire)]
pub async fn get_trace_notes(
    /// The trace.
    trace_id: String,
) -> Result<TraceNotes, AppError> {
    use crate::server_fns::server;
    let store = server::store()?;
    let info = server::trace(store.as_ref(), &trace_id).await?;
    let reviewer = server::cookie(server::REVIEWER).unwrap_or_default();
    Ok(TraceNotes::of(&info, &reviewer))
}
