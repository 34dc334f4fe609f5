//! The readers of bytes that anyone may send, and the writers of what was read, one function each: for fuzz targets and for
//! the tests that replay their corpus. The routes use the same code in pieces.

use std::sync::Arc;

use domain::ids::{ExperimentId, TraceId};
use domain::ingest::SpanBatch;
use domain::pricing::PriceTable;
use domain::span::Span;
use domain::store::StoredSpans;
use domain::translate::translate;
use formats::otlp::{Batches, DecodeError, read_json, read_protobuf};
use formats::traces_json::{FileSpan, each_span};

use crate::api::mlflow::span_json;
use crate::api::mlflow::trace_file_json::{Dialect, to_bytes};

/// Reads the body of an OTLP request in protobuf, unpacked.
///
/// # Errors
/// [`DecodeError`].
pub fn otlp_protobuf(body: &[u8]) -> Result<Vec<SpanBatch>, DecodeError> {
    read_protobuf(body, no_batches())
}

/// Reads the body of an OTLP request in JSON, unpacked.
///
/// # Errors
/// [`DecodeError`].
pub fn otlp_json(body: &[u8]) -> Result<Vec<SpanBatch>, DecodeError> {
    read_json(body, no_batches())
}

/// Reads the spans of a `traces.json` of any dialect; those without a usable id are left out.
///
/// # Errors
/// Where the bytes stop being such a file.
pub fn traces_json(file: &[u8]) -> serde_json::Result<Vec<Span>> {
    let mut spans = Vec::new();
    each_span(file, |span: FileSpan| {
        spans.extend(span.into_span().map(|read| {
            let mut span = read.span;
            translate(&mut span);
            span
        }));
    })?;
    Ok(spans)
}

/// A span as `traces/get` gives it.
pub fn span_as_json(trace: &TraceId, span: &Span) -> Vec<u8> {
    let mut out = Vec::new();
    span_json::write_span(&mut out, trace, span);
    out
}

/// A trace's spans as the `traces.json` of current clients.
pub fn spans_as_file(trace: &StoredSpans) -> Vec<u8> {
    to_bytes(trace, Dialect::Version3)
}

fn no_batches() -> Batches {
    Batches::new(ExperimentId::DEFAULT, None, Arc::new(PriceTable::default()))
}
