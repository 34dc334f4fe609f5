//! Counts and sums of traces whose spans came in several commits. They are counted anew from the heads of the blocks, at most
//! four times a second a trace and before any read shows them.

use domain::derive;
use domain::span::StatusCode;
use domain::store::StoreResult;
use domain::usage::{self, UsageRow};

use super::rows::{self, StoredTrace};
use super::spans;
use super::tx::{Counted, SavedTrace, WriteTx};
use super::{Shared, SqliteStore};
use crate::tuples::Tuples;

/// Recounts those of these traces that await it.
pub(crate) async fn recount(tx: &mut WriteTx, trace_nos: &[i64]) -> StoreResult<()> {
    let mut saved = Vec::new();
    for mut trace in rows::load(&mut tx.connection, trace_nos).await? {
        if trace.stale {
            let before = Some(Counted::of(&trace.info));
            recount_trace(tx, &mut trace).await?;
            saved.push(SavedTrace { trace, before });
        }
    }
    tx.save_traces(&saved).await
}

/// Brings one row up to date; it is not saved here.
pub(crate) async fn recount_trace(tx: &mut WriteTx, trace: &mut StoredTrace) -> StoreResult<()> {
    let rows = spans::span_rows(&mut tx.connection, trace.trace_no).await?;
    let usage_rows: Vec<UsageRow> = rows.iter().map(UsageRow::from).collect();
    let (usage, cost) = usage::aggregate(&usage_rows);
    let errors = rows
        .iter()
        .filter(|row| row.status == StatusCode::Error)
        .count();
    trace.info.stats.span_count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    trace.info.stats.error_count = u32::try_from(errors).unwrap_or(u32::MAX);
    trace.info.stats.models.clear();
    let models = rows.iter().filter_map(|row| row.model.as_deref());
    trace.info.stats.add_models(models);
    trace.tuples = Tuples::of(rows.iter());
    trace.stale = false;
    derive::apply_usage(&mut trace.info, usage, cost, trace.finalized);
    derive::apply_spans_location(&mut trace.info, trace.readable);
    Ok(())
}

impl SqliteStore {
    /// Lets the writer recount these traces and waits for it.
    pub(super) async fn recount(&self, trace_nos: Vec<i64>) -> StoreResult<()> {
        self.writer
            .write(move |tx| Box::pin(async move { recount(tx, &trace_nos).await }))
            .await
    }

    /// Recounts whatever awaits it: searches look at all traces.
    pub(super) async fn recount_all(&self) -> StoreResult<()> {
        let stale = stale(&self.shared);
        if stale.is_empty() {
            Ok(())
        } else {
            self.recount(stale).await
        }
    }
}

fn stale(shared: &Shared) -> Vec<i64> {
    let live = shared.live.read();
    if live.stale.is_empty() {
        Vec::new()
    } else {
        live.stale_traces().into_iter().collect()
    }
}
