//! `POST /3.0/mlflow/traces/metrics`: one number of traces, spans or assessments, grouped and aggregated. Which numbers go with
//! which aggregations and groups is a table; texts and limits are those of MLflow 3.17.2.

use axum::extract::State;
use chrono::{DateTime, SecondsFormat};
use domain::stats::{
    Aggregation, Counted, Dimension, Metric, MetricPoint, MetricQuery, StatsScope, TimeRange,
};
use domain::time::UnixMillis;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::params::{Fields, Params};
use super::reply::{Reply, reply};
use super::trace_metrics_filter::{Conditions, conditions};
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// The most points of an answer if the client does not say.
const POINTS: i64 = 1000;

/// What is looked at; the wire's order of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Traces,
    Spans,
    Assessments,
}

const VIEWS: [View; 3] = [View::Traces, View::Spans, View::Assessments];
const VIEW_NAMES: [&str; 3] = ["TRACES", "SPANS", "ASSESSMENTS"];

/// Aggregations by their number on the wire, from 1.
const AGGREGATIONS: [&str; 6] = ["COUNT", "SUM", "AVG", "PERCENTILE", "MIN", "MAX"];
const COUNT: &[&str] = &["COUNT"];
const SPREAD: &[&str] = &["AVG", "MAX", "MIN", "PERCENTILE"];
const SUMS: &[&str] = &["AVG", "MAX", "MIN", "PERCENTILE", "SUM"];

type DimensionName = (&'static str, Dimension);
const TRACE_NAME: DimensionName = ("trace_name", Dimension::TraceName);
const TRACE_STATUS: DimensionName = ("trace_status", Dimension::TraceState);
const SPAN_NAME: DimensionName = ("span_name", Dimension::SpanName);
const SPAN_TYPE: DimensionName = ("span_type", Dimension::SpanType);
const SPAN_STATUS: DimensionName = ("span_status", Dimension::SpanStatus);
const MODEL: DimensionName = ("span_model_name", Dimension::SpanModel);
const PROVIDER: DimensionName = ("span_model_provider", Dimension::SpanProvider);
const ASSESSMENT_NAME: DimensionName = ("assessment_name", Dimension::AssessmentName);
const ASSESSMENT_VALUE: DimensionName = ("assessment_value", Dimension::AssessmentValue);

/// A metric by name, with the aggregations and dimensions it may have, both sorted.
type Entry = (
    &'static str,
    Metric,
    &'static [&'static str],
    &'static [DimensionName],
);

const TRACE_METRICS: &[Entry] = &[
    (
        "trace_count",
        Metric::TraceCount,
        COUNT,
        &[TRACE_NAME, TRACE_STATUS],
    ),
    ("session_count", Metric::SessionCount, COUNT, &[]),
    ("latency", Metric::TraceLatency, SPREAD, &[TRACE_NAME]),
    ("input_tokens", Metric::InputTokens, SUMS, &[TRACE_NAME]),
    ("output_tokens", Metric::OutputTokens, SUMS, &[TRACE_NAME]),
    ("total_tokens", Metric::TotalTokens, SUMS, &[TRACE_NAME]),
    (
        "cache_read_input_tokens",
        Metric::CacheReadTokens,
        SUMS,
        &[TRACE_NAME],
    ),
    (
        "cache_creation_input_tokens",
        Metric::CacheCreationTokens,
        SUMS,
        &[TRACE_NAME],
    ),
];
const SPAN_METRICS: &[Entry] = &[
    (
        "span_count",
        Metric::SpanCount,
        COUNT,
        &[MODEL, PROVIDER, SPAN_NAME, SPAN_STATUS, SPAN_TYPE],
    ),
    (
        "latency",
        Metric::SpanLatency,
        SPREAD,
        &[SPAN_NAME, SPAN_STATUS],
    ),
    ("input_cost", Metric::InputCost, SUMS, &[MODEL, PROVIDER]),
    ("output_cost", Metric::OutputCost, SUMS, &[MODEL, PROVIDER]),
    ("total_cost", Metric::TotalCost, SUMS, &[MODEL, PROVIDER]),
];
const ASSESSMENT_METRICS: &[Entry] = &[
    (
        "assessment_count",
        Metric::AssessmentCount,
        COUNT,
        &[ASSESSMENT_NAME, ASSESSMENT_VALUE],
    ),
    (
        "assessment_value",
        Metric::AssessmentValue,
        SPREAD,
        &[ASSESSMENT_NAME],
    ),
];

