//! Tokens and cost of model calls: reading them from attributes, summing them over a trace, writing them as metadata.

mod wire;

use serde::{Deserialize, Serialize};

use crate::ids::SpanId;
use crate::parents::{self, Link, NO_PARENT};
use crate::span_row::SpanRow;
pub(crate) use wire::Count;
use wire::{CostWire, PythonFloat, UsageWire, object_from_json};

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

/// What summing needs to know of a span.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UsageRow {
    /// The span.
    pub span_id: SpanId,
    /// Its parent.
    pub parent_id: Option<SpanId>,
    /// Its own tokens, if it says.
    pub usage: Option<TokenUsage>,
    /// Its own cost, if it says.
    pub cost: Option<Cost>,
}

impl From<&SpanRow> for UsageRow {
    fn from(row: &SpanRow) -> Self {
        Self {
            span_id: row.span_id,
            parent_id: row.parent_id,
            usage: row.usage,
            cost: row.cost,
        }
    }
}

impl TokenUsage {
    /// Reads the JSON text of `mlflow.chat.tokenUsage` or `mlflow.trace.tokenUsage`. Counts may be integers or texts of digits;
    /// a missing total is input plus output. `None` if this is no object or holds no count at all.
    pub fn from_json(json: &str) -> Option<Self> {
        let wire: UsageWire = object_from_json(json)?;
        let counts = [
            wire.input_tokens,
            wire.output_tokens,
            wire.total_tokens,
            wire.cache_read_input_tokens,
            wire.cache_creation_input_tokens,
        ];
        let [input, output, total, cache_read, cache_creation] = counts.map(|count| count.0);
        if counts.iter().all(|count| count.0.is_none()) {
            return None;
        }
        let (input_tokens, output_tokens) = (input.unwrap_or(0), output.unwrap_or(0));
        Some(Self {
            input_tokens,
            output_tokens,
            total_tokens: total.unwrap_or_else(|| input_tokens.saturating_add(output_tokens)),
            cache_read_input_tokens: cache_read,
            cache_creation_input_tokens: cache_creation,
        })
    }

    /// The text of metadata `mlflow.trace.tokenUsage`, in Python's spacing and MLflow's order of keys.
    pub fn to_metadata_text(&self) -> String {
        crate::json::to_python_text(self)
    }

    /// Adds the counts of another call; sums stop at the largest number.
    pub fn add(&mut self, other: &Self) {
        let optional = |a: Option<i64>, b: Option<i64>| match (a, b) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (a, b) => a.or(b),
        };
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.total_tokens = self.total_tokens.saturating_add(other.total_tokens);
        self.cache_read_input_tokens =
            optional(self.cache_read_input_tokens, other.cache_read_input_tokens);
        self.cache_creation_input_tokens = optional(
            self.cache_creation_input_tokens,
            other.cache_creation_input_tokens,
        );
    }
}

impl Cost {
    /// Reads the JSON text of `mlflow.llm.cost` or `mlflow.trace.cost`. A missing total is input plus output. `None` if this is
    /// no object or holds no amount at all.
    pub fn from_json(json: &str) -> Option<Self> {
        let wire: CostWire = object_from_json(json)?;
        if wire.input_cost.is_none() && wire.output_cost.is_none() && wire.total_cost.is_none() {
            return None;
        }
        let (input_cost, output_cost) = (
            wire.input_cost.unwrap_or(0.0),
            wire.output_cost.unwrap_or(0.0),
        );
        Some(Self {
            input_cost,
            output_cost,
            total_cost: wire.total_cost.unwrap_or(input_cost + output_cost),
        })
    }

    /// The text of metadata `mlflow.trace.cost`, in Python's spacing, order of keys and notation of numbers.
    pub fn to_metadata_text(&self) -> String {
        format!(
            "{{\"input_cost\": {}, \"output_cost\": {}, \"total_cost\": {}}}",
            PythonFloat(self.input_cost),
            PythonFloat(self.output_cost),
            PythonFloat(self.total_cost)
        )
    }

    /// Adds the amounts of another call.
    pub fn add(&mut self, other: &Self) {
        self.input_cost += other.input_cost;
        self.output_cost += other.output_cost;
        self.total_cost += other.total_cost;
    }
}

/// Sums tokens and cost over a trace. A span counts only if none of its ancestors says the same thing, since instrumentation
/// that reports a call often reports it again on the spans around it; tokens and cost are looked at apart. Takes time in
/// proportion to the number of spans, for any shape of trace; of spans with equal ids the last one counts.
pub fn aggregate(rows: &[UsageRow]) -> (Option<TokenUsage>, Option<Cost>) {
    if rows
        .iter()
        .all(|row| row.usage.is_none() && row.cost.is_none())
    {
        return (None, None);
    }
    let ids = rows.iter().map(|row| (row.span_id, row.parent_id));
    let parents = parents::resolve(ids, |i| rows[i].span_id);
    let mut usage: Option<TokenUsage> = None;
    let mut cost: Option<Cost> = None;
    let mut covers: Vec<Option<Cover>> = vec![None; rows.len()];
    let mut path = Vec::new();
    for start in 0..rows.len() {
        let mut above = Cover::default();
        let mut at = start;
        loop {
            if let Some(known) = covers[at] {
                above = known;
                break;
            }
            path.push(at);
            match parents.parent[at] {
                NO_PARENT => break,
                up => at = up as usize,
            }
        }
        while let Some(i) = path.pop() {
            if parents.link[i] != Link::Superseded {
                if let (false, Some(own)) = (above.usage, &rows[i].usage) {
                    usage.get_or_insert_default().add(own);
                    above.usage = true;
                }
                if let (false, Some(own)) = (above.cost, &rows[i].cost) {
                    cost.get_or_insert_default().add(own);
                    above.cost = true;
                }
            }
            covers[i] = Some(above);
        }
    }
    (usage, cost)
}

