//! Writes what somebody says a trace should have come to.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Adds an expectation to a trace. A value that is JSON is kept as such, anything else as text.
///
/// # Errors
/// `NotFound` if there is no such trace; `Refused` if name or value are empty or too long.
#[server(prefix = "/ui-api", endpoint = "expect_of_trace", output = Wire)]
pub async fn expect_of_trace(
    /// The trace.
    trace_id: String,
    /// What the expectation is called.
    name: String,
    /// What was expected.
    value: String,
) -> Result<(), AppError> {
    use std::collections::BTreeMap;

    use domain::assessment::{AssessmentSource, AssessmentValue, SourceType};
    use domain::ids::{AssessmentId, hex};
    use domain::ingest::NewAssessment;
    use domain::json;
    use serde_json::Value;

    use super::judgement::author;
    use crate::server_fns::server;

    const NAME: usize = 250;
    const VALUE: usize = 20_000;
    let refused = |text: &str| AppError::Refused(text.to_owned());
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() || value.is_empty() {
        return Err(refused("An expectation has a name and a value."));
    }
    if name.chars().count() > NAME || value.chars().count() > VALUE {
        return Err(refused("The name or the value is too long."));
    }
    let value = match json::value_or_text(value) {
        Value::Null => Value::from("null"),
        value => value,
    };
    let store = server::store()?;
    let trace = server::trace(store.as_ref(), &trace_id).await?;
    let clock = server::clock()?;
    let now = (clock.now)();
    let new = NewAssessment {
        id: AssessmentId::new(format!("a-{}", hex(&(clock.random)()))),
        span_id: None,
        name: name.to_owned(),
        source: AssessmentSource {
            source_type: SourceType::Human,
            source_id: author(),
        },
        value: AssessmentValue::Expectation { value },
        rationale: None,
        metadata: BTreeMap::new(),
        create_time: now,
        last_update_time: now,
        overrides: None,
    };
    store.create_assessment(&trace.trace_id, new).await?;
    Ok(())
}
