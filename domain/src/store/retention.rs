//! What retention must know of a store.

use async_trait::async_trait;

use super::StoreResult;
use crate::ids::ExperimentId;
use crate::time::UnixMillis;

/// What a store takes on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DiskUse {
    /// Bytes of the database, space that is free for new traces included.
    pub file_bytes: u64,
    /// Bytes of the database that hold something.
    pub used_bytes: u64,
    /// Traces of all experiments.
    pub traces: u64,
}

/// How busy a store's writer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WriteQueue {
    /// Writes that wait.
    pub waiting: u64,
    /// Writes that can wait before more are refused.
    pub max: u64,
}

/// Sizes and ages over all experiments, deleted ones included.
#[async_trait]
pub trait RetentionStore: Send + Sync {
    /// What the store takes on disk now. Index data of traces deleted a moment ago may still be counted.
    async fn disk_use(&self) -> StoreResult<DiskUse>;

    /// Writes that wait at this moment.
    fn write_queue(&self) -> WriteQueue;

    /// How many traces of an experiment began at a time or before.
    async fn count_up_to(&self, experiment: ExperimentId, time: UnixMillis) -> StoreResult<u64>;

    /// When the `rank`-th oldest trace of all experiments began, counted from 1; the newest of all if there are fewer, `None`
    /// if there are none. Takes memory for `rank` traces.
    async fn nth_oldest_start(&self, rank: u32) -> StoreResult<Option<UnixMillis>>;
}
