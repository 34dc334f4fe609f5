//! The traits a trace store implements, by area, and the one that unites them.
//!
//! Rules kept by every implementation:
//! * A method that returns `Ok` from a write has committed it and forced it to disk.
//! * A lookup of something that is not there is `Ok(None)`, not an error.
//! * The clock is the caller's: methods take `now` where they need it. So are new ids.
//! * Every list is ordered and limited; pages are by key, never by offset.
//! * A read sees every write that was acknowledged before it began, counts and sums included.

mod assessments;
mod error;
mod experiments;
mod issues;
mod models;
mod retention;
mod runs;
mod saved_views;
mod stats;
mod traces;

pub use assessments::AssessmentStore;
pub use error::{Missing, StoreError};
pub use experiments::{ExperimentQuery, ExperimentStore, NewExperiment};
pub use issues::{IssueOrder, IssueQuery, IssueStore};
pub use models::{ModelQuery, ModelStore, NewModel};
pub use retention::{DiskUse, RetentionStore, WriteQueue};
pub use runs::{NewRun, RunData, RunQuery, RunStore, RunUpdate};
pub use saved_views::SavedViewStore;
pub use stats::StatsStore;
pub use traces::{
    AttributeValue, DeleteTraces, SpanStream, StoredSpans, TraceCount, TraceQuery, TraceStore,
};

/// Everything Spanfall keeps.
pub trait Store:
    ExperimentStore
    + RunStore
    + ModelStore
    + TraceStore
    + AssessmentStore
    + IssueStore
    + RetentionStore
    + SavedViewStore
    + StatsStore
{
}

impl<T> Store for T where
    T: ExperimentStore
        + RunStore
        + ModelStore
        + TraceStore
        + AssessmentStore
        + IssueStore
        + RetentionStore
        + SavedViewStore
        + StatsStore
{
}

/// The result of a store method.
pub type StoreResult<T> = Result<T, StoreError>;
