//! All calls, in the order in which they are sent: the files beside this one, and the filters that `domain` is tested with.

use anyhow::Context;
use serde_json::json;

use super::script::{self, Body, Call};
use crate::workspace;

/// Files of calls. Later ones use what earlier ones have made.
const FILES: [(&str, &str); 13] = [
    ("general", include_str!("calls/general.txt")),
    ("experiments", include_str!("calls/experiments.txt")),
    (
        "experiment search",
        include_str!("calls/experiment_search.txt"),
    ),
    ("runs", include_str!("calls/runs.txt")),
    ("traces 3", include_str!("calls/traces3.txt")),
    ("traces 2", include_str!("calls/traces2.txt")),
    ("assessments", include_str!("calls/assessments.txt")),
    ("artifacts", include_str!("calls/artifacts.txt")),
    ("otlp", include_str!("calls/otlp.txt")),
    ("search data", include_str!("calls/search_data.txt")),
    ("models", include_str!("calls/models.txt")),
    ("issues", include_str!("calls/issues.txt")),
    ("metrics", include_str!("calls/metrics.txt")),
];

/// Orders of traces.
const ORDERS: [&str; 36] = [
    "timestamp",
    "timestamp_ms",
    "timestamp_ms ASC",
    "timestamp_ms DESC",
    "timestamp_ms desc",
    "trace.timestamp_ms DESC",
    "attributes.timestamp_ms",
    "attribute.timestamp_ms",
    "execution_time",
    "execution_time_ms",
    "execution_time_ms DESC",
    "end_time",
    "end_time_ms DESC",
    "status",
    "status DESC",
    "request_id",
    "request_id DESC",
    "name",
    "name DESC",
    "experiment_id",
    "run_id",
    "tags.env",
    "tag.env DESC",
    "tags.`has space`",
    "tags.\"env\"",
    "metadata.plain",
    "request_metadata.`mlflow.trace.session` DESC",
    "client_request_id",
    "trace_id",
    "span.name",
    "feedback.rating",
    "colour",
    "status SIDEWAYS",
    "status ASC ASC",
    "",
    "metadata.`mlflow.trace.tokenUsage`",
];

/// Every call.
///
/// # Errors
/// If a file cannot be read or understood.
pub fn all() -> anyhow::Result<Vec<Call>> {
    let mut calls = Vec::new();
    for (name, text) in FILES {
        calls.extend(script::parse(name, text)?);
    }
    for filter in filters("traces.txt", 3)? {
        let text = ["1", "2", "3"].iter().fold(filter, |text, number| {
            text.replace(
                &format!("'tr-{number}"),
                &format!("'tr-{}f00{number}", "0".repeat(28)),
            )
        });
        calls.push(search(
            "trace filter",
            &text,
            "/api/3.0/mlflow/traces/search",
            json!({
                "locations": [{ "mlflow_experiment": { "experiment_id": "{{se}}" } }],
                "filter": text,
            }),
        ));
    }
    for order in ORDERS {
        calls.push(search(
            "trace order",
            order,
            "/api/3.0/mlflow/traces/search",
            json!({
                "locations": [{ "mlflow_experiment": { "experiment_id": "{{se}}" } }],
                "order_by": [order],
            }),
        ));
    }
    let path = "/api/3.0/mlflow/traces/search";
    let locations = json!([{ "mlflow_experiment": { "experiment_id": "{{se}}" } }]);
    for order in [
        json!(["status", "timestamp_ms DESC"]),
        json!(["status", "status"]),
        json!([]),
    ] {
        let body = json!({ "locations": locations, "order_by": order });
        calls.push(search("trace order", &order.to_string(), path, body));
    }
    for filter in filters("experiments.txt", 2)? {
        let body = json!({ "max_results": 100, "filter": filter });
        let path = "/api/2.0/mlflow/experiments/search";
        calls.push(search("experiment filter", &filter, path, body));
    }
    for filter in filters("runs.txt", 2)? {
        let text = ["r1", "r2", "r3"].iter().fold(filter, |text, run| {
            text.replace(&format!("'{run}'"), &format!("'{{{{{run}}}}}'"))
                .replace(&format!("/{run}/"), &format!("/{{{{{run}}}}}/"))
        });
        let body = json!({ "experiment_ids": ["{{rse}}"], "filter": text });
        let path = "/api/2.0/mlflow/runs/search";
        calls.push(search("run filter", &text, path, body));
    }
    Ok(calls)
}

/// The filters of a table of `domain`: what stands behind so many `|` in its lines.
fn filters(file: &str, columns: usize) -> anyhow::Result<Vec<String>> {
    let path = workspace::root()
        .join("domain/tests/data/filter")
        .join(file);
    let table = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let lines = table.lines();
    let filter = |line: &str| {
        line.splitn(columns + 1, '|')
            .nth(columns)
            .map(str::to_owned)
    };
    Ok(lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(filter)
        .map(|filter| filter.strip_prefix(' ').unwrap_or(&filter).to_owned())
        .collect())
}

fn search(group: &str, title: &str, path: &str, body: serde_json::Value) -> Call {
    Call {
        name: format!("{group}: {title}"),
        method: "POST".to_owned(),
        path: path.to_owned(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: Body::Text(body.to_string()),
        captures: Vec::new(),
    }
}
