//! Links of traces to runs.

use domain::ids::RunId;
use domain::trace::keys;

use crate::support::{found, info, open, query, small, trace_id};

#[tokio::test]
async fn links_to_a_run_are_made_and_taken_back() {
    let store = open().await;
    let run = RunId::new("run-1");
    store
        .ingest(vec![small(1, 100), small(2, 200)])
        .await
        .unwrap();
    let mut logged = info(3, 300);
    logged
        .metadata
        .insert(keys::SOURCE_RUN.to_owned(), "run-1".to_owned());
    store.put_trace_info(logged).await.unwrap();
    let both = [trace_id(1), trace_id(2)];
    let in_run = query("run_id = 'run-1'", &["timestamp_ms ASC"], 10);
    for _ in 0..2 {
        store.link_traces_to_run(&both, &run).await.unwrap();
        let all = [trace_id(1), trace_id(2), trace_id(3)];
        assert_eq!(found(&*store, in_run.clone()).await, all);
    }
    // The trace that was logged in the run, one that is unknown and one that is linked.
    let traces = [trace_id(3), trace_id(9), trace_id(1)];
    for _ in 0..2 {
        store.unlink_traces_from_run(&traces, &run).await.unwrap();
        let left = [trace_id(2), trace_id(3)];
        assert_eq!(found(&*store, in_run.clone()).await, left);
    }
    let first = store.trace(&trace_id(1)).await.unwrap().unwrap();
    assert!(first.linked_runs.is_empty());
    let other = RunId::new("run-2");
    store.unlink_traces_from_run(&both, &other).await.unwrap();
    let second = store.trace(&trace_id(2)).await.unwrap().unwrap();
    assert_eq!(second.linked_runs, [run]);
}
