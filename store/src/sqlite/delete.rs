//! Deleting traces with all that hangs on them, in slices of some milliseconds so that other writers come in between. A deletion
//! once begun goes on although its caller goes away.

use std::ops::Range;
use std::time::{Duration, Instant};

use domain::ids::{ExperimentId, TraceId};
use domain::store::{DeleteTraces, StoreResult};
use sqlx::{QueryBuilder, Sqlite};

use super::SqliteStore;
use super::forgotten::forget_traces;
use super::rows::{self, StoredTrace};
use super::spans::block_keys;
use super::sql::insert_rows;
use super::tx::WriteTx;
use crate::error::{database, internal};
use crate::key::key_of;

/// Traces deleted between two looks at the clock: where their pages must be read from the disk this takes some milliseconds.
const BATCH: usize = 16;
/// A slice ends when it has taken so long.
const SLICE_TIME: Duration = Duration::from_millis(8);
/// The most traces of one slice.
const SLICE_MAX: usize = 2048;
/// What a slice counts for in the writer's queue.
const SLICE_BYTES: usize = 64 * 1024;
/// The longest rest between two slices.
const REST_MAX: Duration = Duration::from_millis(20);
/// How long a deletion waits for the write-ahead log to become shorter before it looks again.
const LOG_PAUSE: Duration = Duration::from_millis(50);

impl SqliteStore {
    pub(super) async fn delete(
        &self,
        experiment: ExperimentId,
        which: DeleteTraces,
    ) -> StoreResult<Vec<TraceId>> {
        let (mut trace_nos, up_to) = match which {
            DeleteTraces::Ids(ids) => {
                let keys: Vec<Vec<u8>> = ids.iter().map(key_of).collect();
                let mut reader = self.reader().await?;
                let found = self.trace_nos(&mut reader, &keys).await?;
                (found.into_values().collect::<Vec<i64>>(), None)
            }
            DeleteTraces::UpTo { time, limit } => {
                let limit = limit.map_or(usize::MAX, |limit| limit as usize);
                (self.oldest(experiment, time.0, limit).await?, Some(time.0))
            }
        };
        // In order of arrival: neighbours share pages, and ranges of them go at once.
        trace_nos.sort_unstable();
        trace_nos.dedup();
        let store = self.clone();
        let deletion =
            tokio::spawn(async move { store.delete_all(experiment, trace_nos, up_to).await });
        deletion
            .await
            .map_err(|_| internal("deleting traces failed"))?
    }

    async fn delete_all(
        &self,
        experiment: ExperimentId,
        trace_nos: Vec<i64>,
        up_to: Option<i64>,
    ) -> StoreResult<Vec<TraceId>> {
        let mut deleted = Vec::new();
        let mut at = 0;
        while at < trace_nos.len() {
            while self.shared.wal.is_long() {
                tokio::time::sleep(LOG_PAUSE).await;
            }
            let end = trace_nos.len().min(at + SLICE_MAX);
            let slice = Slice {
                experiment,
                up_to,
                trace_nos: trace_nos[at..end].to_vec(),
            };
            let begun = Instant::now();
            let (done, ids) = self
                .writer
                .write_patiently(SLICE_BYTES, move |tx| {
                    Box::pin(async move { slice.delete(tx).await })
                })
                .await?;
            at += done;
            deleted.extend(ids);
            if at < trace_nos.len() {
                // As long a rest as the slice and its commit took: processors and disk are for those who wait for an answer.
                tokio::time::sleep(begun.elapsed().min(REST_MAX)).await;
            }
        }
        Ok(deleted)
    }
}

/// Traces to delete in one transaction, as far as time allows.
struct Slice {
    experiment: ExperimentId,
    up_to: Option<i64>,
    trace_nos: Vec<i64>,
}

