//! Brings spans of other conventions into MLflow's: span type, inputs, outputs, tokens, model, provider, tools.
//!
//! Instrumentation libraries each have their own attribute keys (OpenInference, OpenTelemetry GenAI, Traceloop, …). What they say is
//! written next to their attributes under MLflow's keys; nothing of theirs is removed. Which key means what is in `table`; what a
//! table cannot say is in the other files below. Prices are not looked up here: a cost is taken only as a span gives it.

mod claude_code;
mod events;
pub(crate) mod flattened;
mod gemini;
mod livekit;
mod table;
mod vercel;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use crate::json;
use crate::span::{Span, UNKNOWN_TYPE, keys};
use crate::usage::Count;
use table::{TRANSLATORS, Translator};

/// Adds MLflow's attributes to a span as far as it lacks them. What MLflow's own attributes say stays, but a span type `UNKNOWN`
/// gives way. The conventions are tried in a fixed order, the first that says something wins, for each attribute apart; empty
/// values say nothing. A second call changes nothing.
pub fn translate(span: &mut Span) {
    let seen = Seen::of(span);
    if seen.is_complete() {
        return;
    }
    let active = || {
        TRANSLATORS
            .iter()
            .enumerate()
            .filter(|(i, _)| seen.conventions & (1 << i) != 0)
            .map(|(_, translator)| translator)
    };
    let span_ref = &*span;
    let mut found = Found::default();
    if seen.conventions != 0 {
        if !seen.span_type {
            found.add(
                keys::SPAN_TYPE,
                active()
                    .find_map(|t| t.span_type(span_ref))
                    .map(json::quote),
            );
        }
        if !seen.inputs {
            found.add(keys::INPUTS, active().find_map(|t| t.inputs(span_ref)));
        }
        if !seen.outputs {
            found.add(keys::OUTPUTS, active().find_map(|t| t.outputs(span_ref)));
        }
        if !seen.usage {
            found.add(keys::TOKEN_USAGE, active().find_map(|t| t.usage(span_ref)));
        }
        if !seen.format {
            found.add(
                keys::MESSAGE_FORMAT,
                active().find_map(|t| t.format(span_ref)).map(json::quote),
            );
        }
        if !seen.tools {
            found.add(
                keys::CHAT_TOOLS,
                active().find_map(|t| first_filled(span_ref, t.tools)),
            );
        }
        if !seen.model {
            found.add(
                keys::MODEL,
                active().find_map(|t| first_text(span_ref, t.models)),
            );
        }
        if !seen.provider {
            found.add(
                keys::MODEL_PROVIDER,
                active().find_map(|t| first_text(span_ref, t.providers)),
            );
        }
    }
    if !seen.inputs && !found.has(keys::INPUTS) {
        found.add(
            keys::INPUTS,
            flattened::inputs(span_ref).or_else(|| events::inputs(span_ref)),
        );
    }
    if !seen.outputs && !found.has(keys::OUTPUTS) {
        found.add(
            keys::OUTPUTS,
            flattened::outputs(span_ref).or_else(|| events::outputs(span_ref)),
        );
    }
    if !seen.model && !found.has(keys::MODEL) {
        let own = |key| found.get(key).or_else(|| span_ref.attribute(key));
        let model = own(keys::INPUTS)
            .and_then(model_field)
            .or_else(|| own(keys::OUTPUTS).and_then(model_field));
        found.add(keys::MODEL, model);
    }
    for (key, value) in found.0 {
        span.set_attribute(key, value);
    }
}

/// What one look over the keys of a span tells.
#[derive(Default)]
struct Seen {
    span_type: bool,
    inputs: bool,
    outputs: bool,
    usage: bool,
    model: bool,
    provider: bool,
    tools: bool,
    format: bool,
    /// Bit i: [`TRANSLATORS`]\[i\] may have something to say.
    conventions: u16,
}

impl Seen {
    fn of(span: &Span) -> Self {
        let mut seen = Self::default();
        for (key, value) in &span.attributes {
            let Some(own) = key.strip_prefix("mlflow.") else {
                seen.conventions |= table::conventions_of(key, seen.conventions);
                continue;
            };
            match own {
                "spanType" => {
                    seen.span_type = !is_empty(value) && plain_text(value) != UNKNOWN_TYPE;
                }
                "spanInputs" => seen.inputs = true,
                "spanOutputs" => seen.outputs = true,
                "chat.tokenUsage" => seen.usage = true,
                "llm.model" => seen.model = true,
                "llm.provider" => seen.provider = true,
                "chat.tools" => seen.tools = true,
                "message.format" => seen.format = true,
                _ => {}
            }
        }
        seen
    }

    /// Whether nothing can be added any more.
    fn is_complete(&self) -> bool {
        self.conventions == 0 && self.inputs && self.outputs && self.model
    }
}

