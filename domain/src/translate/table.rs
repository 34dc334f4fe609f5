//! Which attribute of which convention means what. The order of [`TRANSLATORS`] is the order in which they are asked; the rows
//! are in `telemetry` and `frameworks`.

mod frameworks;
mod telemetry;

use crate::span::Span;
use frameworks::{CLAUDE_CODE, GEMINI_CLI, GOOGLE_ADK, LIVE_KIT, VERCEL_AI, VOLT_AGENT};
use telemetry::{LAMINAR, LANGFUSE, OPEN_INFERENCE, OTEL_GEN_AI, TRACELOOP};

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

/// MLflow's span type for an operation of OpenTelemetry GenAI.
pub(super) fn gen_ai_kind(operation: &str) -> Option<&'static str> {
    let mut known = OTEL_GEN_AI.kinds.iter();
    known
        .find(|(name, _)| *name == operation)
        .map(|(_, span_type)| *span_type)
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
