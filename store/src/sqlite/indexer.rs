//! The task that keeps the search index: it turns the tail into segments, merges small segments into large ones, and removes
//! the parts of segments that nobody reads any more. Building is work for the processor and happens beside the writer, which
//! only inserts what is ready.

mod lots;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use domain::store::{StoreError, StoreResult};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use self::lots::{BlockingSource, LotSink};
use super::forgotten::forget_segment;
use super::index_commit::{Install, Origin};
use super::live::{LiveSegment, TailTrace};
use super::parts::{insert_parts, part_keys};
use super::presets::learn_if_due;
use super::task::TaskHandle;
use super::writer::WeakWriter;
use super::{Shared, spans};
use crate::background;
use crate::bytes::Damaged;
use crate::error::{database, internal};
use crate::index::build::{self, Built, Row};
use crate::index::merge::{self, Input};
use crate::index::segment::Segment;
use crate::terms::Terms;

/// The tail is indexed when it has so many traces: it costs memory, and searches look at each of them.
const TAIL_FULL: usize = 4096;
/// The most traces of one new segment.
const BUILD_ROWS_MAX: usize = 16 * 1024;
/// When nothing was written for this long the tail is indexed if it has so many traces.
const IDLE: Duration = Duration::from_millis(250);
const TAIL_IDLE: usize = 64;
/// So many segments of about one size are merged into one.
const FAN: usize = 8;
/// Segments from this size on are not merged any more.
const ROWS_MAX: usize = 256 * 1024;

/// Starts the task, which indexes the tail before it ends.
pub(crate) fn start(shared: Arc<Shared>, writer: WeakWriter) -> TaskHandle {
    TaskHandle::start(|closing| {
        let task = Task {
            shared,
            writer,
            closing,
        };
        task.run()
    })
}

struct Task {
    shared: Arc<Shared>,
    writer: WeakWriter,
    closing: watch::Receiver<bool>,
}

