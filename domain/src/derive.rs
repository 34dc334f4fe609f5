//! The rules by which trace information follows from spans and from what clients send about a trace.
//!
//! A trace is told about from two sides, in any order and more than once: spans arrive in batches, and the client sends trace
//! information at the end. A trace is *finalized* once that happened; from then on spans no longer change its times and name.
//! All rules are pure; stores call them inside a transaction. Sums over all spans of a trace are in `usage`.

mod facts;

pub use facts::facts;

use crate::ids::{ExperimentId, TraceId};
use crate::ingest::{TraceFacts, TraceInfoWrite};
use crate::time::UnixMillis;
use crate::trace::{TraceInfo, TraceState, keys};
use crate::usage::{Cost, TokenUsage};

/// The longest session id, in characters.
pub const SESSION_MAX_CHARS: usize = 250;

/// Why spans or trace information cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeriveError {
    /// A session id is longer than [`SESSION_MAX_CHARS`].
    #[error("session id must have at most {SESSION_MAX_CHARS} characters, got {got}")]
    SessionTooLong {
        /// The characters given.
        got: usize,
    },
}

/// A trace of which nothing is known but these facts.
pub fn new_trace(trace_id: &TraceId, experiment_id: ExperimentId, facts: &TraceFacts) -> TraceInfo {
    let mut info = TraceInfo::new(trace_id.clone(), experiment_id, facts.start);
    merge_facts(&mut info, false, facts);
    info
}

/// A trace of which nothing is known but what a client sent.
pub fn new_trace_of_write(write: &TraceInfoWrite) -> TraceInfo {
    let mut info = TraceInfo::new(
        write.trace_id.clone(),
        write.experiment_id,
        write.request_time,
    );
    info.state = write.state;
    merge_write(&mut info, write);
    info
}

/// Merges what a batch of spans says. Counts, tokens and cost are not touched: they are recounted over all spans.
pub fn merge_facts(info: &mut TraceInfo, finalized: bool, facts: &TraceFacts) {
    if !finalized {
        widen_times(info, facts);
    }
    for (key, value) in &facts.tags {
        if finalized {
            info.tags
                .entry(key.clone())
                .or_insert_with(|| value.clone());
        } else {
            info.tags.insert(key.clone(), value.clone());
        }
    }
    if let Some(root) = &facts.root {
        let is_open = matches!(
            info.state,
            TraceState::InProgress | TraceState::StateUnspecified
        );
        if is_open && root.state != TraceState::InProgress {
            info.state = root.state;
        }
        if info.request_preview.is_none() {
            info.request_preview.clone_from(&root.request_preview);
        }
        if info.response_preview.is_none() {
            info.response_preview.clone_from(&root.response_preview);
        }
        if !finalized && !root.name.is_empty() && !info.tags.contains_key(keys::NAME) {
            info.tags.insert(keys::NAME.to_owned(), root.name.clone());
        }
    }
    if let Some(session) = &facts.session {
        info.metadata
            .entry(keys::SESSION.to_owned())
            .or_insert_with(|| session.clone());
        info.stats
            .root_session
            .get_or_insert_with(|| session.clone());
    }
    if let Some(user) = &facts.user {
        info.metadata
            .entry(keys::USER.to_owned())
            .or_insert_with(|| user.clone());
        info.stats.root_user.get_or_insert_with(|| user.clone());
    }
    set_artifact_location(info);
}

/// Merges what a client sent about a trace; assessments are left to the store. A state that says nothing keeps the stored one.
/// The two location tags are the server's own and are not taken from clients.
pub fn merge_write(info: &mut TraceInfo, write: &TraceInfoWrite) {
    info.experiment_id = write.experiment_id;
    info.client_request_id.clone_from(&write.client_request_id);
    info.request_time = write.request_time;
    info.duration_ms = write.duration_ms;
    if write.state != TraceState::StateUnspecified {
        info.state = write.state;
    }
    if write.request_preview.is_some() {
        info.request_preview.clone_from(&write.request_preview);
    }
    if write.response_preview.is_some() {
        info.response_preview.clone_from(&write.response_preview);
    }
    info.metadata.extend(write.metadata.clone());
    let tags = write.tags.iter().filter(|(key, _)| !is_location(key));
    info.tags
        .extend(tags.map(|(key, value)| (key.clone(), value.clone())));
    set_artifact_location(info);
}

/// Checks trace information before it is merged.
///
/// # Errors
/// [`DeriveError::SessionTooLong`].
pub fn check_write(write: &TraceInfoWrite) -> Result<(), DeriveError> {
    write
        .metadata
        .get(keys::SESSION)
        .map_or(Ok(()), |session| check_session(session))
}

/// Sets the sums over all stored spans, and the metadata that shows them. A client's own figures stay once it has finalized the
/// trace.
pub fn apply_usage(
    info: &mut TraceInfo,
    usage: Option<TokenUsage>,
    cost: Option<Cost>,
    finalized: bool,
) {
    info.stats.usage = usage;
    info.stats.cost = cost;
    let texts = [
        (
            keys::TOKEN_USAGE,
            usage.map(|usage| usage.to_metadata_text()),
        ),
        (keys::COST, cost.map(|cost| cost.to_metadata_text())),
    ];
    for (key, text) in texts {
        let Some(text) = text else { continue };
        if !(finalized && info.metadata.contains_key(key)) {
            info.metadata.insert(key.to_owned(), text);
        }
    }
}

/// Sets or removes the tag that sends clients to this server for the spans. It is set if they can find the spans by the trace's
/// id and all spans that the client said it sent are stored; `info.stats` must be up to date.
pub fn apply_spans_location(info: &mut TraceInfo, readable_by_id: bool) {
    let stored = info.stats.span_count;
    let is_complete = stored > 0
        && info
            .expected_spans()
            .is_none_or(|expected| stored >= expected);
    if readable_by_id && is_complete {
        info.tags.insert(
            keys::SPANS_LOCATION.to_owned(),
            keys::TRACKING_STORE.to_owned(),
        );
    } else {
        info.tags.remove(keys::SPANS_LOCATION);
    }
}

/// The value of tag `mlflow.artifactLocation`.
pub fn artifact_location(experiment_id: ExperimentId, trace_id: &TraceId) -> String {
    format!("mlflow-artifacts:/{experiment_id}/traces/{trace_id}/artifacts")
}

fn widen_times(info: &mut TraceInfo, facts: &TraceFacts) {
    let old_end = info.duration_ms.map(|_| info.end_time());
    info.request_time = info.request_time.min(facts.start);
    // Clocks may disagree so far that all spans end before the first one starts.
    let duration = |end: UnixMillis| end.0.saturating_sub(info.request_time.0).max(0);
    info.duration_ms = old_end.max(facts.end).map(duration);
}

fn set_artifact_location(info: &mut TraceInfo) {
    let location = artifact_location(info.experiment_id, &info.trace_id);
    info.tags
        .insert(keys::ARTIFACT_LOCATION.to_owned(), location);
}

fn is_location(tag: &str) -> bool {
    tag == keys::ARTIFACT_LOCATION || tag == keys::SPANS_LOCATION
}

fn check_session(session: &str) -> Result<(), DeriveError> {
    // Bytes are at least as many as characters, so the common case needs no counting.
    let got = if session.len() <= SESSION_MAX_CHARS {
        0
    } else {
        session.chars().count()
    };
    if got > SESSION_MAX_CHARS {
        Err(DeriveError::SessionTooLong { got })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
