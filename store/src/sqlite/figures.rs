//! Figures about the store's own work since it was opened: how long others had to wait for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::SqliteStore;

/// How a store has fared since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// The longest that one slice of a deletion kept the writer, without the commit.
    pub longest_delete_slice: Duration,
    /// The longest that one slice of a deletion kept the writer, with the commit and whatever else was in it.
    pub longest_delete_commit: Duration,
    /// The longest time from the begin of any transaction to its end.
    pub longest_transaction: Duration,
    /// The most bytes of the write-ahead log that were in use at once.
    pub wal_bytes_max: u64,
}

/// The same while it is counted.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    delete_slice_micros: AtomicU64,
    delete_commit_micros: AtomicU64,
    transaction_micros: AtomicU64,
    wal_bytes: AtomicU64,
}

impl Counters {
    pub(crate) fn note_delete_slice(&self, took: Duration) {
        self.delete_slice_micros
            .fetch_max(micros(took), Ordering::Relaxed);
    }

    pub(crate) fn note_delete_commit(&self, took: Duration) {
        self.delete_commit_micros
            .fetch_max(micros(took), Ordering::Relaxed);
    }

    pub(crate) fn note_transaction(&self, took: Duration) {
        self.transaction_micros
            .fetch_max(micros(took), Ordering::Relaxed);
    }

    pub(crate) fn note_wal(&self, bytes: u64) {
        self.wal_bytes.fetch_max(bytes, Ordering::Relaxed);
    }
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

impl SqliteStore {
    /// The figures up to now.
    pub fn figures(&self) -> Figures {
        let counters = &self.shared.counters;
        let micros = |counter: &AtomicU64| Duration::from_micros(counter.load(Ordering::Relaxed));
        Figures {
            longest_delete_slice: micros(&counters.delete_slice_micros),
            longest_delete_commit: micros(&counters.delete_commit_micros),
            longest_transaction: micros(&counters.transaction_micros),
            wal_bytes_max: counters.wal_bytes.load(Ordering::Relaxed),
        }
    }

    /// Begins the figures anew, for who measures one thing only.
    pub fn reset_figures(&self) {
        let counters = &self.shared.counters;
        for counter in [
            &counters.delete_slice_micros,
            &counters.delete_commit_micros,
            &counters.transaction_micros,
            &counters.wal_bytes,
        ] {
            counter.store(0, Ordering::Relaxed);
        }
    }
}
