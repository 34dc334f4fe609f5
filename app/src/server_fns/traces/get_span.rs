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

    use crate::server_fns::server;
    /// Compared are the spans of a week.
    const DAYS: u32 = 7;
    /// Fewer spans say nothing.
    const LEAST: u64 = 20;
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
    let found = store.span(&trace, span).await?.ok_or_else(unknown)?;
    let experiment = server::trace(store.as_ref(), &trace_id)
        .await?
        .experiment_id;
    let percentile = match found.duration_nanos() {
        Some(nanos) => {
            let now = (server::clock()?.now)();
            let place = store.span_percentile(experiment, &found.name, nanos, DAYS, now);
            // A figure in passing: without it the span shows all the same.
            place
                .await
                .ok()
                .flatten()
                .filter(|place| place.spans >= LEAST)
        }
        None => None,
    };
    Ok(SpanDetail::of(&found, Some(experiment.0), percentile))
}
