//! Tells a trace as a conversation, a part at a time.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::Story;
use crate::wire::Wire;

/// The conversation of a trace from a step on, bounded in steps and bytes.
///
/// # Errors
/// `NotFound` if there is no such trace.
#[server(prefix = "/ui-api", endpoint = "conversation", input = GetUrl, output = Wire)]
pub async fn get_conversation(
    /// The trace.
    trace_id: String,
    /// Where to begin; what an earlier part named as next.
    #[server(default)]
    from: u32,
    /// Whether to show all of each prompt, not only what is new in it.
    #[server(default)]
    whole: bool,
) -> Result<Story, AppError> {
    use std::collections::HashMap;

    use domain::conversation::{tell, told_rows};
    use domain::ids::{SpanId, TraceId};
    use domain::span::Span;
    use domain::span_table::Kind;

    use crate::model::StoryItem;
    use crate::server_fns::server;

    /// The most spans of a part.
    const SPANS: usize = 120;
    /// Calls of models before a part that say what came before.
    const BEFORE: usize = 8;
    /// Spans read at once.
    const LOT: usize = 16;
    /// No more spans are read once they hold so many bytes.
    const READ: usize = 24 << 20;
    /// No more steps are sent once they hold about so many bytes.
    const SENT: usize = 1 << 20;

    let unknown = || AppError::not_found("trace", &trace_id);
    let store = server::store()?;
    let trace = TraceId::parse(&trace_id).map_err(|_| unknown())?;
    let table = store.span_table(&trace).await?.ok_or_else(unknown)?;
    let told = told_rows(&table);
    let from = (from as usize).min(told.len());
    let calls = told[..from]
        .iter()
        .rev()
        .filter(|row| table.kind(**row) == Kind::Llm);
    let mut wanted: Vec<u32> = calls.take(BEFORE).copied().collect();
    wanted.reverse();
    let known = wanted.len();
    wanted.extend(told[from..].iter().take(SPANS));

    let mut spans: HashMap<SpanId, Span> = HashMap::new();
    let (mut read, mut bytes) = (0, 0);
    for lot in wanted.chunks(LOT) {
        let ids: Vec<SpanId> = lot.iter().map(|row| table.span_id(*row)).collect();
        for span in store.some_spans(&trace, &ids).await? {
            bytes += span
                .attributes
                .iter()
                .map(|(_, value)| value.len())
                .sum::<usize>();
            spans.insert(span.span_id, span);
        }
        read += lot.len();
        if bytes > READ && read > known {
            break;
        }
    }
    wanted.truncate(read);
    let items = tell(&table, &wanted, known, |row| spans.get(&table.span_id(row)));
    let mut sent = 0;
    let mut shown = Vec::new();
    let mut end = from + wanted.len() - known.min(wanted.len());
    for item in &items {
        if sent > SENT {
            end = told.binary_search(&item.row).unwrap_or(end);
            break;
        }
        let view = StoryItem::of(item, &table, whole);
        sent += serde_json::to_string(&view).map_or(0, |text| text.len());
        shown.push(view);
    }
    Ok(Story {
        items: shown,
        next: (end < told.len()).then(|| u32::try_from(end).unwrap_or(u32::MAX)),
        told: u32::try_from(told.len()).unwrap_or(u32::MAX),
    })
}
