//! Statistics, held to a plain computation over all traces as the store gives them back.

mod data;
mod groups;
mod latencies;
mod plain;

use domain::ids::RunId;
use domain::stats::{Aggregation, Facet, FacetQuery, Metric, MetricQuery, SeriesQuery, StatsScope};
use domain::store::{DeleteTraces, Store, StoreError};
use domain::time::{UnixMillis, UnixNanos};
use domain::trace::keys;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use self::data::{E1, QUESTIONS, all, fill};
use self::groups::check_groups;
use self::latencies::check_latencies;
use self::plain::{check_facets, check_metrics, check_series};
use crate::assessments::feedback;
use crate::support::{E0, TestStore, batch, info, open, small, span, trace_id};

async fn check(store: &dyn Store, count: usize) {
    let all = all(store, count).await;
    for question in QUESTIONS {
        check_facets(store, &all, question).await;
        check_groups(store, &all, question).await;
        check_series(store, &all, question).await;
        check_latencies(store, &all, question).await;
        check_metrics(store, &all, question).await;
    }
}

async fn with_experiment() -> TestStore {
    let store = open().await;
    let new = domain::store::NewExperiment {
        name: "other".to_owned(),
        ..Default::default()
    };
    let made = store.create_experiment(new, UnixMillis(1)).await.unwrap();
    assert_eq!(made, E1);
    store
}

#[test]
fn figures_are_those_of_a_plain_computation() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 8,
        ..Config::default()
    });
    let outcome = runner.run(&prop::collection::vec(any::<u64>(), 1..60), |seeds| {
        runtime.block_on(async {
            let store = with_experiment().await;
            fill(&*store, &seeds).await;
            check(&*store, seeds.len()).await;
            // All in the index.
            let store = store.reopen().await;
            check(&*store, seeds.len()).await;
            // Some changed since, some gone.
            for (number, seed) in (0..).zip(&seeds) {
                if seed.is_multiple_of(3) {
                    store
                        .set_trace_tag(&trace_id(number), "env", "changed")
                        .await
                        .unwrap();
                }
                if seed.is_multiple_of(5) {
                    let gone = DeleteTraces::Ids(vec![trace_id(number)]);
                    store.delete_traces(E0, gone).await.unwrap();
                }
            }
            check(&*store, seeds.len()).await;
            let store = store.reopen().await;
            check(&*store, seeds.len()).await;
        });
        Ok(())
    });
    outcome.unwrap();
}

#[tokio::test]
async fn sessions_are_counted_once() {
    let store = open().await;
    for (number, session) in [(0, "a"), (1, "a"), (2, "b"), (3, "c")] {
        let mut write = info(number, i64::from(number) * 400);
        write
            .metadata
            .insert(keys::SESSION.to_owned(), session.to_owned());
        store.put_trace_info(write).await.unwrap();
    }
    let query = |bucket_ms| MetricQuery {
        scope: StatsScope {
            experiments: vec![E0],
            ..StatsScope::default()
        },
        metric: Metric::SessionCount,
        aggregations: vec![Aggregation::Count],
        dimensions: Vec::new(),
        spans: Vec::new(),
        assessments: Vec::new(),
        bucket_ms,
        limit: 10,
    };
    let store = store.reopen().await;
    let mut late = info(4, 500);
    late.metadata
        .insert(keys::SESSION.to_owned(), "c".to_owned());
    store.put_trace_info(late).await.unwrap();
    let count = async |bucket_ms| {
        let found = store.trace_metrics(query(bucket_ms)).await.unwrap();
        let points = found.points.iter();
        points
            .map(|point| (point.bucket, point.values[0]))
            .collect::<Vec<_>>()
    };
    assert_eq!(count(None).await, [(None, 3.0)]);
    let expected = [(Some(0), 3.0), (Some(1000), 1.0)];
    assert_eq!(count(Some(1000)).await, expected);
    // Two segments now, which have one bucket in common.
    for (number, start, session) in [
        (5, 2500, "a"),
        (6, 2600, "d"),
        (7, 900, "c"),
        (8, 2700, "a"),
    ] {
        let mut write = info(number, start);
        write
            .metadata
            .insert(keys::SESSION.to_owned(), session.to_owned());
        store.put_trace_info(write).await.unwrap();
    }
    let store = store.reopen().await;
    let found = async |bucket_ms| {
        let found = store.trace_metrics(query(bucket_ms)).await.unwrap();
        let points = found.points.iter();
        points
            .map(|point| (point.bucket, point.values[0]))
            .collect::<Vec<_>>()
    };
    assert_eq!(found(None).await, [(None, 4.0)]);
    let expected = [(Some(0), 3.0), (Some(1000), 1.0), (Some(2000), 2.0)];
    assert_eq!(found(Some(1000)).await, expected);
}

