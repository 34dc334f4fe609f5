//! What else is kept about traces, and must go with them: the one place where an area with tables or files of its own joins in
//! the deletion of traces. Spans, assessments, links and the trace's own row are the business of `delete`.
//!
//! How long spans take by name (`durations`) is not taken back. Its sketches know no traces, so every span of a doomed trace would
//! have to be opened, which takes longer than deleting it, within the few milliseconds that a slice has; and spans that came
//! beyond a day's names or twice were counted differently from what would be taken off. It stays a statistic of what was sent, as
//! `StatsStore::span_percentile` says.

use domain::store::StoreResult;

use super::Shared;
use super::rows::StoredTrace;
use super::tx::WriteTx;
use crate::index::segment::Segment;

/// Called in the transaction that deletes these traces, before their rows go. A few dozen at a time, within some milliseconds;
/// what cannot be done so quickly is only noted here and done by whoever keeps the data.
pub(super) async fn forget_traces(tx: &mut WriteTx, doomed: &[StoredTrace]) -> StoreResult<()> {
    for trace in doomed {
        let key = crate::key::key_of(&trace.info.trace_id);
        tx.forget_trace(trace.trace_no, key, super::tx::Counted::of(&trace.info));
    }
    Ok(())
}

/// Called when an index segment was replaced and nobody reads it any more, before its parts go.
pub(super) fn forget_segment(shared: &Shared, segment: &Segment) {
    shared.parts.forget(segment.segment_no);
    shared.counts.forget(segment.segment_no);
}
