//! What traces say under keys of attributes.

use domain::json::quote;
use domain::span::Span;

use crate::support::{TestStore, batch, open, small, span, trace_id};

fn with(mut span: Span, attributes: &[(&str, &str)]) -> Span {
    for (key, json) in attributes {
        span.set_attribute(key, (*json).to_owned());
    }
    span
}

async fn said(store: &TestStore, traces: &[u32], keys: &[&str]) -> Vec<Vec<String>> {
    let ids: Vec<_> = traces.iter().map(|number| trace_id(*number)).collect();
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let found = store.attribute_values(&ids, &keys).await.unwrap();
    let text = |value: &Option<domain::store::AttributeValue>| match value {
        None => String::new(),
        Some(value) => format!("{} +{}", value.json, value.others),
    };
    found
        .iter()
        .map(|values| values.iter().map(text).collect())
        .collect()
}

#[tokio::test]
async fn values_come_in_the_order_asked() {
    let store = open().await;
    let root = with(
        span(1, 0, "root", 5),
        &[("tier", &quote("gold")), ("n", "7")],
    );
    let child = with(
        span(2, 1, "child", 6),
        &[("tier", &quote("basic")), ("o", "{\"a\": [1]}")],
    );
    store
        .ingest(vec![batch(1, vec![child, root]), small(2, 9)])
        .await
        .unwrap();
    assert_eq!(
        said(&store, &[2, 1, 77], &["n", "tier", "o"]).await,
        [
            ["", "", ""],
            ["7 +0", "\"gold\" +1", "{\"a\": [1]} +0"],
            ["", "", ""]
        ]
    );
    assert!(said(&store, &[], &["n"]).await.is_empty());
    assert_eq!(said(&store, &[1], &[]).await, [[""; 0]]);
    let store = store.reopen().await;
    assert_eq!(said(&store, &[1], &["n"]).await, [["7 +0"]]);
}

#[tokio::test]
async fn a_trace_that_came_in_many_parts_is_put_together() {
    let store = open().await;
    // Children first, as exporters send them, in parts of one span.
    for id in 2..20 {
        let child = with(
            span(id, 1, "child", i64::from(id)),
            &[("k", &id.to_string())],
        );
        store.ingest(vec![batch(1, vec![child])]).await.unwrap();
    }
    assert_eq!(said(&store, &[1], &["k"]).await, [["2 +17"]]);
    let root = with(span(1, 0, "root", 1), &[("k", "1")]);
    store.ingest(vec![batch(1, vec![root])]).await.unwrap();
    assert_eq!(said(&store, &[1], &["k"]).await, [["1 +18"]]);
    // The root comes again, with another value.
    let root = with(span(1, 0, "root", 1), &[("k", "2")]);
    store.ingest(vec![batch(1, vec![root])]).await.unwrap();
    assert_eq!(said(&store, &[1], &["k"]).await, [["2 +17"]]);
}
