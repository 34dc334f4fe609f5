//! The plain computation, and what the store says beside it.

use std::collections::{BTreeMap, BTreeSet};

use domain::assessment::AssessmentValue;
use domain::filter::compile;
use domain::filter::print::equals;
use domain::sketch::Sketch;
use domain::span::Span;
use domain::stats::{
    Aggregation, Counted, Dimension, DurationStats, Facet, FacetQuery, Group, Metric, MetricQuery,
    SeriesQuery,
};
use domain::store::Store;
use domain::trace::{TraceInfo, TraceState, keys};

use super::data::{All, Question};

/// The field that asks for a value of a facet.
fn field_of(facet: &Facet) -> Option<&'static str> {
    match facet {
        Facet::User => Some("trace.user"),
        Facet::Session => Some("trace.session"),
        Facet::Model => Some("trace.model"),
        _ => None,
    }
}

/// What the traces of the tests have.
pub fn facets() -> Vec<Facet> {
    vec![
        Facet::State,
        Facet::Name,
        Facet::User,
        Facet::Session,
        Facet::Run,
        Facet::Model,
        Facet::TagKey,
        Facet::Tag("env".to_owned()),
        Facet::Metadata(keys::SOURCE_RUN.to_owned()),
        Facet::SpanType,
        Facet::SpanName,
        Facet::Tool,
        Facet::FeedbackName,
        Facet::Feedback("good".to_owned()),
    ]
}

/// Each value once.
pub fn values_of(facet: &Facet, (info, spans): &(TraceInfo, Vec<Span>)) -> BTreeSet<String> {
    let one = |text: Option<&str>| text.map(str::to_owned).into_iter().collect();
    let names = |is_asked: &dyn Fn(&Span) -> bool| {
        let spans = spans.iter().filter(|span| is_asked(span));
        spans.map(|span| span.name.clone()).collect()
    };
    let feedback = info.assessments.iter().filter_map(|a| match &a.value {
        AssessmentValue::Feedback { value, .. } if a.valid => Some((a.name.clone(), value)),
        _ => None,
    });
    match facet {
        Facet::State => one(Some(info.state.as_str())),
        Facet::Name => one(info.name()),
        Facet::User => one(info.user()),
        Facet::Session => one(info.session()),
        Facet::Run => {
            let runs = info.runs();
            runs.iter().map(|run| run.as_str().to_owned()).collect()
        }
        Facet::Model => info.stats.models.iter().cloned().collect(),
        Facet::TagKey => {
            let keys = info
                .tags
                .keys()
                .filter(|key| *key != keys::ARTIFACT_LOCATION);
            keys.cloned().collect()
        }
        Facet::Tag(key) => one(info.tags.get(key).map(String::as_str)),
        Facet::Metadata(key) => one(info.metadata.get(key).map(String::as_str)),
        Facet::SpanType => spans.iter().map(Span::span_type).collect(),
        Facet::SpanName => names(&|_| true),
        Facet::Tool => names(&|span| span.span_type() == "TOOL"),
        Facet::FeedbackName => feedback.map(|(name, _)| name).collect(),
        Facet::Feedback(of) => feedback
            .filter(|(name, _)| name == of)
            .map(|(_, value)| match value {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            })
            .collect(),
    }
}

pub async fn check_facets(store: &dyn Store, all: &All, question: &Question) {
    let facets = facets();
    let limit = 3;
    let query = FacetQuery {
        scope: question.scope(),
        facets: facets.clone(),
        limit,
    };
    let found = store.facets(query).await.unwrap();
    let traces = question.matching(all);
    assert_eq!(
        found.counted,
        Counted::All(traces.len() as u64),
        "{}",
        question.filter
    );
    for (facet, list) in facets.iter().zip(&found.lists) {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for trace in &traces {
            for value in values_of(facet, trace) {
                *counts.entry(value).or_default() += 1;
            }
        }
        let mut expected: Vec<(String, u64)> = counts.into_iter().collect();
        expected.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        assert_eq!(list.is_capped, expected.len() > limit, "{facet:?}");
        expected.truncate(limit);
        let listed: Vec<(String, u64)> = list
            .values
            .iter()
            .map(|value| (value.value.clone(), value.traces))
            .collect();
        assert_eq!(listed, expected, "{facet:?} {}", question.filter);
        assert!(!list.is_sampled);
        let Some(field) = field_of(facet) else {
            continue;
        };
        for value in &list.values {
            let mut scope = question.scope();
            let filter =
                [question.filter, &equals(field, &value.value)].map(|part| format!("({part})"));
            let filter = match question.filter {
                "" => filter[1].clone(),
                _ => filter.join(" AND "),
            };
            scope.filter = Some(compile(&filter).unwrap());
            let query = FacetQuery {
                scope,
                facets: vec![Facet::State],
                limit,
            };
            let found = store.facets(query).await.unwrap().counted;
            assert_eq!(found, Counted::All(value.traces), "{filter}");
        }
    }
}

