//! `POST /3.0/mlflow/traces/search`

use axum::extract::State;
use domain::filter;
use domain::filter::order::parse_trace_order;
use domain::ids::ExperimentId;
use domain::store::TraceQuery;

use super::params::{Fields, Params};
use super::reply::{Reply, page};
use super::search_params::{compiled, typed_page_request};
use super::trace_json::{TraceInfoJson, experiment_of_location};
use crate::error::{ApiError, ApiResult};
use crate::limits;
use crate::state::AppState;

/// Finds traces.
pub async fn search(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    if !fields.has("locations")? {
        return Err(ApiError::missing_parameter("locations"));
    }
    let mut experiments: Vec<ExperimentId> = Vec::new();
    for location in fields.objects("locations")? {
        experiments.extend(experiment_of_location(location)?);
    }
    let found = app
        .store
        .search_traces(trace_query(fields, experiments)?)
        .await?;
    let traces: Vec<_> = found.items.iter().map(TraceInfoJson).collect();
    page(
        "traces",
        &traces,
        found.next.as_ref().map(|token| token.0.as_str()),
    )
}

/// Filter, order and page of a search over experiments.
///
/// # Errors
/// 400 for a filter or an order that is not valid and for a page size out of range.
pub fn trace_query(fields: Fields<'_>, experiments: Vec<ExperimentId>) -> ApiResult<TraceQuery> {
    let filter = compiled(fields, "filter", filter::compile)?;
    let order = parse_trace_order(&fields.texts("order_by")?)
        .map_err(|error| ApiError::invalid(error.to_string()))?;
    let page = typed_page_request(fields, 100, limits::TRACES_PAGE)?;
    Ok(TraceQuery {
        experiments,
        filter,
        order,
        page,
    })
}
