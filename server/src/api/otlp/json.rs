//! `ExportTraceServiceRequest` in OTLP's JSON encoding.
//!
//! Ids are hex (base64, which plain protobuf JSON would have, is taken too where the length tells them
//! apart), 64-bit integers are numbers or text, enums are numbers or names, field names are camelCase or
//! snake_case. Unknown fields are passed over.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::span::StatusCode;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

use super::DecodeError;
use super::decode::Batches;
use super::model::{AnyValue, KeyValue, RawEvent, RawLink, RawSpan};

/// Reads a whole request into `batches`.
///
/// # Errors
/// [`DecodeError::Format`] if the body is not such a message, [`DecodeError::Empty`] if it holds no
/// resource, [`DecodeError::Span`] for a span that cannot be kept.
pub fn read(body: &[u8], batches: &mut Batches) -> Result<(), DecodeError> {
    let request: Request<'_> =
        serde_json::from_slice(body).map_err(|_| DecodeError::Format("not OTLP JSON"))?;
    if request.resource_spans.is_empty() {
        return Err(DecodeError::Empty);
    }
    for resource_spans in request.resource_spans {
        batches.enter_resource(&key_values(resource_spans.resource.attributes));
        for scope_spans in resource_spans.scope_spans {
            for span in scope_spans.spans {
                batches.push(&raw_span(span))?;
            }
        }
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Request<'a> {
    #[serde(alias = "resourceSpans", default)]
    resource_spans: Nullable<Vec<ResourceSpans<'a>>>,
}