/// Attributes to add, before they are added.
#[derive(Default)]
struct Found(Vec<(&'static str, String)>);

impl Found {
    fn add(&mut self, key: &'static str, value: Option<String>) {
        self.0.extend(value.map(|value| (key, value)));
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(k, _)| *k == key)
            .map(|(_, value)| value.as_str())
    }

    fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }
}

impl Translator {
    fn span_type(&self, span: &Span) -> Option<&'static str> {
        if let Some(hook) = self.span_type_hook {
            return hook(span);
        }
        self.kind_keys.iter().find_map(|key| {
            let kind = plain_text(span.attribute(key)?);
            let known = self.kinds.iter().find(|(name, _)| *name == kind);
            known.map(|(_, span_type)| *span_type)
        })
    }

    fn inputs(&self, span: &Span) -> Option<String> {
        let hooked = self.inputs_hook.and_then(|hook| hook(span));
        hooked.or_else(|| first_filled(span, self.inputs))
    }

    fn outputs(&self, span: &Span) -> Option<String> {
        let hooked = self.outputs_hook.and_then(|hook| hook(span));
        hooked.or_else(|| first_filled(span, self.outputs))
    }

    fn usage(&self, span: &Span) -> Option<String> {
        if let Some(hook) = self.usage_hook {
            return hook(span);
        }
        let keys = &self.usage;
        let input = first_count(span, keys.input);
        let output = first_count(span, keys.output);
        let total = first_count(span, keys.total);
        input.or(output).or(total)?;
        let cache_read = first_count(span, keys.cache_read);
        let cache_write = first_count(span, keys.cache_write);
        Some(usage_text([input, output, total, cache_read, cache_write]))
    }

    fn format(&self, span: &Span) -> Option<&'static str> {
        self.format_hook.and_then(|hook| hook(span))
    }
}

/// Token counts as MLflow writes them on a span: what is not known is left out, but a total follows from input and output.
fn usage_text([input, output, total, cache_read, cache_write]: [Option<i64>; 5]) -> String {
    let sum = || input?.checked_add(output?);
    let counts = [
        ("input_tokens", input),
        ("output_tokens", output),
        ("total_tokens", total.or_else(sum)),
        ("cache_read_input_tokens", cache_read),
        ("cache_creation_input_tokens", cache_write),
    ];
    let entries: Vec<String> = counts
        .into_iter()
        .filter_map(|(key, count)| count.map(|count| format!("\"{key}\": {count}")))
        .collect();
    format!("{{{}}}", entries.join(", "))
}

/// The first attribute, by order of `patterns`, that is there and says something.
fn first_filled(span: &Span, patterns: &[&str]) -> Option<String> {
    patterns.iter().find_map(|pattern| {
        if !pattern.contains('#') {
            return span
                .attribute(pattern)
                .filter(|value| !is_empty(value))
                .map(str::to_owned);
        }
        let mut values = span
            .attributes
            .iter()
            .filter(|(key, _)| table::matches(pattern, key));
        values
            .find(|(_, value)| !is_empty(value))
            .map(|(_, value)| value.clone())
    })
}

/// Like [`first_filled`], for values that must be JSON strings.
fn first_text(span: &Span, patterns: &[&str]) -> Option<String> {
    patterns.iter().find_map(|key| {
        let value = span.attribute(key)?;
        (value.starts_with('"') && !is_empty(value)).then(|| value.to_owned())
    })
}

fn first_count(span: &Span, patterns: &[&str]) -> Option<i64> {
    patterns.iter().find_map(|key| count(span.attribute(key)?))
}

/// A token count from JSON text: an integer, or a text of digits.
fn count(json_text: &str) -> Option<i64> {
    serde_json::from_str::<Count>(json_text).ok()?.0
}

/// Whether a JSON text is a value that Python takes for false: such a value says nothing.
fn is_empty(json_text: &str) -> bool {
    json::is_empty_text(json_text)
        || matches!(json_text.trim(), "0" | "0.0" | "-0" | "-0.0" | "false")
}

/// The text of a JSON string, or the JSON text itself if it is something else.
fn plain_text(json_text: &str) -> Cow<'_, str> {
    json::plain_string(json_text).unwrap_or(Cow::Borrowed(json_text))
}

/// The field `model` of a JSON object as JSON text, if it is a text.
fn model_field(json_text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Skim {
        model: Value,
    }
    // The search is far cheaper than parsing, and most inputs have no such field.
    if !json_text.trim_start().starts_with('{') || !json_text.contains("\"model\"") {
        return None;
    }
    let skim: Skim = serde_json::from_str(json_text).ok()?;
    skim.model
        .as_str()
        .filter(|model| !model.is_empty())
        .map(json::quote)
}

#[cfg(test)]
mod tests;
