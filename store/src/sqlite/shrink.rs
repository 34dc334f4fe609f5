//! Giving free space of the file back to the system. While a store is in use free pages are used again instead: moving pages out of
//! the way would cost what writing them cost, and the space is wanted again by what arrives next.

use std::path::Path;

use sqlx::Connection;

use super::schema;
use crate::error::OpenError;
use crate::lock::FileLock;

/// Writes the file anew.
pub(crate) async fn shrink(path: &Path) -> Result<u64, OpenError> {
    let _lock = FileLock::take(path)?;
    let mut connection = schema::open_for_check(path).await?;
    let failed = |source: sqlx::Error| OpenError::Database {
        path: path.to_owned(),
        source: Box::new(source),
    };
    for statement in [
        // The copy is as large as what is in use: not in memory.
        "pragma temp_store = file",
        "vacuum",
        "pragma wal_checkpoint(truncate)",
    ] {
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .map_err(failed)?;
    }
    connection.close().await.map_err(failed)?;
    let about = std::fs::metadata(path).map_err(|error| failed(error.into()))?;
    Ok(about.len())
}
