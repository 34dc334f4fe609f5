//! What only the store on SQLite does: its file, its lock, its schema version, its index, its check.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod presets;
mod reading;
mod text;

use std::path::Path;

use domain::filter::compile;
use domain::ids::{ExperimentId, TraceId};
use domain::ingest::SpanBatch;
use domain::json::quote;
use domain::page::PageRequest;
use domain::span::{Span, StatusCode, keys};
use domain::store::{DeleteTraces, TraceQuery, TraceStore};
use domain::time::{UnixMillis, UnixNanos};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use store::{OpenError, OpenOptions, SqliteStore};
use tempfile::TempDir;

const E0: ExperimentId = ExperimentId(0);

async fn open(path: &Path) -> SqliteStore {
    store::open(OpenOptions::new(path, UnixMillis(1)))
        .await
        .unwrap()
}

fn folder() -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    (folder, path)
}

async fn connect(path: &Path) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    options.connect().await.unwrap()
}

fn trace_id(number: u32) -> TraceId {
    TraceId::from_otel(
        u128::from(number)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .to_be_bytes(),
    )
}

fn batch(number: u32, spans: u8) -> SpanBatch {
    let spans = (0..spans).map(|n| Span {
        span_id: domain::ids::SpanId([1, 2, 3, 4, 5, 6, 7, n + 1]),
        parent_id: (n > 0).then_some(domain::ids::SpanId([1, 2, 3, 4, 5, 6, 7, 1])),
        name: format!("step {}", n % 3),
        start: UnixNanos((i64::from(number) * 7919 % 1000 + i64::from(n)) * 1_000_000),
        end: Some(UnixNanos(2_000_000_000)),
        status: StatusCode::Ok,
        status_message: String::new(),
        attributes: vec![
            (
                keys::SPAN_TYPE.to_owned(),
                quote(["LLM", "TOOL"][n as usize % 2]),
            ),
            (
                keys::SESSION_ID.to_owned(),
                quote(&format!("s{}", number % 7)),
            ),
        ],
        events: Vec::new(),
        links: Vec::new(),
    });
    SpanBatch {
        experiment_id: E0,
        trace_id: trace_id(number),
        spans: spans.collect(),
        resource_tags: vec![("number".to_owned(), number.to_string())],
        run_id: None,
        readable_by_id: true,
    }
}

async fn count(store: &SqliteStore, filter: &str) -> u64 {
    let filter = compile(filter).unwrap();
    store
        .count_traces(&[E0], Some(&filter), u64::MAX)
        .await
        .unwrap()
        .traces
}

async fn assert_sound(path: &Path) {
    let report = store::check(path).await.unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
}

#[tokio::test]
async fn a_second_opener_is_told_who_holds_the_file() {
    let (_folder, path) = folder();
    let store = open(&path).await;
    for again in [
        store::open(OpenOptions::new(&path, UnixMillis(1)))
            .await
            .map(|_| ()),
        store::check(&path).await.map(|_| ()),
    ] {
        match again {
            Err(OpenError::Locked { holder, .. }) => assert_eq!(holder, Some(std::process::id())),
            other => panic!("{other:?}"),
        }
    }
    store.close().await;
    open(&path).await.close().await;
}

