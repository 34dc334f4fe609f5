//! `TraceInfoV3` on the wire: written from the domain's trace information and read into a write of it.

use std::collections::BTreeMap;

use domain::ids::TraceId;
use domain::ingest::TraceInfoWrite;
use domain::time::{UnixMillis, duration_from_proto, duration_to_proto};
use domain::trace::{TraceInfo, TraceState, keys};
use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};

use super::assessment_json::{AssessmentJson, new_assessment};
use super::params::{Fields, experiment_id};
use super::tag_keys::{KEY_MAX, cut};
use crate::error::{ApiError, ApiResult};

/// The most characters of a tag's value that clients are shown.
pub const TAG_SHOWN: usize = 4096;
/// The most characters of a tag's value that are kept.
pub const TAG_KEPT: usize = 8000;
/// The most characters of a metadata value that clients are shown.
pub const METADATA_SHOWN: usize = 250;
/// The longest session id.
pub const SESSION_MAX: usize = 250;

/// Writes trace information.
pub struct TraceInfoJson<'a>(pub &'a TraceInfo);

impl Serialize for TraceInfoJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let info = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("trace_id", &info.trace_id)?;
        if let Some(id) = &info.client_request_id {
            map.serialize_entry("client_request_id", id)?;
        }
        map.serialize_entry("trace_location", &LocationJson(info.experiment_id.0))?;
        if let Some(preview) = &info.request_preview {
            map.serialize_entry("request_preview", preview)?;
        }
        if let Some(preview) = &info.response_preview {
            map.serialize_entry("response_preview", preview)?;
        }
        map.serialize_entry("request_time", &info.request_time.to_rfc3339())?;
        if let Some(duration) = info.duration_ms {
            map.serialize_entry("execution_duration", &duration_to_proto(duration))?;
        }
        map.serialize_entry("state", info.state.as_str())?;
        if !info.metadata.is_empty() {
            let shown = CutMap {
                entries: &info.metadata,
                chars_max: METADATA_SHOWN,
            };
            map.serialize_entry("trace_metadata", &shown)?;
        }
        if !info.tags.is_empty() {
            map.serialize_entry(
                "tags",
                &CutMap {
                    entries: &info.tags,
                    chars_max: TAG_SHOWN,
                },
            )?;
        }
        if !info.assessments.is_empty() {
            let assessments: Vec<_> = info.assessments.iter().map(AssessmentJson).collect();
            map.serialize_entry("assessments", &assessments)?;
        }
        map.end()
    }
}

/// `trace_location` of an experiment.
struct LocationJson(i64);

impl Serialize for LocationJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Experiment(i64);
        impl Serialize for Experiment {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("experiment_id", &self.0.to_string())?;
                map.end()
            }
        }
        let mut location = serializer.serialize_struct("TraceLocation", 2)?;
        location.serialize_field("type", "MLFLOW_EXPERIMENT")?;
        location.serialize_field("mlflow_experiment", &Experiment(self.0))?;
        location.end()
    }
}

struct CutMap<'a> {
    entries: &'a BTreeMap<String, String>,
    chars_max: usize,
}

impl Serialize for CutMap<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.entries
                .iter()
                .map(|(key, value)| (key, cut(value, self.chars_max))),
        )
    }
}

/// Reads trace information from a `trace_info` object.
///
/// # Errors
/// 400 for missing or malformed fields and for a location that is no experiment.
pub fn trace_info_write(info: Fields<'_>, now: UnixMillis) -> ApiResult<TraceInfoWrite> {
    let trace_id = trace_id(info.text("trace_id")?)?;
    let metadata = info.text_map("trace_metadata")?;
    if metadata
        .get(keys::SESSION)
        .is_some_and(|session| session.chars().count() > SESSION_MAX)
    {
        return Err(ApiError::invalid(format!(
            "'Session ID' exceeds the maximum length of {SESSION_MAX} characters"
        )));
    }
    let metadata = with_keys_cut(metadata);
    let mut tags = with_keys_cut(info.text_map("tags")?);
    for value in tags.values_mut() {
        if value.len() > TAG_KEPT {
            *value = cut(value, TAG_KEPT).to_owned();
        }
    }
    let assessments = info.objects("assessments")?;
    let assessments = assessments
        .into_iter()
        .map(|assessment| new_assessment(assessment, now));
    Ok(TraceInfoWrite {
        trace_id,
        experiment_id: location(info)?,
        client_request_id: info.opt_text("client_request_id")?.map(str::to_owned),
        request_preview: info.opt_text("request_preview")?.map(str::to_owned),
        response_preview: info.opt_text("response_preview")?.map(str::to_owned),
        request_time: opt_timestamp(info, "request_time")?.unwrap_or_default(),
        duration_ms: duration(info)?,
        state: state(info)?,
        metadata,
        tags,
        assessments: assessments.collect::<ApiResult<_>>()?,
    })
}

