//! One trace, its spans, tags and assessments.

mod delete_assessment;
mod delete_trace_tag;
mod expect_of_trace;
mod get_conversation;
mod get_event_ticks;
pub(super) mod get_related;
mod get_span;
pub(super) mod get_trace;
mod get_trace_notes;
#[cfg(feature = "ssr")]
pub(super) mod judgement;
#[cfg(feature = "ssr")]
mod passage;
mod rate_trace;
mod set_trace_tag;

functions! {
    CONVERSATION = get_conversation::get_conversation, GetConversation;
    DELETE_ASSESSMENT = delete_assessment::delete_assessment, DeleteAssessment;
    DELETE_TRACE_TAG = delete_trace_tag::delete_trace_tag, DeleteTraceTag;
    EVENT_TICKS = get_event_ticks::get_event_ticks, GetEventTicks;
    EXPECT_OF_TRACE = expect_of_trace::expect_of_trace, ExpectOfTrace;
    RATE_TRACE = rate_trace::rate_trace, RateTrace;
    RELATED = get_related::get_related, GetRelated;
    SET_TRACE_TAG = set_trace_tag::set_trace_tag, SetTraceTag;
    SPAN = get_span::get_span, GetSpan;
    TRACE = get_trace::get_trace, GetTrace;
    TRACE_NOTES = get_trace_notes::get_trace_notes, GetTraceNotes;
}
