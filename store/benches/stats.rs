//! Statistics over many traces: facets, series, metrics and span percentiles, on the store that the bench `search` builds in the
//! same folder.
//!
//! `cargo bench -p store --bench stats -- [traces] [rounds] [folder, or a database file to open as it is]`

use std::path::PathBuf;
use std::time::{Duration, Instant};

use domain::filter::compile;
use domain::ids::ExperimentId;
use domain::stats::{
    Aggregation, Facet, FacetQuery, GroupOrder, GroupQuery, Metric, MetricQuery, SeriesPoint,
    SeriesQuery, StatsScope, TimeRange,
};
use domain::store::StatsStore;
use domain::time::UnixMillis;
use store::{OpenOptions, SqliteStore};

#[path = "support/load.rs"]
#[expect(dead_code, reason = "shared with benches that build stores")]
mod load;

fn scope(filter: &str, range: TimeRange) -> StatsScope {
    StatsScope {
        experiments: vec![ExperimentId(0)],
        filter: (!filter.is_empty()).then(|| compile(filter).expect("a good filter")),
        range,
    }
}

async fn time<F: Future<Output = String>>(what: &str, rounds: usize, ask: impl Fn() -> F) {
    let mut times = Vec::new();
    let mut said = String::new();
    for _ in 0..rounds {
        let began = Instant::now();
        said = ask().await;
        times.push(began.elapsed());
        if times.iter().sum::<Duration>() > Duration::from_secs(20) {
            break;
        }
    }
    times.sort_unstable();
    let ms = |place: usize| times[place.min(times.len() - 1)].as_secs_f64() * 1000.0;
    println!(
        "{what:40} p50 {:8.2} ms  p99 {:8.2} ms  {said}",
        ms(times.len() / 2),
        ms(times.len() * 99 / 100)
    );
}

async fn facets(store: &SqliteStore, scope: StatsScope, facets: Vec<Facet>) -> String {
    let query = FacetQuery {
        scope,
        facets,
        limit: 20,
    };
    let found = store.facets(query).await.expect("facets");
    format!("{:?}", found.counted)
}

async fn series(store: &SqliteStore, scope: StatsScope, bucket_ms: i64) -> String {
    let found = store.series(SeriesQuery { scope, bucket_ms }).await;
    let found = found.expect("a series");
    format!("{:?}, {} points", found.counted, found.points.len())
}

async fn groups(store: &SqliteStore, scope: StatsScope, by: Facet, order: GroupOrder) -> String {
    let found = store.groups(GroupQuery {
        scope,
        by,
        order,
        containing: None,
        limit: 50,
        offset: 0,
    });
    let found = found.await.expect("groups");
    format!("{:?}, {} groups", found.counted, found.total)
}

/// When the first and the last trace began, to the hour.
async fn ends(store: &SqliteStore) -> (i64, i64) {
    let found = store.series(SeriesQuery {
        scope: scope("", TimeRange::default()),
        bucket_ms: 3_600_000,
    });
    let found = found.await.expect("a series");
    let start = |point: Option<&SeriesPoint>| point.map_or(0, |point| point.start.0);
    (start(found.points.first()), start(found.points.last()))
}

