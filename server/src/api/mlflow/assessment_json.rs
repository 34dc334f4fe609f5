//! Assessments on the wire.
//!
//! Values pass through protobuf's `Value` in MLflow, which knows doubles only: whole numbers come back
//! with `.0`. Lists and objects of expectations travel as JSON text and keep their spelling.

use domain::assessment::{
    Assessment, AssessmentSource, AssessmentValue, FeedbackError, SourceType,
};
use domain::ids::AssessmentId;
use domain::ingest::NewAssessment;
use domain::json::to_python_text;
use domain::time::UnixMillis;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::params::Fields;
use super::trace_json::opt_timestamp;
use crate::clock;
use crate::error::{ApiError, ApiResult};

/// The longest name, in characters.
const NAME_MAX: usize = 250;
/// Says that an expectation's value is JSON text.
const JSON_FORMAT: &str = "JSON_FORMAT";

/// Writes an assessment.
pub struct AssessmentJson<'a>(pub &'a Assessment);

impl Serialize for AssessmentJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let assessment = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("assessment_id", &assessment.id)?;
        map.serialize_entry("assessment_name", &assessment.name)?;
        map.serialize_entry("trace_id", &assessment.trace_id)?;
        if let Some(span_id) = &assessment.span_id {
            map.serialize_entry("span_id", span_id)?;
        }
        let mut source = json!({ "source_type": assessment.source.source_type.as_str() });
        if !assessment.source.source_id.is_empty() {
            source["source_id"] = assessment.source.source_id.as_str().into();
        }
        map.serialize_entry("source", &source)?;
        map.serialize_entry("create_time", &assessment.create_time.to_rfc3339())?;
        map.serialize_entry(
            "last_update_time",
            &assessment.last_update_time.to_rfc3339(),
        )?;
        match &assessment.value {
            AssessmentValue::Feedback { value, error } => {
                map.serialize_entry("feedback", &feedback_json(value, error.as_ref()))?;
            }
            AssessmentValue::Expectation { value } => {
                map.serialize_entry("expectation", &expectation_json(value))?;
            }
            AssessmentValue::Issue { issue_name } => {
                map.serialize_entry("issue", &json!({ "issue_name": issue_name }))?;
            }
        }
        if let Some(rationale) = &assessment.rationale {
            map.serialize_entry("rationale", rationale)?;
        }
        if !assessment.metadata.is_empty() {
            map.serialize_entry("metadata", &assessment.metadata)?;
        }
        if let Some(overrides) = &assessment.overrides {
            map.serialize_entry("overrides", overrides)?;
        }
        map.serialize_entry("valid", &assessment.valid)?;
        map.end()
    }
}

fn feedback_json(value: &Value, error: Option<&FeedbackError>) -> Value {
    match error {
        Some(error) => json!({ "value": value, "error": error }),
        None => json!({ "value": value }),
    }
}

fn expectation_json(value: &Value) -> Value {
    match value {
        Value::Array(_) | Value::Object(_) => json!({ "serialized_value": {
            "serialization_format": JSON_FORMAT,
            "value": to_python_text(value),
        } }),
        scalar => json!({ "value": scalar }),
    }
}

/// Reads an assessment to store; the trace it is about is the caller's business.
///
/// # Errors
/// 400 for missing or malformed fields.
pub fn new_assessment(fields: Fields<'_>, now: UnixMillis) -> ApiResult<NewAssessment> {
    let value =
        opt_value(fields)?.ok_or_else(|| ApiError::invalid("Unknown assessment type: None"))?;
    let id = fields
        .opt_text("assessment_id")?
        .filter(|id| !id.is_empty());
    let id = id.map_or_else(|| format!("a-{}", clock::random_hex()), str::to_owned);
    let create_time = opt_timestamp(fields, "create_time")?.unwrap_or(now);
    Ok(NewAssessment {
        id: AssessmentId::new(id),
        span_id: filled(fields, "span_id")?,
        name: name(fields.text("assessment_name")?)?,
        source: source(fields)?,
        value,
        rationale: filled(fields, "rationale")?,
        metadata: fields.text_map("metadata")?,
        create_time,
        last_update_time: opt_timestamp(fields, "last_update_time")?.unwrap_or(create_time),
        overrides: filled(fields, "overrides")?.map(AssessmentId::new),
    })
}

/// Checks an assessment's name.
///
/// # Errors
/// 400 if it is too long.
pub fn name(text: &str) -> ApiResult<String> {
    if text.chars().count() > NAME_MAX {
        return Err(ApiError::invalid(format!(
            "'assessment_name' exceeds the maximum length of {NAME_MAX} characters"
        )));
    }
    Ok(text.to_owned())
}

/// What is said, if the fields hold one of the kinds.
///
/// # Errors
/// 400 for more than one kind and for malformed ones.
pub fn opt_value(fields: Fields<'_>) -> ApiResult<Option<AssessmentValue>> {
    let feedback = fields.opt_object("feedback")?;
    let expectation = fields.opt_object("expectation")?;
    let issue = fields.opt_object("issue")?;
    match (feedback, expectation, issue) {
        (None, None, None) => Ok(None),
        (Some(feedback), None, None) => {
            let value = feedback.value("value")?.cloned().unwrap_or_default();
            let error = feedback
                .opt_object("error")?
                .map(feedback_error)
                .transpose()?;
            Ok(Some(AssessmentValue::Feedback {
                value: with_doubles(value),
                error,
            }))
        }
        (None, Some(expectation), None) => {
            let value = expectation_value(expectation)?;
            Ok(Some(AssessmentValue::Expectation { value }))
        }
        (None, None, Some(issue)) => {
            let issue_name = issue.opt_text("issue_name")?.unwrap_or_default().to_owned();
            Ok(Some(AssessmentValue::Issue { issue_name }))
        }
        _ => Err(ApiError::invalid(
            "An assessment has exactly one of 'feedback', 'expectation' and 'issue'.",
        )),
    }
}

