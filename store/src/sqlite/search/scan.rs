//! The search without the index: looks at every trace of the experiments. For orders that columns cannot be put in (by id,
//! or by a tag that the index leaves out). Slow, but right, and in bounded memory.

use std::collections::HashSet;

use domain::filter::order::{TraceOrder, compare_traces};
use domain::ids::ExperimentId;
use domain::store::StoreResult;
use domain::trace::TraceInfo;
use sqlx::SqliteConnection;

use super::Pageful;
use super::plan::Plan;
use super::verify::{TOGETHER, matching};
use crate::error::database;
use crate::sqlite::recount::recount_read;
use crate::sqlite::rows::{self, StoredTrace};
use crate::sqlite::top::Top;

/// A match with its place in the order.
struct Found {
    place: TraceInfo,
    trace_no: i64,
}

/// Rows looked at together.
const CHUNK: i64 = 256;

/// What is searched.
pub(super) struct Wanted<'a> {
    /// Sorted.
    pub experiments: &'a [ExperimentId],
    pub order: &'a [TraceOrder],
    pub after: Option<&'a TraceInfo>,
}

/// The first traces that match.
pub(super) async fn first_matches(
    plan: &Plan<'_>,
    wanted: &Wanted<'_>,
    size: usize,
    reader: &mut SqliteConnection,
) -> StoreResult<Pageful> {
    let order = wanted.order;
    // One more than asked for tells whether there are more.
    let mut top = Top::new(size + 1, |a: &Found, b: &Found| {
        compare_traces(&a.place, &b.place, order)
    });
    let mut last = i64::MIN;
    loop {
        let mut found = chunk(&mut *reader, last).await?;
        let Some(trace) = found.last() else {
            return Ok(pageful(top.finish(), size));
        };
        last = trace.trace_no;
        recount_read(&mut *reader, &mut found).await?;
        found.retain(|trace| {
            wanted
                .experiments
                .binary_search(&trace.info.experiment_id)
                .is_ok()
                && wanted
                    .after
                    .is_none_or(|after| compare_traces(&trace.info, after, order).is_gt())
        });
        rows::load_attachments(&mut *reader, &mut found).await?;
        let mut passed = HashSet::new();
        for group in found.chunks(TOGETHER) {
            passed.extend(matching(plan, group, reader).await?);
        }
        for trace in found {
            if passed.contains(&trace.trace_no) {
                top.offer(Found {
                    place: trace.info,
                    trace_no: trace.trace_no,
                });
            }
        }
    }
}

fn pageful(mut found: Vec<Found>, size: usize) -> Pageful {
    let has_more = found.len() > size;
    found.truncate(size);
    let trace_nos = found.iter().map(|found| found.trace_no).collect();
    let last = found.pop().filter(|_| has_more);
    Pageful {
        trace_nos,
        next: last.map(|last| last.place),
        is_out_of_time: false,
    }
}

async fn chunk(reader: &mut SqliteConnection, after: i64) -> StoreResult<Vec<StoredTrace>> {
    let select = "select trace_no, trace_key, experiment_id, request_time_ms, flags, next_block,
            block_count, summary
        from trace where trace_no > ?1 order by trace_no limit ?2";
    let rows = sqlx::query(select)
        .bind(after)
        .bind(CHUNK)
        .fetch_all(reader)
        .await;
    rows.map_err(database)?
        .iter()
        .map(rows::stored_trace)
        .collect()
}
