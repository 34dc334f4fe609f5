//! OTLP's export requests in both encodings.
//!
//! `protobuf` and `json` read the bytes, `decode` makes the spans of the domain of what they find.

mod decode;
mod json;
mod json_value;
mod model;
mod protobuf;
mod text;

use domain::ingest::SpanBatch;

pub use decode::{Batches, single_span};
pub use json::{read_resource, read_span};

/// How deep a value may nest; deeper ones are refused, as protobuf's own decoders do.
const NESTING_MAX: usize = 100;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The body is not an export request; the text says why.
    #[error("Invalid OpenTelemetry format: {0}")]
    Format(&'static str),
    /// The body holds no resource.
    #[error("Invalid OpenTelemetry format - no spans found")]
    Empty,
    /// A span cannot be kept.
    #[error(
        "Cannot convert OpenTelemetry span to MLflow span: span '{name}' (id '{span_id}') has no valid {what}"
    )]
    Span {
        /// Its name, cut to 100 characters.
        name: String,
        /// Its id as hex, as far as it has one.
        span_id: String,
        /// What is missing or wrong.
        what: &'static str,
    },
}

/// Reads a request in protobuf into `batches`.
///
/// # Errors
/// [`DecodeError`].
pub fn read_protobuf(body: &[u8], mut batches: Batches) -> Result<Vec<SpanBatch>, DecodeError> {
    protobuf::read(body, &mut batches)?;
    Ok(batches.into_batches())
}

/// Reads a request in protobuf into batches that may hold spans already.
///
/// # Errors
/// [`DecodeError`].
pub fn read_protobuf_into(body: &[u8], batches: &mut Batches) -> Result<(), DecodeError> {
    protobuf::read(body, batches)
}

/// Reads a request in JSON into `batches`.
///
/// # Errors
/// [`DecodeError`].
pub fn read_json(body: &[u8], mut batches: Batches) -> Result<Vec<SpanBatch>, DecodeError> {
    json::read(body, &mut batches)?;
    Ok(batches.into_batches())
}
