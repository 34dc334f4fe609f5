//! `POST /3.0/mlflow/traces/calculate-filter-correlation`: how strongly two filters go together.

use axum::extract::State;
use domain::correlation::CorrelationCounts;
use domain::filter::predicate::Node;
use domain::filter::{self, TraceFilter};
use domain::ids::ExperimentId;
use serde::Serialize;

use super::params::{Fields, Params};
use super::reply::{Reply, reply};
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// Counts the traces that match each filter and both, on top of a base filter.
pub async fn calculate(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    if !fields.has("experiment_ids")? {
        return Err(ApiError::missing_parameter("experiment_ids"));
    }
    let experiments = fields.experiments("experiment_ids")?;
    let first = compiled(fields.text("filter_string1")?)?;
    let second = compiled(fields.text("filter_string2")?)?;
    let base = base_filter(fields)?;
    let base = base.as_ref();
    let counts = CorrelationCounts {
        total: count(&app, &experiments, [base, None, None]).await?,
        first: count(&app, &experiments, [base, Some(&first), None]).await?,
        second: count(&app, &experiments, [base, None, Some(&second)]).await?,
        both: count(&app, &experiments, [base, Some(&first), Some(&second)]).await?,
    };
    let correlation = counts.correlation();
    reply(&Answer {
        npmi: correlation.npmi,
        npmi_smoothed: correlation.smoothed,
        filter1_count: counts.first,
        filter2_count: counts.second,
        joint_count: counts.both,
        total_count: counts.total,
    })
}

#[derive(Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    npmi: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    npmi_smoothed: Option<f64>,
    filter1_count: u64,
    filter2_count: u64,
    joint_count: u64,
    total_count: u64,
}

fn base_filter(fields: Fields<'_>) -> ApiResult<Option<TraceFilter>> {
    let text = fields.opt_text("base_filter")?;
    let text = text.filter(|text| !text.trim().is_empty());
    text.map(compiled).transpose()
}

fn compiled(text: &str) -> ApiResult<TraceFilter> {
    filter::compile(text).map_err(|errors| ApiError::invalid(filter::describe(text, &errors)))
}

/// How many traces match all of these. Each filter keeps its spans to itself.
async fn count(
    app: &AppState,
    experiments: &[ExperimentId],
    filters: [Option<&TraceFilter>; 3],
) -> ApiResult<u64> {
    let filters = filters.into_iter().flatten();
    let roots: Vec<_> = filters.map(|filter| filter.root.clone()).collect();
    let filter = (!roots.is_empty()).then(|| TraceFilter {
        root: Node::All(roots),
        hints: Vec::new(),
    });
    let counted = app
        .store
        .count_traces(experiments, filter.as_ref(), u64::MAX);
    let counted = counted.await?;
    if !counted.is_complete {
        // A share of what was counted in time would be no correlation.
        let message = "The filters ask about the spans of too many traces to count them. Narrow them, for example by timestamp_ms.";
        return Err(ApiError::invalid(message));
    }
    Ok(counted.traces)
}
