//! Parts of a request's path, with refusals in the form of the API.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// The decoded parts that a route has a name for. What is no UTF-8 once it is decoded is refused with 400.
pub struct Path<T>(pub T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(values)) => Ok(Self(values)),
            Err(_) => Err(ApiError::invalid(
                "The path cannot be read: percent signs must stand before two hex digits, and the result \
                 must be UTF-8.",
            )),
        }
    }
}
