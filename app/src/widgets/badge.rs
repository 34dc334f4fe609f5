//! State and kind as an icon with a word: never by colour alone.

use domain::run::RunStatus;
use domain::span::StatusCode;
use domain::trace::TraceState;
use leptos::prelude::*;

use super::icon::{Icon, IconName};

/// How a trace stands, as icon and word.
#[component]
pub fn StateBadge(
    /// The state.
    state: TraceState,
) -> impl IntoView {
    let (name, word, tone) = match state {
        TraceState::Ok => (IconName::Check, "OK", "ok"),
        TraceState::Error => (IconName::Alert, "Error", "error"),
        TraceState::InProgress => (IconName::Clock, "Running", "running"),
        TraceState::StateUnspecified => (IconName::Dot, "Unknown", "plain"),
    };
    badge(name, word, tone)
}

/// How a span ended.
#[component]
pub fn StatusBadge(
    /// The status.
    status: StatusCode,
    /// Whether it is still running.
    is_running: bool,
) -> impl IntoView {
    let (name, word, tone) = match status {
        StatusCode::Error => (IconName::Alert, "Error", "error"),
        _ if is_running => (IconName::Clock, "Running", "running"),
        StatusCode::Ok => (IconName::Check, "OK", "ok"),
        StatusCode::Unset => (IconName::Dot, "Unset", "plain"),
    };
    badge(name, word, tone)
}

/// How a run stands.
#[component]
pub fn RunBadge(
    /// The status.
    status: RunStatus,
) -> impl IntoView {
    let (name, word, tone) = match status {
        RunStatus::Finished => (IconName::Check, "Finished", "ok"),
        RunStatus::Failed => (IconName::Alert, "Failed", "error"),
        RunStatus::Killed => (IconName::Cross, "Killed", "error"),
        RunStatus::Running => (IconName::Clock, "Running", "running"),
        RunStatus::Scheduled => (IconName::Clock, "Scheduled", "plain"),
    };
    badge(name, word, tone)
}

fn badge(name: IconName, word: &'static str, tone: &'static str) -> impl IntoView {
    view! {
        <span class="badge" data-tone=tone>
            <Icon name=name/>
            <span class="badge__word">{word}</span>
        </span>
    }
}

/// The group of a span kind: one colour and one icon. Unknown kinds fall into `unknown`.
pub fn kind_group(kind: &str) -> (&'static str, IconName) {
    match kind {
        "AGENT" | "WORKFLOW" => ("agent", IconName::Agent),
        "LLM" | "CHAT_MODEL" => ("llm", IconName::Llm),
        "TOOL" => ("tool", IconName::Tool),
        "RETRIEVER" => ("retriever", IconName::Retriever),
        "EMBEDDING" | "RERANKER" => ("embedding", IconName::Embedding),
        "MEMORY" => ("memory", IconName::Memory),
        "GUARDRAIL" => ("guardrail", IconName::Guardrail),
        "EVALUATOR" => ("evaluator", IconName::Gavel),
        "CHAIN" | "TASK" | "PARSER" => ("chain", IconName::Chain),
        _ => ("unknown", IconName::Dot),
    }
}

/// A span kind's icon on its tint.
#[component]
pub fn KindIcon(
    /// The kind as stored, e.g. `LLM`.
    #[prop(into)]
    kind: String,
) -> impl IntoView {
    let (group, name) = kind_group(&kind);
    view! {
        <span class="kind" data-kind=group title=kind>
            <Icon name=name/>
        </span>
    }
}