/// Answers a question for a metric.
pub async fn query(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    if !fields.has("experiment_ids")? {
        return Err(ApiError::missing_parameter("experiment_ids"));
    }
    let view = fields
        .opt_choice("view_type", &VIEW_NAMES, 1)?
        .map(|index| VIEWS[index]);
    let view = view.ok_or_else(|| ApiError::missing_parameter("view_type"))?;
    let metric_name = fields.text("metric_name")?;
    let wanted = aggregations(fields)?;
    let (metric, dimensions) = checked(view, metric_name, &wanted, &fields.texts("dimensions")?)?;
    let range = TimeRange {
        from: fields.opt_integer("start_time_ms")?.map(UnixMillis),
        to: fields.opt_integer("end_time_ms")?.map(UnixMillis),
    };
    let bucket_ms = bucket(fields, range)?;
    let Conditions {
        filter,
        spans,
        assessments,
    } = conditions(view, &fields.texts("filters")?)?;
    let found = app.store.trace_metrics(MetricQuery {
        scope: StatsScope {
            experiments: fields.experiments("experiment_ids")?,
            filter,
            range,
        },
        metric,
        aggregations: wanted.iter().map(|(aggregation, _)| *aggregation).collect(),
        dimensions: dimensions.iter().map(|(_, dimension)| *dimension).collect(),
        spans,
        assessments,
        bucket_ms,
        limit: limit(fields)?,
    });
    let found = found.await?;
    let names = Names {
        metric: metric_name,
        dimensions: dimensions.iter().map(|(name, _)| *name).collect(),
        values: wanted.into_iter().map(|(_, label)| label).collect(),
    };
    reply(&Answer {
        points: found
            .points
            .iter()
            .map(|point| Point(point, &names))
            .collect(),
        counted: found.counted,
    })
}

/// The length of a bucket in milliseconds.
fn bucket(fields: Fields<'_>, range: TimeRange) -> ApiResult<Option<i64>> {
    let seconds = fields.opt_integer("time_interval_seconds")?;
    match seconds.filter(|seconds| *seconds != 0) {
        None => Ok(None),
        Some(seconds) if seconds < 0 => Err(ApiError::invalid(format!(
            "time_interval_seconds must be positive, got {seconds}"
        ))),
        Some(_) if range.from.is_none() || range.to.is_none() => Err(ApiError::invalid(
            "start_time_ms and end_time_ms are required if time_interval_seconds is set",
        )),
        Some(seconds) => Ok(Some(seconds.saturating_mul(1000))),
    }
}

fn limit(fields: Fields<'_>) -> ApiResult<usize> {
    let limit = fields.opt_integer("max_results")?.unwrap_or(POINTS);
    usize::try_from(limit).map_err(|_| {
        ApiError::invalid(format!(
            "Invalid value {limit} for parameter 'max_results' supplied. It must not be negative"
        ))
    })
}

/// Aggregations with the labels they get in the answer; at least one.
fn aggregations(fields: Fields<'_>) -> ApiResult<Vec<(Aggregation, String)>> {
    let mut wanted = Vec::new();
    for fields in fields.objects("aggregations")? {
        let kind = fields.opt_choice("aggregation_type", &AGGREGATIONS, 1)?;
        let kind = kind.ok_or_else(|| ApiError::missing_parameter("aggregation_type"))?;
        let part = fields.opt_number("percentile_value")?;
        let name = AGGREGATIONS[kind];
        let aggregation = match (name, part) {
            ("PERCENTILE", None) => {
                let text = "Percentile value is required for PERCENTILE aggregation";
                return Err(ApiError::invalid(text));
            }
            ("PERCENTILE", Some(part)) if (0.0..=100.0).contains(&part) => {
                wanted.push((Aggregation::Percentile(part), format!("P{part:?}")));
                continue;
            }
            ("PERCENTILE", Some(part)) => {
                return Err(ApiError::invalid(format!(
                    "Percentile value must be between 0 and 100, got {part:?}"
                )));
            }
            (_, Some(_)) => {
                return Err(ApiError::invalid(format!(
                    "Percentile value is only allowed for PERCENTILE aggregation type, got {name}"
                )));
            }
            ("COUNT", None) => Aggregation::Count,
            ("SUM", None) => Aggregation::Sum,
            ("AVG", None) => Aggregation::Avg,
            ("MIN", None) => Aggregation::Min,
            (_, None) => Aggregation::Max,
        };
        wanted.push((aggregation, name.to_owned()));
    }
    if wanted.is_empty() {
        return Err(ApiError::missing_parameter("aggregations"));
    }
    Ok(wanted)
}