#[tokio::test]
async fn facets_follow_links_ratings_and_tags() {
    const COUNT: u32 = 9000;
    let store = open().await;
    let tagged = |number: u32| {
        let mut new = small(number, 10 * i64::from(number));
        new.resource_tags = vec![("customer".to_owned(), format!("customer {number}"))];
        new
    };
    for first in (0..COUNT).step_by(500) {
        let batches = (first..first + 500).map(tagged);
        store.ingest(batches.collect()).await.unwrap();
    }
    let store = store.reopen().await;
    let counts = async |facet: Facet| {
        let query = FacetQuery {
            scope: StatsScope {
                experiments: vec![E0],
                ..StatsScope::default()
            },
            facets: vec![facet],
            limit: 2,
        };
        let list = store.facets(query).await.unwrap().lists.remove(0);
        let values = list.values.into_iter();
        values
            .map(|found| (found.value, found.traces))
            .collect::<Vec<_>>()
    };
    let customers = Facet::Tag("customer".to_owned());
    let pair = |value: &str, traces| (value.to_owned(), traces);
    for _ in 0..2 {
        let expected = [pair("customer 0", 1), pair("customer 1", 1)];
        assert_eq!(counts(customers.clone()).await, expected);
        assert_eq!(counts(Facet::Run).await, []);
        assert_eq!(counts(Facet::FeedbackName).await, []);
    }
    // Some change.
    store
        .set_trace_tag(&trace_id(0), "customer", "customer 8999")
        .await
        .unwrap();
    let gone = DeleteTraces::Ids(vec![trace_id(1)]);
    store.delete_traces(E0, gone).await.unwrap();
    let run = RunId::new("run-1");
    let both = [trace_id(2), trace_id(8000)];
    store.link_traces_to_run(&both, &run).await.unwrap();
    let helpful = feedback("a-3", "helpful", json!(true));
    store
        .create_assessment(&trace_id(3), helpful)
        .await
        .unwrap();
    for _ in 0..2 {
        let expected = [pair("customer 8999", 2), pair("customer 10", 1)];
        assert_eq!(counts(customers.clone()).await, expected);
        assert_eq!(counts(Facet::Run).await, [pair("run-1", 2)]);
        assert_eq!(counts(Facet::FeedbackName).await, [pair("helpful", 1)]);
    }
    store
        .unlink_traces_from_run(&both[..1], &run)
        .await
        .unwrap();
    let helpful = feedback("a-4", "helpful", json!(true));
    store
        .create_assessment(&trace_id(4), helpful)
        .await
        .unwrap();
    assert_eq!(counts(Facet::Run).await, [pair("run-1", 1)]);
    assert_eq!(counts(Facet::FeedbackName).await, [pair("helpful", 2)]);
    let gone = DeleteTraces::Ids(vec![trace_id(4), trace_id(8000)]);
    store.delete_traces(E0, gone).await.unwrap();
    assert_eq!(counts(Facet::Run).await, []);
    assert_eq!(counts(Facet::FeedbackName).await, [pair("helpful", 1)]);
}

#[tokio::test]
async fn too_many_buckets_are_refused() {
    let store = open().await;
    let count = SeriesQuery::POINTS_MAX as u32 + 1;
    let batches = (0..count).map(|number| small(number, 10 * i64::from(number)));
    store.ingest(batches.collect()).await.unwrap();
    let query = |bucket_ms| SeriesQuery {
        scope: StatsScope {
            experiments: vec![E0],
            ..StatsScope::default()
        },
        bucket_ms,
    };
    let refused = store.series(query(10)).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))));
    assert_eq!(
        store.series(query(10_000_000)).await.unwrap().points.len(),
        1
    );
    let store = store.reopen().await;
    let refused = store.series(query(10)).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))));
}

#[tokio::test]
async fn spans_are_compared_with_those_of_their_name() {
    let store = open().await;
    let day = 86_400_000;
    let now = UnixMillis(20 * day);
    for number in 0..10u32 {
        // Ten spans of 1 to 10 ms, one a day.
        let start = now.0 - day * i64::from(number);
        let mut call = span(1, 0, "call", start);
        call.end = Some(UnixNanos(call.start.0 + 1_000_000 * i64::from(number + 1)));
        let mut running = span(2, 1, "call", start);
        running.end = None;
        store
            .ingest(vec![batch(number, vec![call, running])])
            .await
            .unwrap();
    }
    let slower = async |store: &dyn Store, name: &'static str, days, ms: i64| {
        let found = store.span_percentile(E0, name, ms * 1_000_000, days, now);
        let found = found.await.unwrap();
        found.map(|found| (found.spans, found.slower_than))
    };
    assert_eq!(slower(&*store, "call", 10, 20).await, Some((10, 1.0)));
    let store = store.reopen().await;
    assert_eq!(slower(&*store, "call", 4, 3).await, Some((4, 0.625)));
    // Further ones are added to what is stored.
    let late = batch(50, vec![span(1, 0, "call", now.0)]);
    store.ingest(vec![late]).await.unwrap();
    assert_eq!(slower(&*store, "call", 4, 3).await, Some((5, 0.5)));
    assert_eq!(slower(&*store, "other", 10, 3).await, None);
}
