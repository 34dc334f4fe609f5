//! LiveKit Agents: what a span is shows in which attributes it has, in the order in which they stand.

use super::{plain_text, table};
use crate::span::{Span, UNKNOWN_TYPE};

pub(super) const OPERATION: &str = "gen_ai.operation.name";
pub(super) const MODEL: &str = "gen_ai.request.model";

/// Speech that is heard or spoken has no type of MLflow's and is said to be unknown.
pub(super) fn span_type(span: &Span) -> Option<&'static str> {
    if span.attribute(MODEL).is_some() {
        return Some("LLM");
    }
    let operation = span.attribute(OPERATION).map(plain_text);
    if let Some(kind) = operation.and_then(|text| table::gen_ai_kind(&text.to_ascii_lowercase())) {
        return Some(kind);
    }
    let mut keys = span.attributes.iter().map(|(key, _)| key.as_str());
    keys.find_map(|key| match key {
        "lk.retry_count" => Some("LLM"),
        "lk.agent_name" | "lk.instructions" | "lk.generation_id" => Some("AGENT"),
        "lk.input_text"
        | "lk.user_transcript"
        | "lk.transcript_confidence"
        | "lk.transcription_delay" => Some(UNKNOWN_TYPE),
        _ if key.starts_with("lk.function_tool") => Some("TOOL"),
        _ if key.starts_with("lk.tts") => Some(UNKNOWN_TYPE),
        _ => None,
    })
}

pub(super) fn format(span: &Span) -> Option<&'static str> {
    let mut keys = span.attributes.iter();
    keys.any(|(key, _)| key.starts_with("lk."))
        .then_some("livekit")
}
