//! What the functions have of the server: its store, its clock, the request, cookies; and what they all check.

use std::sync::Arc;

use domain::experiment::{Experiment, ExperimentSummary, Tag};
use domain::ids::{ExperimentId, RunId, TraceId};
use domain::store::Store;
use domain::time::UnixMillis;
use domain::trace::TraceInfo;
use http::HeaderValue;
use http::header::{COOKIE, HOST, SET_COOKIE};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::error::AppError;
use crate::model::{DESCRIPTION_TAG, ExperimentRef, ExperimentRow, is_public_tag};

/// The server's clock and its source of new identifiers, put into context beside the store.
#[derive(Clone, Copy)]
pub struct ServerClock {
    /// The present moment.
    pub now: fn() -> UnixMillis,
    /// Sixteen random bytes.
    pub random: fn() -> [u8; 16],
}

/// Fills an empty store with the demo's traces; refuses any other.
#[derive(Clone)]
pub struct Demo(pub Arc<dyn Fn() -> BoxFuture<Result<(), String>> + Send + Sync>);

type BoxFuture<T> = std::pin::Pin<Box<dyn Future<Output = T> + Send>>;

pub(super) fn store() -> Result<Arc<dyn Store>, AppError> {
    use_context().ok_or_else(|| AppError::Failed("The store is not available.".to_owned()))
}

pub(super) fn clock() -> Result<ServerClock, AppError> {
    use_context().ok_or_else(|| AppError::Failed("The clock is not available.".to_owned()))
}

pub(super) async fn experiment(store: &dyn Store, id: i64) -> Result<ExperimentRef, AppError> {
    let found = store.experiment(ExperimentId(id)).await?;
    let found = found.ok_or_else(|| AppError::not_found("experiment", id))?;
    Ok(ExperimentRef {
        id,
        name: found.name,
    })
}

pub(super) async fn trace(store: &dyn Store, id: &str) -> Result<TraceInfo, AppError> {
    let unknown = || AppError::not_found("trace", id);
    let parsed = TraceId::parse(id).map_err(|_| unknown())?;
    store.trace(&parsed).await?.ok_or_else(unknown)
}

/// A run's name; empty if there is no such run.
pub(super) async fn run_name(store: &dyn Store, id: &str) -> Result<String, AppError> {
    let run = store.run(&RunId::new(id)).await?;
    Ok(run.map(|run| run.name).unwrap_or_default())
}

/// A name as it can be stored.
pub(super) fn experiment_name(name: &str) -> Result<&str, AppError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 500 {
        let text = "A name has 1 to 500 characters.";
        return Err(AppError::Refused(text.to_owned()));
    }
    Ok(name)
}

/// The key of a tag that people may set.
pub(super) fn tag_key<'a>(key: &'a str, value: &str) -> Result<&'a str, AppError> {
    let key = key.trim();
    let refused = |text: &str| Err(AppError::Refused(text.to_owned()));
    if key.is_empty() || key.chars().count() > 250 {
        return refused("A tag's key has 1 to 250 characters.");
    }
    if key.starts_with("mlflow.") {
        return refused("Keys that begin with “mlflow.” are kept for the server.");
    }
    if value.chars().count() > 8_000 {
        return refused("A tag's value has at most 8,000 characters.");
    }
    Ok(key)
}

/// An experiment as a line of the home page, without counts.
pub(super) fn experiment_row(experiment: Experiment) -> ExperimentRow {
    let is_description = |tag: &&Tag| tag.key == DESCRIPTION_TAG;
    let description = experiment.tags.iter().find(is_description);
    ExperimentRow {
        description: description.map_or_else(String::new, |tag| tag.value.clone()),
        experiment: ExperimentRef {
            id: experiment.id.0,
            name: experiment.name,
        },
        traces: 0,
        errors: 0,
        last_trace_ms: None,
        changed_ms: experiment.last_update_time.0,
        tags: experiment
            .tags
            .into_iter()
            .filter(|tag| is_public_tag(&tag.key))
            .map(|tag| (tag.key, tag.value))
            .collect(),
    }
}

/// The same with counts.
pub(super) fn summary_row(summary: ExperimentSummary) -> ExperimentRow {
    ExperimentRow {
        traces: summary.trace_count,
        errors: summary.error_count,
        last_trace_ms: summary.last_trace_time.map(|time| time.0),
        ..experiment_row(summary.experiment)
    }
}

/// This server's address as the reader reached it.
pub(super) fn address() -> String {
    let parts = use_context::<http::request::Parts>();
    let header = |name: &str| {
        let value = parts.as_ref()?.headers.get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    let scheme = match header("x-forwarded-proto").as_deref() {
        Some("https") => "https",
        _ => "http",
    };
    let host = header(HOST.as_str()).unwrap_or_else(|| "127.0.0.1:5000".to_owned());
    format!("{scheme}://{host}{}", crate::address::prefix())
}

/// The cookie with the name that a reader gave.
pub(super) const REVIEWER: &str = "spanfall_reviewer";

/// What the reader chose of a preference, unchecked.
pub fn preference_cookie(name: &str) -> Option<String> {
    cookie(&format!("spanfall_{name}"))
}

/// A cookie's value, decoded.
pub(super) fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<http::request::Parts>()?;
    let cookies = parts.headers.get_all(COOKIE);
    let value = cookies
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find_map(|line| {
            line.split(';').find_map(|pair| {
                let (key, value) = pair.trim().split_once('=')?;
                (key == name).then(|| value.to_owned())
            })
        })?;
    Some(percent_decode(&value))
}

/// Keeps a value in the reader's browser for a year.
pub(super) fn set_cookie(name: &str, value: &str) {
    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    let value = crate::url_state::segment(value);
    let line = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.append_header(SET_COOKIE, line);
    }
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let byte = match (first, tail) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |d: u8| char::from(d).to_digit(16);
                match (digit(*high), digit(*low)) {
                    (Some(high), Some(low)) => {
                        rest = after;
                        bytes.push((high * 16 + low) as u8);
                        continue;
                    }
                    _ => b'%',
                }
            }
            _ => *first,
        };
        bytes.push(byte);
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::percent_decode;

    #[test]
    fn cookies_decode_what_was_encoded() {
        for text in ["ada", "Ada Lovelace", "ä;=%", "100%"] {
            assert_eq!(percent_decode(&crate::url_state::segment(text)), text);
        }
        assert_eq!(percent_decode("100%"), "100%");
    }
}
