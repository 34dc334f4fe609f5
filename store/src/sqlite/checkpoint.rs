//! Brings what is in the write-ahead log into the main file, beside the writer. Inside the writer's commits a checkpoint of 32 MB
//! would keep everybody waiting (measured: 58 ms at the 99th percentile of ingest requests instead of about 20).
//!
//! Most of a checkpoint needs no lock: a connection of its own copies pages while the writer goes on. Only when little is left does
//! the writer copy the rest between two transactions; the log then begins anew with its next one, unless a reader still looks at
//! it. If readers prevent that for long, the writer waits for them, but for moments only.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use domain::store::StoreResult;
use sqlx::{Connection, Row, SqliteConnection};
use tokio::sync::{Notify, watch};

use super::Shared;
use super::task::TaskHandle;
use crate::error::database;

/// A checkpoint is worth it from so many pages on: pages that are written often are then copied once.
const PAGES_MIN: i64 = 2000;
/// What the writer may copy without anybody noticing.
const PAGES_LEFT_MAX: i64 = 256;
/// From so many pages on the writer waits for readers so that the log can begin anew.
const PAGES_RESTART: i64 = 8192;
/// The log holds no more than this: further writes are refused as busy until it has been emptied.
const PAGES_MAX: u64 = 28_000;
/// Rounds of copying before the rest is left to the writer.
const ROUNDS: usize = 5;
/// How often the log is looked at while there are commits.
const LOOK_EVERY: Duration = Duration::from_millis(25);
/// Bytes of a page in the log.
const FRAME_BYTES: u64 = super::schema::PAGE_BYTES as u64 + 24;

/// What the writer is asked to do between two transactions.
mod request {
    pub(super) const NOTHING: u8 = 0;
    pub(super) const FINISH: u8 = 1;
    pub(super) const RESTART: u8 = 2;
}

/// What the writer and the task know of each other.
#[derive(Debug, Default)]
pub(crate) struct Wal {
    committed: Notify,
    request: AtomicU8,
    pages: AtomicU64,
}

impl Wal {
    /// Says that there was a commit.
    pub(crate) fn note_commit(&self) {
        self.committed.notify_one();
    }

    /// Whether the log is so long that writes must wait.
    pub(crate) fn is_full(&self) -> bool {
        self.pages.load(Ordering::Relaxed) > PAGES_MAX
    }

    /// Whether the log is so long that house-keeping must wait.
    pub(crate) fn is_long(&self) -> bool {
        self.pages.load(Ordering::Relaxed) > PAGES_MAX / 2
    }

    /// The writer's share; called between transactions.
    pub(crate) async fn serve_request(&self, writer: &mut SqliteConnection) -> StoreResult<()> {
        let statements: &[&'static str] =
            match self.request.swap(request::NOTHING, Ordering::Relaxed) {
                request::FINISH => &["pragma wal_checkpoint(passive)"],
                request::RESTART => &[
                    "pragma busy_timeout(30)",
                    "pragma wal_checkpoint(restart)",
                    "pragma busy_timeout(5000)",
                ],
                _ => return Ok(()),
            };
        for statement in statements {
            sqlx::query(*statement)
                .fetch_optional(&mut *writer)
                .await
                .map_err(database)?;
        }
        self.note_commit();
        Ok(())
    }
}

/// Starts the task on a connection of its own.
pub(crate) fn start(connection: SqliteConnection, shared: Arc<Shared>) -> TaskHandle {
    TaskHandle::start(|closing| run(connection, shared, closing))
}

async fn run(
    mut connection: SqliteConnection,
    shared: Arc<Shared>,
    mut closing: watch::Receiver<bool>,
) {
    loop {
        tokio::select! {
            // An error means that all handles are gone.
            _ = closing.wait_for(|closing| *closing) => break,
            () = shared.wal.committed.notified() => {}
        }
        match look(&mut connection, &shared).await {
            Ok(()) => tokio::time::sleep(LOOK_EVERY).await,
            Err(error) => {
                tracing::warn!("checkpoint: {error}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!("closing the connection for checkpoints: {error}");
    }
}

/// Copies what is worth copying.
async fn look(connection: &mut SqliteConnection, shared: &Shared) -> StoreResult<()> {
    let (mut pages, mut left) =
        wal_state(connection, "pragma wal_checkpoint(noop)", shared).await?;
    if left < PAGES_MIN {
        // The log is copied but has not begun anew, because readers look at it all the time.
        if pages >= PAGES_RESTART {
            shared
                .wal
                .request
                .store(request::RESTART, Ordering::Relaxed);
        }
        return Ok(());
    }
    for _ in 0..ROUNDS {
        let before = left;
        (pages, left) = wal_state(connection, "pragma wal_checkpoint(passive)", shared).await?;
        if left <= PAGES_LEFT_MAX / 4 || left * 2 > before {
            break;
        }
    }
    let wanted = if pages >= PAGES_RESTART && left <= PAGES_MIN {
        request::RESTART
    } else if left <= PAGES_LEFT_MAX {
        request::FINISH
    } else {
        // A reader looks at an old state, or the writer is too fast just now; the next look comes soon.
        request::NOTHING
    };
    shared.wal.request.store(wanted, Ordering::Relaxed);
    // If the pages left are more than the writer may copy, there is something to do although nobody commits.
    shared.wal.committed.notify_one();
    Ok(())
}

/// Runs a checkpoint of some kind and tells how many pages the log holds, and how many of them are not copied.
async fn wal_state(
    connection: &mut SqliteConnection,
    statement: &'static str,
    shared: &Shared,
) -> StoreResult<(i64, i64)> {
    let row = sqlx::query(statement)
        .fetch_one(connection)
        .await
        .map_err(database)?;
    let pages: i64 = row.try_get(1).map_err(database)?;
    let copied: i64 = row.try_get(2).map_err(database)?;
    let in_use = u64::try_from(pages).unwrap_or(0);
    shared.wal.pages.store(in_use, Ordering::Relaxed);
    shared.counters.note_wal(in_use * FRAME_BYTES);
    Ok((pages, pages - copied))
}
