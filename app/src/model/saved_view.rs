//! Saved views of trace lists.

use super::ExperimentRef;
use super::tuple::travels_as_tuple;

/// The views of an experiment that the reader may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewList {
    /// The experiment.
    pub experiment: ExperimentRef,
    /// Everybody's first, by name.
    pub views: Vec<ViewRow>,
}

/// One view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewRow {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Only its reader sees it.
    pub is_mine: bool,
    /// The address behind the `?`.
    pub query: String,
}

travels_as_tuple! {
    ViewList { experiment, views }
    ViewRow { id, name, is_mine, query }
}
