//! Tags and feedback of a trace with the acts that change them: after each act they are read again.

use leptos::prelude::*;

use crate::error::AppError;
use crate::model::TraceNotes;
use crate::server_fns::{
    DeleteAssessment, DeleteTraceTag, RateTrace, SetTraceTag, get_trace_notes,
};

/// The notes of the trace on the page.
#[derive(Clone, Copy)]
pub struct Notes {
    /// The trace.
    pub trace_id: Signal<String>,
    /// What is noted; read again after each act.
    pub resource: Resource<Result<TraceNotes, AppError>>,
    /// Adds or changes a tag.
    pub set_tag: ServerAction<SetTraceTag>,
    /// Removes a tag.
    pub delete_tag: ServerAction<DeleteTraceTag>,
    /// Writes the reader's rating.
    pub rate: ServerAction<RateTrace>,
    /// Removes an assessment.
    pub delete_assessment: ServerAction<DeleteAssessment>,
}

impl Notes {
    /// For the trace that the address names.
    pub fn new(trace_id: Signal<String>) -> Self {
        let set_tag = ServerAction::<SetTraceTag>::new();
        let delete_tag = ServerAction::<DeleteTraceTag>::new();
        let rate = ServerAction::<RateTrace>::new();
        let delete_assessment = ServerAction::<DeleteAssessment>::new();
        let acts = move || {
            let tags = set_tag.version().get() + delete_tag.version().get();
            tags + rate.version().get() + delete_assessment.version().get()
        };
        let resource = Resource::new(
            move || (trace_id.get(), acts()),
            |(trace_id, _)| get_trace_notes(trace_id),
        );
        Self {
            trace_id,
            resource,
            set_tag,
            delete_tag,
            rate,
            delete_assessment,
        }
    }
}
