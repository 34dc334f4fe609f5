//! Conventions of telemetry libraries and services, which any framework may use.

use super::{EMPTY, NO_USAGE, Translator, UsageKeys};

pub(in crate::translate) const OPEN_INFERENCE: Translator = Translator {
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

pub(in crate::translate) const OTEL_GEN_AI: Translator = Translator {
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

pub(in crate::translate) const TRACELOOP: Translator = Translator {
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

pub(in crate::translate) const LAMINAR: Translator = Translator {
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

pub(in crate::translate) const LANGFUSE: Translator = Translator {
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
