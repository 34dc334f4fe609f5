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
    use domain::span_table::SpanTable;
    use domain::trace::{TraceInfo, keys};

    use super::server;
    use crate::model::{RunRef, SpanLine, Why, cut};

    const PREVIEW: usize = 1_000;
    let store = server::store()?;
    let info = server::trace(store.as_ref(), &trace_id).await?;
    let experiment = server::experiment(store.as_ref(), info.experiment_id.0).await?;
    let table = SpanTable::new(store.span_rows(&info.trace_id).await?.unwrap_or_default());
    let mut runs = Vec::new();
    for id in info.runs().into_iter().take(10) {
        let name = store
            .run(&id)
            .await?
            .map(|run| run.name)
            .unwrap_or_default();
        let id = id.into_string();
        let name = if name.is_empty() { id.clone() } else { name };
        runs.push(RunRef { id, name });
    }
    let failure = table.first_failure();
    let why = failure.map(|row| Why {
        span_id: table.span_id(row).to_string(),
        span_name: table.name(row).to_owned(),
        message: cut(table.status_message(row), 300),
        failed: info.stats.error_count,
    });
    let is_shown_elsewhere = |key: &str| {
        [
            keys::USER,
            keys::SESSION,
            keys::SOURCE_RUN,
            keys::TOKEN_USAGE,
            keys::COST,
            keys::SIZE_STATS,
        ]
        .contains(&key)
            || [keys::INPUTS, keys::OUTPUTS, keys::SCHEMA_VERSION].contains(&key)
    };
    let preview =
        |text: &Option<String>| text.as_deref().map_or(String::new(), |t| cut(t, PREVIEW));
    let TraceInfo { stats, .. } = &info;
    Ok(TraceHead {
        experiment,
        name: info.name().unwrap_or_default().to_owned(),
        state: info.state,
        time_ms: info.request_time.0,
        duration_ms: info.duration_ms,
        tokens: stats
            .usage
            .map(|u| (u.input_tokens, u.output_tokens, u.total_tokens)),
        cost: stats.cost.map(|cost| cost.total_cost),
        user: info.user().map(str::to_owned),
        session: info.session().map(str::to_owned),
        runs,
        metadata: info
            .metadata
            .iter()
            .filter(|(key, _)| !is_shown_elsewhere(key))
            .map(|(key, value)| (key.clone(), cut(value, PREVIEW)))
            .collect(),
        request: preview(&info.request_preview),
        response: preview(&info.response_preview),
        span_count: table.len(),
        opening_span: (!table.is_empty()).then(|| table.span_id(failure.unwrap_or(0)).to_string()),
        why,
        extent: table.duration().max(1),
        rows: (0..table.len())
            .take(TraceHead::ROWS)
            .map(|row| SpanLine::of(&table, row))
            .collect(),
        trace_id: info.trace_id.into_string(),
    })
}
