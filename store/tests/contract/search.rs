//! Searches against the reference evaluator of the domain: whatever it says of each trace, the store must find.

mod data;
mod questions;

use domain::assessment::Assessment;
use domain::filter::compile;
use domain::filter::eval::{Evaluator, TraceView};
use domain::filter::order::{compare_traces, parse_trace_order, with_ties};
use domain::ids::TraceId;
use domain::json::quote;
use domain::span::{Span, keys as span_keys};
use domain::store::Store;
use domain::trace::{TraceInfo, keys};
use proptest::test_runner::{Config, TestRunner};

use self::data::fill;
use self::questions::{FILTERS, ORDERS, filter};
use crate::support::{
    E0, TestStore, batch, found, open, query, small, span, span_id, trace_id, with_spans,
};

/// All traces with their spans, as the store gives them back.
async fn everything(store: &dyn Store) -> Vec<(TraceInfo, Vec<Span>)> {
    let ids: Vec<TraceId> = (0..40).map(trace_id).collect();
    with_spans(store, &ids).await
}

/// What the reference evaluator finds, in order.
fn expected(all: &[(TraceInfo, Vec<Span>)], filter: &str, order: &[&str]) -> Vec<TraceId> {
    let filter = compile(filter).unwrap();
    let evaluator = Evaluator::new(&filter).unwrap();
    let matches = |(info, spans): &&(TraceInfo, Vec<Span>)| {
        let session: Vec<Assessment> = all
            .iter()
            .filter(|(other, _)| other.trace_id != info.trace_id)
            .flat_map(|(other, _)| &other.assessments)
            .filter(|a| {
                let session = a.metadata.get(keys::SESSION);
                session.is_some() && session.map(String::as_str) == info.session()
            })
            .cloned()
            .collect();
        let view = TraceView {
            info,
            spans,
            prompts: &[],
            session_assessments: &session,
        };
        evaluator.matches(&view)
    };
    let mut found: Vec<&TraceInfo> = all.iter().filter(matches).map(|(info, _)| info).collect();
    let order = with_ties(&parse_trace_order(order).unwrap());
    found.sort_by(|a, b| compare_traces(a, b, &order));
    found
        .into_iter()
        .map(|info| info.trace_id.clone())
        .collect()
}

async fn check(store: &dyn Store, all: &[(TraceInfo, Vec<Span>)], filter: &str, order: &[&str]) {
    let expected = expected(all, filter, order);
    let found = found(store, query(filter, order, 7)).await;
    assert_eq!(found, expected, "{filter} {order:?}");
    let compiled = compile(filter).unwrap();
    let count = store
        .count_traces(&[E0], Some(&compiled), 1000)
        .await
        .unwrap()
        .traces;
    assert_eq!(count, expected.len() as u64, "{filter}");
    let capped = store
        .count_traces(&[E0], Some(&compiled), 3)
        .await
        .unwrap()
        .traces;
    assert_eq!(capped, count.min(3), "{filter}");
}

async fn filled() -> (TestStore, Vec<(TraceInfo, Vec<Span>)>) {
    let store = open().await;
    fill(&*store).await;
    let all = everything(&*store).await;
    assert_eq!(all.len(), 40);
    (store, all)
}

#[tokio::test]
async fn every_filter_finds_what_the_evaluator_finds() {
    let (store, all) = filled().await;
    for filter in FILTERS {
        check(&*store, &all, filter, &[]).await;
    }
    // The same once the index holds everything.
    let store = store.reopen().await;
    store.text_settled().await;
    for filter in FILTERS {
        check(&*store, &all, filter, &[]).await;
    }
    // And after some have changed since.
    for number in (0..40).step_by(4) {
        let mut late = span(3, 1, "late", 100 * i64::from(number));
        late.set_attribute(span_keys::OUTPUTS, quote(&format!("Hello 1{number} late")));
        store.ingest(vec![batch(number, vec![late])]).await.unwrap();
    }
    let all = everything(&*store).await;
    for filter in FILTERS {
        check(&*store, &all, filter, &[]).await;
    }
    store.text_settled().await;
    for filter in FILTERS {
        check(&*store, &all, filter, &[]).await;
    }
}

#[tokio::test]
async fn every_order_is_the_evaluators() {
    let (store, all) = filled().await;
    let store = store.reopen().await;
    for order in ORDERS {
        check(&*store, &all, "", order).await;
        check(&*store, &all, "status IN ('OK', 'ERROR')", order).await;
    }
    // Half of them changed since they were indexed.
    for number in (0..40).step_by(2) {
        store
            .set_trace_tag(&trace_id(number), "env", "stage")
            .await
            .unwrap();
    }
    let all = everything(&*store).await;
    for order in ORDERS {
        check(&*store, &all, "tags.env IS NOT NULL", order).await;
    }
}

#[test]
fn any_filter_finds_what_the_evaluator_finds() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (tail, all) = runtime.block_on(filled());
    let indexed = runtime.block_on(async {
        let indexed = filled().await.0.reopen().await;
        indexed.text_settled().await;
        indexed
    });
    let mut runner = TestRunner::new(Config {
        cases: 150,
        ..Config::default()
    });
    let outcome = runner.run(&filter(), |text| {
        runtime.block_on(async {
            check(&*tail, &all, &text, &[]).await;
            check(&*indexed, &all, &text, &["execution_time DESC"]).await;
        });
        Ok(())
    });
    outcome.unwrap();
}

#[tokio::test]
async fn traces_are_found_by_what_their_spans_link_to() {
    use domain::span::SpanLink;
    let store = open().await;
    let mut linking = span(1, 0, "retry", 2_000);
    linking.links = vec![SpanLink {
        trace_id: trace_id(1).to_string(),
        span_id: span_id(1).to_string(),
        attributes: Vec::new(),
    }];
    let batches = vec![small(1, 1_000), batch(2, vec![linking]), small(3, 3_000)];
    store.ingest(batches).await.unwrap();
    let filter = format!("span.attributes.`link.trace_id` = '{}'", trace_id(1));
    assert_eq!(found(&*store, query(&filter, &[], 7)).await, [trace_id(2)]);
    let store = store.reopen().await;
    assert_eq!(found(&*store, query(&filter, &[], 7)).await, [trace_id(2)]);
}
