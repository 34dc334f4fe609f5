//! `/3.0/mlflow/traces/{trace_id}/assessments`

use axum::extract::State;
use domain::assessment::AssessmentUpdate;
use domain::ids::{AssessmentId, TraceId};
use domain::store::{Missing, StoreError};

use super::assessment_json::{AssessmentJson, name, new_assessment, opt_value};
use super::params::{Fields, Params};
use super::reply::{Reply, done, named};
use crate::api::path::Path;
use crate::clock;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// `POST`
pub async fn create(
    State(app): State<AppState>,
    Path(trace): Path<String>,
    params: Params,
) -> ApiResult<Reply> {
    let new = new_assessment(params.fields().object("assessment")?, clock::now())?;
    let stored = app
        .store
        .create_assessment(&TraceId::new(trace), new)
        .await?;
    named("assessment", AssessmentJson(&stored))
}

/// `GET /{assessment_id}`
pub async fn get(
    State(app): State<AppState>,
    Path((trace, id)): Path<(String, String)>,
) -> ApiResult<Reply> {
    let (trace, assessment) = (TraceId::new(trace), AssessmentId::new(id));
    match app.store.assessment(&trace, &assessment).await {
        Ok(Some(found)) => named("assessment", AssessmentJson(&found)),
        Ok(None) => Err(StoreError::Missing(Missing::Assessment { trace, assessment }).into()),
        Err(error) => Err(named_by_request_id(error)),
    }
}

/// `PATCH /{assessment_id}`
pub async fn update(
    State(app): State<AppState>,
    Path((trace, id)): Path<(String, String)>,
    params: Params,
) -> ApiResult<Reply> {
    let fields = params.fields();
    let change = changes(fields.object("assessment")?, fields.text("update_mask")?)?;
    let (trace, id) = (TraceId::new(trace), AssessmentId::new(id));
    let stored = app
        .store
        .update_assessment(&trace, &id, change, clock::now())
        .await
        .map_err(named_by_request_id)?;
    named("assessment", AssessmentJson(&stored))
}

/// `DELETE /{assessment_id}`
pub async fn delete(
    State(app): State<AppState>,
    Path((trace, id)): Path<(String, String)>,
) -> ApiResult<Reply> {
    app.store
        .delete_assessment(&TraceId::new(trace), &AssessmentId::new(id))
        .await?;
    done()
}

/// The text that reads and changes have for unknown traces.
fn named_by_request_id(error: StoreError) -> ApiError {
    match error {
        StoreError::Missing(Missing::Trace(id)) => {
            ApiError::not_found(format!("Trace with request_id '{id}' not found"))
        }
        other => other.into(),
    }
}

/// What the mask names, taken from the assessment. Masks come in camelCase; snake_case is taken too.
fn changes(assessment: Fields<'_>, mask: &str) -> ApiResult<AssessmentUpdate> {
    let mut change = AssessmentUpdate::default();
    for path in mask
        .split(',')
        .map(str::trim)
        .filter(|path| !path.is_empty())
    {
        // A mask may name a part; the whole is replaced then.
        match path.split('.').next().unwrap_or(path) {
            "assessmentName" | "assessment_name" => {
                change.name = Some(name(assessment.text("assessment_name")?)?);
            }
            "feedback" | "expectation" => {
                let value = opt_value(assessment)?;
                change.value = Some(value.ok_or_else(|| ApiError::missing_parameter(path))?);
            }
            "rationale" => {
                let rationale = assessment.opt_text("rationale")?.unwrap_or_default();
                change.rationale = Some(rationale.to_owned());
            }
            "metadata" => change.metadata = Some(assessment.text_map("metadata")?),
            _ => {
                return Err(ApiError::invalid(format!(
                    "The field '{path}' of an assessment cannot be changed."
                )));
            }
        }
    }
    Ok(change)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(mask: &str) -> ApiResult<AssessmentUpdate> {
        let assessment = json!({
            "assessment_name": "n", "feedback": { "value": 1 }, "rationale": "r",
            "metadata": { "k": "v" },
        });
        changes(Fields::of(assessment.as_object().unwrap()), mask)
    }

    #[test]
    fn only_what_the_mask_names_changes() {
        let change = read("assessmentName,feedback").unwrap();
        assert!(change.name.is_some() && change.value.is_some());
        assert!(change.rationale.is_none() && change.metadata.is_none());
        assert_eq!(read("assessment_name,feedback").unwrap(), change);
    }

    #[test]
    fn other_fields_cannot_change() {
        for mask in ["valid", "source", "span_id", "assessmentId"] {
            assert_eq!(read(mask).unwrap_err().status(), 400, "{mask}");
        }
    }
}
