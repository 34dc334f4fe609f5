use domain::ids::{AssessmentId, ExperimentId};
use domain::store::DeleteTraces;
use domain::time::UnixMillis;
use serde_json::json;

use crate::assessments::feedback;
use crate::support::{E0, found, open, query, small, trace_id};

#[tokio::test]
async fn deleted_traces_are_gone_with_all_that_hung_on_them() {
    let store = open().await;
    store
        .ingest((1..=3).map(|n| small(n, i64::from(n))).collect())
        .await
        .unwrap();
    let id = trace_id(2);
    store
        .create_assessment(&id, feedback("a", "n", json!(1.0)))
        .await
        .unwrap();
    let which = DeleteTraces::Ids(vec![id.clone(), trace_id(9), id.clone()]);
    assert_eq!(
        store
            .delete_traces(ExperimentId(5), which.clone())
            .await
            .unwrap(),
        []
    );
    let deleted = store.delete_traces(E0, which).await.unwrap();
    assert_eq!(deleted, std::slice::from_ref(&id));
    assert_eq!(store.trace(&id).await.unwrap(), None);
    assert_eq!(store.span_rows(&id).await.unwrap(), None);
    assert_eq!(
        found(&*store, query("", &[], 10)).await,
        [trace_id(3), trace_id(1)]
    );
    assert_eq!(
        store.experiment_summaries(1).await.unwrap()[0].trace_count,
        2
    );
    // The id is free again and nothing of the old trace shows.
    store.ingest(vec![small(2, 9)]).await.unwrap();
    let again = store.trace(&id).await.unwrap().unwrap();
    assert_eq!(
        (again.request_time, again.assessments.len()),
        (UnixMillis(9), 0)
    );
    let gone = store
        .assessment(&id, &AssessmentId::new("a"))
        .await
        .unwrap();
    assert_eq!(gone, None);
}

#[tokio::test]
async fn the_oldest_go_first() {
    let store = open().await;
    store
        .ingest((1..=200).map(|n| small(n, 1000 - i64::from(n))).collect())
        .await
        .unwrap();
    let which = DeleteTraces::UpTo {
        time: UnixMillis(900),
        limit: Some(3),
    };
    assert_eq!(store.delete_traces(E0, which).await.unwrap().len(), 3);
    assert_eq!(store.trace(&trace_id(198)).await.unwrap(), None);
    assert!(store.trace(&trace_id(197)).await.unwrap().is_some());
    let which = DeleteTraces::UpTo {
        time: UnixMillis(900),
        limit: None,
    };
    assert_eq!(store.delete_traces(E0, which).await.unwrap().len(), 98);
    let summary = store.experiment_summaries(1).await.unwrap().remove(0);
    assert_eq!(
        (summary.trace_count, summary.last_trace_time),
        (99, Some(UnixMillis(999)))
    );
    let which = DeleteTraces::UpTo {
        time: UnixMillis(5000),
        limit: None,
    };
    assert_eq!(store.delete_traces(E0, which).await.unwrap().len(), 99);
    assert_eq!(
        store.experiment_summaries(1).await.unwrap()[0].last_trace_time,
        None
    );
}

#[tokio::test]
async fn retention_is_told_ages_and_sizes() {
    let store = open().await;
    let empty = store.disk_use().await.unwrap();
    assert_eq!(empty.traces, 0);
    assert_eq!(store.nth_oldest_start(1).await.unwrap(), None);
    store
        .ingest((1..=200).map(|n| small(n, 1000 - i64::from(n))).collect())
        .await
        .unwrap();
    // Indexed and not indexed traces count alike, and so do changed ones.
    let store = store.reopen().await;
    store
        .ingest(vec![small(300, 850), small(301, 5000)])
        .await
        .unwrap();
    store.set_trace_tag(&trace_id(200), "k", "v").await.unwrap();
    for (time, count) in [(799, 0), (800, 1), (809, 10), (850, 52), (9000, 202)] {
        let counted = store.count_up_to(E0, UnixMillis(time)).await.unwrap();
        assert_eq!(counted, count, "{time}");
    }
    for (rank, start) in [
        (1, 800),
        (2, 801),
        (51, 850),
        (52, 850),
        (53, 851),
        (999, 5000),
    ] {
        let found = store.nth_oldest_start(rank).await.unwrap();
        assert_eq!(found, Some(UnixMillis(start)), "{rank}");
    }
    let used = store.disk_use().await.unwrap();
    assert_eq!(used.traces, 202);
    assert!(used.used_bytes <= used.file_bytes && empty.used_bytes < used.used_bytes);
}
