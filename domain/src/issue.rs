//! Issues: problems found in the traces of an experiment. Which traces have one is told by their assessments.

use serde::{Deserialize, Serialize};

use crate::ids::{ExperimentId, IssueId};
use crate::time::UnixMillis;

/// What became of an issue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueStatus {
    /// Nobody has looked at it.
    #[default]
    Pending,
    /// It is none.
    Rejected,
    /// It is over.
    Resolved,
}

impl IssueStatus {
    /// All statuses.
    pub const ALL: [IssueStatus; 3] = [Self::Pending, Self::Rejected, Self::Resolved];

    /// The wire name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Rejected => "rejected",
            Self::Resolved => "resolved",
        }
    }
}

/// How bad an issue is, from the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueSeverity {
    /// Not at all.
    NotAnIssue,
    /// A little.
    Low,
    /// So so.
    Medium,
    /// Very.
    High,
}

impl IssueSeverity {
    /// All severities, the least first.
    pub const ALL: [IssueSeverity; 4] = [Self::NotAnIssue, Self::Low, Self::Medium, Self::High];

    /// The wire name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAnIssue => "not_an_issue",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// An issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Its id.
    pub id: IssueId,
    /// The experiment it was found in.
    pub experiment_id: ExperimentId,
    /// In few words.
    pub name: String,
    /// In many words.
    pub description: String,
    /// What became of it.
    pub status: IssueStatus,
    /// How bad it is, if said.
    pub severity: Option<IssueSeverity>,
    /// What may lie behind it.
    pub root_causes: Vec<String>,
    /// What kinds of issue it is.
    pub categories: Vec<String>,
    /// The run that found it.
    pub source_run_id: Option<String>,
    /// Who made it.
    pub created_by: Option<String>,
    /// When it was made.
    pub creation_time: UnixMillis,
    /// When it last changed.
    pub last_update_time: UnixMillis,
}

/// A change of an issue: only what is `Some` changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueUpdate {
    /// The new status.
    pub status: Option<IssueStatus>,
    /// The new name.
    pub name: Option<String>,
    /// The new description.
    pub description: Option<String>,
    /// The new severity.
    pub severity: Option<IssueSeverity>,
}

/// An issue as a search finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundIssue {
    /// The issue.
    pub issue: Issue,
    /// Traces that have it.
    pub trace_count: u64,
}
