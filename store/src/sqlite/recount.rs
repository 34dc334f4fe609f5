//! Counts and sums of traces whose spans came in several commits. They are counted anew from the heads of the blocks: by the writer
//! at most four times a second a trace, and before that by whoever reads them, in memory. A read never waits for the writer, whose
//! transactions may take long while much is stored or deleted.

use std::sync::Arc;

use domain::derive;
use domain::span::StatusCode;
use domain::store::{StoreError, StoreResult};
use domain::usage::{self, UsageRow};
use sqlx::SqliteConnection;

use super::SqliteStore;
use super::live::TailTrace;
use super::rows::{self, StoredTrace};
use super::spans;
use super::tx::{Counted, SavedTrace, WriteTx};
use crate::tuples::Tuples;

/// Traces counted by one read at a time.
const TOGETHER: usize = 64;

/// Recounts those of these traces that await it, and saves them.
pub(crate) async fn recount(tx: &mut WriteTx, trace_nos: &[i64]) -> StoreResult<()> {
    let mut saved = Vec::new();
    for mut trace in rows::load(&mut tx.connection, trace_nos).await? {
        if trace.stale {
            let before = Some(Counted::of(&trace.info));
            recount_trace(&mut tx.connection, &mut trace).await?;
            saved.push(SavedTrace { trace, before });
        }
    }
    tx.save_traces(&saved).await
}

/// Brings those of these rows up to date that await it; nothing is saved. One whose spans cannot be read stays as it is.
pub(crate) async fn recount_read(
    connection: &mut SqliteConnection,
    traces: &mut [StoredTrace],
) -> StoreResult<()> {
    for trace in traces.iter_mut().filter(|trace| trace.stale) {
        match recount_trace(connection, trace).await {
            Err(error @ StoreError::Inconsistent { .. }) => {
                tracing::error!("trace {} cannot be counted: {error}", trace.info.trace_id);
            }
            counted => counted?,
        }
    }
    Ok(())
}

/// Brings one row up to date; it is not saved here.
pub(crate) async fn recount_trace(
    connection: &mut SqliteConnection,
    trace: &mut StoredTrace,
) -> StoreResult<()> {
    let rows = spans::span_rows(connection, trace.trace_no).await?;
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
    /// Brings up to date what is in memory of all traces that await a recount: searches and statistics look at all of them.
    pub(super) async fn recount_all(&self) -> StoreResult<()> {
        let (uncounted, elsewhere) = self.shared.live.read().uncounted();
        for group in uncounted.chunks(TOGETHER) {
            self.recount_tail(group).await?;
        }
        if !elsewhere.is_empty() {
            // In a segment, as a server that ended unexpectedly may have left them.
            self.writer
                .write(move |tx| Box::pin(async move { recount(tx, &elsewhere).await }))
                .await?;
        }
        Ok(())
    }

    async fn recount_tail(&self, group: &[(i64, Arc<TailTrace>)]) -> StoreResult<()> {
        let trace_nos: Vec<i64> = group.iter().map(|(trace_no, _)| *trace_no).collect();
        let mut reader = self.reader().await?;
        let mut traces = rows::load(&mut reader, &trace_nos).await?;
        recount_read(&mut reader, &mut traces).await?;
        drop(reader);
        let mut live = self.shared.live.write();
        for trace in &traces {
            let then = group
                .iter()
                .find(|(trace_no, _)| *trace_no == trace.trace_no);
            if let Some((trace_no, then)) = then {
                let now = TailTrace::of(trace, then.terms.clone());
                live.count(*trace_no, then, now);
            }
        }
        Ok(())
    }
}
