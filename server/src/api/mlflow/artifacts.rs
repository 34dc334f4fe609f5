//! `/2.0/mlflow-artifacts/artifacts`: files of runs, models and traces.
//!
//! `traces.json` of a trace is more than a file: what is put there goes into the store too. It is written
//! from the store where none was put, and where the asking client cannot read what another one put.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::ids::TraceId;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::params::Params;
use super::reply::{Reply, done, page, reply};
use super::runs::{artifact_uri, found};
use super::trace_stream::is_complete;
use super::{trace_file, trace_file_json};
use crate::api::path::Path;
use crate::artifacts::{ArtifactEntry, ArtifactError};
use crate::error::{ApiError, ApiResult, ErrorCode};
use crate::state::AppState;

/// `PUT /{path}`
pub async fn put(
    State(app): State<AppState>,
    Path(path): Path<String>,
    body: Body,
) -> ApiResult<Response> {
    app.artifacts
        .write(&path, body, app.config.artifact_max_bytes)
        .await?;
    if let Some(trace) = trace_of_spans_file(&path) {
        trace_file::ingest(&app, &path, &trace).await?;
    }
    // An empty body with its length: the TypeScript client reads nothing else.
    Ok(().into_response())
}

/// `GET /{path}`
pub async fn get(
    State(app): State<AppState>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let name = path.rsplit('/').next().unwrap_or(&path);
    let trace = trace_of_spans_file(&path);
    if let Some((mut file, length)) = app.artifacts.open(&path).await? {
        if let Some(trace) = &trace
            && !is_for_client(&mut file, &headers).await?
            && has_all_spans(&app, trace).await?
            && let Some(written) = spans_file(&app, trace, &headers).await?
        {
            return Ok(written);
        }
        let mut response =
            Body::from_stream(ReaderStream::with_capacity(file, 64 << 10)).into_response();
        add_headers(&mut response, name);
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        return Ok(response);
    }
    let no_such = || ApiError::not_found(format!("No such artifact: '{path}'"));
    let trace = trace.ok_or_else(no_such)?;
    spans_file(&app, &trace, &headers)
        .await?
        .ok_or_else(no_such)
}

/// `GET ?path=`
pub async fn list(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let path = params.fields().opt_text("path")?.unwrap_or_default();
    let files: Vec<Value> = app
        .artifacts
        .list(path)
        .await?
        .into_iter()
        .map(|entry| entry_json("", entry))
        .collect();
    page("files", &files, None)
}

/// `DELETE /{path}`
pub async fn delete(State(app): State<AppState>, Path(path): Path<String>) -> ApiResult<Reply> {
    app.artifacts.remove(&path).await?;
    done()
}

/// `GET /2.0/mlflow/artifacts/list`
pub async fn list_of_run(State(app): State<AppState>, params: Params) -> ApiResult<Reply> {
    let fields = params.fields();
    let run = found(&app, fields.run()?).await?;
    let path = fields.opt_text("path")?.unwrap_or_default();
    let root = format!("{}/{}/artifacts", run.experiment_id, run.id);
    reply(&listing(&app, &artifact_uri(&run), &root, path).await?)
}

/// `{"root_uri", "files"}` of the folder `path` below `root`; names are relative to `root`.
///
/// # Errors
/// 400 if the path leads elsewhere.
pub async fn listing(app: &AppState, root_uri: &str, root: &str, path: &str) -> ApiResult<Value> {
    let path = path.trim_end_matches('/');
    let folder = if path.is_empty() {
        root.to_owned()
    } else {
        format!("{root}/{path}")
    };
    let prefix = if path.is_empty() {
        String::new()
    } else {
        format!("{path}/")
    };
    let entries = app.artifacts.list(&folder).await?;
    let files: Vec<Value> = entries
        .into_iter()
        .map(|entry| entry_json(&prefix, entry))
        .collect();
    let mut answer = json!({ "root_uri": root_uri });
    if !files.is_empty() {
        answer["files"] = files.into();
    }
    Ok(answer)
}

/// `GET /{2,3}.0/mlflow/get-trace-artifact`
pub async fn get_trace_artifact(
    State(app): State<AppState>,
    headers: HeaderMap,
    params: Params,
) -> ApiResult<Response> {
    let fields = params.fields();
    let Some(trace) = fields.opt_text("request_id")?.filter(|id| !id.is_empty()) else {
        return Err(ApiError::bad_request(
            "Request must include the \"request_id\" query parameter.",
        ));
    };
    let trace = TraceId::new(trace);
    let not_found = || ApiError::not_found(format!("Trace with ID {trace} is not found."));
    let Some(attachment) = fields.opt_text("path")?.filter(|path| !path.is_empty()) else {
        return spans_file(&app, &trace, &headers)
            .await?
            .ok_or_else(not_found);
    };
    if !is_uuid(attachment) {
        let shown: String = attachment.chars().take(100).collect();
        return Err(ApiError::invalid(format!(
            "Invalid attachment path: '{shown}'. Attachment path must be a valid UUID."
        )));
    }
    let info = app.store.trace(&trace).await?.ok_or_else(not_found)?;
    let path = format!(
        "{}/traces/{trace}/artifacts/attachments/{attachment}",
        info.experiment_id
    );
    get(State(app), Path(path), headers).await
}

/// 32 hex digits in the usual groups, or without hyphens.
fn is_uuid(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    let hyphens: Vec<usize> = text.match_indices('-').map(|(at, _)| at).collect();
    digits == 32
        && digits + hyphens.len() == text.len()
        && (hyphens.is_empty() || hyphens == [8, 13, 18, 23])
}

