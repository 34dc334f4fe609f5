//! Assessments: what people, model judges or code say about a trace or one of its spans.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{AssessmentId, SpanId, TraceId};
use crate::time::UnixMillis;

/// Who judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SourceType {
    /// Nothing was said.
    #[default]
    SourceTypeUnspecified,
    /// A person.
    Human,
    /// A model.
    LlmJudge,
    /// A program.
    Code,
}

impl SourceType {
    /// The wire name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SourceTypeUnspecified => "SOURCE_TYPE_UNSPECIFIED",
            Self::Human => "HUMAN",
            Self::LlmJudge => "LLM_JUDGE",
            Self::Code => "CODE",
        }
    }

    /// From the wire name; MLflow also sends the older `AI_JUDGE` for [`SourceType::LlmJudge`].
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "SOURCE_TYPE_UNSPECIFIED" => Some(Self::SourceTypeUnspecified),
            "HUMAN" => Some(Self::Human),
            "LLM_JUDGE" | "AI_JUDGE" => Some(Self::LlmJudge),
            "CODE" => Some(Self::Code),
            _ => None,
        }
    }
}

/// Who judged, by kind and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessmentSource {
    /// The kind.
    pub source_type: SourceType,
    /// A person's name, a model's name, a program's name.
    pub source_id: String,
}

/// Why a judge could not judge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedbackError {
    /// A short name.
    pub error_code: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// Where it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack_trace: Option<String>,
}

/// What is said. Numbers are doubles throughout: protobuf's `Value`, through which MLflow passes them, knows no others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AssessmentValue {
    /// A judgement of the outcome.
    Feedback {
        /// Any JSON; `Null` if there is only an error.
        value: Value,
        /// Why there is no judgement.
        error: Option<FeedbackError>,
    },
    /// What should have come out. Never `Null`.
    Expectation {
        /// Any JSON but null.
        value: Value,
    },
    /// The trace shows a known issue.
    Issue {
        /// The issue's name.
        issue_name: String,
    },
}

impl AssessmentValue {
    /// The value as a number for averages, as MLflow 3.17.2 takes it: a number, a truth value as 1 or 0, `yes` and `no` in any
    /// case as 1 and 0.
    pub fn number(&self) -> Option<f64> {
        let value = match self {
            Self::Feedback { value, .. } | Self::Expectation { value } => value,
            Self::Issue { .. } => return None,
        };
        match value {
            Value::Bool(value) => Some(f64::from(u8::from(*value))),
            Value::Number(number) => number.as_f64().filter(|number| number.is_finite()),
            Value::String(text) => match text.trim() {
                text if text.eq_ignore_ascii_case("yes") => Some(1.0),
                text if text.eq_ignore_ascii_case("no") => Some(0.0),
                _ => None,
            },
            _ => None,
        }
    }
}

/// One assessment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Its id.
    pub id: AssessmentId,
    /// The trace it is about.
    pub trace_id: TraceId,
    /// The span it is about, if not the whole trace. Any text: clients are not held to span ids.
    pub span_id: Option<String>,
    /// What is judged, e.g. `user_rating`; at most 250 characters.
    pub name: String,
    /// Who judged.
    pub source: AssessmentSource,
    /// What is said.
    pub value: AssessmentValue,
    /// Why.
    pub rationale: Option<String>,
    /// More about it.
    pub metadata: BTreeMap<String, String>,
    /// When it was made.
    pub create_time: UnixMillis,
    /// When it last changed.
    pub last_update_time: UnixMillis,
    /// The assessment that this one replaces.
    pub overrides: Option<AssessmentId>,
    /// False once another one overrides it.
    pub valid: bool,
}

/// A change of an assessment: only what is `Some` changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AssessmentUpdate {
    /// The new name.
    pub name: Option<String>,
    /// The new value; its kind must be the old one's.
    pub value: Option<AssessmentValue>,
    /// The new rationale.
    pub rationale: Option<String>,
    /// Entries to add or replace.
    pub metadata: Option<BTreeMap<String, String>>,
}

impl Assessment {
    /// The span as an id, if it is one.
    pub fn span(&self) -> Option<SpanId> {
        self.span_id.as_deref().and_then(|text| text.parse().ok())
    }
}
