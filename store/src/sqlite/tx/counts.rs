//! What a transaction changes in the counts of experiments: how many traces, how many of them failed, and when the latest began.

use std::collections::BTreeMap;

use domain::ids::ExperimentId;
use domain::store::StoreResult;
use domain::trace::{TraceInfo, TraceState};
use sqlx::SqliteConnection;

use super::super::live::Changes;
use super::super::{Shared, index_commit};
use crate::error::database;

/// What an experiment's counts hold of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    pub experiment: ExperimentId,
    pub is_error: bool,
    pub start: i64,
}

impl Counted {
    pub(crate) fn of(info: &TraceInfo) -> Self {
        Self {
            experiment: info.experiment_id,
            is_error: info.state == TraceState::Error,
            start: info.request_time.0,
        }
    }
}

/// What is added to the counts of experiments.
#[derive(Default)]
pub(super) struct Counts(BTreeMap<ExperimentId, CountChange>);

/// What is added to an experiment's counts.
#[derive(Debug, Clone, Copy, Default)]
struct CountChange {
    traces: i64,
    errors: i64,
    /// The latest start among traces that came.
    newest: Option<i64>,
    /// The latest start among traces that went or now start earlier.
    gone: Option<i64>,
}

impl Counts {
    /// Takes note of a trace: what was counted of it, and what is to be.
    pub(super) fn count(&mut self, before: Option<Counted>, after: Option<Counted>) {
        if let Some(before) = before {
            let change = self.0.entry(before.experiment).or_default();
            change.traces -= 1;
            change.errors -= i64::from(before.is_error);
            let stays = after.is_some_and(|after| {
                after.experiment == before.experiment && after.start >= before.start
            });
            if !stays {
                change.gone = change.gone.max(Some(before.start));
            }
        }
        if let Some(after) = after {
            let change = self.0.entry(after.experiment).or_default();
            change.traces += 1;
            change.errors += i64::from(after.is_error);
            change.newest = change.newest.max(Some(after.start));
        }
    }

    /// Adds those of a job.
    pub(super) fn append(&mut self, job: Self) {
        for (experiment, change) in job.0 {
            let sum = self.0.entry(experiment).or_default();
            sum.traces += change.traces;
            sum.errors += change.errors;
            sum.newest = sum.newest.max(change.newest);
            sum.gone = sum.gone.max(change.gone);
        }
    }

    /// Writes them; `changes` is what else the transaction changes.
    pub(super) async fn write(
        self,
        connection: &mut SqliteConnection,
        shared: &Shared,
        changes: &Changes,
    ) -> StoreResult<()> {
        for (experiment, change) in self.0 {
            change
                .write(experiment, connection, shared, changes)
                .await?;
        }
        Ok(())
    }
}

impl CountChange {
    async fn write(
        self,
        id: ExperimentId,
        connection: &mut SqliteConnection,
        shared: &Shared,
        changes: &Changes,
    ) -> StoreResult<()> {
        let update = "update experiment
            set trace_count = trace_count + ?2, error_count = error_count + ?3
            where experiment_id = ?1
            returning last_trace_time_ms";
        let last: Option<Option<i64>> = sqlx::query_scalar(update)
            .bind(id.0)
            .bind(self.traces)
            .bind(self.errors)
            .fetch_optional(&mut *connection)
            .await
            .map_err(database)?;
        let Some(last) = last else { return Ok(()) };
        let newest = if self.gone.is_some() && self.gone >= last {
            index_commit::newest_start(connection, shared, changes, id).await?
        } else {
            last.max(self.newest)
        };
        if newest != last {
            sqlx::query("update experiment set last_trace_time_ms = ?2 where experiment_id = ?1")
                .bind(id.0)
                .bind(newest)
                .execute(connection)
                .await
                .map_err(database)?;
        }
        Ok(())
    }
}
