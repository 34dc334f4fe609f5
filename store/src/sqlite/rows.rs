//! Trace rows: between the table `trace` and [`StoredTrace`].

use std::collections::HashMap;
use std::sync::Arc;

use domain::ids::{ExperimentId, RunId};
use domain::store::StoreResult;
use domain::time::UnixMillis;
use domain::trace::TraceInfo;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::sql::{KEYS_MAX, insert_rows, select_in};
use crate::error::{At, database};
use crate::key::{id_of, key_of};
use crate::preset::PresetId;
use crate::summary;
use crate::terms::Terms;
use crate::tuples::Tuples;

/// Bits of `trace.flags`.
mod flag {
    pub(super) const FINALIZED: i64 = 1;
    pub(super) const STALE: i64 = 2;
    pub(super) const READABLE: i64 = 4;
}

/// What is known of the attributes of a trace's spans while its row is changed.
#[derive(Debug, Clone, Default)]
pub(crate) enum TraceTerms {
    /// What was known before still holds.
    #[default]
    Unchanged,
    /// They changed and must be read from the spans.
    Changed,
    /// These.
    Known(Arc<Terms>),
}

/// One row of `trace`.
#[derive(Debug, Clone)]
pub(crate) struct StoredTrace {
    pub trace_no: i64,
    /// Without assessments and linked runs unless they were loaded.
    pub info: TraceInfo,
    pub tuples: Tuples,
    /// Not stored.
    pub terms: TraceTerms,
    /// The client sent trace information, which outranks what spans say.
    pub finalized: bool,
    /// Counts and sums await a recount.
    pub stale: bool,
    /// Clients find the spans by the trace's id.
    pub readable: bool,
    pub next_block: i64,
    pub block_count: i64,
}

const SELECT: &str = "select trace_no, trace_key, experiment_id, request_time_ms, flags, next_block, block_count, summary
from trace where trace_no";

/// The rows of these traces; unknown numbers are passed over. In no particular order.
pub(crate) async fn load(
    connection: &mut SqliteConnection,
    trace_nos: &[i64],
) -> StoreResult<Vec<StoredTrace>> {
    let mut found = Vec::with_capacity(trace_nos.len());
    for group in trace_nos.chunks(KEYS_MAX) {
        let rows = select_in(&mut *connection, SELECT, group, "").await?;
        for row in rows {
            found.push(stored_trace(&row)?);
        }
    }
    Ok(found)
}

/// The numbers of these traces with the number that the next block of each gets. In no particular order.
pub(crate) async fn next_blocks(
    connection: &mut SqliteConnection,
    trace_nos: &[i64],
) -> StoreResult<Vec<(i64, i64)>> {
    let mut found = Vec::with_capacity(trace_nos.len());
    for group in trace_nos.chunks(KEYS_MAX) {
        let head = "select trace_no, next_block from trace where trace_no";
        for row in select_in(&mut *connection, head, group, "").await? {
            found.push((
                row.try_get(0).map_err(database)?,
                row.try_get(1).map_err(database)?,
            ));
        }
    }
    Ok(found)
}

/// Reads a row with the columns of `SELECT`.
pub(crate) fn stored_trace(row: &SqliteRow) -> StoreResult<StoredTrace> {
    let trace_no: i64 = row.try_get(0).map_err(database)?;
    let key: &[u8] = row.try_get(1).map_err(database)?;
    let trace_id = id_of(key).at("trace", "trace_key", trace_no)?;
    let experiment_id = ExperimentId(row.try_get(2).map_err(database)?);
    let request_time = UnixMillis(row.try_get(3).map_err(database)?);
    let flags: i64 = row.try_get(4).map_err(database)?;
    let bytes: &[u8] = row.try_get(7).map_err(database)?;
    let (info, tuples) = summary::decode(trace_id, experiment_id, request_time, bytes)
        .at("trace", "summary", trace_no)?;
    Ok(StoredTrace {
        trace_no,
        info,
        tuples,
        terms: TraceTerms::Unchanged,
        finalized: flags & flag::FINALIZED != 0,
        stale: flags & flag::STALE != 0,
        readable: flags & flag::READABLE != 0,
        next_block: row.try_get(5).map_err(database)?,
        block_count: row.try_get(6).map_err(database)?,
    })
}

/// Inserts rows or replaces those with the same number; their summaries are compressed behind a preset.
pub(crate) async fn save(
    connection: &mut SqliteConnection,
    rows: impl Iterator<Item = &StoredTrace>,
    preset: PresetId,
) -> StoreResult<()> {
    let head = "insert or replace into trace
        (trace_no, trace_key, experiment_id, request_time_ms, flags, next_block, block_count, summary) ";
    insert_rows(connection, head, rows, |values, row| {
        let mut flags = 0;
        if row.finalized {
            flags |= flag::FINALIZED;
        }
        if row.stale {
            flags |= flag::STALE;
        }
        if row.readable {
            flags |= flag::READABLE;
        }
        values
            .push_bind(row.trace_no)
            .push_bind(key_of(&row.info.trace_id))
            .push_bind(row.info.experiment_id.0)
            .push_bind(row.info.request_time.0)
            .push_bind(flags)
            .push_bind(row.next_block)
            .push_bind(row.block_count)
            .push_bind(summary::encode(&row.info, &row.tuples, preset));
    })
    .await
}

/// Adds assessments and linked runs.
pub(crate) async fn load_attachments(
    connection: &mut SqliteConnection,
    traces: &mut [StoredTrace],
) -> StoreResult<()> {
    let places: HashMap<i64, usize> = traces
        .iter()
        .enumerate()
        .map(|(place, trace)| (trace.trace_no, place))
        .collect();
    let trace_nos: Vec<i64> = traces.iter().map(|trace| trace.trace_no).collect();
    for group in trace_nos.chunks(KEYS_MAX) {
        let head = "select trace_no, assessment_no, valid, data from assessment where trace_no";
        let rows = select_in(&mut *connection, head, group, " order by assessment_no").await?;
        for row in rows {
            let trace_no: i64 = row.try_get(0).map_err(database)?;
            if let Some(place) = places.get(&trace_no) {
                traces[*place]
                    .info
                    .assessments
                    .push(super::assessments::assessment(&row)?);
            }
        }
        let head = "select trace_no, run_id from trace_run where trace_no";
        let rows = select_in(&mut *connection, head, group, " order by trace_no, run_id").await?;
        for row in rows {
            let trace_no: i64 = row.try_get(0).map_err(database)?;
            let run: String = row.try_get(1).map_err(database)?;
            if let Some(place) = places.get(&trace_no) {
                traces[*place].info.linked_runs.push(RunId::new(run));
            }
        }
    }
    for trace in traces {
        // The oldest first, whenever they arrived.
        trace
            .info
            .assessments
            .sort_by_key(|assessment| assessment.create_time);
    }
    Ok(())
}