impl Task {
    async fn run(mut self) {
        loop {
            let is_idle = tokio::select! {
                // An error means that all handles are gone.
                _ = self.closing.wait_for(|closing| *closing) => break,
                is_idle = wait(&self.shared) => is_idle,
            };
            if let Err(error) = self.step(is_idle).await {
                if self.writer.upgrade().is_none() {
                    return;
                }
                tracing::error!("indexing failed: {error}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        // If all handles are gone without a close, so is the writer; the tail is indexed when the file is opened again.
        if self.writer.upgrade().is_some() {
            let indexed = self.index_tail().await;
            if let Err(error) = indexed.and(self.flush_durations().await) {
                tracing::error!("indexing at close failed: {error}");
            }
        }
    }

    async fn flush_durations(&self) -> StoreResult<()> {
        match self.writer.upgrade() {
            Some(writer) => self.shared.durations.flush(&writer).await,
            None => Ok(()),
        }
    }

    async fn step(&self, is_idle: bool) -> StoreResult<()> {
        let tail = self.shared.live.read().tail.len();
        if tail >= TAIL_FULL || (is_idle && tail >= TAIL_IDLE) {
            self.index_tail().await?;
        }
        let group = mergeable(&self.shared.live.read().segments);
        if let Some(group) = group {
            self.merge(group).await?;
            // There may be more to merge; look again at once.
            self.shared.indexer_wake.notify_one();
        }
        learn_if_due(&self.shared, &self.writer).await;
        self.flush_durations().await?;
        self.remove_obsolete().await
    }

    /// Makes a segment of the tail as it is.
    async fn index_tail(&self) -> StoreResult<()> {
        let (snapshot, indexed_to, segment_no) = {
            let mut live = self.shared.live.write();
            if live.tail.is_empty() {
                return Ok(());
            }
            let oldest = live.tail.iter().take(BUILD_ROWS_MAX);
            let snapshot: HashMap<i64, Arc<TailTrace>> =
                oldest.map(|(no, trace)| (*no, Arc::clone(trace))).collect();
            let newest = snapshot.keys().max().copied().unwrap_or(0);
            let segment_no = live.next_segment_no;
            live.next_segment_no += 1;
            (snapshot, live.indexed_to.max(newest + 1), segment_no)
        };
        let read = self.read_terms(&snapshot).await?;
        let built = tokio::task::spawn_blocking(move || {
            let nothing = Terms::default();
            let rows = snapshot.iter().map(|(no, trace)| Row {
                trace_no: *no,
                info: &trace.info,
                tuples: &trace.tuples,
                terms: trace.terms.as_deref().or(read.get(no)).unwrap_or(&nothing),
            });
            let mut parts: Vec<Vec<u8>> = Vec::new();
            let mut built = build::build(rows.collect(), &mut parts)?;
            built.segment.segment_no = segment_no;
            Ok::<_, Damaged>((built, parts, snapshot))
        });
        let built = built
            .await
            .map_err(|_| internal("building an index segment failed"))?;
        let (built, parts, snapshot) =
            built.map_err(|_| internal("building an index segment failed"))?;
        self.insert(segment_no, 0, parts).await?;
        self.install(Install {
            built,
            origin: Origin::Tail(snapshot, indexed_to),
        })
        .await
    }

    /// The attributes of those traces of which they are not in memory. One that cannot be read has none: it must not keep others
    /// out of the index.
    async fn read_terms(
        &self,
        snapshot: &HashMap<i64, Arc<TailTrace>>,
    ) -> StoreResult<HashMap<i64, Terms>> {
        let unknown = snapshot.iter().filter(|(_, trace)| trace.terms.is_none());
        let mut unknown: Vec<i64> = unknown.map(|(no, _)| *no).collect();
        unknown.sort_unstable();
        let mut found = HashMap::with_capacity(unknown.len());
        if unknown.is_empty() {
            return Ok(found);
        }
        let mut reader = self.shared.readers.acquire().await.map_err(database)?;
        for trace_no in unknown {
            let terms = match spans::all_spans(&mut reader, trace_no).await {
                Ok(spans) => Terms::of(spans.iter()),
                Err(error @ StoreError::Inconsistent { .. }) => {
                    tracing::error!("a trace is indexed without its attributes: {error}");
                    Terms::default()
                }
                Err(error) => return Err(error),
            };
            found.insert(trace_no, terms);
        }
        Ok(found)
    }

    async fn merge(&self, group: Vec<LiveSegment>) -> StoreResult<()> {
        if group.iter().all(|live| live_rows(live) == 0) {
            let nothing = Built {
                segment: Segment::default(),
                trace_nos: Vec::new(),
            };
            return self
                .install(Install {
                    built: nothing,
                    origin: Origin::Segments(group),
                })
                .await;
        }
        let segment_no = {
            let mut live = self.shared.live.write();
            live.next_segment_no += 1;
            live.next_segment_no - 1
        };
        let inputs: Vec<Input> = group
            .iter()
            .map(|live| Input {
                segment: Arc::clone(&live.segment),
                dead: Arc::clone(&live.dead),
            })
            .collect();
        let (sender, mut receiver) = mpsc::channel(2);
        let mut source = BlockingSource {
            shared: Arc::clone(&self.shared),
            handle: Handle::current(),
        };
        let merging = background::run(move || {
            let mut sink = LotSink::new(sender);
            let mut built = merge::merge(&inputs, &mut source, &mut sink)?;
            sink.send()?;
            built.segment.segment_no = segment_no;
            Ok::<_, Damaged>(built)
        });
        loop {
            let lot = tokio::select! {
                lot = receiver.recv() => lot,
                // A large merge takes seconds, and while it does as many traces come as would fill a hundred megabytes.
                () = full_tail(&self.shared) => {
                    self.index_tail().await?;
                    continue;
                }
            };
            let Some((first, parts)) = lot else { break };
            if *self.closing.borrow() {
                // Nobody waits for a large merge at close; its parts are removed when the file is opened again.
                return Ok(());
            }
            self.insert(segment_no, first, parts).await?;
        }
        let merged = merging
            .await
            .ok_or_else(|| internal("merging index segments failed"))?;
        let built = merged.map_err(|damage| {
            tracing::error!("merging index segments: {damage}");
            internal("merging index segments failed")
        })?;
        self.install(Install {
            built,
            origin: Origin::Segments(group),
        })
        .await
    }

    async fn insert(&self, segment_no: i64, first: u32, parts: Vec<Vec<u8>>) -> StoreResult<()> {
        let bytes = parts.iter().map(Vec::len).sum();
        let writer = self
            .writer
            .upgrade()
            .ok_or_else(|| internal("the store is closed"))?;
        writer
            .write_patiently(bytes, move |tx| {
                Box::pin(
                    async move { insert_parts(&mut tx.connection, segment_no, first, parts).await },
                )
            })
            .await
    }

    async fn install(&self, install: Install) -> StoreResult<()> {
        let writer = self
            .writer
            .upgrade()
            .ok_or_else(|| internal("the store is closed"))?;
        writer
            .write_patiently(1, move |tx| {
                Box::pin(async move {
                    tx.install(install);
                    Ok(())
                })
            })
            .await
    }

    /// Removes the parts of replaced segments that no reader holds.
    async fn remove_obsolete(&self) -> StoreResult<()> {
        let unread: Vec<Arc<Segment>> = {
            let mut live = self.shared.live.write();
            live.obsolete
                .extract_if(.., |segment| Arc::strong_count(segment) == 1)
                .collect()
        };
        for segment in unread {
            forget_segment(&self.shared, &segment);
            let (mut first, end) = part_keys(segment.segment_no);
            while first < end {
                let writer = self
                    .writer
                    .upgrade()
                    .ok_or_else(|| internal("the store is closed"))?;
                first = writer
                    .write_patiently(1, move |tx| {
                        Box::pin(async move { remove_some(&mut tx.connection, first, end).await })
                    })
                    .await?;
            }
        }
        Ok(())
    }
}

/// Waits until the tail is full, or until nothing was written for a while; says whether it was the latter.
async fn wait(shared: &Shared) -> bool {
    shared.indexer_wake.notified().await;
    loop {
        if shared.live.read().tail.len() >= TAIL_FULL {
            return false;
        }
        if timeout(IDLE, shared.indexer_wake.notified()).await.is_err() {
            return true;
        }
    }
}

/// Waits until the tail is full.
async fn full_tail(shared: &Shared) {
    while shared.live.read().tail.len() < TAIL_FULL {
        shared.indexer_wake.notified().await;
    }
}

/// Removes up to some parts and returns where to go on.
async fn remove_some(
    connection: &mut sqlx::SqliteConnection,
    first: i64,
    end: i64,
) -> StoreResult<i64> {
    let stop: Option<i64> = sqlx::query_scalar(
        "select part_key from segment_part where part_key >= ?1 and part_key < ?2
        order by part_key limit 1 offset 32",
    )
    .bind(first)
    .bind(end)
    .fetch_optional(&mut *connection)
    .await
    .map_err(database)?;
    let stop = stop.unwrap_or(end);
    sqlx::query("delete from segment_part where part_key >= ?1 and part_key < ?2")
        .bind(first)
        .bind(stop)
        .execute(connection)
        .await
        .map_err(database)?;
    Ok(stop)
}

fn live_rows(live: &LiveSegment) -> usize {
    live.segment.rows - live.dead.count()
}

/// The smallest group of segments worth merging: so many of about one size, or one that is mostly dead.
fn mergeable(segments: &[LiveSegment]) -> Option<Vec<LiveSegment>> {
    let half_dead = segments
        .iter()
        .find(|live| live_rows(live) * 2 < live.segment.rows || live.segment.rows == 0);
    if let Some(live) = half_dead {
        return Some(vec![live.clone()]);
    }
    let mut by_size: HashMap<u32, Vec<&LiveSegment>> = HashMap::new();
    for live in segments.iter().filter(|live| live_rows(live) < ROWS_MAX) {
        // Sizes that differ by less than the fan are about one size.
        let size = live_rows(live).max(1).ilog2() / FAN.ilog2();
        by_size.entry(size).or_default().push(live);
    }
    let full = by_size.into_iter().filter(|(_, group)| group.len() >= FAN);
    let (_, group) = full.min_by_key(|(size, _)| *size)?;
    Some(group.into_iter().take(FAN).cloned().collect())
}
