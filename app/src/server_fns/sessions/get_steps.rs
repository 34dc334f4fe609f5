//! Reads the steps of a turn.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::Steps;
use crate::wire::Wire;

/// The first spans of a trace in the order of its tree.
///
/// # Errors
/// `NotFound` if there is no such trace.
#[server(prefix = "/ui-api", endpoint = "steps", input = GetUrl, output = Wire)]
pub async fn get_steps(
    /// The trace.
    trace_id: String,
) -> Result<Steps, AppError> {
    use crate::model::SpanLine;
    use crate::server_fns::server;

    const STEPS: usize = 100;
    let store = server::store()?;
    let info = server::trace(store.as_ref(), &trace_id).await?;
    let table = store.span_table(&info.trace_id).await?.unwrap_or_default();
    Ok(Steps {
        trace_id,
        rows: (0..table.len())
            .take(STEPS)
            .map(|row| SpanLine::of(&table, row))
            .collect(),
        count: table.len(),
        extent: table.duration().max(1),
    })
}