/// The answer of everything that this server does not offer: direct access to an object store.
pub async fn not_offered() -> ApiError {
    ApiError::new(
        ErrorCode::NotImplemented,
        "Multipart and presigned transfers are not offered; send files through the artifact routes.",
    )
}

impl From<ArtifactError> for ApiError {
    fn from(error: ArtifactError) -> Self {
        match error {
            ArtifactError::Path => Self::invalid("Invalid path"),
            ArtifactError::Shape | ArtifactError::BrokeOff => Self::bad_request(error.to_string()),
            ArtifactError::TooLarge(limit) => {
                Self::too_large(usize::try_from(limit).unwrap_or(usize::MAX))
            }
            ArtifactError::Io(_) => Self::internal(error),
        }
    }
}

/// The trace whose spans a path is for: `<experiment>/traces/<trace>/artifacts/traces.json`.
fn trace_of_spans_file(path: &str) -> Option<TraceId> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [_, "traces", trace, "artifacts", "traces.json"] => TraceId::parse(trace).ok(),
        _ => None,
    }
}

/// Whether the asking client reads the dialect of an uploaded `traces.json`. Clients other than Python's are
/// given what was put.
async fn is_for_client(file: &mut File, headers: &HeaderMap) -> ApiResult<bool> {
    /// The first span's first fields are within these.
    const HEAD_BYTES: u64 = 512;
    let Some(dialect) = client_dialect(headers) else {
        return Ok(true);
    };
    let mut head = Vec::new();
    let read = async {
        (&mut *file).take(HEAD_BYTES).read_to_end(&mut head).await?;
        file.rewind().await
    };
    read.await.map_err(ArtifactError::from)?;
    Ok(trace_file_json::Dialect::of_file(&head) == Some(dialect))
}

async fn has_all_spans(app: &AppState, trace: &TraceId) -> ApiResult<bool> {
    let info = app.store.trace(trace).await?;
    Ok(info.is_some_and(|info| info.stats.span_count > 0 && is_complete(&info)))
}

fn client_dialect(headers: &HeaderMap) -> Option<trace_file_json::Dialect> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    trace_file_json::Dialect::of_client(agent)
}

/// `traces.json` written from the store, in the dialect that the client reads; `None` if the trace is
/// unknown.
async fn spans_file(
    app: &AppState,
    trace: &TraceId,
    headers: &HeaderMap,
) -> ApiResult<Option<Response>> {
    let ids = [trace.clone()];
    let Some(stored) = app.store.spans(&ids).next().await.transpose()? else {
        return Ok(None);
    };
    let dialect = client_dialect(headers).unwrap_or(trace_file_json::Dialect::Version3);
    let write = move || trace_file_json::to_bytes(&stored, dialect);
    let body = tokio::task::spawn_blocking(write)
        .await
        .map_err(ApiError::internal)?;
    let mut response = body.into_response();
    add_headers(&mut response, "traces.json");
    Ok(Some(response))
}

fn entry_json(prefix: &str, entry: ArtifactEntry) -> Value {
    let path = format!("{prefix}{}", entry.name);
    match entry.file_size {
        Some(size) => json!({ "path": path, "is_dir": false, "file_size": size }),
        None => json!({ "path": path, "is_dir": true }),
    }
}

/// Files are for saving, never for showing: what was uploaded must not run as a page of this server.
fn add_headers(response: &mut Response, name: &str) {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let entries: [(HeaderName, String); 2] = [
        (header::CONTENT_TYPE, content_type(name).to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{plain}\""),
        ),
    ];
    for (name, value) in entries {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
}

fn content_type(name: &str) -> &'static str {
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("json" | "txt" | "log" | "yaml" | "yml" | "md" | "csv" | "py" | "toml" | "jsonl") => {
            "text/plain"
        }
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        Some("pdf") => "application/pdf",
        Some("html") => "text/html",
        Some("wav") => "audio/wav",
        Some("mp3") => "audio/mpeg",
        Some("mp4") => "video/mp4",
        None if matches!(name, "MLmodel" | "LICENSE" | "README") => "text/plain",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_spans_file_of_a_trace_is_special() {
        let trace = |path: &str| trace_of_spans_file(path).map(TraceId::into_string);
        assert_eq!(
            trace("1/traces/tr-x/artifacts/traces.json").as_deref(),
            Some("tr-x")
        );
        for path in [
            "1/run/artifacts/traces.json",
            "1/traces/tr-x/artifacts/attachments/traces.json",
        ] {
            assert_eq!(trace(path), None, "{path}");
        }
    }

    #[test]
    fn attachments_are_named_by_uuids() {
        for text in [
            "1f8a6b52-6f0e-4c8e-9d43-0a3b5f8c7d21",
            "1f8a6b526f0e4c8e9d430a3b5f8c7d21",
        ] {
            assert!(is_uuid(text), "{text}");
        }
        for text in ["abc", "../x", "", "1f8a6b52-6f0e-4c8e-9d43-0a3b5f8c7d2é"] {
            assert!(!is_uuid(text), "{text}");
        }
    }

    #[test]
    fn file_names_cannot_leave_their_header() {
        let mut response = ().into_response();
        add_headers(&mut response, "a\"; x=é.txt");
        assert_eq!(
            response.headers()[header::CONTENT_DISPOSITION],
            "attachment; filename=\"a_;_x=_.txt\""
        );
    }
}
