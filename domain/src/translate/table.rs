//! Which attribute of which convention means what. The order of [`TRANSLATORS`] is the order in which they are asked.

use super::{claude_code, gemini, vercel};
use crate::span::Span;

/// One convention. Keys may hold `#` where a run of digits stands.
pub(super) struct Translator {
    /// Beginnings of keys that show the convention may be in use.
    pub marks: &'static [&'static str],
    /// Attributes that name the kind of span; the first whose value is known counts.
    pub kind_keys: &'static [&'static str],
    /// Value of such an attribute, and MLflow's span type for it.
    pub kinds: &'static [(&'static str, &'static str)],
    /// What went in.
    pub inputs: &'static [&'static str],
    /// What came out.
    pub outputs: &'static [&'static str],
    /// Tokens.
    pub usage: UsageKeys,
    /// The model's name.
    pub models: &'static [&'static str],
    /// Who serves the model.
    pub providers: &'static [&'static str],
    /// The tools offered.
    pub tools: &'static [&'static str],
    /// Instead of `kind_keys` and `kinds`.
    pub span_type_hook: Option<fn(&Span) -> Option<&'static str>>,
    /// Before `inputs`.
    pub inputs_hook: Option<fn(&Span) -> Option<String>>,
    /// Before `outputs`.
    pub outputs_hook: Option<fn(&Span) -> Option<String>>,
    /// Instead of `usage`.
    pub usage_hook: Option<fn(&Span) -> Option<String>>,
    /// The value for `mlflow.message.format`.
    pub format_hook: Option<fn(&Span) -> Option<&'static str>>,
}

/// Attributes that count tokens.
pub(super) struct UsageKeys {
    pub input: &'static [&'static str],
    pub output: &'static [&'static str],
    pub total: &'static [&'static str],
    pub cache_read: &'static [&'static str],
    pub cache_write: &'static [&'static str],
}

/// The translators that a key of another convention calls for, as bits; those in `known` are not looked for again.
pub(super) fn conventions_of(key: &str, known: u16) -> u16 {
    // Comparing first bytes first settles nearly all of the pairs, of which there are many a span.
    let first = key.as_bytes().first();
    let is_begun_by = |mark: &&str| mark.as_bytes().first() == first && key.starts_with(*mark);
    let mut bits = 0;
    for (i, translator) in TRANSLATORS.iter().enumerate() {
        let bit = 1 << i;
        if known & bit == 0 && translator.marks.iter().any(is_begun_by) {
            bits |= bit;
        }
    }
    bits
}

/// Whether a key fits a pattern in which `#` stands for one or more digits.
pub(super) fn matches(pattern: &str, key: &str) -> bool {
    let Some((head, mut pattern)) = pattern.split_once('#') else {
        return pattern == key;
    };
    let Some(mut key) = key.strip_prefix(head) else {
        return false;
    };
    loop {
        let rest = key.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == key.len() {
            return false;
        }
        let Some((literal, tail)) = pattern.split_once('#') else {
            return rest == pattern;
        };
        let Some(rest) = rest.strip_prefix(literal) else {
            return false;
        };
        (pattern, key) = (tail, rest);
    }
}

const NO_USAGE: UsageKeys = UsageKeys {
    input: &[],
    output: &[],
    total: &[],
    cache_read: &[],
    cache_write: &[],
};

const EMPTY: Translator = Translator {
    marks: &[],
    kind_keys: &[],
    kinds: &[],
    inputs: &[],
    outputs: &[],
    usage: NO_USAGE,
    models: &[],
    providers: &[],
    tools: &[],
    span_type_hook: None,
    inputs_hook: None,
    outputs_hook: None,
    usage_hook: None,
    format_hook: None,
};

/// Spring AI is missing on purpose: its attributes are those of OpenTelemetry GenAI, the rest is in its events.
pub(super) static TRANSLATORS: [Translator; 11] = [
    OPEN_INFERENCE,
    GEMINI_CLI,
    CLAUDE_CODE,
    OTEL_GEN_AI,
    TRACELOOP,
    GOOGLE_ADK,
    VERCEL_AI,
    VOLT_AGENT,
    LIVE_KIT,
    LAMINAR,
    LANGFUSE,
];

