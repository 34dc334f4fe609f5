//! Reads the page of a trace: everything above the tree, and the tree's first rows.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::TraceHead;
use crate::wire::Wire;

/// A trace as its page opens.
///
/// # Errors
/// `NotFound` if there is no such trace.
#[server(prefix = "/ui-api", endpoint = "trace", input = GetUrl, output = Wire)]
pub async fn get_trace(
    /// The trace.
    trace_id: String,
) -> Result<TraceHead, AppError> {
    use domain::ids::SpanId;
    use domain::span_table::SpanTable;

    use crate::model::{RunRef, said_in_exception};
    use crate::server_fns::server;

    /// The longest step is slow if so many per cent of this week's were quicker.
    const SLOW: u32 = 90;
    /// Fewer spans say nothing.
    const LEAST: u64 = 20;
    let store = server::store()?;
    let info = server::trace(store.as_ref(), &trace_id).await?;
    let experiment = server::experiment(store.as_ref(), info.experiment_id.0).await?;
    let table = SpanTable::new(store.span_rows(&info.trace_id).await?.unwrap_or_default());
    let said = match TraceHead::silent_failure(&table) {
        Some(id) => store.span(&info.trace_id, id).await?,
        None => None,
    };
    let said = said.as_ref().map(said_in_exception);
    let mut head = TraceHead::of(&info, &table, experiment, said);
    for id in info.runs().into_iter().take(10) {
        let name = store
            .run(&id)
            .await?
            .map(|run| run.name)
            .unwrap_or_default();
        let id = id.into_string();
        let name = if name.is_empty() { id.clone() } else { name };
        head.runs.push(RunRef { id, name });
    }
    if let Some(longest) = &mut head.longest {
        let id = longest.span_id.parse::<SpanId>().ok();
        let row = id.and_then(|id| table.row_of(id)).unwrap_or(0);
        let (name, nanos) = (table.name(row), table.span_duration(row));
        let now = (server::clock()?.now)();
        let place = store.span_percentile(info.experiment_id, name, nanos, 7, now);
        let place = place.await.ok().flatten();
        let place = place.filter(|place| place.spans >= LEAST);
        let percent = place.map(|place| (place.slower_than * 100.0).floor() as u32);
        longest.slower_than = percent.filter(|percent| *percent >= SLOW);
    }
    Ok(head)
}
