//! Trace storage of Spanfall: the traits of [`domain::store`] over SQLite.
//!
//! ```text
//! callers ──► ingest: facts, columns, zstd ──► bounded queue ──► writer: one transaction for all that waits ──► answers
//!    │                                                              │
//!    └──► readers: pool of read-only connections                    └──► live state in memory: newest traces, index
//! ```
//!
//! * Spans are held in compressed columns, one block a trace and commit.
//! * A trace's row is a summary; everything the list of traces shows is in it.
//! * The search index is a set of immutable column segments; traces that are newer than the segments, or have changed
//!   since, are kept in memory and looked at directly.
//! * What spans say is found by a text index in a file of its own, fed behind ingest.
//!
//! SQL is under `sqlite`; everything else here knows nothing of it. HTTP and wire formats are not in this crate.

use std::path::Path;

mod background;
mod block;
mod bytes;
mod compress;
mod error;
mod index;
mod key;
mod lock;
mod options;
pub mod page_token;
mod place;
mod preset;
mod sqlite;
mod summary;
mod terms;
mod text;
mod token;
mod tuples;
mod words;

pub use error::OpenError;
pub use options::OpenOptions;
pub use sqlite::SqliteStore;
pub use sqlite::check::CheckReport;
pub use sqlite::figures::Figures;

/// Opens a store, making it if the file is not there.
///
/// # Errors
/// If another process holds it, if a newer version wrote it, if it is not a store, or if the database fails.
pub async fn open(options: OpenOptions) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(options).await
}

/// Writes the file of a store that no process has open anew, without the space that is free in it, and gives its size in bytes.
/// Needs that much room on the disk while it works.
///
/// # Errors
/// As [`open`], and if the disk is full; the store is as it was then.
pub async fn shrink(path: &Path) -> Result<u64, OpenError> {
    sqlite::shrink::shrink(path).await
}

/// Looks at everything in a store that no process has open: whether the file is sound, every span can be read, and all that is
/// derived from other data agrees with it. Changes nothing.
///
/// # Errors
/// If the file cannot be opened. What is wrong inside is in the report.
pub async fn check(path: &Path) -> Result<CheckReport, OpenError> {
    sqlite::check::check(path).await
}
