//! What pages show, as it travels from server to browser: small, already chosen, nothing the page does not draw.
//!
//! Domain types are not sent: a list row would carry kilobytes of metadata. Text is cut here, never in a component.

mod beside;
mod chat;
mod comparison;
mod experiment;
mod feedback;
mod group;
mod look_up;
mod overview;
mod related;
mod run;
mod run_compare;
mod saved_view;
mod session;
mod span;
mod story;
mod story_part;
mod trace_head;
mod trace_row;
mod tuple;

pub use beside::{FacetGroup, FacetPanel, Histogram};
pub use chat::{Conversation, MessageView, PartView};
#[cfg(feature = "ssr")]
pub(crate) use comparison::only_differences;
pub use comparison::{
    CompareChoices, ComparedCell, ComparedField, ComparedRow, ComparedTrace, Comparison, HunkView,
    PartDiff, StepDiff, UsualRow, UsualView,
};
pub use experiment::{
    Activity, DESCRIPTION_TAG, Diagnostics, ExperimentList, ExperimentRef, ExperimentRow,
    ExperimentSettings, HomeActivity,
};
#[cfg(feature = "ssr")]
pub(crate) use feedback::is_of_session;
pub use feedback::{AssessmentView, FeedbackChip, Tone, TraceNotes};
pub use group::{GROUP_PAGE, SessionLine, SessionList, UserLine, UserList, UserView};
pub use look_up::{Hit, LookUp};
pub use overview::{
    FailureLine, Failures, Overview, OverviewLine, OverviewPoint, OverviewTable, ToolLine, Tools,
};
pub use related::{Related, RelatedTrace, RetriedCall};
pub use run::{
    DatasetLine, FileContent, FileLine, FilePreview, MetricLine, ModelLine, RunFiles, RunHead,
    RunLine, RunList, RunNotes, RunSums, RunView,
};
pub use run_compare::{Answered, Differing, PAIR_PAGE, Pair, RunComparison, RunSide, Verdict};
pub use saved_view::{ViewList, ViewRow};
pub use session::{SessionSums, SessionView, Steps, Turn};
pub use span::{AttributeView, CutText, EventView, LinkView, SpanDetail, ValueView};
pub use story::{
    CallView, CardView, DocumentView, NewsView, SaidPart, SaidView, Story, StoryContent, StoryItem,
};
pub use story_part::StoryPart;
pub(crate) use trace_head::said_in_exception;
pub use trace_head::{Longest, RunRef, SpanLine, TimeShare, TraceHead, Why};
pub use trace_row::{
    BulkStep, Count, FilterProblem, NextTo, RowPage, TimeSlots, TraceList, TraceRow,
};

/// At most `max` characters of a text, with an ellipsis if some are missing.
pub(crate) fn cut(text: &str, max: usize) -> String {
    let mut letters = text.char_indices();
    match letters.nth(max) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

/// Tags that people set, not those the server and the SDK keep for themselves.
pub(crate) fn is_public_tag(key: &str) -> bool {
    use domain::trace::keys;
    !key.starts_with("mlflow.") && key != keys::USER_TAG && key != keys::SESSION_TAG
}
