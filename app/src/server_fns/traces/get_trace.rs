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
    use domain::trace::{TraceInfo, keys};

    use crate::model::{Longest, RunRef, SpanLine, TimeShare, Why, cut};
    use crate::server_fns::server;

    const PREVIEW: usize = 1_000;
    /// The most kinds in the line about time.
    const KINDS: usize = 4;
    /// The longest step is slow if so many per cent of this week's were quicker.
    const SLOW: u32 = 90;
    let store = server::store()?;
    let info = server::trace(store.as_ref(), &trace_id).await?;
    let experiment = server::experiment(store.as_ref(), info.experiment_id.0).await?;
    let table = store.span_table(&info.trace_id).await?.unwrap_or_default();
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
    let why = match failure {
        Some(row) => {
            let mut message = table.status_message(row).to_owned();
            if message.is_empty() {
                let span = store.span(&info.trace_id, table.span_id(row)).await?;
                message = span.as_ref().map(said_in_exception).unwrap_or_default();
            }
            let of_name = (0..table.len()).filter(|r| table.name_id(*r) == table.name_id(row));
            let (before, after): (Vec<u32>, Vec<u32>) =
                of_name.partition(|r| (table.start(*r), *r) <= (table.start(row), row));
            Some(Why {
                span_id: table.span_id(row).to_string(),
                span_name: table.name(row).to_owned(),
                message: cut(&message, 300),
                failed: info.stats.error_count,
                call: before.len() as u32,
                calls: (before.len() + after.len()) as u32,
            })
        }
        None => None,
    };
    let path = table.critical_path();
    let whole = path.nanos().max(1) as f64;
    let time = path
        .by_kind(&table)
        .into_iter()
        .map(|share| TimeShare {
            kind: share.kind.css_key().to_owned(),
            share: share.nanos as f64 / whole,
        })
        .take(KINDS)
        .collect();
    let longest = match path.by_name(&table).first() {
        Some(share) => {
            let (name, nanos) = (table.name(share.row), table.span_duration(share.row));
            let now = (server::clock()?.now)();
            let place = store.span_percentile(info.experiment_id, name, nanos, 7, now);
            let place = place.await.ok().flatten().filter(|place| place.spans >= 20);
            let percent = place.map(|place| (place.slower_than * 100.0).floor() as u32);
            Some(Longest {
                span_id: table.span_id(share.row).to_string(),
                span_name: name.to_owned(),
                nanos: share.nanos,
                spans: share.spans,
                slower_than: percent.filter(|percent| *percent >= SLOW),
            })
        }
        None => None,
    };
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
    // What the browser will draw, too.
    let with_parents = (0..table.len())
        .any(|row| table.missing_parent(row).is_some())
        .then(|| domain::span_table::SpanTable::clone(&table).with_missing_parents());
    let drawn = with_parents.as_ref().unwrap_or(table.as_ref());
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
        time,
        longest: longest.filter(|_| table.len() > 1),
        extent: table.duration().max(1),
        rows: (0..drawn.len())
            .take(TraceHead::rows_of(drawn.len()))
            .map(|row| SpanLine::of(drawn, row))
            .collect(),
        trace_id: info.trace_id.into_string(),
    })
}

/// What the span's last exception said; some clients leave the status message empty.
#[cfg(feature = "ssr")]
pub(crate) fn said_in_exception(span: &domain::span::Span) -> String {
    let mut exceptions = span
        .events
        .iter()
        .rev()
        .filter(|event| event.name == "exception");
    let text = exceptions.next().and_then(|event| {
        let of_key = |key: &str| event.attributes.iter().find(|(name, _)| name == key);
        let (_, value) = of_key("exception.message").or_else(|| of_key("exception.type"))?;
        value.as_str()
    });
    text.unwrap_or_default().to_owned()
}
