//! Finds when the events of a trace happened.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::EventTicks;
use crate::wire::Wire;

/// The events of a trace's first spans that have any.
///
/// # Errors
/// `NotFound` if there is no such trace.
#[server(prefix = "/ui-api", endpoint = "event_ticks", input = GetUrl, output = Wire)]
pub async fn get_event_ticks(
    /// The trace.
    trace_id: String,
) -> Result<EventTicks, AppError> {
    use domain::ids::{SpanId, TraceId};

    use crate::model::{EventTick, SpanTicks, cut};
    use crate::server_fns::server;

    /// The most spans that are read for their events.
    const SPANS: usize = 1_000;
    /// Spans read at once.
    const LOT: usize = 50;
    /// No more spans are read once they hold so many bytes.
    const READ: usize = 8 << 20;
    /// The most marks of a span.
    const TICKS: usize = 50;
    /// The most characters of a name.
    const NAME: usize = 60;

    let unknown = || AppError::not_found("trace", &trace_id);
    let store = server::store()?;
    let trace = TraceId::parse(&trace_id).map_err(|_| unknown())?;
    let table = store.span_table(&trace).await?.ok_or_else(unknown)?;
    let with_events = (0..table.len()).filter(|row| table.event_count(*row) > 0);
    let ids: Vec<SpanId> = with_events.map(|row| table.span_id(row)).collect();
    let start = table.trace_start();
    let mut found = EventTicks {
        spans: Vec::new(),
        is_whole: ids.len() <= SPANS,
    };
    let mut bytes = 0;
    for lot in ids[..ids.len().min(SPANS)].chunks(LOT) {
        if bytes > READ {
            found.is_whole = false;
            break;
        }
        for span in store.some_spans(&trace, lot).await? {
            let attributes = span.attributes.iter();
            bytes += attributes.map(|(_, value)| value.len()).sum::<usize>();
            let tick = |event: &domain::span::SpanEvent| EventTick {
                at: event.time.0.saturating_sub(start.0),
                name: cut(&event.name, NAME),
                is_exception: event.name == "exception",
            };
            let mut ticks: Vec<EventTick> = span.events.iter().map(tick).collect();
            // Of too many the exceptions are what must not be missed.
            ticks.sort_by_key(|tick| (!tick.is_exception, tick.at));
            ticks.truncate(TICKS);
            ticks.sort_by_key(|tick| tick.at);
            found.spans.push(SpanTicks {
                span_id: span.span_id.to_string(),
                ticks,
            });
        }
    }
    Ok(found)
}