async fn metric(store: &SqliteStore, metric: Metric, aggregation: Aggregation) -> String {
    let found = store.trace_metrics(MetricQuery {
        scope: scope("", TimeRange::default()),
        metric,
        aggregations: vec![aggregation],
        dimensions: Vec::new(),
        spans: Vec::new(),
        assessments: Vec::new(),
        bucket_ms: Some(3_600_000),
        limit: 1000,
    });
    format!("{:?}", found.await.expect("a metric").counted)
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"));
    let mut number = |default: usize| {
        let text = arguments.next();
        text.and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let (traces, rounds) = (number(23_000), number(100));
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| ".".to_owned()));
    let path = if folder.is_file() {
        folder
    } else {
        folder.join(format!("search-{traces}.db"))
    };
    assert!(
        path.exists(),
        "build the store with the bench `search` first"
    );
    let store = store::open(OpenOptions::new(&path, UnixMillis(0)))
        .await
        .expect("a store");
    let store = &store;
    let any = TimeRange::default();
    let (first, last) = ends(store).await;
    // The middle half of the time.
    let half = TimeRange {
        from: Some(UnixMillis(first + (last - first) / 4)),
        to: Some(UnixMillis(last - (last - first) / 4)),
    };
    let all = [
        Facet::State,
        Facet::Name,
        Facet::User,
        Facet::Session,
        Facet::Run,
        Facet::Model,
        Facet::TagKey,
        Facet::Tag("env".to_owned()),
    ];
    for facet in &all {
        let name = format!("facet {facet:?}");
        time(&name, rounds, || {
            facets(store, scope("", any), vec![facet.clone()])
        })
        .await;
    }
    for facet in [Facet::SpanType, Facet::SpanName, Facet::FeedbackName] {
        let name = format!("facet {facet:?}");
        time(&name, rounds, || {
            facets(store, scope("", any), vec![facet.clone()])
        })
        .await;
    }
    for (by, order, filter) in [
        (Facet::Session, GroupOrder::Last, ""),
        (Facet::Session, GroupOrder::Cost, ""),
        (Facet::User, GroupOrder::Last, ""),
        (Facet::User, GroupOrder::Traces, "status = 'ERROR'"),
        (Facet::Session, GroupOrder::Last, "tags.env = 'prod'"),
        (Facet::Model, GroupOrder::Cost, ""),
        (Facet::Tag("customer".to_owned()), GroupOrder::Traces, ""),
    ] {
        let name = format!("groups by {by:?} {order:?} {filter}");
        time(&name, rounds, || {
            groups(store, scope(filter, any), by.clone(), order)
        })
        .await;
    }
    let customer = Facet::Tag("customer".to_owned());
    time("facet customer, 100,000 values", rounds, || {
        facets(store, scope("", any), vec![customer.clone()])
    })
    .await;
    for (what, filter, range) in [
        ("all", "", any),
        ("half of the time", "", half),
        ("status", "status = 'ERROR'", any),
        ("tag", "tags.env = 'prod'", any),
        ("span name", "span.name = 'llm_1'", any),
    ] {
        let name = format!("8 facets, {what}");
        time(&name, rounds, || {
            facets(store, scope(filter, range), all.to_vec())
        })
        .await;
        let name = format!("series by hour, {what}");
        time(&name, rounds, || {
            series(store, scope(filter, range), 3_600_000)
        })
        .await;
    }
    time("series by ten minutes", rounds, || {
        series(store, scope("", any), 600_000)
    })
    .await;
    for (what, which, aggregation) in [
        ("metric trace_count", Metric::TraceCount, Aggregation::Count),
        (
            "metric session_count",
            Metric::SessionCount,
            Aggregation::Count,
        ),
        (
            "metric latency P99",
            Metric::TraceLatency,
            Aggregation::Percentile(99.0),
        ),
        ("metric total_tokens", Metric::TotalTokens, Aggregation::Sum),
        ("metric span_count", Metric::SpanCount, Aggregation::Count),
    ] {
        time(what, rounds, || metric(store, which, aggregation)).await;
    }
    time("span percentile, 7 days", rounds, || async {
        let now = UnixMillis(last);
        let found = store.span_percentile(ExperimentId(0), "llm_1", 500_000_000, 7, now);
        let found = found.await.expect("a percentile");
        found.map_or_else(String::new, |found| {
            format!(
                "{} spans, slower than {:.3}",
                found.spans, found.slower_than
            )
        })
    })
    .await;
    println!(
        "anonymous memory {} MiB",
        load::anonymous_memory_kib() / 1024
    );
    store.close().await;
}
