//! Removes an assessment from a trace.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Removes an assessment; one that is gone already is fine.
///
/// # Errors
/// `NotFound` if there is no such trace.
#[server(prefix = "/ui-api", endpoint = "delete_assessment", output = Wire)]
pub async fn delete_assessment(
    /// The trace it is on.
    trace_id: String,
    /// Its id.
    assessment_id: String,
) -> Result<(), AppError> {
    use domain::ids::AssessmentId;

    use crate::server_fns::server;
    let store = server::store()?;
    let trace = server::trace(store.as_ref(), &trace_id).await?;
    store
        .delete_assessment(&trace.trace_id, &AssessmentId::new(assessment_id))
        .await?;
    Ok(())
}
