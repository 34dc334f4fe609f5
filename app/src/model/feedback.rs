//! Assessments and tags of a trace.

use domain::assessment::SourceType;
use domain::passage::Passage;
use serde::{Deserialize, Serialize};

use super::tuple::travels_as_tuple;

/// Whether a judgement is good or bad news.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tone {
    /// Good.
    Up,
    /// Bad.
    Down,
    /// Neither, or unknown.
    #[default]
    Plain,
}

/// A judgement in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackChip {
    /// What was judged.
    pub name: String,
    /// The latest value, short.
    pub text: String,
    /// Good or bad.
    pub tone: Tone,
    /// Who judged.
    pub source: SourceType,
}

/// An assessment on the trace page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessmentView {
    /// Its id.
    pub id: String,
    /// The span it is about, if not the whole trace.
    pub span_id: Option<String>,
    /// What is judged.
    pub name: String,
    /// Feedback, expectation or issue.
    pub kind: String,
    /// The value as text.
    pub text: String,
    /// Good or bad.
    pub tone: Tone,
    /// Who judged, by kind.
    pub source: SourceType,
    /// Who judged, by name.
    pub source_id: String,
    /// Why.
    pub rationale: Option<String>,
    /// When it last changed, in milliseconds since 1970.
    pub time_ms: i64,
    /// It was overridden by a later one.
    pub is_overridden: bool,
    /// A comment in words: shown as such, without its name.
    pub is_comment: bool,
    /// The words of the span that it is about, if not all of them.
    pub passage: Option<Passage>,
}

/// What people and judges added to a trace, read again after each change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceNotes {
    /// Key and value, without the reserved ones.
    pub tags: Vec<(String, String)>,
    /// Newest first; those of the whole trace and of its spans.
    pub assessments: Vec<AssessmentView>,
    /// The name the reader last rated under; empty if never.
    pub reviewer: String,
    /// The reader's own thumb on the whole trace.
    pub own_thumb: Option<bool>,
    /// The reader's own rating on the whole trace, 1 to 5.
    pub own_score: Option<u8>,
    /// The reader's own comment on the whole trace; empty if none.
    pub own_comment: String,
}

travels_as_tuple! {
    FeedbackChip { name, text, tone, source }
    AssessmentView { id, span_id, name, kind, text, tone, source, source_id, rationale, time_ms, is_overridden, is_comment, passage }
    TraceNotes { tags, assessments, reviewer, own_thumb, own_score, own_comment }
}

#[cfg(feature = "ssr")]
pub(crate) use server::is_of_session;

#[cfg(feature = "ssr")]
mod server {
    use domain::assessment::{Assessment, AssessmentValue, SourceType};
    use domain::passage::Passage;
    use domain::trace::TraceInfo;
    use serde_json::Value;

    use super::{AssessmentView, FeedbackChip, Tone, TraceNotes};
    use crate::model::{cut, is_public_tag};
    use crate::server_fns::feedback_names as names;
    use crate::text::number;

    impl FeedbackChip {
        /// The latest value of a name, as text.
        pub fn latest(assessments: &[Assessment], name: &str) -> Option<String> {
            let mut newest = assessments.iter().rev();
            newest.find_map(|assessment| match &assessment.value {
                AssessmentValue::Feedback { value, error } => {
                    let is_it = assessment.valid && assessment.name == name;
                    is_it.then(|| short_text(value, error.is_some()))
                }
                _ => None,
            })
        }

        /// The most chips of one list row.
        const MOST: usize = 2;

        /// One chip for each name judged, with the latest value, and the names for which there is no room.
        pub fn of(assessments: &[Assessment]) -> (Vec<Self>, Vec<String>) {
            let mut more: Vec<String> = Vec::new();
            let mut chips: Vec<Self> = Vec::new();
            for assessment in assessments.iter().rev() {
                let AssessmentValue::Feedback { value, error } = &assessment.value else {
                    continue;
                };
                let name = cut(&assessment.name, 60);
                let is_known = chips.iter().any(|chip| chip.name == name) || more.contains(&name);
                if !assessment.valid || is_known {
                    continue;
                }
                if chips.len() == Self::MOST {
                    more.push(name);
                    continue;
                }
                let text = cut(&short_text(value, error.is_some()), 24);
                let tone = tone(&assessment.name, value);
                chips.push(Self {
                    name,
                    text,
                    tone,
                    source: assessment.source.source_type,
                });
            }
            (chips, more)
        }
    }

    fn short_text(value: &Value, has_failed: bool) -> String {
        match has_failed && value.is_null() {
            true => "error".to_owned(),
            false => value_text(value),
        }
    }

    impl AssessmentView {
        /// The longest value shown, in characters.
        const VALUE: usize = 4_000;
        /// The longest comment shown: as long as one can be written here.
        const COMMENT: usize = 10_000;

