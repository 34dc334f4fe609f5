//! What the store takes on disk, for retention by size.

use async_trait::async_trait;
use domain::ids::ExperimentId;
use domain::store::{DiskUse, RetentionStore, StoreResult, WriteQueue};
use domain::time::UnixMillis;

use super::SqliteStore;
use crate::error::database;

#[async_trait]
impl RetentionStore for SqliteStore {
    async fn disk_use(&self) -> StoreResult<DiskUse> {
        let mut reader = self.reader().await?;
        let mut numbers = [0i64; 3];
        for (number, statement) in numbers.iter_mut().zip([
            "pragma page_size",
            "pragma page_count",
            "pragma freelist_count",
        ]) {
            *number = sqlx::query_scalar(statement)
                .fetch_one(&mut *reader)
                .await
                .map_err(database)?;
        }
        let traces: i64 =
            sqlx::query_scalar("select coalesce(sum(trace_count), 0) from experiment")
                .fetch_one(&mut *reader)
                .await
                .map_err(database)?;
        let [page_bytes, pages, free] = numbers.map(|number| u64::try_from(number).unwrap_or(0));
        Ok(DiskUse {
            file_bytes: pages * page_bytes,
            used_bytes: pages.saturating_sub(free) * page_bytes,
            traces: u64::try_from(traces).unwrap_or(0),
        })
    }

    fn write_queue(&self) -> WriteQueue {
        let (waiting, max) = self.writer.queue();
        WriteQueue {
            waiting: waiting as u64,
            max: max as u64,
        }
    }

    async fn count_up_to(&self, experiment: ExperimentId, time: UnixMillis) -> StoreResult<u64> {
        let found = self.oldest(experiment, time.0, usize::MAX).await?;
        Ok(found.len() as u64)
    }

    async fn nth_oldest_start(&self, rank: u32) -> StoreResult<Option<UnixMillis>> {
        self.nth_oldest(rank as usize).await
    }
}