/// The metric and its dimensions, if the table has them together with the aggregations.
fn checked(
    view: View,
    metric_name: &str,
    wanted: &[(Aggregation, String)],
    dimension_names: &[&str],
) -> ApiResult<(Metric, Vec<DimensionName>)> {
    let table = match view {
        View::Traces => TRACE_METRICS,
        View::Spans => SPAN_METRICS,
        View::Assessments => ASSESSMENT_METRICS,
    };
    let entry = table.iter().find(|entry| entry.0 == metric_name);
    let Some((_, metric, allowed, dimensions)) = entry else {
        return Err(ApiError::invalid(format!(
            "metric_name must be one of {}, got '{metric_name}'",
            list(table.iter().map(|entry| entry.0))
        )));
    };
    let kind = |(aggregation, label): &(Aggregation, String)| match aggregation {
        Aggregation::Percentile(_) => "PERCENTILE".to_owned(),
        _ => label.clone(),
    };
    let mut wrong: Vec<String> = wanted.iter().map(kind).collect();
    wrong.retain(|kind| !allowed.contains(&kind.as_str()));
    wrong.sort_unstable();
    wrong.dedup();
    if !wrong.is_empty() {
        return Err(ApiError::invalid(format!(
            "Found invalid aggregation_type(s): {}. Supported aggregation types: {}",
            list(wrong.iter().map(String::as_str)),
            list(allowed.iter().copied())
        )));
    }
    let known = |name: &str| dimensions.iter().find(|known| known.0 == name).copied();
    let mut wrong: Vec<&str> = dimension_names.to_vec();
    wrong.retain(|name| known(name).is_none());
    wrong.sort_unstable();
    wrong.dedup();
    if !wrong.is_empty() {
        let mut supported: Vec<&str> = dimensions.iter().map(|known| known.0).collect();
        supported.sort_unstable();
        return Err(ApiError::invalid(format!(
            "Found invalid dimension(s): {}. Supported dimensions: {}",
            list(wrong.into_iter()),
            list(supported.into_iter())
        )));
    }
    let dimensions = dimension_names.iter().filter_map(|name| known(name));
    Ok((*metric, dimensions.collect()))
}

/// As Python prints a list of texts.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.map(|name| format!("'{name}'")).collect();
    format!("[{}]", quoted.join(", "))
}

/// What the parts of a point are called.
struct Names<'a> {
    metric: &'a str,
    dimensions: Vec<&'a str>,
    values: Vec<String>,
}

struct Answer<'a> {
    points: Vec<Point<'a>>,
    counted: Counted,
}

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.points.is_empty() {
            map.serialize_entry("data_points", &self.points)?;
        }
        // Not of MLflow, whose clients pass it over: figures that are not about everything must say so.
        if let Some(label) = self.counted.label() {
            map.serialize_entry("counted", &label)?;
        }
        map.end()
    }
}

struct Point<'a>(&'a MetricPoint, &'a Names<'a>);

impl Serialize for Point<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(point, names) = self;
        let mut dimensions = serde_json::Map::new();
        if let Some(bucket) = point.bucket {
            dimensions.insert("time_bucket".to_owned(), python_time(bucket).into());
        }
        for (name, text) in names.dimensions.iter().zip(&point.dimensions) {
            dimensions.insert((*name).to_owned(), text.as_str().into());
        }
        let values = names.values.iter().zip(&point.values);
        let values: serde_json::Map<_, _> = values
            .map(|(label, value)| (label.clone(), (*value).into()))
            .collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("metric_name", names.metric)?;
        if !dimensions.is_empty() {
            map.serialize_entry("dimensions", &dimensions)?;
        }
        map.serialize_entry("values", &values)?;
        map.end()
    }
}

/// As Python writes an instant of UTC: whole seconds without a fraction, others with six digits.
fn python_time(millis: i64) -> String {
    let time = DateTime::from_timestamp_millis(millis).unwrap_or_default();
    let digits = if millis % 1000 == 0 {
        SecondsFormat::Secs
    } else {
        SecondsFormat::Micros
    };
    time.to_rfc3339_opts(digits, false)
}
