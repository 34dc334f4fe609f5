//! Assessments: rows of JSON with the few columns that filters ask.

use async_trait::async_trait;
use domain::assessment::{Assessment, AssessmentUpdate, AssessmentValue};
use domain::ids::{AssessmentId, TraceId};
use domain::ingest::NewAssessment;
use domain::store::{AssessmentStore, Missing, StoreError, StoreResult};
use domain::time::UnixMillis;
use domain::trace::keys;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::SqliteStore;
use super::tx::WriteTx;
use crate::error::{database, inconsistent};

#[async_trait]
impl AssessmentStore for SqliteStore {
    async fn create_assessment(
        &self,
        trace: &TraceId,
        new: NewAssessment,
    ) -> StoreResult<Assessment> {
        let id = trace.clone();
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    let trace_no = known_trace(tx, &id).await?;
                    insert(tx, trace_no, &id, new).await
                })
            })
            .await
    }

    async fn assessment(
        &self,
        trace: &TraceId,
        id: &AssessmentId,
    ) -> StoreResult<Option<Assessment>> {
        let mut reader = self.reader().await?;
        let trace_no = self.trace_no(&mut reader, trace).await?;
        let trace_no =
            trace_no.ok_or_else(|| StoreError::Missing(Missing::Trace(trace.clone())))?;
        Ok(find(&mut reader, trace_no, id)
            .await?
            .map(|(_, assessment)| assessment))
    }

    async fn update_assessment(
        &self,
        trace: &TraceId,
        id: &AssessmentId,
        update: AssessmentUpdate,
        now: UnixMillis,
    ) -> StoreResult<Assessment> {
        let (trace, id) = (trace.clone(), id.clone());
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    let trace_no = known_trace(tx, &trace).await?;
                    let found = find(&mut tx.connection, trace_no, &id).await?;
                    let missing = || {
                        StoreError::Missing(Missing::Assessment {
                            trace,
                            assessment: id,
                        })
                    };
                    let (assessment_no, mut assessment) = found.ok_or_else(missing)?;
                    apply(&mut assessment, update, now)?;
                    save(tx, assessment_no, &assessment).await?;
                    Ok(assessment)
                })
            })
            .await
    }

    async fn delete_assessment(&self, trace: &TraceId, id: &AssessmentId) -> StoreResult<()> {
        let (trace, id) = (trace.clone(), id.clone());
        self.writer
            .write(move |tx| Box::pin(async move { delete(tx, &trace, &id).await }))
            .await
    }
}

/// Reads a row (trace_no, assessment_no, valid, data).
pub(crate) fn assessment(row: &SqliteRow) -> StoreResult<Assessment> {
    let assessment_no: i64 = row.try_get(1).map_err(database)?;
    let data: &str = row.try_get(3).map_err(database)?;
    let mut assessment: Assessment = serde_json::from_str(data)
        .map_err(|_| inconsistent("assessment", "data", assessment_no))?;
    assessment.valid = row.try_get::<i64, _>(2).map_err(database)? != 0;
    Ok(assessment)
}

/// Stores an assessment of a known trace.
pub(crate) async fn insert(
    tx: &mut WriteTx,
    trace_no: i64,
    trace: &TraceId,
    new: NewAssessment,
) -> StoreResult<Assessment> {
    if find(&mut tx.connection, trace_no, &new.id).await?.is_some() {
        let message = format!(
            "assessment with id '{}' already exists for trace '{trace}'",
            new.id
        );
        return Err(StoreError::AlreadyExists(message));
    }
    if let Some(overridden) = &new.overrides {
        let found = find(&mut tx.connection, trace_no, overridden).await?;
        let Some((assessment_no, _)) = found else {
            return Err(StoreError::Missing(Missing::Assessment {
                trace: trace.clone(),
                assessment: overridden.clone(),
            }));
        };
        set_valid(tx, assessment_no, 0).await?;
    }
    let assessment = Assessment {
        id: new.id,
        trace_id: trace.clone(),
        span_id: new.span_id,
        name: new.name,
        source: new.source,
        value: new.value,
        rationale: new.rationale,
        metadata: new.metadata,
        create_time: new.create_time,
        last_update_time: new.last_update_time,
        overrides: new.overrides,
        valid: true,
    };
    tx.note_rated();
    sqlx::query(
        "insert into assessment (trace_no, assessment_id, name, kind, valid, session, score, data)
        values (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7)",
    )
    .bind(trace_no)
    .bind(assessment.id.as_str().to_owned())
    .bind(assessment.name.clone())
    .bind(kind(&assessment.value))
    .bind(assessment.metadata.get(keys::SESSION).cloned())
    .bind(score(&assessment.value))
    .bind(to_json(&assessment)?)
    .execute(&mut tx.connection)
    .await
    .map_err(database)?;
    Ok(assessment)
}

