//! What a search over everything finds.

use super::tuple::travels_as_tuple;

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// `trace`, `span`, `experiment`, `run`, `session`, `user` or `view`.
    pub kind: String,
    /// Its name.
    pub label: String,
    /// What tells it from others of the name.
    pub detail: String,
    /// Where it is.
    pub href: String,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookUp {
    /// The best first.
    pub hits: Vec<Hit>,
    /// The text named the first hit and nothing else.
    pub is_exact: bool,
}

travels_as_tuple! {
    Hit { kind, label, detail, href }
    LookUp { hits, is_exact }
}
