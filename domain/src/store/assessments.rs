//! Assessments in a store.

use async_trait::async_trait;

use super::StoreResult;
use crate::assessment::{Assessment, AssessmentUpdate};
use crate::ids::{AssessmentId, TraceId};
use crate::ingest::NewAssessment;
use crate::time::UnixMillis;

/// Assessments by trace and id.
#[async_trait]
pub trait AssessmentStore: Send + Sync {
    /// Stores an assessment. If it overrides another, that one becomes invalid in the same transaction. `Missing` if the
    /// trace or the overridden assessment is unknown, `AlreadyExists` if the id is taken on that trace.
    async fn create_assessment(
        &self,
        trace: &TraceId,
        new: NewAssessment,
    ) -> StoreResult<Assessment>;

    /// By trace and id. `Missing` if the trace is unknown, `None` if the assessment is.
    async fn assessment(
        &self,
        trace: &TraceId,
        id: &AssessmentId,
    ) -> StoreResult<Option<Assessment>>;

    /// Changes an assessment. `Missing` if unknown; `Refused` if the kind of value would change.
    async fn update_assessment(
        &self,
        trace: &TraceId,
        id: &AssessmentId,
        update: AssessmentUpdate,
        now: UnixMillis,
    ) -> StoreResult<Assessment>;

    /// Removes an assessment; the one it overrode becomes valid again. Unknown ones are passed over.
    async fn delete_assessment(&self, trace: &TraceId, id: &AssessmentId) -> StoreResult<()>;
}