/// Whether a span or one of its ancestors says how many tokens were used, and what they cost.
#[derive(Debug, Clone, Copy, Default)]
struct Cover {
    usage: bool,
    cost: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: u64, parent: u64, tokens: i64) -> UsageRow {
        let usage = TokenUsage {
            input_tokens: tokens,
            total_tokens: tokens,
            ..TokenUsage::default()
        };
        UsageRow {
            span_id: SpanId(id.to_be_bytes()),
            parent_id: (parent != 0).then(|| SpanId(parent.to_be_bytes())),
            usage: (tokens != 0).then_some(usage),
            cost: None,
        }
    }

    fn total(rows: &[UsageRow]) -> Option<i64> {
        aggregate(rows).0.map(|usage| usage.total_tokens)
    }

    #[test]
    fn usage_is_read_from_numbers_and_digits() {
        let usage = TokenUsage::from_json(r#"{"input_tokens": 3, "output_tokens": "4", "x": []}"#);
        let expected = TokenUsage {
            input_tokens: 3,
            output_tokens: 4,
            total_tokens: 7,
            ..Default::default()
        };
        assert_eq!(usage, Some(expected));
        for none in [
            "",
            "{}",
            "null",
            "[1]",
            "7",
            r#"{"input_tokens": null}"#,
            "{\"a\":1}",
        ] {
            assert_eq!(TokenUsage::from_json(none), None, "{none}");
        }
    }

    #[test]
    fn metadata_texts_are_pythons() {
        let mut usage = TokenUsage {
            input_tokens: 1,
            output_tokens: 2,
            total_tokens: 3,
            ..Default::default()
        };
        let basic = r#"{"input_tokens": 1, "output_tokens": 2, "total_tokens": 3"#;
        assert_eq!(usage.to_metadata_text(), format!("{basic}}}"));
        usage.cache_read_input_tokens = Some(0);
        usage.cache_creation_input_tokens = Some(5);
        let caches = r#", "cache_read_input_tokens": 0, "cache_creation_input_tokens": 5}"#;
        assert_eq!(usage.to_metadata_text(), format!("{basic}{caches}"));
        assert_eq!(
            TokenUsage::from_json(&usage.to_metadata_text()),
            Some(usage)
        );
    }

    #[test]
    fn costs_print_as_python_prints_them() {
        let cases = [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (0.000_012_5, "1.25e-05"),
            (0.30000000000000004, "0.30000000000000004"),
            (1e16, "1e+16"),
            (123_456.75, "123456.75"),
        ];
        for (number, text) in cases {
            assert_eq!(PythonFloat(number).to_string(), text);
        }
        let cost = Cost {
            input_cost: 1e-5,
            output_cost: 0.5,
            total_cost: 0.50001,
        };
        let text = r#"{"input_cost": 1e-05, "output_cost": 0.5, "total_cost": 0.50001}"#;
        assert_eq!(cost.to_metadata_text(), text);
        assert_eq!(Cost::from_json(text), Some(cost));
    }

    #[test]
    fn a_span_below_one_that_counts_does_not_count() {
        assert_eq!(
            total(&[row(1, 0, 10), row(2, 1, 0), row(3, 2, 7)]),
            Some(10)
        );
        assert_eq!(
            total(&[row(3, 2, 7), row(4, 2, 5), row(2, 1, 0), row(1, 0, 0)]),
            Some(12)
        );
        assert_eq!(total(&[row(1, 0, 0)]), None);
    }

    #[test]
    fn orphans_circles_and_equal_ids_end_and_count_once() {
        assert_eq!(total(&[row(1, 0, 1), row(2, 99, 2)]), Some(3));
        assert_eq!(total(&[row(1, 2, 4), row(2, 1, 8)]), Some(4));
        assert_eq!(total(&[row(1, 1, 4)]), Some(4));
        assert_eq!(total(&[row(1, 0, 4), row(1, 0, 6)]), Some(6));
    }

    #[test]
    fn cost_is_looked_at_apart_from_tokens() {
        let cost = Cost {
            input_cost: 1.0,
            output_cost: 1.0,
            total_cost: 2.0,
        };
        let inner = UsageRow {
            cost: Some(cost),
            ..row(2, 1, 3)
        };
        let (usage, sum) = aggregate(&[row(1, 0, 5), inner]);
        assert_eq!(usage.unwrap().total_tokens, 5);
        assert_eq!(sum, Some(cost));
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_is_summed() {
        let rows: Vec<_> = (1..=100_000)
            .map(|id| row(id, id - 1, i64::from(id > 50_000)))
            .collect();
        assert_eq!(total(&rows), Some(1));
        let backwards: Vec<_> = rows.into_iter().rev().collect();
        assert_eq!(total(&backwards), Some(1));
    }
}
