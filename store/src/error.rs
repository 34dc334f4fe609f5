//! Errors: why a store cannot be opened, and how failures of the database and of stored bytes become the domain's
//! [`StoreError`]. Texts of the database never leave this crate but inside [`StoreError::Database`], which servers log and do
//! not show.

use std::path::PathBuf;

use domain::store::StoreError;

use crate::bytes::Damaged;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("{} is in use{}", path.display(), holder.map(|pid| format!(" by process {pid}")).unwrap_or_default())]
    Locked {
        /// The database.
        path: PathBuf,
        /// The process that holds it, if it could be read.
        holder: Option<u32>,
    },
    /// The lock file could not be made.
    #[error("cannot lock {}: {source}", path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A newer version of Spanfall has written it.
    #[error("{} has schema version {found}, this program knows versions up to {known}: use the newer program", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// The version in the file.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// The file is a database of something else.
    #[error("{} is a database, but not one of Spanfall", path.display())]
    Foreign {
        /// The database.
        path: PathBuf,
    },
    /// The migrations failed.
    #[error("cannot bring {} to the current schema: {source}", path.display())]
    Migrate {
        /// The database.
        path: PathBuf,
        /// Why.
        source: Box<sqlx::migrate::MigrateError>,
    },
    /// The database could not be opened or read.
    #[error("cannot open {}: {source}", path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A failure of the database.
pub(crate) fn database(error: sqlx::Error) -> StoreError {
    StoreError::Database(Box::new(error))
}

/// A failure of the store itself, in words.
pub(crate) fn internal(message: &'static str) -> StoreError {
    StoreError::Database(message.into())
}

/// Stored data that cannot be read.
pub(crate) fn inconsistent(
    table: &'static str,
    column: &'static str,
    row: impl ToString,
) -> StoreError {
    StoreError::Inconsistent {
        table,
        column,
        row: row.to_string(),
    }
}

/// Names the place of damaged bytes.
pub(crate) trait At<T> {
    /// `StoreError::Inconsistent` with this place.
    fn at(self, table: &'static str, column: &'static str, row: i64) -> Result<T, StoreError>;
}

impl<T> At<T> for Result<T, Damaged> {
    fn at(self, table: &'static str, column: &'static str, row: i64) -> Result<T, StoreError> {
        self.map_err(|damage| {
            tracing::error!(table, column, row, "{damage}");
            inconsistent(table, column, row)
        })
    }
}
