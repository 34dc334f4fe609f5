//! Families of span types: what a colour and an icon stand for.

/// A family of span types.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `AGENT`, `WORKFLOW`.
    Agent,
    /// `LLM`, `CHAT_MODEL`.
    Llm,
    /// `TOOL`.
    Tool,
    /// `RETRIEVER`.
    Retriever,
    /// `EMBEDDING`, `RERANKER`.
    Embedding,
    /// `MEMORY`.
    Memory,
    /// `GUARDRAIL`.
    Guardrail,
    /// `EVALUATOR`.
    Evaluator,
    /// `CHAIN`, `TASK`, `PARSER`.
    Chain,
    /// Anything else.
    #[default]
    Unknown,
}

impl Kind {
    /// All kinds, in the order of a legend.
    pub const ALL: [Kind; 10] = [
        Kind::Agent,
        Kind::Llm,
        Kind::Tool,
        Kind::Retriever,
        Kind::Embedding,
        Kind::Memory,
        Kind::Guardrail,
        Kind::Evaluator,
        Kind::Chain,
        Kind::Unknown,
    ];

    /// The family of a span type.
    pub fn of(span_type: &str) -> Self {
        match span_type {
            "AGENT" | "WORKFLOW" => Self::Agent,
            "LLM" | "CHAT_MODEL" => Self::Llm,
            "TOOL" => Self::Tool,
            "RETRIEVER" => Self::Retriever,
            "EMBEDDING" | "RERANKER" => Self::Embedding,
            "MEMORY" => Self::Memory,
            "GUARDRAIL" => Self::Guardrail,
            "EVALUATOR" => Self::Evaluator,
            "CHAIN" | "TASK" | "PARSER" => Self::Chain,
            _ => Self::Unknown,
        }
    }

    /// The name in style sheets: the colour is `--kind-<key>`.
    pub fn css_key(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Llm => "llm",
            Self::Tool => "tool",
            Self::Retriever => "retriever",
            Self::Embedding => "embedding",
            Self::Memory => "memory",
            Self::Guardrail => "guardrail",
            Self::Evaluator => "evaluator",
            Self::Chain => "chain",
            Self::Unknown => "unknown",
        }
    }
}