fn expectation_value(expectation: Fields<'_>) -> ApiResult<Value> {
    if let Some(serialized) = expectation.opt_object("serialized_value")? {
        let format = serialized
            .opt_text("serialization_format")?
            .unwrap_or(JSON_FORMAT);
        if format != JSON_FORMAT {
            return Err(ApiError::invalid_parameter(
                "serialization_format",
                &format.into(),
            ));
        }
        let text = serialized.text("value")?;
        return serde_json::from_str(text)
            .map_err(|_| ApiError::invalid_parameter("serialized_value", &text.into()));
    }
    match expectation.value("value")? {
        Some(value) => Ok(with_doubles(value.clone())),
        None => Err(ApiError::invalid("The `value` field must be specified.")),
    }
}

fn feedback_error(error: Fields<'_>) -> ApiResult<FeedbackError> {
    Ok(FeedbackError {
        error_code: error.opt_text("error_code")?.unwrap_or_default().to_owned(),
        error_message: filled(error, "error_message")?,
        stack_trace: filled(error, "stack_trace")?,
    })
}

fn source(fields: Fields<'_>) -> ApiResult<AssessmentSource> {
    let Some(source) = fields.opt_object("source")? else {
        return Ok(AssessmentSource {
            source_type: SourceType::default(),
            source_id: String::new(),
        });
    };
    let source_type = match source.value("source_type")? {
        None => SourceType::default(),
        Some(Value::String(name)) => SourceType::parse(name)
            .ok_or_else(|| ApiError::invalid_parameter("source_type", &name.clone().into()))?,
        Some(value) => match value.as_u64() {
            Some(0) => SourceType::SourceTypeUnspecified,
            Some(1) => SourceType::Human,
            Some(2) => SourceType::LlmJudge,
            Some(3) => SourceType::Code,
            _ => return Err(ApiError::invalid_parameter("source_type", value)),
        },
    };
    let source_id = source.opt_text("source_id")?.unwrap_or_default().to_owned();
    Ok(AssessmentSource {
        source_type,
        source_id,
    })
}

fn filled(fields: Fields<'_>, name: &str) -> ApiResult<Option<String>> {
    Ok(fields
        .opt_text(name)?
        .filter(|text| !text.is_empty())
        .map(str::to_owned))
}

/// Whole numbers as doubles, however deep; the JSON reader bounds the depth.
fn with_doubles(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Number(number), Value::from),
        Value::Array(values) => values.into_iter().map(with_doubles).collect(),
        Value::Object(entries) => entries
            .into_iter()
            .map(|(key, value)| (key, with_doubles(value)))
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(assessment: Value) -> ApiResult<NewAssessment> {
        new_assessment(Fields::of(assessment.as_object().unwrap()), UnixMillis(5))
    }

    fn value(kind: &str, content: Value) -> ApiResult<AssessmentValue> {
        read(json!({ "assessment_name": "n", kind: content })).map(|assessment| assessment.value)
    }

    #[test]
    fn numbers_become_doubles() {
        let stored = value("feedback", json!({ "value": [4, { "a": 1 }] })).unwrap();
        let AssessmentValue::Feedback { value, .. } = stored else {
            panic!("feedback")
        };
        assert_eq!(value.to_string(), r#"[4.0,{"a":1.0}]"#);
    }

    #[test]
    fn serialized_expectations_keep_their_spelling() {
        let sent = json!({ "serialized_value":
            { "serialization_format": "JSON_FORMAT", "value": "[1, 2]" } });
        let AssessmentValue::Expectation { value } = value("expectation", sent.clone()).unwrap()
        else {
            panic!("expectation")
        };
        assert_eq!(expectation_json(&value), sent);
    }

    #[test]
    fn missing_values_are_told_apart() {
        let error = |result: ApiResult<()>| format!("{:?}", result.unwrap_err());
        let nothing = read(json!({ "assessment_name": "n" })).map(drop);
        assert!(error(nothing).contains("assessment type: None"));
        let empty = value("expectation", json!({})).map(drop);
        assert!(error(empty).contains("`value` field must be"));
        assert!(value("feedback", json!({})).is_ok());
    }

    #[test]
    fn bad_sources_and_times_are_refused() {
        for (field, bad) in [
            ("source", json!({ "source_type": "GOD" })),
            ("create_time", json!("soon")),
        ] {
            let mut assessment = json!({ "assessment_name": "n", "feedback": { "value": 1 } });
            assessment[field] = bad;
            assert_eq!(read(assessment).unwrap_err().status(), 400, "{field}");
        }
    }

    #[test]
    fn ids_are_made_unless_given() {
        let feedback = |id: Value| {
            let sent = json!({ "assessment_name": "n", "feedback": {}, "assessment_id": id });
            read(sent).unwrap().id.into_string()
        };
        assert_eq!(feedback(json!("mine")), "mine");
        let made = feedback(Value::Null);
        assert!(made.starts_with("a-") && made.len() == 34, "{made}");
    }
}
