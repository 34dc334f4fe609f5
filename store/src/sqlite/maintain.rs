//! The writer's house-keeping between commits: recounting traces, bringing their blocks together, merging trace
//! keys. Each step is short, so that no
//! caller waits long.

mod dead_keys;

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use domain::store::StoreResult;
use tokio::time::Instant;

use super::live::{Changes, set_number};
use super::{Shared, compact, recount};

use super::sql::insert_rows;
use super::tx::WriteTx;

/// How long a growing trace waits for its recount unless somebody looks at it.
const RECOUNT_AFTER: Duration = Duration::from_millis(250);
/// Traces recounted in one step.
const RECOUNTS: usize = 256;
/// Keys are merged when so many wait: each page of the tree then takes several of them.
const KEYS_FULL: usize = 32 * 1024;
/// Keys merged in one step.
const KEYS_STEP: usize = 2048;

/// What is to be done and when.
pub(crate) struct Maintenance {
    /// When each stale trace became so.
    stale_since: HashMap<i64, Instant>,
    merging: Option<KeyMerge>,
    draining: Option<dead_keys::Drain>,
    /// Traces with many blocks.
    crowded: BTreeSet<i64>,
}

/// Keys on their way into `trace_key`.
struct KeyMerge {
    /// Sorted, so that neighbours share pages; the last first.
    keys: Vec<(Vec<u8>, i64)>,
    /// All traces below this number.
    merged_to: i64,
}

impl Maintenance {
    /// What a store that was just opened has to do.
    pub(crate) fn new(shared: &Shared) -> Self {
        let now = Instant::now();
        let stale = shared
            .live
            .read()
            .stale
            .iter()
            .map(|trace_no| (*trace_no, now))
            .collect();
        Self {
            stale_since: stale,
            merging: None,
            draining: None,
            crowded: BTreeSet::new(),
        }
    }

    /// Takes note of what was committed.
    pub(crate) fn note(&mut self, changes: &Changes) {
        for (trace_no, is_stale) in &changes.stale {
            if *is_stale {
                self.stale_since
                    .entry(*trace_no)
                    .or_insert_with(Instant::now);
            } else {
                self.stale_since.remove(trace_no);
            }
        }
        self.crowded.extend(&changes.crowded);
    }

    /// How long the writer may wait for work; `None` for ever.
    pub(crate) fn pause(&self, shared: &Shared) -> Option<Duration> {
        if self.has_keys_to_merge(shared) || self.has_dead_keys(shared) || !self.crowded.is_empty()
        {
            return Some(Duration::ZERO);
        }
        let oldest = self.stale_since.values().min()?;
        Some(RECOUNT_AFTER.saturating_sub(oldest.elapsed()))
    }

    /// Whether something is to be done now.
    pub(crate) fn is_due(&self, shared: &Shared) -> bool {
        self.has_keys_to_merge(shared)
            || self.has_dead_keys(shared)
            || !self.crowded.is_empty()
            || self
                .stale_since
                .values()
                .any(|since| since.elapsed() >= RECOUNT_AFTER)
    }

    fn has_keys_to_merge(&self, shared: &Shared) -> bool {
        self.merging.is_some() || shared.live.read().keys.len() >= KEYS_FULL
    }

    fn has_dead_keys(&self, shared: &Shared) -> bool {
        self.draining.is_some() || shared.live.read().dead_keys >= dead_keys::FULL
    }

    /// Does one short step.
    pub(crate) async fn run(&mut self, tx: &mut WriteTx) -> StoreResult<()> {
        let due = self
            .stale_since
            .iter()
            .filter(|(_, since)| since.elapsed() >= RECOUNT_AFTER);
        let due: Vec<i64> = due.map(|(trace_no, _)| *trace_no).take(RECOUNTS).collect();
        if !due.is_empty() {
            self.recount(tx, &due).await?;
        }
        if let Some(trace_no) = self.crowded.pop_first() {
            self.compact(tx, trace_no).await?;
        }
        if self.has_keys_to_merge(&tx.shared) {
            self.merge_keys(tx, KEYS_STEP).await?;
        } else if self.has_dead_keys(&tx.shared) {
            self.drain_dead_keys(tx).await?;
        }
        Ok(())
    }

