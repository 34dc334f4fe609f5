//! The writer's house-keeping between commits: recounting traces, merging trace keys. Each step is short, so that no
//! caller waits long.

use std::collections::HashMap;
use std::time::Duration;

use domain::store::StoreResult;
use tokio::time::Instant;

use super::Shared;
use super::live::Changes;
use super::recount;
use super::tx::WriteTx;

/// How long a growing trace waits for its recount unless somebody looks at it.
const RECOUNT_AFTER: Duration = Duration::from_millis(250);

/// What is to be done and when.
#[derive(Default)]
pub(crate) struct Maintenance {
    /// When each stale trace became so.
    stale_since: HashMap<i64, Instant>,
}

impl Maintenance {
    /// Takes note of what was committed.
    pub(crate) fn note(&mut self, changes: &Changes) {
        for (trace_no, is_stale) in &changes.stale {
            if *is_stale {
                self.stale_since.entry(*trace_no).or_insert_with(Instant::now);
            } else {
                self.stale_since.remove(trace_no);
            }
        }
    }

    /// How long the writer may wait for work; `None` for ever.
    pub(crate) fn pause(&self, _shared: &Shared) -> Option<Duration> {
        let oldest = self.stale_since.values().min()?;
        Some(RECOUNT_AFTER.saturating_sub(oldest.elapsed()))
    }

    /// Whether something is to be done now.
    pub(crate) fn is_due(&self, _shared: &Shared) -> bool {
        self.stale_since.values().any(|since| since.elapsed() >= RECOUNT_AFTER)
    }

    /// Does one short step.
    pub(crate) async fn run(&mut self, tx: &mut WriteTx) -> StoreResult<()> {
        let due = self.stale_since.iter().filter(|(_, since)| since.elapsed() >= RECOUNT_AFTER);
        let due: Vec<i64> = due.map(|(trace_no, _)| *trace_no).take(256).collect();
        if !due.is_empty() {
            self.recount(tx, &due).await?;
        }
        Ok(())
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
        let committed = match tx.end_job(recounted).await {
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

    /// Does what is worth doing before the file is closed.
    pub(crate) async fn finish(&mut self, tx: &mut WriteTx) -> StoreResult<()> {
        let stale: Vec<i64> = self.stale_since.keys().copied().collect();
        if !stale.is_empty() {
            self.recount(tx, &stale).await?;
        }
        Ok(())
    }
}
