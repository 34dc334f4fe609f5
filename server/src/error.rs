//! What clients are told when something goes wrong: the only place that knows status codes.
//!
//! MLflow routes answer `{"error_code", "message", "sqlstate", "error_class"}`; OTLP answers `{"detail"}`.
//! MLflow clients retry 408, 429 and 5xx for minutes, so a client's mistake is never one of these.
//! Answers of 5xx never say more than that something failed; the cause goes to the log.

use std::fmt;
use std::time::Duration;

use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::store::{Missing, StoreError};
use serde_json::{Value, json};

/// The result of a handler.
pub type ApiResult<T> = Result<T, ApiError>;

/// A refusal or a failure, ready to be sent.
#[derive(Debug)]
pub struct ApiError(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    body: Value,
    retry_after: Option<Duration>,
}

/// The error codes of MLflow that are used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// 400
    InvalidParameterValue,
    /// 400
    BadRequest,
    /// 400, not 409: MLflow's clients look for this pair.
    ResourceAlreadyExists,
    /// 404
    ResourceDoesNotExist,
    /// 404, also what makes MLflow's clients fall back to older endpoints.
    EndpointNotFound,
    /// 403
    PermissionDenied,
    /// 429
    ResourceExhausted,
    /// 500
    InternalError,
    /// 501
    NotImplemented,
}

impl ErrorCode {
    fn name(self) -> &'static str {
        match self {
            Self::InvalidParameterValue => "INVALID_PARAMETER_VALUE",
            Self::BadRequest => "BAD_REQUEST",
            Self::ResourceAlreadyExists => "RESOURCE_ALREADY_EXISTS",
            Self::ResourceDoesNotExist => "RESOURCE_DOES_NOT_EXIST",
            Self::EndpointNotFound => "ENDPOINT_NOT_FOUND",
            Self::PermissionDenied => "PERMISSION_DENIED",
            Self::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Self::InternalError => "INTERNAL_ERROR",
            Self::NotImplemented => "NOT_IMPLEMENTED",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::InvalidParameterValue | Self::BadRequest | Self::ResourceAlreadyExists => {
                StatusCode::BAD_REQUEST
            }
            Self::ResourceDoesNotExist | Self::EndpointNotFound => StatusCode::NOT_FOUND,
            Self::PermissionDenied => StatusCode::FORBIDDEN,
            Self::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotImplemented => StatusCode::NOT_IMPLEMENTED,
        }
    }

    /// MLflow's coarser grouping of errors.
    fn class(self) -> &'static str {
        match self {
            Self::InvalidParameterValue | Self::BadRequest => "INVALID_PARAMETER_VALUE",
            Self::ResourceAlreadyExists => "RESOURCE_ALREADY_EXISTS",
            Self::ResourceDoesNotExist | Self::EndpointNotFound => "RESOURCE_NOT_FOUND",
            Self::PermissionDenied => "PERMISSION_DENIED",
            Self::ResourceExhausted | Self::InternalError | Self::NotImplemented => {
                "CLIENT_INTERNAL_ERROR"
            }
        }
    }
}

