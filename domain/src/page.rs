//! Keyset paging as values: what a caller asks for and what it gets.

use serde::{Deserialize, Serialize};

/// Where the next page begins. Opaque to callers; a store makes it from the last row's sort key and a fingerprint of the
/// query, and refuses a token of another query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageToken(pub String);

/// How much of a result is wanted and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The most rows to return; at least 1.
    pub size: u32,
    /// Continue after this token's row; from the start if `None`.
    pub token: Option<PageToken>,
}

impl PageRequest {
    /// The first `size` rows.
    pub fn first(size: u32) -> Self {
        Self { size, token: None }
    }
}

/// One page of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows in the order of the query.
    pub items: Vec<T>,
    /// Present if more rows follow, and if a search ended before it had looked at everything: then there may be none.
    pub next: Option<PageToken>,
    /// What a person should know about this answer, as a sentence: that it is not complete, or why it took long.
    pub note: Option<String>,
}

impl<T> Page<T> {
    /// The same page of other rows, one made of each.
    pub fn map<U>(self, row: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(row).collect(),
            next: self.next,
            note: self.note,
        }
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            next: None,
            note: None,
        }
    }
}
