use domain::filter::compile;
use serde_json::json;

use crate::assessments::feedback;
use crate::support::{E0, batch, found, info, map, open, query, small, span, trace_id, with_spans};

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let store = open().await;
    store
        .ingest((1..=50).map(|n| small(n, i64::from(n))).collect())
        .await
        .unwrap();
    store
        .ingest(vec![batch(1, vec![span(3, 1, "more", 5)])])
        .await
        .unwrap();
    let mut write = info(2, 2);
    write.tags = map([("k", "v")]);
    write.assessments = vec![feedback("a", "rating", json!("good"))];
    store.put_trace_info(write).await.unwrap();
    let before = store.search_traces(query("", &[], 100)).await.unwrap();
    let spans = with_spans(&*store, &[trace_id(1)]).await;
    let store = store.reopen().await;
    assert_eq!(
        store.search_traces(query("", &[], 100)).await.unwrap(),
        before
    );
    assert_eq!(with_spans(&*store, &[trace_id(1)]).await, spans);
    assert_eq!(
        found(&*store, query("tags.k = 'v'", &[], 5)).await,
        [trace_id(2)]
    );
    let named = compile("span.name = 'more'").unwrap();
    assert_eq!(
        store
            .count_traces(&[E0], Some(&named), 9)
            .await
            .unwrap()
            .traces,
        1
    );
    // Known traces are still known: nothing is stored twice.
    store
        .ingest(vec![small(1, 1), small(51, 51)])
        .await
        .unwrap();
    assert_eq!(store.count_traces(&[E0], None, 1).await.unwrap().traces, 51);
    assert_eq!(
        store
            .trace(&trace_id(1))
            .await
            .unwrap()
            .unwrap()
            .stats
            .span_count,
        3
    );
}