const OPEN_INFERENCE: Translator = Translator {
    marks: &["openinference.", "llm.", "input.", "output.", "embedding."],
    kind_keys: &["openinference.span.kind"],
    kinds: &[
        ("TOOL", "TOOL"),
        ("CHAIN", "CHAIN"),
        ("LLM", "LLM"),
        ("RETRIEVER", "RETRIEVER"),
        ("EMBEDDING", "EMBEDDING"),
        ("AGENT", "AGENT"),
        ("RERANKER", "RERANKER"),
        ("UNKNOWN", "UNKNOWN"),
        ("GUARDRAIL", "GUARDRAIL"),
        ("EVALUATOR", "EVALUATOR"),
    ],
    inputs: &["input.value"],
    outputs: &["output.value"],
    usage: UsageKeys {
        input: &["llm.token_count.prompt"],
        output: &["llm.token_count.completion"],
        total: &["llm.token_count.total"],
        cache_read: &["llm.token_count.prompt_details.cache_read"],
        cache_write: &["llm.token_count.prompt_details.cache_write"],
    },
    models: &[
        "llm.response.model_name",
        "llm.model_name",
        "llm.request.model_name",
        "embedding.model_name",
    ],
    providers: &["llm.provider"],
    ..EMPTY
};

/// Tokens and model come from [`OTEL_GEN_AI`], whose keys Gemini CLI uses.
const GEMINI_CLI: Translator = Translator {
    marks: &[gemini::AGENT_NAME],
    span_type_hook: Some(gemini::span_type),
    inputs_hook: Some(gemini::inputs),
    outputs_hook: Some(gemini::outputs),
    format_hook: Some(gemini::format),
    ..EMPTY
};

const CLAUDE_CODE: Translator = Translator {
    marks: &[claude_code::SPAN_TYPE],
    span_type_hook: Some(claude_code::span_type),
    inputs_hook: Some(claude_code::inputs),
    outputs_hook: Some(claude_code::outputs),
    usage_hook: Some(claude_code::usage),
    ..EMPTY
};

const OTEL_GEN_AI: Translator = Translator {
    marks: &["gen_ai."],
    kind_keys: &["gen_ai.operation.name"],
    kinds: &[
        ("chat", "CHAT_MODEL"),
        ("create_agent", "AGENT"),
        ("invoke_agent", "AGENT"),
        ("embeddings", "EMBEDDING"),
        ("execute_tool", "TOOL"),
        ("generate_content", "LLM"),
        ("text_completion", "LLM"),
        ("response", "LLM"),
    ],
    inputs: &["gen_ai.input.messages", "gen_ai.tool.call.arguments"],
    outputs: &["gen_ai.output.messages", "gen_ai.tool.call.result"],
    usage: UsageKeys {
        input: &["gen_ai.usage.input_tokens"],
        output: &["gen_ai.usage.output_tokens"],
        total: &[],
        cache_read: &["gen_ai.usage.cache_read.input_tokens"],
        cache_write: &[
            "gen_ai.usage.cache_write.input_tokens",
            "gen_ai.usage.cache_creation.input_tokens",
        ],
    },
    models: &["gen_ai.response.model", "gen_ai.request.model"],
    providers: &["gen_ai.provider.name"],
    tools: &["gen_ai.tool.definitions"],
    ..EMPTY
};

const TRACELOOP: Translator = Translator {
    marks: &["traceloop.", "gen_ai.", "llm.usage."],
    kind_keys: &["traceloop.span.kind"],
    kinds: &[
        ("workflow", "WORKFLOW"),
        ("task", "TASK"),
        ("agent", "AGENT"),
        ("tool", "TOOL"),
        ("unknown", "UNKNOWN"),
    ],
    inputs: &[
        "traceloop.entity.input",
        "gen_ai.prompt.#.content",
        "gen_ai.completion.#.tool_calls.#.arguments",
    ],
    outputs: &["traceloop.entity.output", "gen_ai.completion.#.content"],
    usage: UsageKeys {
        input: &["gen_ai.usage.prompt_tokens"],
        output: &["gen_ai.usage.completion_tokens"],
        total: &["llm.usage.total_tokens"],
        ..NO_USAGE
    },
    providers: &["gen_ai.system"],
    ..EMPTY
};

