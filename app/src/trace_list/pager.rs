//! From one page of a list to the next, by links.

use leptos::prelude::*;

use crate::url_state::{ListState, query, trail};
use crate::widgets::page_links::PageLinks;

/// Where a table of traces stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The list of an experiment.
    Experiment {
        /// What it is asked for.
        state: ListState,
        /// Its address without the question.
        path: String,
    },
    /// The traces of a run.
    Run {
        /// The run page's address.
        path: String,
        /// The pages walked, or empty.
        page: String,
    },
}

impl Scope {
    /// The list with one more condition, if it can be narrowed.
    pub fn narrowed(&self, clause: &str) -> Option<String> {
        match self {
            Self::Experiment { state, path } => Some(state.and(clause).href(path)),
            Self::Run { .. } => None,
        }
    }

    /// The experiment, if the table is its list.
    pub fn experiment(&self) -> Option<i64> {
        match self {
            // The address ends in `/experiments/{id}/traces`.
            Self::Experiment { path, .. } => path.rsplit('/').nth(1)?.parse().ok(),
            Self::Run { .. } => None,
        }
    }

    fn page_href(&self, walked: &str) -> String {
        match self {
            Self::Experiment { state, path } => ListState {
                page: walked.to_owned(),
                ..state.clone()
            }
            .href(path),
            Self::Run { path, .. } => query(path, &[("page", walked)]),
        }
    }

    fn walked(&self) -> &str {
        match self {
            Self::Experiment { state, .. } => &state.page,
            Self::Run { page, .. } => page,
        }
    }
}

/// Links to the first page, the one before and the one that follows; nothing if there is one page only.
#[component]
pub fn Pager(
    /// The list.
    scope: Scope,
    /// The token of the page that follows.
    next: Option<String>,
    /// Rows on this page.
    shown: usize,
) -> impl IntoView {
    let walked = scope.walked();
    PageLinks {
        words: format!("{shown} on this page"),
        first: (!walked.is_empty()).then(|| scope.page_href("")),
        before: trail::back(walked).map(|walked| scope.page_href(&walked)),
        next: next.map(|token| scope.page_href(&trail::onward(walked, &token))),
    }
    .view()
}
