//! What the viewer fetches beside its server functions: single spans as JSON for saving and for other tools, and files within them. The
//! span table of a trace is in `span_table`.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::blobs;
use domain::ids::{SpanId, TraceId};
use domain::span::{Span, keys};
use serde_json::{Value, json};

use super::mlflow::params::Params;
use super::mlflow::span_json::write_span;
use super::otlp;
use crate::api::path::Path;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// Values are cut to so many bytes unless one is asked for whole.
const VALUE_BYTES: usize = 64 << 10;

/// `GET /ui-api/traces/{trace_id}/otlp`: the trace as a request that any OTLP receiver takes.
pub async fn trace_as_otlp(
    State(app): State<AppState>,
    Path(trace): Path<String>,
) -> ApiResult<Response> {
    /// What a clipboard, and the server's memory, bear.
    const SPANS_MAX: u32 = 20_000;
    let id = TraceId::new(trace);
    let table = app.store.span_table(&id).await?;
    let table = table.ok_or_else(|| not_found("trace", id.as_str()))?;
    if table.len() > SPANS_MAX {
        let text = format!(
            "The trace has more than {SPANS_MAX} spans; copy some of them, or save it as a file."
        );
        return Err(ApiError::invalid(text));
    }
    let spans = app.store.spans_of(&id).await?;
    Ok(axum::Json(otlp::write::request(&id, &spans)).into_response())
}

/// `GET /ui-api/traces/{trace_id}/spans/{span_id}`, with `?full=1&key=…` one attribute's whole value, and with `?form=otlp` or
/// `?form=mlflow` the span as others take it.
pub async fn span(
    State(app): State<AppState>,
    Path((trace, span)): Path<(String, String)>,
    params: Params,
) -> ApiResult<Response> {
    let id: SpanId = span.parse().map_err(|_| not_found("span", &span))?;
    let trace = TraceId::new(trace);
    let found = app.store.span(&trace, id).await?;
    let found = found.ok_or_else(|| not_found("span", &span))?;
    let fields = params.fields();
    match fields.opt_text("form")? {
        Some("otlp") => {
            let request = otlp::write::request(&trace, std::slice::from_ref(&found));
            return Ok(axum::Json(request).into_response());
        }
        Some("mlflow") => {
            let mut bytes = Vec::new();
            write_span(&mut bytes, &trace, &found);
            let content_type = HeaderValue::from_static("application/json");
            return Ok(([(header::CONTENT_TYPE, content_type)], bytes).into_response());
        }
        _ => {}
    }
    let key = fields.opt_text("key")?;
    match (fields.opt_text("full")?, key) {
        (Some(_), Some(key)) => {
            let text = found
                .attribute(key)
                .ok_or_else(|| not_found("attribute", key))?
                .to_owned();
            let content_type = HeaderValue::from_static("application/json");
            Ok(([(header::CONTENT_TYPE, content_type)], text).into_response())
        }
        _ => Ok(axum::Json(span_json(&found)).into_response()),
    }
}

/// `GET /ui-api/traces/{trace_id}/spans/{span_id}/blobs/{side}/{number}`: an image, a sound or a file that stands as base64 within
/// the inputs or outputs.
pub async fn blob(
    State(app): State<AppState>,
    Path((trace, span, side, number)): Path<(String, String, String, usize)>,
) -> ApiResult<Response> {
    /// What browsers show and cannot be made to act. Anything else is saved.
    const SHOWN: [&str; 12] = [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/avif",
        "audio/mpeg",
        "audio/mp3",
        "audio/wav",
        "audio/x-wav",
        "audio/ogg",
        "audio/flac",
        "audio/webm",
    ];
    let id: SpanId = span.parse().map_err(|_| not_found("span", &span))?;
    let found = app.store.span(&TraceId::new(trace), id).await?;
    let found = found.ok_or_else(|| not_found("span", &span))?;
    let text = match side.as_str() {
        "inputs" => found.inputs(),
        "outputs" => found.outputs(),
        _ => None,
    };
    let value = text.and_then(|text| serde_json::from_str(text).ok());
    let blob = value.and_then(|value| blobs::nth(value, number));
    let (blob, data) = blob.ok_or_else(|| not_found("file", &number.to_string()))?;
    let data = data
        .trim_end_matches('=')
        .replace('-', "+")
        .replace('_', "/");
    let bytes = STANDARD_NO_PAD
        .decode(data)
        .map_err(|_| ApiError::invalid("The text is not base64."))?;
    let shown = SHOWN.into_iter().find(|shown| *shown == blob.media_type);
    let content_type = shown.unwrap_or("application/octet-stream");
    let disposition = if shown.is_some() {
        "inline"
    } else {
        "attachment"
    };
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_DISPOSITION, disposition),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, max-age=3600"),
    ];
    Ok((headers, bytes).into_response())
}

fn not_found(what: &str, id: &str) -> ApiError {
    let id: String = id.chars().take(100).collect();
    ApiError::not_found(format!("There is no {what} '{id}'."))
}

fn span_json(span: &Span) -> Value {
    let is_shown_apart = |key: &str| key == keys::INPUTS || key == keys::OUTPUTS;
    let attributes = span
        .attributes
        .iter()
        .filter(|(key, _)| !is_shown_apart(key));
    let attributes = attributes.map(|(key, text)| json!([key, cut(text), text.len()]));
    let events = span.events.iter().map(|event| {
        let attributes = event
            .attributes
            .iter()
            .map(|(key, value)| entry(key, value));
        json!({
            "name": event.name,
            "time_ns": event.time.0.to_string(),
            "attributes": attributes.collect::<Value>(),
        })
    });
    let links = span.links.iter().map(|link| {
        let attributes = link.attributes.iter().map(|(key, value)| entry(key, value));
        json!({
            "trace_id": link.trace_id,
            "span_id": link.span_id,
            "attributes": attributes.collect::<Value>(),
        })
    });
    json!({
        "span_id": span.span_id,
        "parent_id": span.parent_id,
        "name": span.name,
        "type": span.span_type(),
        "status": span.status.as_str(),
        "status_message": cut(&span.status_message),
        // Nanoseconds as text: JavaScript's numbers cannot hold them.
        "start_ns": span.start.0.to_string(),
        "end_ns": span.end.map(|end| end.0.to_string()),
        "inputs": span.inputs().map(value),
        "outputs": span.outputs().map(value),
        "attributes": attributes.collect::<Value>(),
        "events": events.collect::<Value>(),
        "links": links.collect::<Value>(),
    })
}

/// JSON text, cut, and its full size.
fn value(text: &str) -> Value {
    json!({ "json": cut(text), "bytes": text.len() })
}

/// Key, JSON text, cut, and its full size.
fn entry(key: &str, value: &Value) -> Value {
    let text = value.to_string();
    json!([key, cut(&text), text.len()])
}

fn cut(text: &str) -> &str {
    let end = (0..=VALUE_BYTES.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_values_are_cut_between_characters() {
        let text = "é".repeat(VALUE_BYTES);
        let cut = value(&text);
        assert_eq!(cut["bytes"], text.len());
        assert_eq!(cut["json"].as_str().map(str::len), Some(VALUE_BYTES));
        assert_eq!(value("5"), json!({ "json": "5", "bytes": 1 }));
    }
}
