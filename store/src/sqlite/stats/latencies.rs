//! How many traces took how long: two columns walked through side by side.

use domain::stats::{Latencies, LatencyQuery, LatencySlot};
use domain::store::{StoreError, StoreResult};
use domain::trace::TraceState;

use crate::index::build::state_number;
use crate::sqlite::SqliteStore;
use crate::sqlite::parts::PartReader;

pub(super) async fn latencies(store: &SqliteStore, query: LatencyQuery) -> StoreResult<Latencies> {
    if query.bounds.len() > LatencyQuery::BOUNDS_MAX || !query.bounds.is_sorted() {
        return Err(StoreError::Refused(format!(
            "durations are parted by at most {} bounds in ascending order",
            LatencyQuery::BOUNDS_MAX
        )));
    }
    let mut reader = store.reader().await?;
    let matches = store.matches(&query.scope, u64::MAX, &mut reader).await?;
    let mut parts = PartReader {
        connection: &mut reader,
        cache: &store.shared.parts,
    };
    let mut slots = vec![LatencySlot::default(); query.bounds.len() + 1];
    let mut add = |duration_ms: i64, is_error: bool| {
        if let Some(slot) = slots.get_mut(query.slot(duration_ms)) {
            slot.add(is_error);
        }
    };
    let error = state_number(TraceState::Error);
    for found in &matches.segments {
        let segment = &found.segment;
        let durations = parts.codes(segment, segment.duration.part).await?;
        let states = parts.codes(segment, segment.state.part).await?;
        durations.visit(found.first_row, &found.rows, |bit, code| {
            if let Some(duration_ms) = segment.duration.number(code) {
                let state = segment.state.number(states.get(found.first_row + bit));
                add(duration_ms, state == Some(error));
            }
        });
    }
    for (_, trace) in &matches.tail {
        if let Some(duration_ms) = trace.info.duration_ms {
            add(duration_ms, trace.info.state == TraceState::Error);
        }
    }
    Ok(Latencies {
        counted: matches.counted,
        slots,
    })
}
