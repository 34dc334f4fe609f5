//! What the parts of a list's page share: rows, window, choice, and what becomes of acts.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::columns::Columns;
use super::feed::Feed;
use super::live::Live;
use super::selection::Selection;
use crate::url_state::{ListState, trace_href, with_trace};
use crate::widgets::post_form::Act;

/// The shared parts of a list's page, in context.
#[derive(Clone, Copy)]
pub struct Desk {
    /// The rows.
    pub feed: Feed,
    /// What is chosen.
    pub selection: Selection,
    /// The list is watched for new traces; `None` where there is no room for them.
    pub live: Option<Live>,
    /// Deletes traces after the time to undo.
    pub delete: Act,
    /// Reads the list again from the server.
    pub again: Callback<()>,
    /// The trace that is looked into beside the list.
    pub peeked: Memo<Option<String>>,
    /// Goes to an address; true replaces the present one in the way back.
    pub go: Callback<(String, bool)>,
}

impl Desk {
    /// For the list in the page's address.
    pub fn new(feed: Feed, delete: Act, again: Callback<()>) -> Self {
        let query = use_query_map();
        let navigate = use_navigate();
        let go = move |(address, replace): (String, bool)| {
            let options = NavigateOptions {
                replace,
                scroll: false,
                ..crate::address::as_is()
            };
            navigate(&address, options);
        };
        Self {
            feed,
            selection: Selection::new(),
            live: Live::new(feed, again),
            delete,
            again,
            peeked: Memo::new(move |_| {
                query.with(|query| query.get("trace").filter(|id| !id.is_empty()))
            }),
            go: Callback::new(go),
        }
    }

    /// The list's address.
    pub fn list_href(&self) -> String {
        self.feed
            .question
            .with_value(|question| question.state.href(&question.path))
    }

    /// Looks into a trace beside the list.
    pub fn peek(&self, id: &str) {
        let is_open = self.peeked.get_untracked().is_some();
        if self.peeked.get_untracked().as_deref() == Some(id) {
            return;
        }
        self.go.run((with_trace(self.list_href(), id), is_open));
    }

    /// Closes what [`Self::peek`] opened.
    pub fn close(&self) {
        if self.peeked.get_untracked().is_some() {
            self.go.run((self.list_href(), false));
        }
    }

    /// Opens a trace's own page.
    pub fn open(&self, id: &str) {
        self.go.run((trace_href(id), false));
    }

    /// Narrows the list by a clause.
    pub fn narrow(&self, clause: &str) {
        let address = self
            .feed
            .question
            .with_value(|question| question.state.and(clause).href(&question.path));
        self.go.run((address, false));
    }

    /// Shows the list otherwise, in place of the present address. What is looked into stays.
    pub fn show(&self, state: &ListState) {
        let path = self
            .feed
            .question
            .with_value(|question| question.path.clone());
        let trace = self.peeked.get_untracked().unwrap_or_default();
        self.go.run((with_trace(state.href(&path), &trace), true));
    }

    /// The columns that the address asks for.
    pub fn columns(&self) -> Columns {
        let question = self.feed.question;
        question.with_value(|question| Columns::new(&question.state.cols, &[], false))
    }

    /// What the list asks.
    pub fn state(&self) -> ListState {
        self.feed
            .question
            .with_value(|question| question.state.clone())
    }
}
