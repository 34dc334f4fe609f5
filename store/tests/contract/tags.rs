use domain::store::{Missing, StoreError};

use crate::support::{info, open, small, trace_id};

#[tokio::test]
async fn tags_are_set_replaced_and_removed() {
    let store = open().await;
    store.ingest(vec![small(1, 100)]).await.unwrap();
    let id = trace_id(1);
    for value in ["a", "b"] {
        store.set_trace_tag(&id, "k", value).await.unwrap();
        let trace = store.trace(&id).await.unwrap().unwrap();
        assert_eq!(trace.tags["k"], value);
    }
    // What a client sends later leaves tags alone that it does not mention.
    store.put_trace_info(info(1, 100)).await.unwrap();
    assert_eq!(store.trace(&id).await.unwrap().unwrap().tags["k"], "b");
    store.delete_trace_tag(&id, "k").await.unwrap();
    let again = store.delete_trace_tag(&id, "k").await;
    assert!(matches!(
        again,
        Err(StoreError::Missing(Missing::TraceTag { .. }))
    ));
}

#[tokio::test]
async fn unknown_traces_are_missing() {
    let store = open().await;
    let id = trace_id(1);
    let set = store.set_trace_tag(&id, "k", "v").await;
    let deleted = store.delete_trace_tag(&id, "k").await;
    for result in [set, deleted] {
        assert!(matches!(
            result,
            Err(StoreError::Missing(Missing::Trace(_)))
        ));
    }
}
