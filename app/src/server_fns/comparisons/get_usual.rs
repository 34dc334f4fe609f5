//! Compares a trace with the middle of many.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::UsualView;
use crate::wire::Wire;

/// A trace against the newest others that match, step by step.
///
/// # Errors
/// `NotFound` if the trace or the experiment is not there.
#[server(prefix = "/ui-api", endpoint = "usual", input = GetUrl, output = Wire)]
pub async fn get_usual(
    /// The trace.
    trace_id: String,
    /// The experiment of the others.
    experiment_id: i64,
    /// The SDK's filter text; empty for all.
    #[server(default)]
    filter: String,
) -> Result<UsualView, AppError> {
    use domain::diff::{Field, FieldKind, FieldValue, Usual, middle};
    use domain::filter;
    use domain::page::PageRequest;
    use domain::span_table::SpanTable;
    use domain::store::TraceQuery;
    use domain::trace::TraceInfo;

    use super::compared::{compared_field, compared_trace};
    use crate::model::UsualRow;
    use crate::server_fns::server;

    /// The most traces looked at.
    const MOST: usize = 100;
    /// The most steps shown.
    const STEPS: usize = 300;
    let store = server::store()?;
    let info = server::trace(store.as_ref(), &trace_id).await?;
    server::experiment(store.as_ref(), experiment_id).await?;
    let mut view = UsualView {
        trace: compared_trace(&info).await?,
        others: 0,
        is_capped: false,
        problem: String::new(),
        fields: Vec::new(),
        rows: Vec::new(),
    };
    let compiled = match filter.trim() {
        "" => None,
        text => match filter::compile(text) {
            Ok(compiled) => Some(compiled),
            Err(errors) => {
                view.problem = filter::describe(text, &errors);
                return Ok(view);
            }
        },
    };
    let query = TraceQuery {
        experiments: vec![domain::ids::ExperimentId(experiment_id)],
        filter: compiled,
        order: Vec::new(),
        page: PageRequest {
            size: MOST as u32 + 1,
            token: None,
        },
    };
    let found = store.search_traces(query).await?;
    let mut others: Vec<TraceInfo> = found.items;
    others.retain(|other| other.trace_id != info.trace_id);
    view.is_capped = found.next.is_some() || others.len() > MOST;
    others.truncate(MOST);
    let mut tables = Vec::new();
    for other in &others {
        let rows = store.span_rows(&other.trace_id).await?;
        tables.push(SpanTable::new(rows.unwrap_or_default()));
    }
    let here = SpanTable::new(store.span_rows(&info.trace_id).await?.unwrap_or_default());
    view.others = others.len() as u32;
    let fact =
        |name: &str, value: &dyn Fn(&TraceInfo) -> Option<i64>, wrap: fn(i64) -> FieldValue| {
            let usual = middle(others.iter().filter_map(value));
            compared_field(&Field {
                kind: FieldKind::Fact,
                name: name.to_owned(),
                // The middle first: it is what the trace is measured by.
                values: vec![usual.map(wrap), value(&info).map(wrap)],
            })
        };
    /// Dollars are compared as billionths, because the middle is found among whole numbers.
    const BILLION: f64 = 1e9;
    view.fields = vec![
        fact("Duration", &|t| t.duration_ms, FieldValue::Millis),
        fact(
            "Tokens",
            &|t| t.usage().map(|usage| usage.total_tokens),
            FieldValue::Count,
        ),
        fact(
            "Cost",
            &|t| t.cost().map(|cost| (cost.total_cost * BILLION) as i64),
            |billionths| FieldValue::Dollars(billionths as f64 / BILLION),
        ),
        fact(
            "Spans",
            &|t| Some(t.stats.span_count.into()),
            FieldValue::Count,
        ),
        fact(
            "Failed spans",
            &|t| Some(t.stats.error_count.into()),
            FieldValue::Count,
        ),
    ];
    view.fields
        .retain(|field| field.values.iter().any(|value| !value.is_empty()));
    let step = |step: domain::diff::UsualStep| (step.count, step.nanos, step.tokens, step.errors);
    view.rows = Usual::of(&here, &tables)
        .into_iter()
        .take(STEPS)
        .map(|usual| UsualRow {
            name: usual.name,
            span_type: usual.span_type,
            here: usual.here.map(step),
            usual: usual.usual.map(step),
            traces: usual.traces,
        })
        .collect();
    Ok(view)
}
