//! Traces by value, and calls by tool.

use std::collections::HashMap;

use domain::filter::predicate::TextTest;
use domain::stats::{
    Aggregation, Dimension, Facet, GroupOrder, GroupQuery, Metric, MetricQuery, SpanPart,
    StatsScope,
};
use domain::store::Store;

use crate::error::AppError;
use crate::model::{OverviewLine, OverviewTable, ToolLine, Tools};

/// Lines of a table.
const LINES: usize = 8;
/// The type of spans that are calls of tools.
const TOOL: &str = "TOOL";

/// Values that tell versions apart, the first that is there.
const VERSIONS: [&str; 3] = ["version", "mlflow.source.git.commit", "git.commit"];

/// By name, model, user and version; without those that no trace has.
pub(super) async fn tables(
    store: &dyn Store,
    scope: &StatsScope,
) -> Result<Vec<OverviewTable>, AppError> {
    let mut out = Vec::new();
    for (title, field, by) in [
        ("Name", "name", Facet::Name),
        ("Model", "trace.model", Facet::Model),
        ("User", "trace.user", Facet::User),
    ] {
        out.extend(table(store, scope, title, field, by).await?);
    }
    for key in VERSIONS {
        let tag = table(
            store,
            scope,
            "Version",
            &format!("tags.`{key}`"),
            Facet::Tag(key.to_owned()),
        )
        .await?;
        let found = match tag {
            Some(tag) => Some(tag),
            None => {
                let field = format!("metadata.`{key}`");
                let by = Facet::Metadata(key.to_owned());
                table(store, scope, "Version", &field, by).await?
            }
        };
        if found.is_some() {
            out.extend(found);
            break;
        }
    }
    Ok(out)
}

async fn table(
    store: &dyn Store,
    scope: &StatsScope,
    title: &str,
    field: &str,
    by: Facet,
) -> Result<Option<OverviewTable>, AppError> {
    let found = store
        .groups(GroupQuery {
            scope: scope.clone(),
            by,
            order: GroupOrder::Traces,
            containing: None,
            limit: LINES,
            offset: 0,
        })
        .await?;
    if found.groups.is_empty() {
        return Ok(None);
    }
    let lines = found.groups.into_iter().map(|group| OverviewLine {
        value: group.value,
        traces: group.traces,
        errors: group.errors,
        p50_ms: group.durations.map(|durations| durations.p50),
        tokens: group.tokens.map(|tokens| tokens.total_tokens),
        cost: group.cost,
    });
    Ok(Some(OverviewTable {
        title: title.to_owned(),
        field: field.to_owned(),
        total: found.total,
        lines: lines.collect(),
    }))
}

/// Calls of tools, those first that took the longest together, and which traces were looked at if not all were.
pub(in super::super) async fn tools(
    store: &dyn Store,
    scope: &StatsScope,
) -> Result<Tools, AppError> {
    let of_tools = (SpanPart::Type, TextTest::Eq(TOOL.to_owned()));
    let query = MetricQuery {
        scope: scope.clone(),
        metric: Metric::SpanLatency,
        aggregations: vec![
            Aggregation::Count,
            Aggregation::Sum,
            Aggregation::Percentile(90.0),
        ],
        dimensions: vec![Dimension::SpanName],
        spans: vec![of_tools.clone()],
        assessments: Vec::new(),
        bucket_ms: None,
        limit: 1000,
    };
    let times = store.trace_metrics(query.clone()).await?;
    let failing = store
        .trace_metrics(MetricQuery {
            metric: Metric::SpanCount,
            aggregations: vec![Aggregation::Count],
            spans: vec![
                of_tools,
                (SpanPart::Status, TextTest::Eq("ERROR".to_owned())),
            ],
            ..query
        })
        .await?;
    let failed: HashMap<String, u64> = failing
        .points
        .into_iter()
        .filter_map(|point| {
            Some((
                point.dimensions.into_iter().next()?,
                *point.values.first()? as u64,
            ))
        })
        .collect();
    let lines = times.points.into_iter().filter_map(|point| {
        let name = point.dimensions.into_iter().next()?;
        let [calls, busy, p90] = point.values[..] else {
            return None;
        };
        Some(ToolLine {
            failed: failed.get(&name).copied().unwrap_or(0),
            name,
            calls: calls as u64,
            busy_ms: busy as i64,
            p90_ms: p90.max(0.0) as u64,
        })
    });
    let mut lines: Vec<ToolLine> = lines.collect();
    lines.sort_by(|a, b| b.busy_ms.cmp(&a.busy_ms).then_with(|| a.name.cmp(&b.name)));
    lines.truncate(LINES);
    Ok(Tools {
        lines,
        looked: times.counted.label(),
    })
}
