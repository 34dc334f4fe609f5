//! Tags and feedback of a trace with the acts that change them: after each act they are read again.

use leptos::prelude::*;

use crate::connection::Watch;
use crate::model::TraceNotes;
use crate::reads::{Loaded, Read, Reply, load};
use crate::server_fns::paths;
use crate::widgets::post_form::Act;
use crate::widgets::tag_editor::Tagged;

/// The notes of the trace on the page.
#[derive(Clone, Copy)]
pub struct Notes {
    /// The trace.
    pub trace_id: Signal<String>,
    /// What is noted; read again after each act.
    pub resource: Loaded,
    /// Adds or changes a tag.
    pub set_tag: Act,
    /// Removes a tag.
    pub delete_tag: Act,
    /// Writes the reader's rating.
    pub rate: Act,
    /// Counts the ratings of spans, see [`Notes::rate_span`].
    spans_rated: RwSignal<u32>,
    /// Says what was expected.
    pub expect: Act,
    /// Removes an assessment.
    pub delete_assessment: Act,
}

impl Notes {
    /// For the trace that the address names.
    pub fn new(trace_id: Signal<String>) -> Self {
        let set_tag = Act::new(paths::SET_TRACE_TAG).kept();
        let delete_tag = Act::new(paths::DELETE_TRACE_TAG).kept();
        let rate = Act::new(paths::RATE_TRACE).kept();
        let expect = Act::new(paths::EXPECT_OF_TRACE).kept();
        let delete_assessment = Act::new(paths::DELETE_ASSESSMENT).kept();
        let recovered = use_context::<Watch>().map(|watch| watch.recovered);
        let spans_rated = RwSignal::new(0);
        let acts = move || {
            let done =
                [set_tag, delete_tag, rate, expect, delete_assessment].map(|act| act.done.get());
            // What was kept without a connection shows once it was sent.
            let recovered = recovered.map_or(0, |recovered| recovered.get());
            done.iter().sum::<u32>() + spans_rated.get() + recovered
        };
        let question = move || Read::Notes {
            trace: trace_id.get(),
            acts: acts(),
        };
        let resource = load(Signal::derive(question));
        Self {
            trace_id,
            resource,
            set_tag,
            delete_tag,
            rate,
            spans_rated,
            expect,
            delete_assessment,
        }
    }

    /// Writes the reader's rating of a span. Each form has a state of its own: there are more than one on a page, and one follows the
    /// other.
    pub fn rate_span(self) -> Act {
        Act {
            problem: RwSignal::new(None),
            done: self.spans_rated,
            ..Act::new(paths::RATE_TRACE).kept()
        }
    }

    /// Its tags.
    pub fn tagged(self) -> Tagged {
        Tagged {
            owner: "trace_id",
            id: self.trace_id,
            notes: self.resource,
            tags: |reply: Reply| reply.open::<TraceNotes>().unwrap_or_default().tags,
            set: self.set_tag,
            remove: self.delete_tag,
        }
    }
}
