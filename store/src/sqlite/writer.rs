//! The writer: one task, one connection, one transaction for everything that waits.
//!
//! It commits at once when idle and otherwise takes everything that arrived during the last commit, so that one fsync
//! serves many callers. Jobs run in savepoints: a bad one fails alone. Answers are given after the commit, when memory agrees
//! with the file. Between commits it does its house-keeping (`super::maintain`).

mod job;

use std::sync::Arc;
use std::time::Duration;

use domain::store::{StoreError, StoreResult};
use sqlx::SqliteConnection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use self::job::{Command, FnWork, JobFuture, Queued, Work};
use super::ingest::{self, IngestJob};
use super::maintain::Maintenance;
use super::tx::WriteTx;
use super::{Shared, schema};
use crate::error::internal;
use crate::options::OpenOptions;

/// The unit of the byte limit: permits are counted in 32 bits.
const PERMIT_BYTES: usize = 1024;
/// What a small write counts for.
const SMALL_JOB_BYTES: usize = 4096;
/// One transaction takes no more than this, so that its callers do not wait long for each other.
const COMMIT_BYTES_MAX: usize = 16 << 20;
/// The same, counted in jobs.
const COMMIT_JOBS_MAX: usize = 1024;
/// How long the writer sleeps at most while the log is long.
const LOG_PAUSE: Duration = Duration::from_millis(50);
/// When a refused caller should come back: about two full transactions.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// The queue is full.
pub(super) const BUSY: StoreError = StoreError::Busy {
    retry_after: RETRY_AFTER,
};

/// The callers' end of the queue.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Queued>,
    bytes: Arc<Semaphore>,
    bytes_max: usize,
}

impl Writer {
    /// Starts the task.
    pub(crate) fn start(
        connection: SqliteConnection,
        shared: Arc<Shared>,
        options: &OpenOptions,
    ) -> Self {
        let (queue, receiver) = mpsc::channel(options.queue_length.max(1));
        let bytes_max = options.queue_bytes.max(1 << 20) / PERMIT_BYTES;
        let task = WriterTask {
            queue: receiver,
            tx: WriteTx::new(connection, Arc::clone(&shared)),
            maintenance: Maintenance::new(&shared),
            shared,
        };
        tokio::spawn(task.run());
        Self {
            queue,
            bytes: Arc::new(Semaphore::new(bytes_max)),
            bytes_max,
        }
    }

    /// How many writes wait, and how many may.
    pub(crate) fn queue(&self) -> (usize, usize) {
        let max = self.queue.max_capacity();
        (max - self.queue.capacity(), max)
    }

    /// Whether there is room for another write. Callers ask before they do expensive work.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes.available_permits() == 0 || self.queue.capacity() == 0
    }

    /// Runs a job in a transaction and answers when it is committed.
    pub(crate) async fn write<F, T>(&self, work: F) -> StoreResult<T>
    where
        F: for<'a> FnOnce(&'a mut WriteTx) -> JobFuture<'a, T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work = FnWork {
            work: Some(work),
            value: None,
            reply,
        };
        self.send(Command::Work(Box::new(work)), SMALL_JOB_BYTES)?;
        answer.await.map_err(|_| internal("the store is closed"))?
    }

    /// As [`Writer::write`], but waits for room in the queue: for house-keeping, whose callers nobody waits for.
    pub(crate) async fn write_patiently<F, T>(&self, bytes: usize, work: F) -> StoreResult<T>
    where
        F: for<'a> FnOnce(&'a mut WriteTx) -> JobFuture<'a, T> + Send + 'static,
        T: Send + 'static,
    {
        let closed = || internal("the store is closed");
        let (reply, answer) = oneshot::channel();
        let work = FnWork {
            work: Some(work),
            value: None,
            reply,
        };
        let permits = self.permits(bytes);
        let permit = Arc::clone(&self.bytes).acquire_many_owned(permits).await;
        let _permit = Some(permit.map_err(|_| closed())?);
        let queued = Queued {
            command: Command::Work(Box::new(work)),
            bytes,
            _permit,
        };
        self.queue.send(queued).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    fn permits(&self, bytes: usize) -> u32 {
        let permits = (bytes / PERMIT_BYTES).clamp(1, self.bytes_max);
        u32::try_from(permits).unwrap_or(u32::MAX)
    }

    /// A handle that does not keep the task running.
    pub(crate) fn downgrade(&self) -> WeakWriter {
        WeakWriter {
            queue: self.queue.downgrade(),
            bytes: Arc::clone(&self.bytes),
            bytes_max: self.bytes_max,
        }
    }

    /// Stores prepared spans and answers when they are committed.
    pub(crate) async fn ingest(&self, batches: Vec<ingest::Prepared>) -> StoreResult<()> {
        let bytes = batches.iter().map(ingest::Prepared::size).sum();
        let (reply, answer) = oneshot::channel();
        self.send(Command::Ingest(IngestJob { batches, reply }), bytes)?;
        answer.await.map_err(|_| internal("the store is closed"))?
    }

    fn send(&self, command: Command, bytes: usize) -> StoreResult<()> {
        let permits = self.permits(bytes);
        let permit = Arc::clone(&self.bytes)
            .try_acquire_many_owned(permits)
            .map_err(|_| BUSY)?;
        let queued = Queued {
            command,
            bytes,
            _permit: Some(permit),
        };
        self.queue.try_send(queued).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => BUSY,
            mpsc::error::TrySendError::Closed(_) => internal("the store is closed"),
        })
    }

    /// Lets the task finish what is queued and waits until it has ended.
    pub(crate) async fn close(&self) {
        let close = Queued {
            command: Command::Close,
            bytes: 0,
            _permit: None,
        };
        // An error means that the task has ended already.
        let _ = self.queue.send(close).await;
        self.queue.closed().await;
    }
}