const GOOGLE_ADK: Translator = Translator {
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

const VERCEL_AI: Translator = Translator {
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

/// Child spans inherit `entity.type` of their agent, so `span.type` must be asked first.
const VOLT_AGENT: Translator = Translator {
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

/// Tokens come from [`OTEL_GEN_AI`].
const LIVE_KIT: Translator = Translator {
    marks: &["lk.", "gen_ai.request.model"],
    inputs: &[
        "lk.user_input",
        "lk.user_transcript",
        "lk.chat_ctx",
        "lk.input_text",
    ],
    outputs: &["lk.response.text", "lk.response.function_calls"],
    span_type_hook: Some(|span| {
        if span.attribute("gen_ai.request.model").is_some() {
            return Some("LLM");
        }
        span.attributes
            .iter()
            .find_map(|(key, _)| match key.as_str() {
                "lk.retry_count" => Some("LLM"),
                key if key.starts_with("lk.function_tool") => Some("TOOL"),
                "lk.agent_name" | "lk.instructions" | "lk.generation_id" => Some("AGENT"),
                _ => None,
            })
    }),
    format_hook: Some(|span| {
        span.attributes
            .iter()
            .any(|(key, _)| key.starts_with("lk."))
            .then_some("livekit")
    }),
    ..EMPTY
};

/// Tokens and model come from [`OTEL_GEN_AI`].
const LAMINAR: Translator = Translator {
    marks: &["lmnr.", "gen_ai.system"],
    kind_keys: &[LAMINAR_TYPE],
    kinds: &[
        ("LLM", "LLM"),
        ("TOOL", "TOOL"),
        ("DEFAULT", "CHAIN"),
        ("PIPELINE", "CHAIN"),
        ("EXECUTOR", "AGENT"),
        ("EVALUATOR", "EVALUATOR"),
        ("HUMAN_EVALUATOR", "EVALUATOR"),
        ("EVALUATION", "EVALUATOR"),
        ("CACHED", "LLM"),
    ],
    inputs: &["lmnr.span.input"],
    outputs: &["lmnr.span.output"],
    providers: &["gen_ai.system"],
    format_hook: Some(|span| span.attribute(LAMINAR_TYPE).map(|_| "openai")),
    ..EMPTY
};

const LAMINAR_TYPE: &str = "lmnr.span.type";

const LANGFUSE: Translator = Translator {
    marks: &["langfuse."],
    kind_keys: &["langfuse.observation.type"],
    kinds: &[
        ("generation", "LLM"),
        ("embedding", "EMBEDDING"),
        ("tool", "TOOL"),
        ("retriever", "RETRIEVER"),
        ("agent", "AGENT"),
        ("chain", "CHAIN"),
        ("evaluator", "EVALUATOR"),
        ("guardrail", "GUARDRAIL"),
        ("span", "UNKNOWN"),
    ],
    inputs: &["langfuse.observation.input"],
    outputs: &["langfuse.observation.output"],
    ..EMPTY
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_take_digits_for_the_sign() {
        let pattern = "gen_ai.completion.#.tool_calls.#.arguments";
        assert!(matches(
            pattern,
            "gen_ai.completion.0.tool_calls.12.arguments"
        ));
        assert!(!matches(
            pattern,
            "gen_ai.completion..tool_calls.12.arguments"
        ));
        assert!(!matches(
            pattern,
            "gen_ai.completion.0.tool_calls.1.argumentsx"
        ));
        assert!(!matches(
            pattern,
            "gen_ai.completion.0.tool_calls.x.arguments"
        ));
        assert!(matches("input", "input"));
        assert!(!matches("input", "inputs"));
    }

    #[test]
    fn every_key_is_announced_by_a_mark() {
        for translator in &TRANSLATORS {
            let own = [translator.kind_keys, translator.inputs, translator.outputs].concat();
            for key in own {
                assert!(
                    translator.marks.iter().any(|mark| key.starts_with(mark)),
                    "{key}"
                );
            }
        }
    }
}
