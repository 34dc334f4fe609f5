//! `POST /v1/traces`: OTLP over HTTP, protobuf and JSON. The hot path of ingest.
//!
//! A request is taken whole or refused whole, and the reply means that its spans are on disk. Decoding
//! is in `formats::otlp`; this file is the HTTP around it.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::{ExperimentId, RunId};
use domain::ingest::SpanBatch;
use formats::otlp::{Batches, DecodeError, read_json, read_protobuf};

use crate::body;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

pub mod write;

/// Names the experiment that new traces go to.
const EXPERIMENT_HEADER: HeaderName = HeaderName::from_static("x-mlflow-experiment-id");
/// Names the run that traces are linked to, if their root span is in the request.
const RUN_HEADER: HeaderName = HeaderName::from_static("x-mlflow-run-id");

/// Larger bodies are decoded on a thread of their own, so that other requests are not kept waiting.
const INLINE_DECODE_MAX: usize = 32 << 10;

/// The encodings of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Protobuf,
    Json,
}

/// Takes a request's spans.
pub async fn export(
    State(app): State<AppState>,
    headers: HeaderMap,
    request: Body,
) -> ApiResult<Response> {
    let experiment = experiment(&headers)?;
    let run = headers
        .get(RUN_HEADER)
        .and_then(|run| run.to_str().ok())
        .map(RunId::new);
    let encoding = encoding(&headers)?;
    let compression = compression(&headers)?;
    let limit = app.config.otlp_max_bytes;
    let mut lease = app.request_memory.lease();
    let sent = body::read(request, limit, &mut lease).await?;
    let empty = Batches::new(experiment, run, app.prices.clone());
    let batches = if sent.len() <= INLINE_DECODE_MAX && compression == body::Compression::None {
        decode(&sent, encoding, empty)?
    } else {
        let work = move || {
            let plain = body::decompress(sent, compression, limit, &mut lease)?;
            let batches = decode(&plain, encoding, empty)?;
            Ok::<_, ApiError>((batches, lease))
        };
        let (batches, decoded_lease) = tokio::task::spawn_blocking(work)
            .await
            .map_err(ApiError::internal)??;
        lease = decoded_lease;
        batches
    };
    if !batches.is_empty() {
        app.store.ingest(batches).await?;
    }
    drop(lease);
    Ok(acknowledge(encoding))
}

fn decode(body: &Bytes, encoding: Encoding, batches: Batches) -> ApiResult<Vec<SpanBatch>> {
    Ok(match encoding {
        Encoding::Protobuf => read_protobuf(body, batches)?,
        Encoding::Json => read_json(body, batches)?,
    })
}

impl From<DecodeError> for ApiError {
    fn from(error: DecodeError) -> Self {
        let status = match error {
            DecodeError::Format(_) | DecodeError::Empty => StatusCode::BAD_REQUEST,
            DecodeError::Span { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        };
        ApiError::detail(status, error.to_string())
    }
}

fn experiment(headers: &HeaderMap) -> ApiResult<ExperimentId> {
    let Some(value) = headers.get(EXPERIMENT_HEADER) else {
        return Err(ApiError::missing_header(EXPERIMENT_HEADER.as_str()));
    };
    let text = value.to_str().unwrap_or_default();
    text.trim()
        .parse()
        .map_err(|_| ApiError::invalid_experiment_id(text))
}

fn encoding(headers: &HeaderMap) -> ApiResult<Encoding> {
    let sent = header_text(headers, &header::CONTENT_TYPE);
    match sent
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
        .as_str()
    {
        "application/x-protobuf" => Ok(Encoding::Protobuf),
        "application/json" => Ok(Encoding::Json),
        _ => Err(ApiError::detail(
            StatusCode::BAD_REQUEST,
            format!(
                "Invalid Content-Type: {sent}. Expected: application/x-protobuf or application/json"
            ),
        )),
    }
}

fn compression(headers: &HeaderMap) -> ApiResult<body::Compression> {
    let sent = header_text(headers, &header::CONTENT_ENCODING);
    match sent.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(body::Compression::None),
        "gzip" => Ok(body::Compression::Gzip),
        "deflate" => Ok(body::Compression::Deflate),
        _ => Err(ApiError::detail(
            StatusCode::BAD_REQUEST,
            format!("Unsupported Content-Encoding: {sent}"),
        )),
    }
}

fn header_text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// An export response without fields: zero bytes as protobuf, an empty object as JSON.
fn acknowledge(encoding: Encoding) -> Response {
    let (content_type, body) = match encoding {
        Encoding::Protobuf => ("application/x-protobuf", ""),
        Encoding::Json => ("application/json", "{}"),
    };
    (
        [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))],
        body,
    )
        .into_response()
}