pub async fn check_series(store: &dyn Store, all: &All, question: &Question) {
    let query = SeriesQuery {
        scope: question.scope(),
        bucket_ms: 1500,
    };
    let found = store.series(query.clone()).await.unwrap();
    let mut buckets: BTreeMap<i64, Vec<&TraceInfo>> = BTreeMap::new();
    for (info, _) in question.matching(all) {
        buckets
            .entry(query.bucket(info.request_time.0))
            .or_default()
            .push(info);
    }
    let starts: Vec<i64> = found.points.iter().map(|point| point.start.0).collect();
    assert_eq!(starts, buckets.keys().copied().collect::<Vec<_>>());
    for (point, traces) in found.points.iter().zip(buckets.values()) {
        assert_eq!(point.traces, traces.len() as u64);
        let errors = traces.iter().filter(|info| info.state == TraceState::Error);
        assert_eq!(point.errors, errors.count() as u64);
        let mut durations = Sketch::default();
        traces
            .iter()
            .filter_map(|info| info.duration_ms)
            .for_each(|ms| durations.add(ms));
        assert_eq!(point.durations, DurationStats::of(&durations));
        let tokens = traces.iter().filter_map(|info| info.usage());
        let tokens = tokens.reduce(|mut sum, usage| {
            sum.add(&usage);
            sum
        });
        assert_eq!(point.tokens, tokens);
        let costs: Vec<f64> = traces
            .iter()
            .filter_map(|info| info.cost().map(|cost| cost.total_cost))
            .collect();
        let cost = (!costs.is_empty()).then(|| costs.iter().sum::<f64>());
        match (point.cost, cost) {
            (Some(a), Some(b)) => assert!((a - b).abs() < 1e-6, "{a} {b}"),
            (a, b) => assert_eq!(a, b),
        }
        let mut ratings: BTreeMap<String, (u64, f64)> = BTreeMap::new();
        for assessment in traces.iter().flat_map(|info| &info.assessments) {
            if let Some(number) = assessment.value.number() {
                let sums = ratings.entry(assessment.name.clone()).or_default();
                sums.0 += 1;
                sums.1 += number;
            }
        }
        let found = point.ratings.iter();
        let found = found.map(|(name, stats)| (name.clone(), (stats.count, stats.sum)));
        assert_eq!(found.collect::<BTreeMap<_, _>>(), ratings);
    }
    let total: usize = buckets.values().map(Vec::len).sum();
    assert_eq!(found.total.traces, total as u64);
}

/// One number of a trace, and the texts it is grouped by.
type Item = (i64, Vec<Option<String>>, Option<f64>);

fn items(metric: Metric, (info, spans): &(TraceInfo, Vec<Span>)) -> Vec<Item> {
    let start = info.request_time.0;
    let usage = info.usage();
    let by_name = |number: Option<f64>| {
        let texts = vec![info.name().map(str::to_owned)];
        vec![(start, texts, number)]
    };
    match metric {
        Metric::TraceCount => {
            let state = info.state.as_str().to_owned();
            let texts = vec![info.name().map(str::to_owned), Some(state)];
            vec![(start, texts, Some(0.0))]
        }
        Metric::TraceLatency => by_name(info.duration_ms.map(|ms| ms as f64)),
        Metric::TotalTokens => by_name(usage.map(|usage| usage.total_tokens as f64)),
        Metric::SpanCount | Metric::SpanLatency => {
            let item = |span: &Span| {
                let texts = vec![
                    Some(span.name.clone()),
                    Some(span.status.as_str().to_owned()),
                ];
                let nanos = span.duration_nanos();
                let number = match metric {
                    Metric::SpanCount => Some(0.0),
                    _ => nanos.map(|nanos| nanos.div_euclid(1_000_000) as f64),
                };
                (span.start.to_millis().0, texts, number)
            };
            spans.iter().map(item).collect()
        }
        _ => {
            let valid = info
                .assessments
                .iter()
                .filter(|assessment| assessment.valid);
            valid
                .map(|a| (start, vec![Some(a.name.clone())], a.value.number()))
                .collect()
        }
    }
}

pub async fn check_metrics(store: &dyn Store, all: &All, question: &Question) {
    let cases: &[(Metric, &[Dimension])] = &[
        (
            Metric::TraceCount,
            &[Dimension::TraceName, Dimension::TraceState],
        ),
        (Metric::TraceLatency, &[Dimension::TraceName]),
        (Metric::TotalTokens, &[Dimension::TraceName]),
        (
            Metric::SpanCount,
            &[Dimension::SpanName, Dimension::SpanStatus],
        ),
        (
            Metric::SpanLatency,
            &[Dimension::SpanName, Dimension::SpanStatus],
        ),
        (Metric::AssessmentValue, &[Dimension::AssessmentName]),
    ];
    let aggregations = vec![
        Aggregation::Count,
        Aggregation::Sum,
        Aggregation::Min,
        Aggregation::Max,
        Aggregation::Percentile(90.0),
    ];
    for ((metric, dimensions), bucket_ms) in cases.iter().zip([None, Some(2000)].iter().cycle()) {
        let query = MetricQuery {
            scope: question.scope(),
            metric: *metric,
            aggregations: aggregations.clone(),
            dimensions: dimensions.to_vec(),
            spans: Vec::new(),
            assessments: Vec::new(),
            bucket_ms: *bucket_ms,
            limit: 1000,
        };
        let mut groups: BTreeMap<(Option<i64>, Vec<String>), Group> = BTreeMap::new();
        for trace in question.matching(all) {
            for (time, texts, number) in items(*metric, trace) {
                let texts: Option<Vec<String>> = texts.into_iter().collect();
                if let (Some(texts), Some(number)) = (texts, number) {
                    let group = groups.entry((query.bucket(time), texts));
                    group
                        .or_insert_with(|| Group::new(&aggregations))
                        .add(number);
                }
            }
        }
        let expected: Vec<_> = groups
            .into_iter()
            .map(|(key, group)| (key.0, key.1, group.finish(&aggregations).unwrap()))
            .collect();
        let found = store.trace_metrics(query).await.unwrap();
        let found: Vec<_> = found
            .points
            .into_iter()
            .map(|point| (point.bucket, point.dimensions, point.values))
            .collect();
        assert_eq!(found, expected, "{metric:?} {}", question.filter);
    }
}
