//! The store on one SQLite file: a writer task that owns the only writing connection, a pool of readers, and what is kept in
//! memory between them. Each area of the store's traits has its module.

mod assessments;
mod attribute_values;
pub(crate) mod check;
mod checkpoint;
mod compact;
mod delete;
mod durations;
mod experiments;
pub(crate) mod figures;
mod forgotten;
mod index_commit;
mod indexer;
mod ingest;
mod issues;
mod live;
mod maintain;
mod model_rows;
mod model_search;
mod models;
mod oldest;
mod parts;
mod presets;
mod ratings;
mod recount;
mod retention;
mod rows;
mod run_links;
mod run_rows;
mod run_search;
mod runs;
mod saved_views;
mod schema;
mod search;
pub(crate) mod shrink;
mod spans;
mod sql;
mod stats;
mod tables;
mod task;
mod text;
mod top;
mod trace_writes;
mod traces;
mod tx;
mod wait;
mod writer;

use std::sync::{Arc, Mutex, PoisonError};

use sqlx::SqlitePool;

use crate::error::OpenError;
use crate::lock::FileLock;
use crate::options::OpenOptions;
use checkpoint::Wal;
use durations::Durations;
use figures::Counters;
use live::Live;
use parts::PartCache;
use ratings::Ratings;
use tables::Tables;
use task::TaskHandle;
use text::Feeder;
use wait::Waiters;
use writer::Writer;

/// A store on a SQLite file. Cheap to clone; the file is closed by [`SqliteStore::close`], or when the last clone is gone
/// and what was queued is written.
#[derive(Clone)]
pub struct SqliteStore {
    shared: Arc<Shared>,
    writer: Writer,
    indexer: TaskHandle,
    checkpointer: TaskHandle,
    feeder: Feeder,
}

/// What readers and the writer share.
pub(crate) struct Shared {
    readers: SqlitePool,
    live: Live,
    waiters: Waiters,
    wal: Wal,
    counters: Counters,
    parts: PartCache,
    presets: presets::Presets,
    /// Links to runs and feedback, as facets ask for them.
    attached: stats::AttachedCache,
    /// How often values occur in segments.
    counts: stats::CountCache,
    /// How often values of large facets occur in all segments.
    merged: stats::MergedCache,
    ratings: Ratings,
    tables: Tables,
    look_time: std::time::Duration,
    durations: Durations,
    /// Something was committed that the indexer may want to see.
    indexer_wake: tokio::sync::Notify,
    /// The same for the task that keeps the text index.
    text_wake: tokio::sync::Notify,
    text_readers: SqlitePool,
    /// Encoding is work for the processor: no more of it at once than there are cores.
    encoders: Arc<tokio::sync::Semaphore>,
    cores: usize,
    /// Given up when the store is closed.
    lock: Mutex<Option<FileLock>>,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

impl SqliteStore {
    pub(crate) async fn open(options: OpenOptions) -> Result<Self, OpenError> {
        let lock = FileLock::take(&options.path)?;
        let mut connection = schema::open_writer(&options).await?;
        let readers = schema::open_readers(&options).await?;
        let checkpoints = schema::open_for_checkpoints(&options).await?;
        let failed = |source: domain::store::StoreError| OpenError::Database {
            path: options.path.clone(),
            source: Box::new(source),
        };
        // Before anything is opened that may be compressed behind one.
        let presets = presets::Presets::load(&mut connection)
            .await
            .map_err(failed)?;
        let live = Live::load(&mut connection).await.map_err(failed)?;
        let next_trace_no = live.read().next_trace_no;
        let opened = text::open(&options.path, &mut connection, next_trace_no).await?;
        let (text_file, text_state) = opened;
        live.write().text = text_state;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let shared = Arc::new(Shared {
            readers,
            live,
            waiters: Waiters::default(),
            wal: Wal::default(),
            counters: Counters::default(),
            parts: PartCache::new(options.index_cache_bytes),
            presets,
            attached: stats::AttachedCache::default(),
            counts: stats::CountCache::default(),
            merged: stats::MergedCache::default(),
            ratings: Ratings::default(),
            tables: Tables::default(),
            look_time: options.look_time,
            durations: Durations::default(),
            indexer_wake: tokio::sync::Notify::new(),
            encoders: Arc::new(tokio::sync::Semaphore::new(cores)),
            cores,
            text_wake: tokio::sync::Notify::new(),
            text_readers: text_file.readers,
            lock: Mutex::new(Some(lock)),
        });
        let writer = Writer::start(connection, Arc::clone(&shared), &options);
        let indexer = indexer::start(Arc::clone(&shared), writer.downgrade());
        let checkpointer = checkpoint::start(checkpoints, Arc::clone(&shared));
        let feeder = Feeder::start(
            Arc::clone(&shared),
            writer.downgrade(),
            text_file.writer,
            options.text_wait,
        );
        Ok(Self {
            shared,
            writer,
            indexer,
            checkpointer,
            feeder,
        })
    }

    /// Waits until the text index holds everything that was committed before the call. Searches are right without it, but
    /// slower. Traces fewer than [`OpenOptions::text_wait`] are not waited for.
    pub async fn text_settled(&self) {
        self.feeder.settled(&self.shared).await;
    }

    /// Writes what is queued, merges what is quickly merged, brings everything into the main file and closes it. Writes that
    /// come later fail.
    pub async fn close(&self) {
        self.feeder.finish().await;
        self.indexer.finish().await;
        self.checkpointer.finish().await;
        self.writer.close().await;
        self.shared.readers.close().await;
        self.shared
            .lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }
}