#[tokio::test]
async fn files_of_others_and_of_the_future_are_refused() {
    let (_folder, path) = folder();
    open(&path).await.close().await;
    let mut connection = connect(&path).await;
    let newer = "insert into _sqlx_migrations
            (version, description, success, checksum, execution_time)
        values (99, 'later', 1, x'00', 0)";
    sqlx::query(newer).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let refused = store::open(OpenOptions::new(&path, UnixMillis(1))).await;
    assert!(
        matches!(refused, Err(OpenError::Newer { found: 99, .. })),
        "{refused:?}"
    );

    let (_folder, path) = folder();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    sqlx::query("create table x (y)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let refused = store::open(OpenOptions::new(&path, UnixMillis(1))).await;
    assert!(
        matches!(refused, Err(OpenError::Foreign { .. })),
        "{refused:?}"
    );
    std::fs::write(
        &path,
        b"this is no database at all, but long enough to be looked at",
    )
    .unwrap();
    let refused = store::open(OpenOptions::new(&path, UnixMillis(1))).await;
    assert!(
        matches!(refused, Err(OpenError::Database { .. })),
        "{refused:?}"
    );
}

/// A copy of the files of an open store is what a crash leaves behind.
fn copy_as_after_a_crash(path: &Path) -> (TempDir, std::path::PathBuf) {
    let (folder, copy) = folder();
    for suffix in ["", "-wal"] {
        let name = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            name
        };
        std::fs::copy(name(path), name(&copy)).unwrap();
    }
    (folder, copy)
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_crash() {
    let (_folder, path) = folder();
    let store = open(&path).await;
    store
        .ingest((0..50).map(|n| batch(n, 3)).collect())
        .await
        .unwrap();
    store.close().await;
    let store = open(&path).await;
    // Some are indexed by now, some are changed since, some are new, one awaits a recount.
    store.set_trace_tag(&trace_id(1), "k", "v").await.unwrap();
    store
        .ingest((50..60).map(|n| batch(n, 2)).collect())
        .await
        .unwrap();
    store.ingest(vec![batch(2, 9)]).await.unwrap();
    store
        .delete_traces(E0, DeleteTraces::Ids(vec![trace_id(3)]))
        .await
        .unwrap();
    let (_copied, copy) = copy_as_after_a_crash(&path);
    assert_sound(&copy).await;
    let copied = open(&copy).await;
    assert_eq!(
        copied.count_traces(&[E0], None, 1).await.unwrap().traces,
        59
    );
    assert_eq!(count(&copied, "tags.k = 'v'").await, 1);
    assert_eq!(count(&copied, "span.name = 'step 0'").await, 59);
    assert_eq!(
        copied
            .trace(&trace_id(2))
            .await
            .unwrap()
            .unwrap()
            .stats
            .span_count,
        9
    );
    assert_eq!(copied.trace(&trace_id(3)).await.unwrap(), None);
    copied.close().await;
    assert_sound(&copy).await;
}

#[tokio::test]
async fn the_index_follows_traces_that_change_and_go() {
    let (_folder, path) = folder();
    let mut expected = 0;
    for round in 0..12u32 {
        let store = open(&path).await;
        let first = round * 40;
        store
            .ingest((first..first + 40).map(|n| batch(n, 2)).collect())
            .await
            .unwrap();
        expected += 40;
        if round > 0 {
            let old = |n: u32| trace_id((first - 40) + n);
            store
                .set_trace_tag(&old(1), "changed", &round.to_string())
                .await
                .unwrap();
            store
                .set_trace_tag(&trace_id(5), "often", &round.to_string())
                .await
                .unwrap();
            store.ingest(vec![batch(first - 38, 5)]).await.unwrap();
            let doomed = DeleteTraces::Ids(vec![old(10), old(11)]);
            expected -= store.delete_traces(E0, doomed).await.unwrap().len() as u64;
        }
        assert_eq!(count(&store, "span.name = 'step 1'").await, expected);
        store.close().await;
        assert_sound(&path).await;
    }
    let store = open(&path).await;
    assert_eq!(count(&store, "tags.often = '11'").await, 1);
    assert_eq!(count(&store, "tags.often != '11'").await, 0);
    assert_eq!(count(&store, "tags.changed IS NOT NULL").await, 11);
    // A commit wakes the indexer, which brings the twelve segments together.
    store
        .set_trace_tag(&trace_id(5), "often", "12")
        .await
        .unwrap();
    let mut connection = connect(&path).await;
    loop {
        let segments: i64 = sqlx::query_scalar("select count(*) from segment")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        if segments < 8 {
            break;
        }
        tokio::task::yield_now().await;
    }
    connection.close().await.unwrap();
    assert_eq!(count(&store, "tags.often = '12'").await, 1);
    assert_eq!(count(&store, "timestamp_ms >= 0").await, expected);
    let page = store
        .search_traces(TraceQuery {
            experiments: vec![E0],
            filter: None,
            order: Vec::new(),
            page: PageRequest::first(1000),
        })
        .await
        .unwrap();
    assert_eq!(page.items.len() as u64, expected);
    assert!(page.items.is_sorted_by_key(|info| -info.request_time.0));
    store.close().await;
    assert_sound(&path).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_loads_are_indexed_while_they_come() {
    let (_folder, path) = folder();
    let store = open(&path).await;
    let writers: Vec<_> = (0..4u32)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for call in 0..60 {
                    let first = (writer * 60 + call) * 50;
                    store
                        .ingest((first..first + 50).map(|n| batch(n, 1)).collect())
                        .await
                        .unwrap();
                    store
                        .set_trace_tag(&trace_id(first), "k", "v")
                        .await
                        .unwrap();
                    let found = count(&store, &format!("tags.number = '{first}'")).await;
                    assert_eq!(found, 1);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(count(&store, "tags.k = 'v'").await, 240);
    assert_eq!(
        count(&store, "metadata.`mlflow.trace.session` = 's3'").await,
        12_000 / 7
    );
    store.close().await;
    assert_sound(&path).await;
}

#[tokio::test]
async fn a_trace_of_many_small_batches_is_few_blocks() {
    let (_folder, path) = folder();
    let store = open(&path).await;
    for n in 0..250 {
        let mut batch = batch(1, n + 1);
        batch.spans.drain(..n as usize);
        store.ingest(vec![batch]).await.unwrap();
    }
    assert_eq!(
        store
            .trace(&trace_id(1))
            .await
            .unwrap()
            .unwrap()
            .stats
            .span_count,
        250
    );
    store.close().await;
    let mut connection = connect(&path).await;
    let blocks: i64 = sqlx::query_scalar("select count(*) from span_head")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    assert!(blocks < 64, "{blocks}");
    assert_sound(&path).await;
}

#[tokio::test]
async fn the_check_finds_what_is_wrong() {
    let damages = [
        ("update span_body set body = x'00'", "span block"),
        ("delete from span_body", "span blocks instead of"),
        ("update experiment set trace_count = 7", "experiment 0"),
        ("update trace set summary = x'01'", "summary"),
        ("delete from trace_key", "not found by its id"),
        ("update segment_part set data = x'09'", "index segment"),
        ("delete from segment", "nowhere in the index"),
        ("delete from trace", "without what they belong to"),
    ];
    for (damage, expected) in damages {
        let (_folder, path) = folder();
        let store = open(&path).await;
        store
            .ingest((0..5).map(|n| batch(n, 2)).collect())
            .await
            .unwrap();
        store.close().await;
        let mut connection = connect(&path).await;
        sqlx::query(damage).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let report = store::check(&path).await.unwrap();
        let found = report
            .problems
            .iter()
            .any(|problem| problem.contains(expected));
        assert!(found, "{damage}: {:?}", report.problems);
    }
}
