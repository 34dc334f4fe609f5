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

    use domain::ids::{SpanId, TraceId};
    use domain::span::Span;
    use domain::span_table::SpanTable;

    use crate::model::StoryPart;
    use crate::server_fns::server;

    /// Spans read at once.
    const LOT: usize = 16;
    /// No more spans are read once they hold so many bytes.
    const READ: usize = 24 << 20;

    let unknown = || AppError::not_found("trace", &trace_id);
    let store = server::store()?;
    let trace = TraceId::parse(&trace_id).map_err(|_| unknown())?;
    let rows = store.span_rows(&trace).await?.ok_or_else(unknown)?;
    let table = SpanTable::new(rows);
    let part = StoryPart::new(&table, from);
    let mut spans: HashMap<SpanId, Span> = HashMap::new();
    let (mut read, mut bytes) = (0, 0);
    for lot in part.wanted().chunks(LOT) {
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
        if bytes > READ && read > part.known() {
            break;
        }
    }
    Ok(part.tell(read, whole, |row| spans.get(&table.span_id(row))))
}
