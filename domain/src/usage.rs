//! Tokens and cost of model calls.

use serde::{Deserialize, Serialize};

/// Tokens of one model call or of a whole trace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUsage {
    /// Sent to the model.
    pub input_tokens: i64,
    /// Made by the model.
    pub output_tokens: i64,
    /// As the provider counts; input plus output if it does not say.
    pub total_tokens: i64,
    /// Input read from a cache, if the provider says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_read_input_tokens: Option<i64>,
    /// Input written to a cache, if the provider says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_creation_input_tokens: Option<i64>,
}

/// What model calls cost, in US dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// For input tokens.
    pub input_cost: f64,
    /// For output tokens.
    pub output_cost: f64,
    /// Both.
    pub total_cost: f64,
}
