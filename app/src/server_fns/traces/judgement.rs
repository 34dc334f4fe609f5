//! What a reader says of a trace, a span or a session, as feedback in the store: one value for each name, changed when it is said
//! again.

use std::collections::BTreeMap;

use domain::assessment::{
    Assessment, AssessmentSource, AssessmentUpdate, AssessmentValue, SourceType,
};
use domain::ids::{AssessmentId, hex};
use domain::ingest::NewAssessment;
use domain::passage;
use domain::store::Store;
use domain::trace::{TraceInfo, keys};
use serde_json::Value;

use crate::error::AppError;
use crate::server_fns::{feedback_names, server};

/// What is judged, and by whom.
#[derive(Clone, Copy)]
pub(crate) struct Judgement<'a> {
    /// The trace that the feedback stands on.
    pub trace: &'a TraceInfo,
    /// The span, if not the whole trace.
    pub span_id: Option<&'a str>,
    /// The session, if not the trace alone: the mark by which clients know feedback on a whole session.
    pub session: Option<&'a str>,
    /// The reader.
    pub author: &'a str,
    /// The feedback's name.
    pub name: &'a str,
}

impl Judgement<'_> {
    fn is_of(&self, assessment: &Assessment, author: &str) -> bool {
        let session = assessment.metadata.get(keys::SESSION);
        assessment.valid
            && assessment.name == self.name
            && assessment.span_id.as_deref() == self.span_id
            && session.map(String::as_str) == self.session
            && assessment.source.source_type == SourceType::Human
            && assessment.source.source_id == author
            && matches!(assessment.value, AssessmentValue::Feedback { .. })
            // What is about words of the span stands by itself.
            && !assessment.metadata.contains_key(passage::keys::PATH)
    }

    /// What the author said last.
    pub fn said(&self) -> Option<&Assessment> {
        let mut latest = self.trace.assessments.iter().rev();
        latest.find(|assessment| self.is_of(assessment, self.author))
    }
}

/// The name that ratings are written under: the one the reader gave once, or that of nobody in particular.
pub(crate) fn author() -> String {
    match server::cookie(server::REVIEWER) {
        Some(name) if !name.is_empty() => name,
        _ => feedback_names::ANONYMOUS.to_owned(),
    }
}

/// Removes what the reader said of this before giving a name.
pub(crate) async fn take_over(store: &dyn Store, judgement: Judgement<'_>) -> Result<(), AppError> {
    remove(store, judgement, feedback_names::ANONYMOUS).await
}

/// Removes what the author said of this.
pub(crate) async fn take_back(store: &dyn Store, judgement: Judgement<'_>) -> Result<(), AppError> {
    remove(store, judgement, judgement.author).await
}

async fn remove(store: &dyn Store, judgement: Judgement<'_>, author: &str) -> Result<(), AppError> {
    let Judgement { trace, .. } = judgement;
    let is_said = |a: &&Assessment| judgement.is_of(a, author);
    for old in trace.assessments.iter().filter(is_said) {
        store.delete_assessment(&trace.trace_id, &old.id).await?;
    }
    Ok(())
}

/// Changes the author's latest feedback of this name, or makes the first.
pub(crate) async fn upsert(
    store: &dyn Store,
    judgement: Judgement<'_>,
    value: Value,
    rationale: Option<&str>,
) -> Result<(), AppError> {
    let session = judgement.session;
    let session = session.map(|session| (keys::SESSION.to_owned(), session.to_owned()));
    let metadata = session.into_iter().collect();
    write(
        store,
        judgement,
        judgement.said(),
        metadata,
        value,
        rationale,
    )
    .await
}

/// Changes what the author said before, or makes new feedback with this metadata.
pub(crate) async fn write(
    store: &dyn Store,
    judgement: Judgement<'_>,
    own: Option<&Assessment>,
    metadata: BTreeMap<String, String>,
    value: Value,
    rationale: Option<&str>,
) -> Result<(), AppError> {
    let Judgement {
        trace,
        span_id,
        author,
        name,
        ..
    } = judgement;
    let clock = server::clock()?;
    let now = (clock.now)();
    let value = AssessmentValue::Feedback { value, error: None };
    if let Some(own) = own {
        let update = AssessmentUpdate {
            value: Some(value),
            rationale: rationale.map(str::to_owned),
            ..AssessmentUpdate::default()
        };
        store
            .update_assessment(&trace.trace_id, &own.id, update, now)
            .await?;
        return Ok(());
    }
    let new = NewAssessment {
        id: AssessmentId::new(format!("a-{}", hex(&(clock.random)()))),
        span_id: span_id.map(str::to_owned),
        name: name.to_owned(),
        source: AssessmentSource {
            source_type: SourceType::Human,
            source_id: author.to_owned(),
        },
        value,
        rationale: rationale.filter(|text| !text.is_empty()).map(str::to_owned),
        metadata,
        create_time: now,
        last_update_time: now,
        overrides: None,
    };
    store.create_assessment(&trace.trace_id, new).await?;
    Ok(())
}

/// A thumb as forms send it; `None` takes it back.
pub(crate) fn thumb(text: &str) -> Result<Option<bool>, AppError> {
    match text {
        "up" => Ok(Some(true)),
        "down" => Ok(Some(false)),
        "none" => Ok(None),
        _ => Err(AppError::Refused("A thumb is up, down or none.".to_owned())),
    }
}
