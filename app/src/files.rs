//! Files of runs, which the server keeps beside the store: what the viewer asks of them.
//!
//! The viewer knows no folder; the server puts something that answers into context.

use std::pin::Pin;

use crate::error::AppError;

/// An answer that takes time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, AppError>> + Send + 'a>>;

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The last part of its path.
    pub name: String,
    /// Bytes of a file, `None` for a folder.
    pub bytes: Option<u64>,
}

/// The beginning of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    /// The first bytes.
    pub bytes: Vec<u8>,
    /// How long the whole is.
    pub whole: u64,
}

/// Files by their paths on the wire.
pub trait Files: Send + Sync {
    /// The entries of a folder, sorted by name; empty if there is no such folder.
    fn list<'a>(&'a self, folder: &'a str) -> Answer<'a, Vec<Entry>>;

    /// The first `most` bytes of a file; `None` if there is none.
    fn beginning<'a>(&'a self, path: &'a str, most: u64) -> Answer<'a, Option<Beginning>>;
}