    async fn drain_dead_keys(&mut self, tx: &mut WriteTx) -> StoreResult<()> {
        if self.draining.is_none() {
            self.draining = dead_keys::Drain::begin(&mut tx.connection).await?;
        }
        let Some(drain) = &mut self.draining else {
            tx.shared.live.write().dead_keys = 0;
            return Ok(());
        };
        match drain.step(tx).await {
            Ok(None) => Ok(()),
            Ok(Some(count)) => {
                self.draining = None;
                let mut live = tx.shared.live.write();
                live.dead_keys = live.dead_keys.saturating_sub(count);
                Ok(())
            }
            Err(error) => {
                self.draining = None;
                tx.rollback().await?;
                Err(error)
            }
        }
    }

    /// Does what is worth doing before the file is closed.
    pub(crate) async fn finish(&mut self, tx: &mut WriteTx) -> StoreResult<()> {
        let stale: Vec<i64> = self.stale_since.keys().copied().collect();
        if !stale.is_empty() {
            self.recount(tx, &stale).await?;
        }
        if tx.shared.live.read().keys.is_empty() {
            return Ok(());
        }
        self.merge_keys(tx, usize::MAX).await
    }

    async fn recount(&mut self, tx: &mut WriteTx, due: &[i64]) -> StoreResult<()> {
        for trace_no in due {
            self.stale_since.remove(trace_no);
        }
        tx.begin().await?;
        let recounted = match tx.begin_job().await {
            Ok(()) => recount::recount(tx, due).await,
            Err(error) => Err(error),
        };
        self.end(tx, recounted).await
    }

    async fn compact(&mut self, tx: &mut WriteTx, trace_no: i64) -> StoreResult<()> {
        tx.begin().await?;
        let compacted = match tx.begin_job().await {
            Ok(()) => compact::compact(tx, trace_no).await,
            Err(error) => Err(error),
        };
        self.end(tx, compacted).await
    }

    /// Commits what a step did, or takes it back.
    async fn end(&mut self, tx: &mut WriteTx, outcome: StoreResult<()>) -> StoreResult<()> {
        let committed = match tx.end_job(outcome).await {
            Ok(()) => tx.commit().await,
            Err(error) => Err(error),
        };
        match committed {
            Ok(committed) => {
                self.note(&committed.changes);
                tx.shared.live.write().apply(committed.changes);
                Ok(())
            }
            Err(error) => {
                tx.rollback().await?;
                Err(error)
            }
        }
    }

    /// Merges up to so many keys.
    async fn merge_keys(&mut self, tx: &mut WriteTx, count: usize) -> StoreResult<()> {
        let shared = std::sync::Arc::clone(&tx.shared);
        let merge = self.merging.get_or_insert_with(|| {
            let live = shared.live.read();
            let mut keys: Vec<(Vec<u8>, i64)> = live
                .keys
                .iter()
                .map(|(key, trace_no)| (key.clone(), *trace_no))
                .collect();
            keys.sort_unstable_by(|a, b| b.cmp(a));
            let newest = keys.iter().map(|(_, trace_no)| *trace_no).max();
            KeyMerge {
                keys,
                merged_to: newest.map_or(0, |newest| newest + 1),
            }
        });
        let rest = merge.keys.len().saturating_sub(count);
        let mut step = merge.keys.split_off(rest);
        {
            // Traces that were deleted since are not merged.
            let live = shared.live.read();
            step.retain(|(key, trace_no)| live.keys.get(key) == Some(trace_no));
        }
        let done = merge.keys.is_empty().then_some(merge.merged_to);
        let written = write_keys(tx, step, done).await;
        if written.is_err() {
            self.merging = None;
            tx.rollback().await?;
            return written;
        }
        if let Some(merged_to) = done {
            self.merging = None;
            shared
                .live
                .write()
                .keys
                .retain(|_, trace_no| *trace_no >= merged_to);
        }
        Ok(())
    }
}

async fn write_keys(
    tx: &mut WriteTx,
    mut keys: Vec<(Vec<u8>, i64)>,
    merged_to: Option<i64>,
) -> StoreResult<()> {
    keys.reverse();
    tx.begin().await?;
    let head = "insert or replace into trace_key (trace_key, trace_no) ";
    insert_rows(&mut tx.connection, head, keys, |values, (key, trace_no)| {
        values.push_bind(key).push_bind(trace_no);
    })
    .await?;
    if let Some(merged_to) = merged_to {
        set_number(&mut tx.connection, "keys_merged_to", merged_to).await?;
    }
    tx.commit().await?;
    Ok(())
}
