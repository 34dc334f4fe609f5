//! `POST /3.0/mlflow/traces/search`

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use domain::filter;
use domain::filter::order::parse_trace_order;
use domain::ids::ExperimentId;
use domain::page::{PageRequest, PageToken};
use domain::store::TraceQuery;

use super::params::{Fields, Params};
use super::reply::page;
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
    let filter = match fields
        .opt_text("filter")?
        .filter(|text| !text.trim().is_empty())
    {
        Some(text) => Some(
            filter::compile(text)
                .map_err(|errors| ApiError::invalid(filter::describe(text, &errors)))?,
        ),
        None => None,
    };
    let order = parse_trace_order(&fields.texts("order_by")?)
        .map_err(|error| ApiError::invalid(error.to_string()))?;
    let page = page_request(fields, 100, limits::TRACES_PAGE)?;
    Ok(TraceQuery {
        experiments,
        filter,
        order,
        page,
    })
}

/// `max_results` and `page_token`.
///
/// # Errors
/// 400 for a size that is not positive or beyond `max`.
pub fn page_request(fields: Fields<'_>, default: i64, max: i64) -> ApiResult<PageRequest> {
    let size = fields.opt_integer("max_results")?.unwrap_or(default);
    let refuse = |rule: String| {
        Err(ApiError::invalid(format!(
            "Invalid value {size} for parameter 'max_results' supplied. {rule}"
        )))
    };
    if size <= 0 {
        return refuse("It must be a positive integer".to_owned());
    }
    if size > max {
        return refuse(format!("It must be at most {max}"));
    }
    let token = fields
        .opt_text("page_token")?
        .filter(|token| !token.is_empty());
    let size = u32::try_from(size).unwrap_or(u32::MAX);
    Ok(PageRequest {
        size,
        token: token.map(|token| PageToken(token.to_owned())),
    })
}