        fn of(assessment: &Assessment) -> Self {
            let (kind, text, tone) = match &assessment.value {
                AssessmentValue::Feedback { value, error } => {
                    let text = match error {
                        Some(error) if value.is_null() => {
                            let why = error.error_message.as_deref().unwrap_or(&error.error_code);
                            format!("could not judge: {why}")
                        }
                        _ => value_text(value),
                    };
                    ("feedback", text, tone(&assessment.name, value))
                }
                AssessmentValue::Expectation { value } => {
                    ("expectation", value_text(value), Tone::Plain)
                }
                AssessmentValue::Issue { issue_name } => ("issue", issue_name.clone(), Tone::Down),
            };
            let is_comment = assessment.name == names::COMMENT;
            // A comment is read back into the field that it was written in.
            let most = if is_comment {
                Self::COMMENT
            } else {
                Self::VALUE
            };
            Self {
                id: assessment.id.as_str().to_owned(),
                span_id: assessment.span_id.clone(),
                name: assessment.name.clone(),
                kind: kind.to_owned(),
                text: cut(&text, most),
                tone,
                source: assessment.source.source_type,
                source_id: assessment.source.source_id.clone(),
                rationale: assessment.rationale.clone().filter(|text| !text.is_empty()),
                time_ms: assessment.last_update_time.0,
                is_overridden: !assessment.valid,
                is_comment,
                passage: Passage::of_metadata(&assessment.metadata),
            }
        }
    }

    impl TraceNotes {
        /// Tags and assessments of a trace as `reviewer` sees them.
        pub fn of(info: &TraceInfo, reviewer: &str) -> Self {
            let source = if reviewer.is_empty() {
                names::ANONYMOUS
            } else {
                reviewer
            };
            let own = |name: &str| {
                let mut latest = info.assessments.iter().rev();
                let is_of_trace = |a: &Assessment| a.span_id.is_none() && !is_of_session(a);
                latest.find(|a| is_of_trace(a) && is_by(a, source) && a.name == name)
            };
            let thumb = own(names::THUMB);
            let score = own(names::SCORE);
            let comment = own(names::COMMENT);
            let rationale = [score, thumb]
                .into_iter()
                .flatten()
                .find_map(|a| a.rationale.clone());
            Self {
                tags: info
                    .tags
                    .iter()
                    .filter(|(key, _)| is_public_tag(key))
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect(),
                assessments: info
                    .assessments
                    .iter()
                    .rev()
                    .map(AssessmentView::of)
                    .collect(),
                reviewer: reviewer.to_owned(),
                own_thumb: thumb.and_then(|a| value(a)?.as_bool()),
                own_score: score
                    .and_then(|a| value(a)?.as_f64())
                    .filter(|score| (1.0..=5.0).contains(score))
                    .map(|score| score.round() as u8),
                own_comment: rationale
                    .or_else(|| comment.and_then(|a| value(a)?.as_str().map(str::to_owned)))
                    .unwrap_or_default(),
            }
        }
    }

    /// Whether an assessment is about a whole session: it stands on one of the session's traces and names the session.
    pub(crate) fn is_of_session(assessment: &Assessment) -> bool {
        assessment
            .metadata
            .contains_key(domain::trace::keys::SESSION)
    }

    fn is_by(assessment: &Assessment, source_id: &str) -> bool {
        let source = &assessment.source;
        assessment.valid && source.source_type == SourceType::Human && source.source_id == source_id
    }

    fn value(assessment: &Assessment) -> Option<&Value> {
        match &assessment.value {
            AssessmentValue::Feedback { value, .. } => Some(value),
            _ => None,
        }
    }

    fn value_text(value: &Value) -> String {
        match value {
            Value::Null => "—".to_owned(),
            Value::Bool(true) => "yes".to_owned(),
            Value::Bool(false) => "no".to_owned(),
            Value::Number(n) => n.as_f64().map_or_else(|| n.to_string(), number::plain),
            Value::String(text) => text.clone(),
            other => domain::json::to_python_text(other),
        }
    }

    /// Good or bad, where the value says so beyond doubt. A number does only for the viewer's own scale of 1 to 5.
    fn tone(name: &str, value: &Value) -> Tone {
        match value {
            Value::Bool(true) => Tone::Up,
            Value::Bool(false) => Tone::Down,
            Value::Number(n) if name == names::SCORE => match n.as_f64() {
                Some(score) if score >= 4.0 => Tone::Up,
                Some(score) if score <= 2.0 => Tone::Down,
                _ => Tone::Plain,
            },
            Value::String(text) => match text.to_ascii_lowercase().as_str() {
                "yes" | "pass" | "correct" | "true" => Tone::Up,
                "no" | "fail" | "incorrect" | "false" => Tone::Down,
                _ => Tone::Plain,
            },
            _ => Tone::Plain,
        }
    }
}
