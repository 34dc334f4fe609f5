//! JSON answers.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::error::{ApiError, ApiResult};

/// A JSON body with status 200.
#[derive(Debug)]
pub struct Reply(Bytes);

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let content_type = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, content_type)], self.0).into_response()
    }
}

/// Any value as an answer.
pub fn reply(value: &impl Serialize) -> ApiResult<Reply> {
    serde_json::to_vec(value)
        .map(|json| Reply(json.into()))
        .map_err(ApiError::internal)
}

/// `{}`, the answer of most changes.
pub fn done() -> ApiResult<Reply> {
    Ok(Reply(Bytes::from_static(b"{}")))
}

/// `{name: value}`
pub fn named(name: &str, value: impl Serialize) -> ApiResult<Reply> {
    reply(&BTreeMap::from([(name, value)]))
}

/// A page of a search: `{name: [...], "next_page_token": ...}`, each part left out if it is empty.
pub fn page<T: Serialize>(name: &str, items: &[T], next: Option<&str>) -> ApiResult<Reply> {
    struct Page<'a, T>(&'a str, &'a [T], Option<&'a str>);
    impl<T: Serialize> Serialize for Page<'_, T> {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeMap;
            let mut map = serializer.serialize_map(None)?;
            if !self.1.is_empty() {
                map.serialize_entry(self.0, self.1)?;
            }
            if let Some(next) = self.2 {
                map.serialize_entry("next_page_token", next)?;
            }
            map.end()
        }
    }
    reply(&Page(name, items, next))
}
