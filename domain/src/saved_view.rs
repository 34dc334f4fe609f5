//! Saved views: a name for an address of the viewer, so that a filter, an order and a choice of columns can be found again.
//!
//! What the address means is the viewer's business; here it is text.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::ExperimentId;
use crate::time::UnixMillis;

/// The longest name, in characters.
pub const NAME_MAX_CHARS: usize = 250;
/// The longest owner, in characters.
pub const OWNER_MAX_CHARS: usize = 250;
/// The longest query, in bytes: what a browser's address bar takes.
pub const QUERY_MAX_BYTES: usize = 32 * 1024;

/// A saved view's number, given by the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SavedViewId(pub i64);

impl fmt::Display for SavedViewId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A named address within an experiment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Its number.
    pub id: SavedViewId,
    /// Where it belongs.
    pub experiment_id: ExperimentId,
    /// What people call it; unique within the experiment and owner.
    pub name: String,
    /// Whose it is; everybody's if `None`.
    pub owner: Option<String>,
    /// The address behind the `?`, as the viewer wrote it.
    pub query: String,
    /// When it was made.
    pub created: UnixMillis,
    /// When it last changed.
    pub updated: UnixMillis,
}

/// A view to save.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSavedView {
    /// Where it belongs.
    pub experiment_id: ExperimentId,
    /// 1 to [`NAME_MAX_CHARS`] characters.
    pub name: String,
    /// Whose it is; everybody's if `None`.
    pub owner: Option<String>,
    /// At most [`QUERY_MAX_BYTES`] bytes.
    pub query: String,
}

/// A change of a saved view: only what is `Some` changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedViewUpdate {
    /// The new name.
    pub name: Option<String>,
    /// The new query.
    pub query: Option<String>,
}

/// Why a view cannot be saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SavedViewError {
    /// The name is empty or too long.
    #[error("a view's name must have 1 to {NAME_MAX_CHARS} characters, got {0}")]
    Name(usize),
    /// The owner is too long.
    #[error("a view's owner must have 1 to {OWNER_MAX_CHARS} characters, got {0}")]
    Owner(usize),
    /// The query is too long.
    #[error("a view's query must have at most {QUERY_MAX_BYTES} bytes, got {0}")]
    Query(usize),
}

impl NewSavedView {
    /// Checks lengths.
    ///
    /// # Errors
    /// [`SavedViewError`] says which text is empty or too long.
    pub fn check(&self) -> Result<(), SavedViewError> {
        if let Some(owner) = &self.owner {
            check_length(owner, OWNER_MAX_CHARS, SavedViewError::Owner)?;
        }
        check_name(&self.name)?;
        check_query(&self.query)
    }
}

impl SavedViewUpdate {
    /// Checks lengths.
    ///
    /// # Errors
    /// [`SavedViewError`] says which text is empty or too long.
    pub fn check(&self) -> Result<(), SavedViewError> {
        self.name.as_deref().map_or(Ok(()), check_name)?;
        self.query.as_deref().map_or(Ok(()), check_query)
    }
}

fn check_name(name: &str) -> Result<(), SavedViewError> {
    check_length(name, NAME_MAX_CHARS, SavedViewError::Name)
}

fn check_length(
    text: &str,
    max: usize,
    error: fn(usize) -> SavedViewError,
) -> Result<(), SavedViewError> {
    match text.chars().count() {
        count if (1..=max).contains(&count) => Ok(()),
        count => Err(error(count)),
    }
}

fn check_query(query: &str) -> Result<(), SavedViewError> {
    if query.len() <= QUERY_MAX_BYTES {
        Ok(())
    } else {
        Err(SavedViewError::Query(query.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_checked_in_characters() {
        let mut view = NewSavedView {
            experiment_id: ExperimentId::DEFAULT,
            name: "é".repeat(NAME_MAX_CHARS),
            owner: None,
            query: String::new(),
        };
        assert_eq!(view.check(), Ok(()));
        view.name.push('x');
        assert_eq!(view.check(), Err(SavedViewError::Name(NAME_MAX_CHARS + 1)));
        let update = SavedViewUpdate {
            name: Some(String::new()),
            query: None,
        };
        assert_eq!(update.check(), Err(SavedViewError::Name(0)));
    }
}