impl Slice {
    /// Deletes the first of them and says how many were looked at and which are gone.
    async fn delete(self, tx: &mut WriteTx) -> StoreResult<(usize, Vec<TraceId>)> {
        let begin = Instant::now();
        let (mut done, mut ids) = (0, Vec::new());
        for batch in self.trace_nos.chunks(BATCH) {
            let mut doomed = rows::load(&mut tx.connection, batch).await?;
            // Checked here because a trace may move between the look-up and the deletion.
            doomed.retain(|trace| {
                trace.info.experiment_id == self.experiment
                    && self
                        .up_to
                        .is_none_or(|time| trace.info.request_time.0 <= time)
            });
            doomed.sort_unstable_by_key(|trace| trace.trace_no);
            delete_batch(tx, &doomed).await?;
            ids.extend(doomed.into_iter().map(|trace| trace.info.trace_id));
            done += batch.len();
            if begin.elapsed() >= SLICE_TIME {
                break;
            }
        }
        tx.note_delete_slice(begin.elapsed());
        Ok((done, ids))
    }
}

/// Deletes traces that are sorted by number.
async fn delete_batch(tx: &mut WriteTx, doomed: &[StoredTrace]) -> StoreResult<()> {
    if doomed.is_empty() {
        return Ok(());
    }
    forget_traces(tx, doomed).await?;
    let trace_nos = || doomed.iter().map(|trace| trace.trace_no);
    let head = "delete from assessment where trace_no in (";
    if delete_in(tx, head, trace_nos().collect()).await? > 0 {
        tx.note_rated();
    }
    let head = "delete from trace_run where trace_no in (";
    if delete_in(tx, head, trace_nos().collect()).await? > 0 {
        tx.note_linked();
    }
    for head in [
        "delete from trace_prompt where trace_no in (",
        "delete from changed_trace where trace_no in (",
    ] {
        delete_in(tx, head, trace_nos().collect()).await?;
    }
    let head = "insert into dead_key (trace_key) ";
    let keys = doomed.iter().map(|trace| key_of(&trace.info.trace_id));
    insert_rows(&mut tx.connection, head, keys, |values, key| {
        values.push_bind(key);
    })
    .await?;
    for run in runs(trace_nos()) {
        let (first, _) = block_keys(run.start);
        let (end, _) = block_keys(run.end);
        for (delete, from, to) in [
            (
                "delete from span_head where block_key >= ?1 and block_key < ?2",
                first,
                end,
            ),
            (
                "delete from span_body where block_key >= ?1 and block_key < ?2",
                first,
                end,
            ),
            (
                "delete from trace where trace_no >= ?1 and trace_no < ?2",
                run.start,
                run.end,
            ),
        ] {
            sqlx::query(delete)
                .bind(from)
                .bind(to)
                .execute(&mut tx.connection)
                .await
                .map_err(database)?;
        }
    }
    Ok(())
}

/// Runs of consecutive numbers among ascending ones.
fn runs(numbers: impl Iterator<Item = i64>) -> Vec<Range<i64>> {
    let mut runs: Vec<Range<i64>> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some(run) if run.end == number => run.end += 1,
            _ => runs.push(number..number + 1),
        }
    }
    runs
}

/// Deletes rows of these traces and tells how many there were.
async fn delete_in(tx: &mut WriteTx, head: &'static str, numbers: Vec<i64>) -> StoreResult<u64> {
    let mut query = QueryBuilder::<Sqlite>::new(head);
    let mut list = query.separated(", ");
    // Filled up with nulls, which equal nothing, so that it is one statement whatever the number.
    for place in 0..BATCH.max(numbers.len()) {
        list.push_bind(numbers.get(place).copied());
    }
    query.push(")");
    let done = query
        .build()
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    Ok(done.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_go_together() {
        assert_eq!(runs([].into_iter()), []);
        assert_eq!(runs([3, 4, 5, 7, 9, 10].into_iter()), [3..6, 7..8, 9..11]);
    }
}
