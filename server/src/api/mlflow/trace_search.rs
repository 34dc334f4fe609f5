//! `POST /3.0/mlflow/traces/search`

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use domain::filter;
use domain::filter::order::parse_trace_order;
use domain::ids::ExperimentId;
use domain::store::TraceQuery;

use super::params::{Fields, Params};
use super::reply::page;
use super::search_params::{compiled, typed_page_request};
use super::trace_json::{TraceInfoJson, experiment_of_location};
use crate::error::{ApiError, ApiResult};
use crate::limits;
use crate::state::AppState;

/// Says what a person should know about an answer: that the text index is behind, or that the search ended early.
const NOTE: HeaderName = HeaderName::from_static("x-spanfall-note");

/// Finds traces.
pub async fn search(State(app): State<AppState>, params: Params) -> ApiResult<Response> {
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
    let next = found.next.as_ref().map(|token| token.0.as_str());
    let mut response = page("traces", &traces, next)?.into_response();
    if let Some(note) = found.note.and_then(|note| HeaderValue::try_from(note).ok()) {
        response.headers_mut().insert(NOTE, note);
    }
    Ok(response)
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
