//! From one page of a list to the next, by links.

use leptos::prelude::*;

use crate::url_state::{ListState, query};

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
        /// The present page's token, or empty.
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

    fn page_href(&self, token: &str) -> String {
        match self {
            Self::Experiment { state, path } => ListState {
                page: token.to_owned(),
                ..state.clone()
            }
            .href(path),
            Self::Run { path, .. } => query(path, &[("page", token)]),
        }
    }

    fn is_first_page(&self) -> bool {
        match self {
            Self::Experiment { state, .. } => state.page.is_empty(),
            Self::Run { page, .. } => page.is_empty(),
        }
    }
}

/// Links to the first page and to the one that follows; nothing if there is one page only. Tokens lead forward alone: the way
/// back by single pages is the browser's.
#[component]
pub fn Pager(
    /// The list.
    scope: Scope,
    /// The token of the page that follows.
    next: Option<String>,
    /// Rows on this page.
    shown: usize,
) -> impl IntoView {
    let is_first = scope.is_first_page();
    if is_first && next.is_none() {
        return ().into_any();
    }
    let first = (!is_first).then(
        || view! { <a class="button" href=scope.page_href("") rel="first">"« First page"</a> },
    );
    let next = next.map(|token| {
        view! { <a class="button" href=scope.page_href(&token) rel="next">"Next page ›"</a> }
    });
    view! {
        <nav class="pager" aria-label="Pages">
            <span class="quiet figures">{format!("{shown} on this page")}</span>
            {first}
            {next}
        </nav>
    }
    .into_any()
}