/// The column `kind`.
pub(crate) fn kind(value: &AssessmentValue) -> i64 {
    match value {
        AssessmentValue::Feedback { .. } => 0,
        AssessmentValue::Expectation { .. } => 1,
        AssessmentValue::Issue { .. } => 2,
    }
}

/// The column `score`.
fn score(value: &AssessmentValue) -> Option<f64> {
    match value {
        AssessmentValue::Feedback { .. } => value.number(),
        AssessmentValue::Expectation { .. } | AssessmentValue::Issue { .. } => None,
    }
}

async fn known_trace(tx: &mut WriteTx, id: &TraceId) -> StoreResult<i64> {
    let found = tx.find_trace(id).await?;
    found.ok_or_else(|| StoreError::Missing(Missing::Trace(id.clone())))
}

async fn find(
    connection: &mut SqliteConnection,
    trace_no: i64,
    id: &AssessmentId,
) -> StoreResult<Option<(i64, Assessment)>> {
    let query = "select trace_no, assessment_no, valid, data from assessment
        where trace_no = ?1 and assessment_id = ?2";
    let row = sqlx::query(query)
        .bind(trace_no)
        .bind(id.as_str().to_owned())
        .fetch_optional(connection)
        .await
        .map_err(database)?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((row.try_get(1).map_err(database)?, assessment(&row)?)))
}

fn apply(
    assessment: &mut Assessment,
    update: AssessmentUpdate,
    now: UnixMillis,
) -> StoreResult<()> {
    if let Some(value) = update.value {
        if kind(&value) != kind(&assessment.value) {
            let message = format!(
                "Cannot update {} value on {} assessment.",
                noun(&value),
                noun_with_article(&assessment.value)
            );
            return Err(StoreError::Refused(message));
        }
        assessment.value = value;
    }
    if let Some(name) = update.name {
        assessment.name = name;
    }
    if let Some(rationale) = update.rationale {
        assessment.rationale = Some(rationale);
    }
    assessment
        .metadata
        .extend(update.metadata.unwrap_or_default());
    assessment.last_update_time = now;
    Ok(())
}

fn noun(value: &AssessmentValue) -> &'static str {
    match value {
        AssessmentValue::Feedback { .. } => "feedback",
        AssessmentValue::Expectation { .. } => "expectation",
        AssessmentValue::Issue { .. } => "issue",
    }
}

fn noun_with_article(value: &AssessmentValue) -> &'static str {
    match value {
        AssessmentValue::Feedback { .. } => "a Feedback",
        AssessmentValue::Expectation { .. } => "an Expectation",
        AssessmentValue::Issue { .. } => "an Issue",
    }
}

async fn save(tx: &mut WriteTx, assessment_no: i64, assessment: &Assessment) -> StoreResult<()> {
    tx.note_rated();
    sqlx::query(
        "update assessment set name = ?2, session = ?3, score = ?4, data = ?5
        where assessment_no = ?1",
    )
    .bind(assessment_no)
    .bind(assessment.name.clone())
    .bind(assessment.metadata.get(keys::SESSION).cloned())
    .bind(score(&assessment.value))
    .bind(to_json(assessment)?)
    .execute(&mut tx.connection)
    .await
    .map_err(database)?;
    Ok(())
}

async fn set_valid(tx: &mut WriteTx, assessment_no: i64, valid: i64) -> StoreResult<()> {
    tx.note_rated();
    sqlx::query("update assessment set valid = ?2 where assessment_no = ?1")
        .bind(assessment_no)
        .bind(valid)
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    Ok(())
}

async fn delete(tx: &mut WriteTx, trace: &TraceId, id: &AssessmentId) -> StoreResult<()> {
    let Some(trace_no) = tx.find_trace(trace).await? else {
        return Ok(());
    };
    let found = find(&mut tx.connection, trace_no, id).await?;
    let Some((assessment_no, assessment)) = found else {
        return Ok(());
    };
    tx.note_rated();
    sqlx::query("delete from assessment where assessment_no = ?1")
        .bind(assessment_no)
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    if let Some(overridden) = &assessment.overrides
        && let Some((assessment_no, _)) = find(&mut tx.connection, trace_no, overridden).await?
    {
        set_valid(tx, assessment_no, 1).await?;
    }
    Ok(())
}

fn to_json(assessment: &Assessment) -> StoreResult<String> {
    serde_json::to_string(assessment).map_err(|error| StoreError::Database(Box::new(error)))
}