impl ApiError {
    /// An error in MLflow's form.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::with_status(code.status(), code, message.into())
    }

    /// 400 `INVALID_PARAMETER_VALUE`.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidParameterValue, message)
    }

    /// 400 `BAD_REQUEST`.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadRequest, message)
    }

    /// 404 `RESOURCE_DOES_NOT_EXIST`.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ResourceDoesNotExist, message)
    }

    /// 400 for a required parameter that is missing or empty.
    pub fn missing_parameter(name: &str) -> Self {
        Self::invalid(format!(
            "Missing value for required parameter '{name}'. See the API docs for more information \
             about request parameters."
        ))
    }

    /// 400 for a parameter of the wrong type.
    pub fn invalid_parameter(name: &str, value: &Value) -> Self {
        Self::invalid(format!(
            "Invalid value {} for parameter '{name}' supplied:  Hint: Value was of type '{}'. See \
             the API docs for more information about request parameters.",
            shortened(value),
            python_type(value)
        ))
    }

    /// 400 for an experiment id that is no integer.
    pub fn invalid_experiment_id(id: &str) -> Self {
        let id: String = id.chars().take(100).collect();
        Self::invalid(format!(
            "Invalid experiment ID '{id}'. Experiment ID must be a valid integer."
        ))
    }

    /// 413 for a body beyond the limit.
    pub fn too_large(limit: usize) -> Self {
        Self::with_status(
            StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::InvalidParameterValue,
            format!("The request body is larger than the limit of {limit} bytes."),
        )
    }

    /// 405 for a method that a route does not have.
    pub fn method_not_allowed(method: &Method) -> Self {
        Self::with_status(
            StatusCode::METHOD_NOT_ALLOWED,
            ErrorCode::EndpointNotFound,
            format!("This endpoint does not take {method} requests."),
        )
    }

    /// 429 with the shortest pause that `Retry-After` can say.
    pub fn busy() -> Self {
        Self::from(StoreError::Busy {
            retry_after: Duration::from_secs(1),
        })
    }

    /// 500; the cause is logged, not sent.
    pub fn internal(cause: impl fmt::Display) -> Self {
        tracing::error!(%cause, "request failed");
        Self::new(
            ErrorCode::InternalError,
            "Internal error. The server's log has the cause.",
        )
    }

    /// An error in the form of the OTLP route.
    pub fn detail(status: StatusCode, detail: impl Into<String>) -> Self {
        let body = json!({ "detail": detail.into() });
        Self(Box::new(Parts {
            status,
            body,
            retry_after: None,
        }))
    }

    /// 422 for a header that OTLP requests must have.
    pub fn missing_header(name: &str) -> Self {
        let body = json!({ "detail": [
            { "type": "missing", "loc": ["header", name], "msg": "Field required", "input": null }
        ] });
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self(Box::new(Parts {
            status,
            body,
            retry_after: None,
        }))
    }

    /// The status it is sent with.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    fn with_status(status: StatusCode, code: ErrorCode, message: String) -> Self {
        let sqlstate = if status.is_server_error() {
            "XXM00"
        } else {
            "KAM00"
        };
        let body = json!({
            "error_code": code.name(),
            "message": message,
            "sqlstate": sqlstate,
            "error_class": code.class(),
        });
        Self(Box::new(Parts {
            status,
            body,
            retry_after: None,
        }))
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing(missing) => Self::not_found(missing_text(&missing)),
            StoreError::AlreadyExists(message) => {
                Self::new(ErrorCode::ResourceAlreadyExists, message)
            }
            StoreError::Refused(message) => Self::invalid(message),
            StoreError::PageToken => Self::invalid(
                "Invalid page token, could not base64-decode: it is damaged or belongs to another \
                 filter or order.",
            ),
            StoreError::Busy { retry_after } => {
                let mut error = Self::new(
                    ErrorCode::ResourceExhausted,
                    "Too many writes are waiting. Nothing was stored; try again.",
                );
                error.0.retry_after = Some(retry_after);
                error
            }
            StoreError::Inconsistent { .. } | StoreError::Database(_) => Self::internal(error),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Parts {
            status,
            body,
            retry_after,
        } = *self.0;
        let mut response = (status, axum::Json(body)).into_response();
        if let Some(pause) = retry_after {
            // Whole seconds, rounded up: zero would invite a busy loop.
            let seconds = pause.as_millis().div_ceil(1000).max(1);
            if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
        }
        response
    }
}

/// The texts of MLflow 3.17.2, which its users know.
fn missing_text(missing: &Missing) -> String {
    match missing {
        Missing::Experiment(id) => format!("No Experiment with id={id} exists"),
        Missing::ExperimentTag { experiment, key } => {
            format!("No tag with name: {key} in experiment with id {experiment}")
        }
        Missing::Issue(id) => format!("Issue with ID '{id}' not found"),
        Missing::Model(id) => format!("Logged model with ID '{id}' not found."),
        Missing::ModelTag { model, key } => {
            format!("No tag with key '{key}' found for model with ID '{model}'.")
        }
        Missing::Run(id) => format!("Run with id={id} not found"),
        Missing::RunTag { run, key } => format!("No tag with name: {key} in run with id {run}"),
        Missing::SavedView(id) => format!("Saved view with id={id} not found"),
        Missing::Trace(id) => format!("Trace with ID '{id}' not found."),
        Missing::TraceTag { trace, key } => {
            format!("No trace tag with key '{key}' for trace with ID '{trace}'")
        }
        Missing::Assessment { trace, assessment } => {
            format!("Assessment with ID '{assessment}' not found for trace '{trace}'")
        }
    }
}

/// The name of a value's type in Python, which the texts of MLflow use.
fn python_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// A value as JSON, cut so that a mistake with a large value is not sent back whole.
fn shortened(value: &Value) -> String {
    const CHARS_MAX: usize = 200;
    let text = value.to_string();
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests;
