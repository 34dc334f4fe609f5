//! Issues in a store.

use async_trait::async_trait;

use super::StoreResult;
use crate::filter::issues::IssueFilter;
use crate::ids::{ExperimentId, IssueId};
use crate::issue::{FoundIssue, Issue, IssueUpdate};
use crate::page::{Page, PageRequest};
use crate::time::UnixMillis;

/// What issues are ordered by, behind their severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueOrder {
    /// The newest first.
    Newest,
    /// Those with the most traces first, then the newest.
    MostTraces,
}

/// A search for issues.
#[derive(Debug, Clone)]
pub struct IssueQuery {
    /// All experiments if `None`.
    pub experiment: Option<ExperimentId>,
    /// All of them if `None`.
    pub filter: Option<IssueFilter>,
    /// The most severe first in any case.
    pub order: IssueOrder,
    /// Which part of the result.
    pub page: PageRequest,
}

/// Issues by id and search.
#[async_trait]
pub trait IssueStore: Send + Sync {
    /// Stores an issue. `Missing` if the experiment is unknown or deleted.
    async fn create_issue(&self, issue: Issue) -> StoreResult<()>;

    /// By id.
    async fn issue(&self, id: &IssueId) -> StoreResult<Option<Issue>>;

    /// Changes an issue. `Missing` if unknown.
    async fn update_issue(
        &self,
        id: &IssueId,
        update: IssueUpdate,
        now: UnixMillis,
    ) -> StoreResult<Issue>;

    /// One page of a search.
    async fn search_issues(&self, query: IssueQuery) -> StoreResult<Page<FoundIssue>>;
}
