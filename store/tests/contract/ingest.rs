use std::time::Duration;

use domain::ids::{ExperimentId, RunId, SpanId, TraceId};
use domain::json::quote;
use domain::span::{SpanEvent, SpanLink, StatusCode, keys as span_keys};
use domain::span_row::SpanRow;
use domain::span_table::SpanTable;
use domain::store::{Missing, StoreError};
use domain::time::{UnixMillis, UnixNanos};
use domain::trace::{TraceState, keys};
use serde_json::json;

use crate::support::{E0, batch, info, map, open, small, span, span_id, trace_id, with_spans};

#[tokio::test]
async fn spans_come_back_as_they_went_in() {
    let store = open().await;
    let mut failed = span(2, 1, "tool", 105);
    failed.status = StatusCode::Error;
    failed.status_message = "x".repeat(1000);
    failed.attributes.push((
        span_keys::INPUTS.to_owned(),
        r#"{"a": [1, 2.50, "é\u0000"]}"#.to_owned(),
    ));
    failed
        .attributes
        .push(("not json".to_owned(), "{".to_owned()));
    failed.events.push(SpanEvent {
        name: "exception".to_owned(),
        time: UnixNanos(-5),
        attributes: vec![("v".to_owned(), json!({"a": [1, 0.1, null, u64::MAX, true]}))],
    });
    failed.links.push(SpanLink {
        trace_id: "tr-x".to_owned(),
        span_id: "1".to_owned(),
        attributes: vec![("k".to_owned(), json!("v"))],
    });
    let mut open_span = span(3, 99, "open", 103);
    open_span.end = None;
    let root = span(1, 0, "root", 100);
    let spans = vec![failed.clone(), open_span.clone(), root.clone()];
    store.ingest(vec![batch(1, spans)]).await.unwrap();
    let stored = with_spans(&*store, &[trace_id(7), trace_id(1), trace_id(1)]).await;
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].1, [root.clone(), open_span, failed.clone()]);
    assert_eq!(
        stored[0].0,
        store.trace(&trace_id(1)).await.unwrap().unwrap()
    );
    assert_eq!(
        store.span(&trace_id(1), span_id(2)).await.unwrap(),
        Some(failed.clone())
    );
    assert_eq!(store.span(&trace_id(1), span_id(9)).await.unwrap(), None);
    let rows = store.span_rows(&trace_id(1)).await.unwrap().unwrap();
    assert_eq!(rows.len(), 3);
    assert!(rows.contains(&SpanRow::of(&failed)) && rows.contains(&SpanRow::of(&root)));
    assert_eq!(store.span_rows(&trace_id(2)).await.unwrap(), None);
}

#[tokio::test]
async fn the_table_of_a_trace_follows_it() {
    let store = open().await;
    let spans = |from: u64, count: u64| {
        let spans = (from..from + count).map(|id| {
            let mut span = span(1, if id == 1 { 0 } else { 1 }, "step", 100);
            span.span_id = SpanId(id.to_be_bytes());
            span.parent_id = (id > 1).then_some(SpanId(1_u64.to_be_bytes()));
            span
        });
        batch(1, spans.collect())
    };
    // Enough for the table to be kept.
    store.ingest(vec![spans(1, 1_200)]).await.unwrap();
    for _ in 0..2 {
        let table = store.span_table(&trace_id(1)).await.unwrap().unwrap();
        assert_eq!((table.len(), table.descendant_count(0)), (1_200, 1_199));
    }
    store.ingest(vec![spans(1_201, 5)]).await.unwrap();
    let table = store.span_table(&trace_id(1)).await.unwrap().unwrap();
    assert_eq!(table.len(), 1_205);
    let rows = store.span_rows(&trace_id(1)).await.unwrap().unwrap();
    assert_eq!(*table, SpanTable::new(rows));
    assert_eq!(store.span_table(&trace_id(2)).await.unwrap(), None);
}

#[tokio::test]
async fn a_trace_is_derived_from_its_spans() {
    let store = open().await;
    store.ingest(vec![small(1, 100)]).await.unwrap();
    let trace = store.trace(&trace_id(1)).await.unwrap().unwrap();
    assert_eq!(trace.request_time, UnixMillis(100));
    assert_eq!(trace.duration_ms, Some(11));
    assert_eq!(trace.state, TraceState::Ok);
    assert_eq!(trace.name(), Some("root"));
    assert_eq!((trace.stats.span_count, trace.stats.error_count), (2, 0));
    assert_eq!(trace.tags[keys::SPANS_LOCATION], keys::TRACKING_STORE);
}

