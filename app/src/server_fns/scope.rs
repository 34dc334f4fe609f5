//! Filters that the viewer itself writes.

use domain::filter::{self, TraceFilter};

use crate::error::AppError;
use crate::url_state::filter_text;

/// Traces of a session, as a clause; `None` if the language cannot write its id.
pub(super) fn of_session(session: &str) -> Option<String> {
    Some(format!("trace.session = {}", filter_text(session)?))
}

/// A clause as a filter.
pub(super) fn compiled(clause: &str) -> Result<TraceFilter, AppError> {
    filter::compile(clause).map_err(|errors| AppError::Refused(filter::describe(clause, &errors)))
}