/// See [`Writer::downgrade`].
pub(crate) struct WeakWriter {
    queue: mpsc::WeakSender<Queued>,
    bytes: Arc<Semaphore>,
    bytes_max: usize,
}

impl WeakWriter {
    /// The writer, unless all other handles are gone.
    pub(crate) fn upgrade(&self) -> Option<Writer> {
        let queue = self.queue.upgrade()?;
        Some(Writer {
            queue,
            bytes: Arc::clone(&self.bytes),
            bytes_max: self.bytes_max,
        })
    }
}

struct WriterTask {
    queue: mpsc::Receiver<Queued>,
    tx: WriteTx,
    shared: Arc<Shared>,
    maintenance: Maintenance,
}

impl WriterTask {
    async fn run(mut self) {
        let mut is_closing = false;
        while !is_closing {
            let mut pause = self.maintenance.pause(&self.shared);
            if self.shared.wal.is_long() {
                // Callers may be refused until the log is shorter, so nobody else wakes the writer to do its share.
                pause = Some(pause.map_or(LOG_PAUSE, |pause| pause.min(LOG_PAUSE)));
            }
            let first = match pause {
                None => self.queue.recv().await,
                Some(pause) => match tokio::time::timeout(pause, self.queue.recv()).await {
                    Ok(first) => first,
                    Err(_) => {
                        self.maintain().await;
                        continue;
                    }
                },
            };
            // Without a caller there is nothing left to do.
            let Some(first) = first else { break };
            let mut jobs = Vec::new();
            let mut bytes = 0;
            let mut next = Some(first);
            while let Some(queued) = next {
                bytes += queued.bytes;
                match queued.command {
                    Command::Close => is_closing = true,
                    _ => jobs.push(queued),
                }
                let is_enough = bytes >= COMMIT_BYTES_MAX || jobs.len() >= COMMIT_JOBS_MAX;
                next = if is_enough {
                    None
                } else {
                    self.queue.try_recv().ok()
                };
            }
            self.commit(jobs).await;
            self.maintain().await;
        }
        self.finish().await;
    }