#[tokio::test]
async fn unknown_experiments_fail_alone_and_whole() {
    let store = open().await;
    let mut lost = small(2, 100);
    lost.experiment_id = ExperimentId(9);
    let call = store.ingest(vec![small(1, 100), lost]);
    let fine = store.ingest(vec![small(3, 100)]);
    let (failed, fine) = tokio::join!(call, fine);
    assert!(matches!(
        failed,
        Err(StoreError::Missing(Missing::Experiment(_)))
    ));
    fine.unwrap();
    assert_eq!(store.trace(&trace_id(1)).await.unwrap(), None);
    assert!(store.trace(&trace_id(3)).await.unwrap().is_some());
}

#[tokio::test]
async fn long_sessions_are_refused() {
    let store = open().await;
    let mut root = span(1, 0, "root", 100);
    root.set_attribute(span_keys::SESSION_ID, quote(&"s".repeat(251)));
    let refused = store.ingest(vec![batch(1, vec![root])]).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))));
}

#[tokio::test]
async fn spans_and_information_may_come_in_any_order() {
    let store = open().await;
    let mut write = info(0, 70);
    write.tags = map([("t", "info"), (keys::NAME, "told")]);
    write.metadata = map([(keys::SIZE_STATS, r#"{"num_spans": 2}"#)]);
    let mut results = Vec::new();
    for number in [1, 2] {
        write.trace_id = trace_id(number);
        if number == 1 {
            store.ingest(vec![small(number, 100)]).await.unwrap();
            store.put_trace_info(write.clone()).await.unwrap();
        } else {
            let before = store.put_trace_info(write.clone()).await.unwrap();
            assert!(!before.tags.contains_key(keys::SPANS_LOCATION));
            store.ingest(vec![small(number, 100)]).await.unwrap();
        }
        let mut trace = store.trace(&trace_id(number)).await.unwrap().unwrap();
        trace.trace_id = trace_id(0);
        trace.tags.remove(keys::ARTIFACT_LOCATION);
        results.push(trace);
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0].request_time, UnixMillis(70));
    assert_eq!(results[0].name(), Some("told"));
    assert_eq!(results[0].stats.span_count, 2);
    assert_eq!(results[0].tags[keys::SPANS_LOCATION], keys::TRACKING_STORE);
}

#[tokio::test]
async fn information_of_deleted_experiments_is_refused_but_spans_are_not() {
    let store = open().await;
    let stage = domain::experiment::LifecycleStage::Deleted;
    store
        .set_experiment_lifecycle(E0, stage, UnixMillis(1))
        .await
        .unwrap();
    store.ingest(vec![small(1, 100)]).await.unwrap();
    assert!(matches!(
        store.put_trace_info(info(1, 5)).await,
        Err(StoreError::Refused(_))
    ));
    let mut unknown = info(1, 5);
    unknown.experiment_id = ExperimentId(9);
    let missing = store.put_trace_info(unknown).await;
    assert!(matches!(
        missing,
        Err(StoreError::Missing(Missing::Experiment(_)))
    ));
}

#[tokio::test]
async fn a_span_that_arrives_again_replaces_the_first() {
    let store = open().await;
    let mut running = span(1, 0, "root", 100);
    running.end = None;
    running.status = StatusCode::Error;
    let child = span(2, 1, "child", 101);
    store
        .ingest(vec![batch(
            1,
            vec![running.clone(), child.clone(), running],
        )])
        .await
        .unwrap();
    let trace = store.trace(&trace_id(1)).await.unwrap().unwrap();
    assert_eq!((trace.stats.span_count, trace.stats.error_count), (2, 1));
    let ended = span(1, 0, "root", 100);
    store
        .ingest(vec![batch(1, vec![ended.clone()])])
        .await
        .unwrap();
    let trace = store.trace(&trace_id(1)).await.unwrap().unwrap();
    assert_eq!((trace.stats.span_count, trace.stats.error_count), (2, 0));
    let stored = with_spans(&*store, &[trace_id(1)]).await;
    assert_eq!(stored[0].1, [ended.clone(), child]);
    assert_eq!(
        store.span(&trace_id(1), span_id(1)).await.unwrap(),
        Some(ended)
    );
}

#[tokio::test]
async fn tokens_of_a_growing_trace_are_recounted() {
    let store = open().await;
    let usage = |n: i64| {
        format!(
            r#"{{"input_tokens": {n}, "output_tokens": 1, "total_tokens": {}}}"#,
            n + 1
        )
    };
    for n in 1..=5u8 {
        let mut call = span(n, 0, "call", 100 + i64::from(n));
        call.set_attribute(span_keys::TOKEN_USAGE, usage(i64::from(n)));
        store.ingest(vec![batch(1, vec![call])]).await.unwrap();
    }
    let trace = store.trace(&trace_id(1)).await.unwrap().unwrap();
    assert_eq!(trace.stats.usage.unwrap().input_tokens, 15);
    assert_eq!(trace.stats.span_count, 5);
    assert!(trace.metadata[keys::TOKEN_USAGE].starts_with(r#"{"input_tokens": 15, "#));
}

#[tokio::test]
async fn a_trace_in_many_commits_is_one_trace() {
    let store = open().await;
    for n in 0..200u8 {
        let parent = if n == 0 { 0 } else { 1 };
        let spans = vec![
            span(n + 1, parent, "s", i64::from(n)),
            span(1, 0, "root", 0),
        ];
        store.ingest(vec![batch(1, spans)]).await.unwrap();
    }
    let trace = store.trace(&trace_id(1)).await.unwrap().unwrap();
    assert_eq!(trace.stats.span_count, 200);
    let stored = with_spans(&*store, &[trace_id(1)]).await;
    assert_eq!(stored[0].1.len(), 200);
    assert!(
        stored[0]
            .1
            .windows(2)
            .all(|pair| pair[0].start <= pair[1].start)
    );
    assert_eq!(stored[0].1[0].name, "root");
}

#[tokio::test]
async fn waiting_ends_when_the_spans_are_there() {
    let store = open().await;
    let started = std::time::Instant::now();
    let id = trace_id(1);
    let waiting = store.wait_for_spans(&id, 3, Duration::from_secs(60));
    let writing = async {
        store.ingest(vec![small(1, 100)]).await.unwrap();
        store
            .ingest(vec![batch(1, vec![span(3, 1, "late", 105)])])
            .await
            .unwrap();
    };
    let (stored, ()) = tokio::join!(waiting, writing);
    assert_eq!(stored.unwrap(), 3);
    assert!(started.elapsed() < Duration::from_secs(30));
    let few = store
        .wait_for_spans(&id, 9, Duration::from_millis(1))
        .await
        .unwrap();
    assert_eq!(few, 3);
    let unknown = TraceId::new("unknown");
    assert_eq!(
        store
            .wait_for_spans(&unknown, 1, Duration::ZERO)
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
async fn spans_of_a_run_link_their_trace_to_it() {
    let store = open().await;
    let run = RunId::new("run-1");
    let mut with_root = small(1, 100);
    with_root.run_id = Some(run.clone());
    let mut without_root = batch(2, vec![span(2, 1, "child", 100)]);
    without_root.run_id = Some(run.clone());
    store.ingest(vec![with_root, without_root]).await.unwrap();
    let linked = |number| {
        let store = &store;
        async move {
            store
                .trace(&trace_id(number))
                .await
                .unwrap()
                .unwrap()
                .linked_runs
        }
    };
    assert_eq!(linked(1).await, std::slice::from_ref(&run));
    assert!(linked(2).await.is_empty());
    let all = [trace_id(1), trace_id(2), trace_id(3)];
    store.link_traces_to_run(&all, &run).await.unwrap();
    assert_eq!(linked(2).await, [run]);
}

#[tokio::test]
async fn empty_calls_are_fine() {
    let store = open().await;
    store.ingest(Vec::new()).await.unwrap();
    store.ingest(vec![batch(1, Vec::new())]).await.unwrap();
    assert_eq!(store.traces(&[trace_id(1)]).await.unwrap(), []);
}

#[tokio::test]
async fn some_spans_are_read_alone() {
    let store = open().await;
    let first = vec![
        span(1, 0, "root", 100),
        span(2, 1, "a", 101),
        span(3, 1, "b", 102),
    ];
    store.ingest(vec![batch(1, first)]).await.unwrap();
    let again = span(2, 1, "a again", 103);
    let second = vec![again.clone(), span(4, 1, "c", 104)];
    store.ingest(vec![batch(1, second)]).await.unwrap();
    let ids = [4, 2, 9, 1].map(span_id);
    let mut found = store.some_spans(&trace_id(1), &ids).await.unwrap();
    found.sort_by_key(|span| span.span_id);
    let expected = [span(1, 0, "root", 100), again, span(4, 1, "c", 104)];
    assert_eq!(found, expected);
    assert!(
        store
            .some_spans(&trace_id(1), &[])
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store
            .some_spans(&trace_id(7), &ids)
            .await
            .unwrap()
            .is_empty()
    );
}
