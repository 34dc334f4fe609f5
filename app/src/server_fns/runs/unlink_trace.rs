//! Takes back the link of a trace to a run.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Takes back a link; one that is gone already is fine.
///
/// # Errors
/// `NotFound` if there is no such run or no such trace.
#[server(prefix = "/ui-api", endpoint = "unlink_trace", output = Wire)]
pub async fn unlink_trace(
    /// The run.
    run_id: String,
    /// The trace.
    trace_id: String,
) -> Result<(), AppError> {
    use super::run_facts;
    use crate::server_fns::server;
    let store = server::store()?;
    let run = run_facts::found(store.as_ref(), &run_id).await?;
    let trace = server::trace(store.as_ref(), &trace_id).await?;
    store
        .unlink_traces_from_run(&[trace.trace_id], &run.id)
        .await?;
    Ok(())
}
