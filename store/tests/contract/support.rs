//! A store in a folder of its own, and builders for what goes into it.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::filter::{compile, order};
use domain::ids::{ExperimentId, SpanId, TraceId};
use domain::ingest::{SpanBatch, TraceInfoWrite};
use domain::json::quote;
use domain::page::PageRequest;
use domain::span::{Span, StatusCode, keys};
use domain::store::{Store, TraceQuery};
use domain::time::{UnixMillis, UnixNanos};
use domain::trace::{TraceInfo, TraceState};
use store::{OpenOptions, SqliteStore};
use tempfile::TempDir;

/// The default experiment.
pub const E0: ExperimentId = ExperimentId(0);

/// A store that goes when dropped.
pub struct TestStore {
    pub store: Arc<dyn Store>,
    sqlite: SqliteStore,
    folder: TempDir,
}

impl std::ops::Deref for TestStore {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        &*self.store
    }
}

/// An empty store.
pub async fn open() -> TestStore {
    open_in(tempfile::tempdir().unwrap()).await
}

async fn open_in(folder: TempDir) -> TestStore {
    let options = OpenOptions {
        text_wait: 1,
        ..OpenOptions::new(folder.path().join("test.db"), UnixMillis(1))
    };
    let sqlite = store::open(options).await.unwrap();
    TestStore {
        store: Arc::new(sqlite.clone()),
        sqlite,
        folder,
    }
}

impl TestStore {
    /// Waits until the text index holds everything.
    pub async fn text_settled(&self) {
        self.sqlite.text_settled().await;
    }

    /// Closes the store and opens it again.
    pub async fn reopen(self) -> TestStore {
        self.sqlite.close().await;
        let Self {
            store,
            sqlite,
            folder,
        } = self;
        drop((store, sqlite));
        open_in(folder).await
    }
}

/// A span that is there from `start` to `start + 10` milliseconds.
pub fn span(id: u8, parent: u8, name: &str, start_ms: i64) -> Span {
    Span {
        span_id: span_id(id),
        parent_id: (parent != 0).then(|| span_id(parent)),
        name: name.to_owned(),
        start: UnixNanos(start_ms * 1_000_000),
        end: Some(UnixNanos((start_ms + 10) * 1_000_000)),
        status: StatusCode::Ok,
        status_message: String::new(),
        attributes: vec![(keys::SPAN_TYPE.to_owned(), quote("TOOL"))],
        events: Vec::new(),
        links: Vec::new(),
    }
}

pub fn span_id(id: u8) -> SpanId {
    SpanId([0, 0, 0, 0, 0, 0, 1, id])
}

/// The number in a trace's OpenTelemetry id.
pub fn trace_id(number: u32) -> TraceId {
    let mut id = [0; 16];
    id[12..].copy_from_slice(&number.to_be_bytes());
    id[0] = 9;
    TraceId::from_otel(id)
}

/// Spans of one trace of the default experiment.
pub fn batch(trace: u32, spans: Vec<Span>) -> SpanBatch {
    SpanBatch {
        experiment_id: E0,
        trace_id: trace_id(trace),
        spans,
        resource_tags: Vec::new(),
        run_id: None,
        readable_by_id: true,
    }
}

/// A trace of two spans that starts at a time.
pub fn small(trace: u32, start_ms: i64) -> SpanBatch {
    batch(
        trace,
        vec![
            span(1, 0, "root", start_ms),
            span(2, 1, "child", start_ms + 1),
        ],
    )
}

/// What a client sends about a trace.
pub fn info(trace: u32, start_ms: i64) -> TraceInfoWrite {
    TraceInfoWrite {
        trace_id: trace_id(trace),
        experiment_id: E0,
        client_request_id: None,
        request_preview: None,
        response_preview: None,
        request_time: UnixMillis(start_ms),
        duration_ms: Some(5),
        state: TraceState::Ok,
        metadata: BTreeMap::new(),
        tags: BTreeMap::new(),
        assessments: Vec::new(),
    }
}

/// A map of texts.
pub fn map<const N: usize>(entries: [(&str, &str); N]) -> BTreeMap<String, String> {
    entries
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

/// A search in the default experiment.
pub fn query(filter: &str, order_by: &[&str], size: u32) -> TraceQuery {
    TraceQuery {
        experiments: vec![E0],
        filter: (!filter.is_empty()).then(|| compile(filter).unwrap()),
        order: order::parse_trace_order(order_by).unwrap(),
        page: PageRequest::first(size),
    }
}

/// The ids found, page by page.
pub async fn found(store: &dyn Store, mut query: TraceQuery) -> Vec<TraceId> {
    let mut ids = Vec::new();
    loop {
        let page = store.search_traces(query.clone()).await.unwrap();
        assert!(page.items.len() <= query.page.size as usize);
        ids.extend(page.items.iter().map(|info| info.trace_id.clone()));
        match page.next {
            Some(token) => query.page.token = Some(token),
            None => return ids,
        }
    }
}

/// The traces with all their spans.
pub async fn with_spans(store: &dyn Store, ids: &[TraceId]) -> Vec<(TraceInfo, Vec<Span>)> {
    use futures_util::StreamExt;
    let found: Vec<_> = store.spans(ids).collect().await;
    found
        .into_iter()
        .map(|found| {
            let found = found.unwrap();
            (found.info, found.spans)
        })
        .collect()
}
