//! Deleting very many traces while others write and read: nobody waits long, the index follows, the file stays sound, and space is
//! used again.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use domain::filter::compile;
use domain::ids::{ExperimentId, SpanId, TraceId};
use domain::ingest::SpanBatch;
use domain::page::PageRequest;
use domain::span::{Span, StatusCode};
use domain::store::{DeleteTraces, RetentionStore, StoreError, TraceQuery, TraceStore};
use domain::time::{UnixMillis, UnixNanos};
use store::{OpenOptions, SqliteStore};
use tempfile::TempDir;

const E0: ExperimentId = ExperimentId(0);
/// What a machine that runs other tests at the same time may take; the figures are printed.
const PAUSE_MAX: Duration = Duration::from_secs(2);

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    (folder, path)
}

async fn open(path: &Path) -> SqliteStore {
    store::open(OpenOptions::new(path, UnixMillis(1)))
        .await
        .unwrap()
}

fn trace_id(number: u32) -> TraceId {
    let spread = u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    TraceId::from_otel(spread.to_be_bytes())
}

/// A trace of one span that starts `number` milliseconds after the epoch.
fn batch(number: u32) -> SpanBatch {
    let start = i64::from(number) * 1_000_000;
    SpanBatch {
        experiment_id: E0,
        trace_id: trace_id(number),
        spans: vec![Span {
            span_id: SpanId([1; 8]),
            parent_id: None,
            name: format!("step {}", number % 5),
            start: UnixNanos(start),
            end: Some(UnixNanos(start + 1_000_000)),
            status: StatusCode::Ok,
            status_message: String::new(),
            attributes: Vec::new(),
            events: Vec::new(),
            links: Vec::new(),
        }],
        resource_tags: Vec::new(),
        run_id: None,
        readable_by_id: true,
    }
}

/// The same with text that does not compress, so that what is stored beside traces hardly counts.
fn bulky(number: u32) -> SpanBatch {
    let mut new = batch(number);
    let words = (0..16).map(|word| trace_id(word << 16 | number).to_string());
    let text = words.collect::<String>();
    new.spans[0].attributes = vec![("note".to_owned(), format!("{text:?}"))];
    new
}

async fn fill(store: &SqliteStore, numbers: std::ops::Range<u32>) {
    fill_with(store, numbers, batch).await;
}

/// Writes traces with these numbers, some hundred at a time.
async fn fill_with(
    store: &SqliteStore,
    numbers: std::ops::Range<u32>,
    batch: fn(u32) -> SpanBatch,
) {
    let numbers: Vec<u32> = numbers.collect();
    for group in numbers.chunks(500) {
        loop {
            match store
                .ingest(group.iter().copied().map(batch).collect())
                .await
            {
                Ok(()) => break,
                Err(StoreError::Busy { .. }) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

async fn newest(store: &SqliteStore) -> Vec<TraceId> {
    let query = TraceQuery {
        experiments: vec![E0],
        filter: Some(compile("span.name = 'step 1'").unwrap()),
        order: Vec::new(),
        page: PageRequest::first(20),
    };
    let page = store.search_traces(query).await.unwrap();
    page.items.into_iter().map(|info| info.trace_id).collect()
}

async fn assert_sound(path: &Path) {
    let report = store::check(path).await.unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
}

fn up_to(number: u32) -> DeleteTraces {
    DeleteTraces::UpTo {
        time: UnixMillis(i64::from(number)),
        limit: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_waits_long_while_fifty_thousand_traces_are_deleted() {
    const OLD: u32 = 50_000;
    let (_folder, path) = folder();
    let store = open(&path).await;
    fill(&store, 0..OLD + 1000).await;
    store.reset_figures();
    let is_over = AtomicBool::new(false);
    let (deleted, (reads, longest_read), written) = tokio::join!(
        async {
            let deleted = store.delete_traces(E0, up_to(OLD - 1)).await.unwrap();
            is_over.store(true, Ordering::Relaxed);
            deleted
        },
        async {
            let (mut reads, mut longest) = (0u32, Duration::ZERO);
            while !is_over.load(Ordering::Relaxed) {
                let begin = Instant::now();
                assert_eq!(newest(&store).await.len(), 20);
                longest = longest.max(begin.elapsed());
                reads += 1;
            }
            (reads, longest)
        },
        async {
            let mut next = OLD + 1000;
            while !is_over.load(Ordering::Relaxed) {
                fill(&store, next..next + 20).await;
                next += 20;
            }
            next - OLD
        },
    );
    let figures = store.figures();
    println!("{reads} reads, the longest {longest_read:?}; {figures:?}");
    assert_eq!(deleted.len(), OLD as usize);
    assert!(reads > 0 && written > 1000);
    assert!(longest_read < PAUSE_MAX, "{longest_read:?}");
    assert!(figures.longest_delete_slice < PAUSE_MAX, "{figures:?}");
    assert!(figures.wal_bytes_max <= 512 << 20, "{figures:?}");
    let left = store.count_traces(&[E0], None, 0).await.unwrap().traces;
    assert_eq!(left, u64::from(written));
    assert_eq!(store.trace(&trace_id(7)).await.unwrap(), None);
    store.close().await;
    assert_sound(&path).await;
}

#[tokio::test]
async fn space_of_deleted_traces_is_used_again_and_can_be_given_back() {
    let (_folder, path) = folder();
    let store = open(&path).await;
    fill_with(&store, 0..6000, bulky).await;
    let full = store.disk_use().await.unwrap();
    assert_eq!(full.traces, 6000);
    store.delete_traces(E0, up_to(5900)).await.unwrap();
    let emptied = store.disk_use().await.unwrap();
    assert!(
        emptied.used_bytes < full.used_bytes / 2,
        "{emptied:?} {full:?}"
    );
    fill_with(&store, 6000..9000, bulky).await;
    let refilled = store.disk_use().await.unwrap();
    assert!(
        refilled.file_bytes <= full.file_bytes * 5 / 4,
        "{refilled:?} {full:?}"
    );
    store.delete_traces(E0, up_to(8900)).await.unwrap();
    store.close().await;
    let before = std::fs::metadata(&path).unwrap().len();
    let after = store::shrink(&path).await.unwrap();
    assert!(after < before / 2, "{after} {before}");
    assert_sound(&path).await;
    let store = open(&path).await;
    assert_eq!(store.count_traces(&[E0], None, 0).await.unwrap().traces, 99);
    store.close().await;
}

#[tokio::test]
async fn an_id_can_be_used_again_before_and_after_the_old_one_is_forgotten() {
    let (_folder, path) = folder();
    let store = open(&path).await;
    // Ids are merged into the tree in large lots, and leave it in such lots.
    fill(&store, 0..33_000).await;
    store.delete_traces(E0, up_to(100)).await.unwrap();
    fill(&store, 50..60).await;
    assert!(store.trace(&trace_id(55)).await.unwrap().is_some());
    assert_eq!(store.trace(&trace_id(45)).await.unwrap(), None);
    assert_eq!(store.span_rows(&trace_id(45)).await.unwrap(), None);
    store.close().await;
    assert_sound(&path).await;
    let store = open(&path).await;
    assert!(store.trace(&trace_id(55)).await.unwrap().is_some());
    store.delete_traces(E0, up_to(40_000)).await.unwrap();
    fill(&store, 50..60).await;
    assert!(store.trace(&trace_id(55)).await.unwrap().is_some());
    assert_eq!(store.trace(&trace_id(20_000)).await.unwrap(), None);
    assert_eq!(store.count_traces(&[E0], None, 0).await.unwrap().traces, 10);
    store.close().await;
    assert_sound(&path).await;
}
