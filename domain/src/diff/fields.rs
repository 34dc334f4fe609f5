//! What is known of traces as wholes, side by side: only what differs is worth a line.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::assessment::AssessmentValue;
use crate::trace::{TraceInfo, keys};

/// One fact about several traces.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The kind of fact.
    pub kind: FieldKind,
    /// Its name: a word for people, or the key of a tag, of metadata or of an assessment.
    pub name: String,
    /// For each trace what it is there, if it is anything.
    pub values: Vec<Option<FieldValue>>,
}

/// Where a fact comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Every trace has it.
    Fact,
    /// A tag.
    Tag,
    /// Metadata.
    Metadata,
    /// Feedback or an expectation.
    Rating,
}

/// A fact's value.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// A text.
    Text(String),
    /// A duration in milliseconds.
    Millis(i64),
    /// A count.
    Count(i64),
    /// US dollars.
    Dollars(f64),
}

impl FieldValue {
    /// As a number, for the difference of two.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Text(_) => None,
            Self::Millis(number) | Self::Count(number) => Some(*number as f64),
            Self::Dollars(number) => Some(*number),
        }
    }
}

impl Field {
    /// Whether the traces agree.
    pub fn is_same(&self) -> bool {
        self.values.windows(2).all(|two| two[0] == two[1])
    }
}

/// All facts about some traces, the same and the differing ones, that at least one of them has.
pub fn fields(traces: &[TraceInfo]) -> Vec<Field> {
    let mut out = Vec::new();
    let mut fact = |name: &str, value: &dyn Fn(&TraceInfo) -> Option<FieldValue>| {
        out.push(Field {
            kind: FieldKind::Fact,
            name: name.to_owned(),
            values: traces.iter().map(value).collect(),
        });
    };
    let text = |text: &str| Some(FieldValue::Text(text.to_owned())).filter(|_| !text.is_empty());
    let tokens = |count: i64| Some(FieldValue::Count(count));
    fact("Name", &|t| t.name().and_then(text));
    fact("State", &|t| text(t.state.as_str()));
    fact("Duration", &|t| t.duration_ms.map(FieldValue::Millis));
    fact("Input tokens", &|t| {
        t.usage().and_then(|usage| tokens(usage.input_tokens))
    });
    fact("Output tokens", &|t| {
        t.usage().and_then(|usage| tokens(usage.output_tokens))
    });
    fact("Cost", &|t| {
        t.cost().map(|cost| FieldValue::Dollars(cost.total_cost))
    });
    fact("Model", &|t| text(&t.stats.models.join(", ")));
    fact("Spans", &|t| tokens(t.stats.span_count.into()));
    fact("Failed spans", &|t| tokens(t.stats.error_count.into()));
    fact("User", &|t| t.user().and_then(text));
    fact("Session", &|t| t.session().and_then(text));
    fact("Run", &|t| {
        let runs: Vec<String> = t.runs().into_iter().map(|run| run.into_string()).collect();
        text(&runs.join(", "))
    });
    let ratings = keyed(traces, FieldKind::Rating, &ratings);
    let tags = keyed(traces, FieldKind::Tag, &|trace| {
        let own = |key: &str| key.starts_with("mlflow.") || is_shown(key);
        plain(trace.tags.iter(), &own)
    });
    let metadata = keyed(traces, FieldKind::Metadata, &|trace| {
        let own = |key: &str| key.starts_with("mlflow.trace") || is_shown(key);
        plain(trace.metadata.iter(), &own)
    });
    out.extend(ratings.into_iter().chain(tags).chain(metadata));
    out.retain(|field| field.values.iter().any(Option::is_some));
    out
}

/// Keys whose values stand among the facts already, or say nothing about the application.
fn is_shown(key: &str) -> bool {
    [
        keys::USER_TAG,
        keys::SESSION_TAG,
        keys::SOURCE_RUN,
        keys::INPUTS,
        keys::OUTPUTS,
        keys::ARTIFACT_LOCATION,
    ]
    .contains(&key)
}

type Keyed = Vec<(String, FieldValue)>;

fn plain<'a>(
    pairs: impl Iterator<Item = (&'a String, &'a String)>,
    is_left_out: &dyn Fn(&str) -> bool,
) -> Keyed {
    pairs
        .filter(|(key, _)| !is_left_out(key))
        .map(|(key, value)| (key.clone(), FieldValue::Text(value.clone())))
        .collect()
}

/// The latest valid judgement of each name.
fn ratings(trace: &TraceInfo) -> Keyed {
    let mut out: Keyed = Vec::new();
    for assessment in trace.assessments.iter().rev().filter(|found| found.valid) {
        let value = match &assessment.value {
            AssessmentValue::Feedback { value, .. } | AssessmentValue::Expectation { value } => {
                value
            }
            AssessmentValue::Issue { .. } => continue,
        };
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if !out.iter().any(|(name, _)| *name == assessment.name) {
            out.push((assessment.name.clone(), FieldValue::Text(text)));
        }
    }
    out
}

fn keyed(traces: &[TraceInfo], kind: FieldKind, pairs: &dyn Fn(&TraceInfo) -> Keyed) -> Vec<Field> {
    let all: Vec<Keyed> = traces.iter().map(pairs).collect();
    let names: BTreeSet<&String> = all.iter().flatten().map(|(name, _)| name).collect();
    let value_of = |pairs: &Keyed, name: &str| {
        let found = pairs.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone())
    };
    names
        .into_iter()
        .map(|name| Field {
            kind,
            name: name.clone(),
            values: all.iter().map(|pairs| value_of(pairs, name)).collect(),
        })
        .collect()
}