/// Entries whose keys have at most 250 characters; MLflow cuts them, too, when clients write whole traces.
pub fn with_keys_cut(entries: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let cut_key = |(key, value): (String, String)| match cut(&key, KEY_MAX) {
        short if short.len() < key.len() => (short.to_owned(), value),
        _ => (key, value),
    };
    entries.into_iter().map(cut_key).collect()
}

/// A trace id of a request: any text within the limit.
///
/// # Errors
/// 400 if it is empty or too long.
pub fn trace_id(text: &str) -> ApiResult<TraceId> {
    TraceId::parse(text).map_err(|error| ApiError::invalid(format!("Invalid trace ID: {error}")))
}

/// An RFC 3339 time of a request.
///
/// # Errors
/// 400 if the text is none.
pub fn opt_timestamp(fields: Fields<'_>, name: &str) -> ApiResult<Option<UnixMillis>> {
    let Some(text) = fields.opt_text(name)? else {
        return Ok(None);
    };
    let time = UnixMillis::from_rfc3339(text);
    time.map(Some)
        .ok_or_else(|| ApiError::invalid_parameter(name, &text.into()))
}

/// The experiment of a `trace_location` or of a location in a search; `None` for other kinds.
///
/// # Errors
/// 400 if the id is no integer.
pub fn experiment_of_location(
    location: Fields<'_>,
) -> ApiResult<Option<domain::ids::ExperimentId>> {
    let Some(experiment) = location.opt_object("mlflow_experiment")? else {
        return Ok(None);
    };
    let id = experiment.opt_text("experiment_id")?.unwrap_or_default();
    experiment_id(id).map(Some)
}

fn location(info: Fields<'_>) -> ApiResult<domain::ids::ExperimentId> {
    let location = info.object("trace_location")?;
    experiment_of_location(location)?
        .ok_or_else(|| ApiError::missing_parameter("trace_location.mlflow_experiment"))
}

fn duration(info: Fields<'_>) -> ApiResult<Option<i64>> {
    let Some(text) = info.opt_text("execution_duration")? else {
        return Ok(None);
    };
    let duration = duration_from_proto(text);
    duration
        .map(Some)
        .ok_or_else(|| ApiError::invalid_parameter("execution_duration", &text.into()))
}

fn state(info: Fields<'_>) -> ApiResult<TraceState> {
    const NAMES: [&str; 4] = ["STATE_UNSPECIFIED", "OK", "ERROR", "IN_PROGRESS"];
    let index = info.opt_choice("state", &NAMES, 0)?.unwrap_or_default();
    Ok(TraceState::parse(NAMES[index]).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(info: Value) -> ApiResult<TraceInfoWrite> {
        trace_info_write(Fields::of(info.as_object().unwrap()), UnixMillis(0))
    }

    fn minimal() -> Value {
        json!({
            "trace_id": "test-trace-id",
            "trace_location": {
                "type": "MLFLOW_EXPERIMENT",
                "mlflow_experiment": { "experiment_id": "3" }
            }
        })
    }

    #[test]
    fn little_is_required() {
        let write = read(minimal()).unwrap();
        assert_eq!(write.trace_id.as_str(), "test-trace-id");
        assert_eq!(write.experiment_id.0, 3);
        assert_eq!(write.request_time, UnixMillis(0));
        assert_eq!(write.duration_ms, None);
        assert_eq!(write.state, TraceState::StateUnspecified);
    }

    #[test]
    fn camel_case_is_read_too() {
        let write = read(json!({
            "traceId": "tr-1",
            "traceLocation": { "mlflowExperiment": { "experimentId": "3" } },
            "requestTime": "2026-11-21T02:05:37.774Z",
            "executionDuration": "0.097s",
            "state": "OK",
        }))
        .unwrap();
        assert_eq!((write.duration_ms, write.state), (Some(97), TraceState::Ok));
    }

    #[test]
    fn mistakes_are_refused() {
        for (field, value) in [
            ("request_time", json!("yesterday")),
            ("execution_duration", json!("1 s")),
            ("state", json!("DONE")),
            ("tags", json!({ "k": 1 })),
            ("trace_id", json!("x".repeat(51))),
            (
                "trace_metadata",
                json!({ "mlflow.trace.session": "x".repeat(251) }),
            ),
            (
                "trace_location",
                json!({ "inference_table": { "full_table_name": "t" } }),
            ),
        ] {
            let mut info = minimal();
            info[field] = value;
            assert_eq!(read(info).unwrap_err().status(), 400, "{field}");
        }
    }
}