    /// Runs jobs in one transaction, commits, answers.
    async fn commit(&mut self, jobs: Vec<Queued>) {
        if jobs.is_empty() {
            return;
        }
        if let Err(error) = self.tx.begin().await {
            return answer_all(jobs, &error);
        }
        let mut done = Vec::with_capacity(jobs.len());
        let mut ingests = Vec::new();
        for Queued {
            command, _permit, ..
        } in jobs
        {
            match command {
                Command::Ingest(job) => ingests.push((job, _permit)),
                Command::Work(mut work) => {
                    // Jobs keep the order in which they came.
                    self.ingest(&mut ingests, &mut done).await;
                    let outcome = match self.tx.begin_job().await {
                        Ok(()) => work.run(&mut self.tx).await,
                        Err(error) => Err(error),
                    };
                    let outcome = self.tx.end_job(outcome).await;
                    done.push((Answer::Work(work, outcome), _permit));
                }
                Command::Close => {}
            }
        }
        self.ingest(&mut ingests, &mut done).await;
        let committed = match self.tx.commit().await {
            Ok(committed) => {
                self.maintenance.note(&committed.changes);
                self.shared.live.write().apply(committed.changes);
                self.shared.waiters.wake(committed.woken.iter());
                self.shared.indexer_wake.notify_one();
                self.shared.text_wake.notify_one();
                Ok(())
            }
            Err(error) => {
                tracing::error!("commit failed: {error}");
                if let Err(error) = self.tx.rollback().await {
                    tracing::error!("rollback failed: {error}");
                }
                Err("commit failed")
            }
        };
        for (answer, _permit) in done {
            let fail = |outcome: StoreResult<()>| match (&committed, outcome) {
                (Err(message), Ok(())) => Err(internal(message)),
                (_, outcome) => outcome,
            };
            match answer {
                Answer::Work(work, outcome) => work.answer(fail(outcome)),
                Answer::Ingest(reply, outcome) => {
                    let _ = reply.send(fail(outcome));
                }
            }
        }
    }

    /// Writes all ingest jobs at once, which saves statements; one after the other only if that failed.
    async fn ingest(
        &mut self,
        jobs: &mut Vec<(IngestJob, Option<OwnedSemaphorePermit>)>,
        done: &mut Vec<(Answer, Option<OwnedSemaphorePermit>)>,
    ) {
        if jobs.is_empty() {
            return;
        }
        let batches: Vec<&[ingest::Prepared]> =
            jobs.iter().map(|(job, _)| job.batches.as_slice()).collect();
        match write_batches(&mut self.tx, &batches).await {
            Ok(outcomes) => {
                for ((job, permit), outcome) in jobs.drain(..).zip(outcomes) {
                    done.push((Answer::Ingest(job.reply, outcome), permit));
                }
            }
            Err(error) => {
                tracing::error!("writing {} batches together failed: {error}", batches.len());
                for (job, permit) in jobs.drain(..) {
                    let written = write_batches(&mut self.tx, &[job.batches.as_slice()]).await;
                    let outcome =
                        written.and_then(|outcomes| outcomes.into_iter().next().unwrap_or(Ok(())));
                    done.push((Answer::Ingest(job.reply, outcome), permit));
                }
            }
        }
    }

    async fn maintain(&mut self) {
        let served = self.shared.wal.serve_request(&mut self.tx.connection);
        if let Err(error) = served.await {
            tracing::error!("checkpoint: {error}");
        }
        if !self.maintenance.is_due(&self.shared) {
            return;
        }
        if let Err(error) = self.maintenance.run(&mut self.tx).await {
            tracing::error!("house-keeping failed: {error}");
        }
    }

    async fn finish(mut self) {
        if let Err(error) = self.maintenance.finish(&mut self.tx).await {
            tracing::error!("house-keeping at close failed: {error}");
        }
        schema::close_writer(self.tx.connection).await;
        // Dropped last: whoever waits for the queue's end may open the file again.
        drop(self.queue);
    }
}

enum Answer {
    Work(Box<dyn Work>, StoreResult<()>),
    Ingest(oneshot::Sender<StoreResult<()>>, StoreResult<()>),
}

/// Writes batches in a savepoint.
async fn write_batches(
    tx: &mut WriteTx,
    batches: &[&[ingest::Prepared]],
) -> StoreResult<Vec<StoreResult<()>>> {
    let outcome = match tx.begin_job().await {
        Ok(()) => ingest::write(tx, batches).await,
        Err(error) => Err(error),
    };
    tx.end_job(outcome).await
}

fn answer_all(jobs: Vec<Queued>, error: &StoreError) {
    tracing::error!("cannot begin a transaction: {error}");
    const MESSAGE: &str = "cannot begin a transaction";
    for queued in jobs {
        match queued.command {
            Command::Ingest(job) => {
                let _ = job.reply.send(Err(internal(MESSAGE)));
            }
            Command::Work(work) => work.answer(Err(internal(MESSAGE))),
            Command::Close => {}
        }
    }
}
