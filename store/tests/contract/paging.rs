use domain::ids::ExperimentId;
use domain::page::PageToken;
use domain::store::StoreError;

use crate::support::{found, open, query, small, trace_id};

#[tokio::test]
async fn newest_come_first_and_ids_break_ties() {
    let store = open().await;
    store
        .ingest(
            [(1, 10), (2, 30), (3, 20), (4, 30)]
                .map(|(n, t)| small(n, t))
                .into(),
        )
        .await
        .unwrap();
    let expected = [2, 4, 3, 1].map(trace_id);
    for size in [1, 2, 3, 4, 5] {
        assert_eq!(
            found(&*store, query("", &[], size)).await,
            expected,
            "pages of {size}"
        );
    }
}

#[tokio::test]
async fn a_token_is_there_only_if_more_follows() {
    let store = open().await;
    store
        .ingest((1..=4).map(|n| small(n, 5)).collect())
        .await
        .unwrap();
    let page = store.search_traces(query("", &[], 4)).await.unwrap();
    assert_eq!((page.items.len(), page.next), (4, None));
    let page = store.search_traces(query("", &[], 3)).await.unwrap();
    assert!(page.next.is_some());
}

#[tokio::test]
async fn pages_are_stable_while_traces_arrive() {
    let store = open().await;
    store
        .ingest((1..=6).map(|n| small(n, 100 * i64::from(n))).collect())
        .await
        .unwrap();
    let mut query = query("", &[], 2);
    let first = store.search_traces(query.clone()).await.unwrap();
    store.ingest(vec![small(50, 9000)]).await.unwrap();
    query.page.token = first.next;
    assert_eq!(found(&*store, query).await, [4, 3, 2, 1].map(trace_id));
}

#[tokio::test]
async fn tokens_of_other_queries_and_damaged_ones_are_refused() {
    let store = open().await;
    store
        .ingest((1..=3).map(|n| small(n, 5)).collect())
        .await
        .unwrap();
    let token = store
        .search_traces(query("", &[], 1))
        .await
        .unwrap()
        .next
        .unwrap();
    let mut other_order = query("", &["timestamp ASC"], 1);
    other_order.page.token = Some(token.clone());
    let mut other_filter = query("status = 'OK'", &[], 1);
    other_filter.page.token = Some(token.clone());
    let mut other_experiment = query("", &[], 1);
    other_experiment.experiments = vec![ExperimentId(4)];
    other_experiment.page.token = Some(token.clone());
    let mut damaged = query("", &[], 1);
    damaged.page.token = Some(PageToken(format!("{}x", token.0)));
    for query in [other_order, other_filter, other_experiment, damaged] {
        let refused = store.search_traces(query).await;
        assert!(matches!(refused, Err(StoreError::PageToken)));
    }
}

#[tokio::test]
async fn unknown_experiments_are_empty() {
    let store = open().await;
    store.ingest(vec![small(1, 5)]).await.unwrap();
    let mut nowhere = query("", &[], 5);
    nowhere.experiments = vec![ExperimentId(44)];
    assert!(found(&*store, nowhere).await.is_empty());
    assert_eq!(
        store
            .count_traces(&[ExperimentId(44)], None, 5)
            .await
            .unwrap()
            .traces,
        0
    );
}
