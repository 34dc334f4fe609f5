//! Filters that the viewer itself writes.

use domain::filter::print::quote_value;
use domain::filter::{self, TraceFilter};

use crate::error::AppError;

/// Traces of a session, as a clause; `None` if the language cannot write its id.
pub(super) fn of_session(session: &str) -> Option<String> {
    Some(format!("trace.session = {}", quote_value(session)?))
}

/// Traces of a user, as a clause; `None` if the language cannot write the name.
pub(super) fn of_user(user: &str) -> Option<String> {
    Some(format!("trace.user = {}", quote_value(user)?))
}

/// What to say of a text that the language cannot write.
pub(super) fn unwritable(text: &str) -> AppError {
    AppError::Refused(format!(
        "“{text}” has both kinds of quotes and cannot be searched for."
    ))
}

/// A clause as a filter.
pub(super) fn compiled(clause: &str) -> Result<TraceFilter, AppError> {
    filter::compile(clause).map_err(|errors| AppError::Refused(filter::describe(clause, &errors)))
}
