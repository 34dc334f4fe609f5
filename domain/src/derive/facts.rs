//! What the spans of one batch say about their trace.

use std::collections::{BTreeMap, HashMap};

use super::{DeriveError, check_session, is_location};
use crate::ingest::{RootFacts, SpanBatch, TraceFacts};
use crate::json;
use crate::preview;
use crate::span::{Span, StatusCode, keys};
use crate::trace::TraceState;

/// The longest tag key taken from spans, in characters; longer ones are passed over.
const TAG_KEY_MAX_CHARS: usize = 250;
/// The longest tag value taken from spans, in characters; longer ones are cut.
const TAG_VALUE_MAX_CHARS: usize = 4096;
/// Resource attributes that tell of the SDK, not of the application, or that belong to MLflow.
const RESOURCE_KEYS_PASSED_OVER: [&str; 2] = ["telemetry.sdk.", "mlflow."];

/// Reads what a batch says about its trace. Spans must be translated. Of spans with equal ids only the last is looked at.
///
/// # Errors
/// [`DeriveError::SessionTooLong`].
pub fn facts(batch: &SpanBatch) -> Result<TraceFacts, DeriveError> {
    let last = last_of_each_id(&batch.spans);
    let spans = || {
        let is_last = |(i, _): &(usize, &Span)| last.as_ref().is_none_or(|last| last[*i]);
        batch
            .spans
            .iter()
            .enumerate()
            .filter(is_last)
            .map(|(_, span)| span)
    };
    let roots = spans().filter(|span| span.parent_id.is_none());
    let root = roots.min_by_key(|span| span.start);
    let session = first_text(spans(), keys::SESSION_ID)
        .or_else(|| first_text(spans(), keys::CONVERSATION_ID));
    if let Some(session) = &session {
        check_session(session)?;
    }
    Ok(TraceFacts {
        start: spans()
            .map(|span| span.start)
            .min()
            .unwrap_or_default()
            .to_millis(),
        end: spans()
            .filter_map(|span| span.end)
            .max()
            .map(|end| end.to_millis()),
        root: root.map(root_facts),
        session,
        user: first_text(spans(), keys::USER_ID),
        tags: tags(batch, root),
    })
}

/// Which spans have no later twin; `None` if all ids differ, as they nearly always do.
fn last_of_each_id(spans: &[Span]) -> Option<Vec<bool>> {
    if spans.len() < 2 {
        return None;
    }
    let mut last = HashMap::with_capacity(spans.len());
    for (i, span) in spans.iter().enumerate() {
        last.insert(span.span_id, i);
    }
    let is_last = |(i, span): (usize, &Span)| last[&span.span_id] == i;
    (last.len() < spans.len()).then(|| spans.iter().enumerate().map(is_last).collect())
}

fn root_facts(root: &Span) -> RootFacts {
    let state = match (root.status, root.end) {
        (StatusCode::Error, _) => TraceState::Error,
        (_, None) => TraceState::InProgress,
        (_, Some(_)) => TraceState::Ok,
    };
    RootFacts {
        name: root.name.clone(),
        state,
        request_preview: root.inputs().map(preview::request_preview),
        response_preview: root.outputs().map(preview::response_preview),
    }
}

fn first_text<'a>(mut spans: impl Iterator<Item = &'a Span>, key: &str) -> Option<String> {
    spans.find_map(|span| {
        span.attribute(key)
            .and_then(as_text)
            .filter(|text| !text.is_empty())
    })
}

/// Text as it is, other JSON as its text, `None` for null.
fn as_text(json_text: &str) -> Option<String> {
    match json_text.trim() {
        "null" => None,
        trimmed => Some(json::as_string(trimmed).unwrap_or_else(|| trimmed.to_owned())),
    }
}

fn tags(batch: &SpanBatch, root: Option<&Span>) -> BTreeMap<String, String> {
    let of_resource = batch
        .resource_tags
        .iter()
        .filter(|(key, _)| {
            !RESOURCE_KEYS_PASSED_OVER
                .iter()
                .any(|start| key.starts_with(start))
        })
        .map(|(key, value)| (key.clone(), value.clone()));
    let of_root = root
        .into_iter()
        .flat_map(|root| &root.attributes)
        .filter_map(|(key, value)| {
            let tag = key.strip_prefix(keys::TRACE_TAG_PREFIX)?;
            Some((tag.to_owned(), as_text(value)?))
        });
    of_resource
        .chain(of_root)
        .filter(|(key, _)| !key.is_empty() && !is_location(key))
        .filter(|(key, _)| key.chars().nth(TAG_KEY_MAX_CHARS).is_none())
        .map(|(key, mut value)| {
            if let Some((end, _)) = value.char_indices().nth(TAG_VALUE_MAX_CHARS) {
                value.truncate(end);
            }
            (key, value)
        })
        .collect()
}
