//! Opening connections: pragmas, migrations, and refusing files that are not ours or not ours to write.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::error::OpenError;
use crate::options::OpenOptions;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// `SPFL`: marks the file as ours, for `file` and for us.
const APPLICATION_ID: i64 = 0x5350_464c;

/// Bodies of small traces are 2 to 5 KB. Pages of 8 KiB waste up to half of their space on such rows (measured: 449 bytes a
/// span), pages of 16 KiB a tenth (378 bytes).
pub(super) const PAGE_BYTES: u32 = 16 * 1024;

/// Cached pages of the writer, in KiB: the upper pages of the trees and the tail of the trace keys.
const WRITER_CACHE_KIB: u32 = 24 * 1024;
/// The same of a reader.
const READER_CACHE_KIB: u32 = 6 * 1024;

/// Opens the writing connection, making and migrating the file.
pub(super) async fn open_writer(options: &OpenOptions) -> Result<SqliteConnection, OpenError> {
    let path = &options.path;
    let connect = base_options(path)
        .create_if_missing(true)
        .pragma("cache_size", format!("-{WRITER_CACHE_KIB}"))
        // See `checkpoint`.
        .pragma("wal_autocheckpoint", "0")
        .pragma("journal_size_limit", "67108864")
        .statement_cache_capacity(256);
    let mut connection = connected(connect, path).await?;
    MIGRATIONS
        .run(&mut connection)
        .await
        .map_err(|source| OpenError::Migrate {
            path: path.clone(),
            source: Box::new(source),
        })?;
    sqlx::query("pragma application_id = 1397769804")
        .execute(&mut connection)
        .await
        .map_err(|error| failed(path, error))?;
    sqlx::query(
        "insert or ignore into experiment
            (experiment_id, name, artifact_location, lifecycle, creation_time_ms, last_update_time_ms)
        values (0, 'Default', 'mlflow-artifacts:/0', 'active', ?1, ?1)",
    )
    .bind(options.now.0)
    .execute(&mut connection)
    .await
    .map_err(|error| failed(path, error))?;
    Ok(connection)
}

/// Opens a file for a check: it must be there and is not migrated.
pub(super) async fn open_for_check(path: &Path) -> Result<SqliteConnection, OpenError> {
    let connect = base_options(path).create_if_missing(false);
    connected(connect, path).await
}

/// Connects to a file of this program, and to none that a later version of it has written.
async fn connected(
    connect: SqliteConnectOptions,
    path: &Path,
) -> Result<SqliteConnection, OpenError> {
    let connected = connect.connect().await;
    let mut connection = connected.map_err(|error| failed(path, error))?;
    refuse_foreign(&mut connection, path).await?;
    refuse_newer(&mut connection, path).await?;
    Ok(connection)
}

/// Opens the connection that copies the log into the main file. The writer must have been opened before.
pub(super) async fn open_for_checkpoints(
    options: &OpenOptions,
) -> Result<SqliteConnection, OpenError> {
    let connect = base_options(&options.path)
        .pragma("cache_size", "-64")
        .pragma("wal_autocheckpoint", "0");
    let connected = connect.connect().await;
    connected.map_err(|error| failed(&options.path, error))
}

/// Opens the pool of readers. The writer must have been opened before.
pub(super) async fn open_readers(options: &OpenOptions) -> Result<SqlitePool, OpenError> {
    let connect = base_options(&options.path)
        .read_only(true)
        .pragma("cache_size", format!("-{READER_CACHE_KIB}"));
    SqlitePoolOptions::new()
        .max_connections(options.readers.clamp(1, 64))
        .min_connections(1)
        .connect_with(connect)
        .await
        .map_err(|error| failed(&options.path, error))
}

fn base_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .page_size(PAGE_BYTES)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .pragma("temp_store", "memory")
        .pragma("mmap_size", "0")
        // A page of rows comes without waiting for its reader between.
        .row_buffer_size(128)
        .disable_statement_logging()
}

async fn refuse_foreign(connection: &mut SqliteConnection, path: &Path) -> Result<(), OpenError> {
    let id: i64 = sqlx::query_scalar("pragma application_id")
        .fetch_one(&mut *connection)
        .await
        .map_err(|error| failed(path, error))?;
    let tables: i64 = sqlx::query_scalar("select count(*) from sqlite_schema")
        .fetch_one(connection)
        .await
        .map_err(|error| failed(path, error))?;
    if id == APPLICATION_ID || tables == 0 {
        return Ok(());
    }
    Err(OpenError::Foreign {
        path: path.to_owned(),
    })
}

async fn refuse_newer(connection: &mut SqliteConnection, path: &Path) -> Result<(), OpenError> {
    let known = MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0);
    let has_table: i64 =
        sqlx::query_scalar("select count(*) from sqlite_schema where name = '_sqlx_migrations'")
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| failed(path, error))?;
    if has_table == 0 {
        return Ok(());
    }
    let found: i64 = sqlx::query_scalar("select coalesce(max(version), 0) from _sqlx_migrations")
        .fetch_one(connection)
        .await
        .map_err(|error| failed(path, error))?;
    if found <= known {
        return Ok(());
    }
    Err(OpenError::Newer {
        path: path.to_owned(),
        found,
        known,
    })
}

fn failed(path: &Path, error: sqlx::Error) -> OpenError {
    OpenError::Database {
        path: path.to_owned(),
        source: Box::new(error),
    }
}

/// Closes the writing connection with everything in the main file.
pub(super) async fn close_writer(mut connection: SqliteConnection) {
    for statement in ["pragma optimize", "pragma wal_checkpoint(truncate)"] {
        if let Err(error) = sqlx::query(statement).execute(&mut connection).await {
            tracing::warn!("{statement} at close: {error}");
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!("closing the database: {error}");
    }
}
