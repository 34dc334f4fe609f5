//! Opens one span.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::SpanDetail;
use crate::wire::Wire;

/// A span with inputs, outputs, attributes, events and links, large values cut.
///
/// # Errors
/// `NotFound` if there is no such span.
#[server(prefix = "/ui-api", endpoint = "span", input = GetUrl, output = Wire)]
pub async fn get_span(
    /// The trace.
    trace_id: String,
    /// The span, as 16 hex digits; empty for the one to look at first: a failed one, else the root.
    #[server(default)]
    span_id: String,
) -> Result<SpanDetail, AppError> {
    use domain::ids::{SpanId, TraceId};
    use domain::span_table::SpanTable;

    use super::server;
    let unknown = || AppError::not_found("span", &span_id);
    let store = server::store()?;
    let trace = TraceId::parse(&trace_id).map_err(|_| unknown())?;
    let span: SpanId = if span_id.is_empty() {
        let table = SpanTable::new(store.span_rows(&trace).await?.unwrap_or_default());
        if table.is_empty() {
            return Err(unknown());
        }
        table.span_id(table.first_failure().unwrap_or(0))
    } else {
        span_id.parse().map_err(|_| unknown())?
    };
    let found = store.span(&trace, span).await?;
    found.as_ref().map(SpanDetail::of).ok_or_else(unknown)
}
