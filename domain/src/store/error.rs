//! What can go wrong in a store, in words a caller can act on.

use std::time::Duration;

use crate::ids::{AssessmentId, ExperimentId, IssueId, ModelId, RunId, TraceId};
use crate::saved_view::SavedViewId;

/// Why a store method did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The thing to change is not there.
    #[error("{0}")]
    Missing(Missing),
    /// The name or id is taken; the message says by what.
    #[error("{0}")]
    AlreadyExists(String),
    /// The thing is there but may not be changed so; the message says why.
    #[error("{0}")]
    Refused(String),
    /// The page token is damaged or belongs to another query.
    #[error("page token does not belong to this query")]
    PageToken,
    /// The write queue is full; nothing was stored.
    #[error("too many writes are waiting; try again in {} ms", retry_after.as_millis())]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// Data in the store that cannot become a value of the domain.
    #[error("inconsistent data in {table}.{column} of row {row}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key as text.
        row: String,
    },
    /// The database failed. Never shown to clients.
    #[error("database error: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// No such experiment, or not in the stage the change needs.
    #[error("no experiment with id {0} exists")]
    Experiment(ExperimentId),
    /// No such tag on the experiment.
    #[error("no tag with name {key} in experiment with id {experiment}")]
    ExperimentTag {
        /// The experiment.
        experiment: ExperimentId,
        /// The key.
        key: String,
    },
    /// No such run.
    #[error("run with id {0} not found")]
    Run(RunId),
    /// No such tag on the run.
    #[error("no tag with name {key} in run with id {run}")]
    RunTag {
        /// The run.
        run: RunId,
        /// The key.
        key: String,
    },
    /// No such issue.
    #[error("issue with id '{0}' not found")]
    Issue(IssueId),
    /// No such logged model.
    #[error("logged model with id '{0}' not found")]
    Model(ModelId),
    /// No such tag on the logged model.
    #[error("no tag with key '{key}' for logged model with id '{model}'")]
    ModelTag {
        /// The model.
        model: ModelId,
        /// The key.
        key: String,
    },
    /// No such saved view.
    #[error("saved view {0} not found")]
    SavedView(SavedViewId),
    /// No such trace.
    #[error("trace with id '{0}' not found")]
    Trace(TraceId),
    /// No such tag on the trace.
    #[error("no trace tag with key '{key}' for trace with id '{trace}'")]
    TraceTag {
        /// The trace.
        trace: TraceId,
        /// The key.
        key: String,
    },
    /// No such assessment on the trace.
    #[error("assessment with id '{assessment}' not found for trace '{trace}'")]
    Assessment {
        /// The trace.
        trace: TraceId,
        /// The assessment.
        assessment: AssessmentId,
    },
}
