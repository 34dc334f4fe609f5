//! What a caller decides about a store.

use std::path::PathBuf;
use std::time::Duration;

use domain::time::UnixMillis;

/// How to open a store.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// The SQLite file; made if it is not there. Beside it stand `-wal`, `-shm` and `.lock`.
    pub path: PathBuf,
    /// The time, for the experiment `Default` of a new store.
    pub now: UnixMillis,
    /// Connections for reading, 1 to 64; each is a thread.
    pub readers: u32,
    /// Bytes of prepared writes that may wait; beyond it writes are refused as busy. At least 1 MiB.
    pub queue_bytes: usize,
    /// Writes that may wait, counted.
    pub queue_length: usize,
    /// Bytes of index parts kept in memory.
    pub index_cache_bytes: usize,
    /// Fewer traces than this wait before the text index takes them; at least 1. Searches in the text of spans look at each
    /// of them.
    pub text_wait: usize,
    /// A search or count that has to look at many traces one by one ends after this time with what it has found.
    pub look_time: Duration,
}

impl OpenOptions {
    /// The defaults for a file.
    pub fn new(path: impl Into<PathBuf>, now: UnixMillis) -> Self {
        Self {
            path: path.into(),
            now,
            readers: 4,
            queue_bytes: 32 << 20,
            queue_length: 4096,
            index_cache_bytes: 48 << 20,
            text_wait: 1024,
            look_time: Duration::from_secs(3),
        }
    }
}
