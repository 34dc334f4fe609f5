//! Conventions of single agent frameworks and coding agents.

use super::{EMPTY, NO_USAGE, Translator, UsageKeys};
use crate::translate::{claude_code, gemini, livekit, vercel};

pub(in crate::translate) const GEMINI_CLI: Translator = Translator {
    marks: &[gemini::AGENT_NAME],
    span_type_hook: Some(gemini::span_type),
    inputs_hook: Some(gemini::inputs),
    outputs_hook: Some(gemini::outputs),
    format_hook: Some(gemini::format),
    ..EMPTY
};

pub(in crate::translate) const CLAUDE_CODE: Translator = Translator {
    marks: &[claude_code::SPAN_TYPE],
    span_type_hook: Some(claude_code::span_type),
    inputs_hook: Some(claude_code::inputs),
    outputs_hook: Some(claude_code::outputs),
    usage_hook: Some(claude_code::usage),
    ..EMPTY
};

pub(in crate::translate) const GOOGLE_ADK: Translator = Translator {
    marks: &["gcp.vertex.agent."],
    inputs: &[
        "gcp.vertex.agent.llm_request",
        "gcp.vertex.agent.tool_call_args",
    ],
    outputs: &[
        "gcp.vertex.agent.llm_response",
        "gcp.vertex.agent.tool_response",
    ],
    ..EMPTY
};

pub(in crate::translate) const VERCEL_AI: Translator = Translator {
    marks: &["ai."],
    kind_keys: &[vercel::OPERATION],
    kinds: &[
        ("ai.generateText", "LLM"),
        ("ai.generateText.doGenerate", "LLM"),
        ("ai.streamText", "LLM"),
        ("ai.streamText.doStream", "LLM"),
        ("ai.generateObject", "LLM"),
        ("ai.generateObject.doGenerate", "LLM"),
        ("ai.streamObject", "LLM"),
        ("ai.streamObject.doStream", "LLM"),
        ("ai.toolCall", "TOOL"),
        ("ai.embed", "EMBEDDING"),
        ("ai.embed.doEmbed", "EMBEDDING"),
        ("ai.embedMany", "EMBEDDING"),
    ],
    inputs: &["ai.prompt", "ai.toolCall.args", "ai.value", "ai.values"],
    outputs: &[
        "ai.response.text",
        "ai.toolCall.result",
        "ai.response.object",
        "ai.embedding",
        "ai.embeddings",
    ],
    inputs_hook: Some(vercel::inputs),
    outputs_hook: Some(vercel::outputs),
    format_hook: Some(vercel::format),
    ..EMPTY
};

pub(in crate::translate) const VOLT_AGENT: Translator = Translator {
    marks: &[
        "span.type",
        "entity.type",
        "voltagent.",
        "agent.messages",
        "llm.messages",
        "llm.usage.",
        "usage.",
        "input",
        "output",
    ],
    kind_keys: &["span.type", "entity.type"],
    kinds: &[
        ("agent", "AGENT"),
        ("llm", "LLM"),
        ("tool", "TOOL"),
        ("memory", "MEMORY"),
    ],
    inputs: &["agent.messages", "llm.messages", "input"],
    outputs: &["output"],
    usage: UsageKeys {
        input: &["usage.prompt_tokens", "llm.usage.prompt_tokens"],
        output: &["usage.completion_tokens", "llm.usage.completion_tokens"],
        total: &["usage.total_tokens", "llm.usage.total_tokens"],
        ..NO_USAGE
    },
    format_hook: Some(|span| {
        let own = ["voltagent.operation_id", "voltagent.conversation_id"];
        own.iter()
            .any(|key| span.attribute(key).is_some())
            .then_some("voltagent")
    }),
    ..EMPTY
};

pub(in crate::translate) const LIVE_KIT: Translator = Translator {
    marks: &["lk.", livekit::MODEL, livekit::OPERATION],
    inputs: &[
        "lk.user_input",
        "lk.user_transcript",
        "lk.chat_ctx",
        "lk.input_text",
    ],
    outputs: &["lk.response.text", "lk.response.function_calls"],
    span_type_hook: Some(livekit::span_type),
    format_hook: Some(livekit::format),
    ..EMPTY
};
