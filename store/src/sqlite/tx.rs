//! The writer's transaction: the connection, and what will change in memory when it commits. Each job runs in a savepoint of
//! its own, so its changes are kept apart until it has succeeded.

mod counts;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::ids::{ExperimentId, TraceId};
use domain::store::{Missing, StoreError, StoreResult};
use sqlx::{Row, SqliteConnection};

pub(crate) use self::counts::Counted;
use self::counts::Counts;
use super::index_commit::{self, Install};
use super::live::{Changes, TailTrace};
use super::rows::{self, StoredTrace, TraceTerms};
use super::sql::{KEYS_MAX, select_in};
use super::{Shared, text, traces};
use crate::error::database;
use crate::key::key_of;
use crate::terms::Terms;

/// If so many traces wait for the index, those that come have their attributes read from their spans later: a thousand traces
/// with them take about a megabyte.
const TAIL_TERMS_MAX: usize = 24 * 1024;

/// Changes of one job, or of all jobs before it.
#[derive(Default)]
struct Pending {
    changes: Changes,
    counts: Counts,
    woken: HashSet<TraceId>,
    installs: Vec<Install>,
}

/// A transaction of the writer.
pub(crate) struct WriteTx {
    pub connection: SqliteConnection,
    pub shared: Arc<Shared>,
    job: Pending,
    done: Pending,
    /// When this transaction began, and whether traces are deleted in it.
    begun: std::time::Instant,
    deletes: bool,
}

/// What to do in memory after a commit.
pub(crate) struct Committed {
    pub changes: Changes,
    pub woken: HashSet<TraceId>,
}

impl WriteTx {
    pub(crate) fn new(connection: SqliteConnection, shared: Arc<Shared>) -> Self {
        Self {
            connection,
            shared,
            job: Pending::default(),
            done: Pending::default(),
            begun: std::time::Instant::now(),
            deletes: false,
        }
    }

    async fn statement(&mut self, sql: &'static str) -> StoreResult<()> {
        sqlx::query(sql)
            .execute(&mut self.connection)
            .await
            .map_err(database)?;
        Ok(())
    }

    pub(crate) async fn begin(&mut self) -> StoreResult<()> {
        self.job = Pending::default();
        self.done = Pending::default();
        self.begun = std::time::Instant::now();
        self.deletes = false;
        self.statement("begin immediate").await
    }

    /// Begins a job, which [`WriteTx::end_job`] ends.
    pub(crate) async fn begin_job(&mut self) -> StoreResult<()> {
        self.statement("savepoint job").await
    }

    /// Keeps what the job did if it succeeded, takes it back if not.
    pub(crate) async fn end_job<T>(&mut self, outcome: StoreResult<T>) -> StoreResult<T> {
        match outcome {
            Ok(value) => {
                self.keep_job().await?;
                Ok(value)
            }
            Err(error) => {
                self.undo_job().await?;
                Err(error)
            }
        }
    }

    async fn keep_job(&mut self) -> StoreResult<()> {
        self.statement("release job").await?;
        let job = std::mem::take(&mut self.job);
        self.done.changes.append(job.changes);
        self.done.woken.extend(job.woken);
        self.done.installs.extend(job.installs);
        self.done.counts.append(job.counts);
        Ok(())
    }

    async fn undo_job(&mut self) -> StoreResult<()> {
        self.job = Pending::default();
        self.statement("rollback to job").await?;
        self.statement("release job").await
    }

    pub(crate) async fn rollback(&mut self) -> StoreResult<()> {
        self.job = Pending::default();
        self.done = Pending::default();
        self.statement("rollback").await
    }

    /// Writes the counts and what changes in the index, and commits.
    pub(crate) async fn commit(&mut self) -> StoreResult<Committed> {
        let Pending {
            mut changes,
            counts,
            woken,
            installs,
        } = std::mem::take(&mut self.done);
        index_commit::mark_changed(&mut self.connection, &self.shared, &mut changes).await?;
        text::note_changed(&mut self.connection, &self.shared, &mut changes).await?;
        counts
            .write(&mut self.connection, &self.shared, &changes)
            .await?;
        index_commit::apply(&mut self.connection, &self.shared, &mut changes, installs).await?;
        self.statement("commit").await?;
        let took = self.begun.elapsed();
        self.shared.counters.note_transaction(took);
        if self.deletes {
            self.shared.counters.note_delete_commit(took);
        }
        self.shared.wal.note_commit();
        Ok(Committed { changes, woken })
    }

    /// Puts a segment in use when the transaction commits.
    pub(crate) fn install(&mut self, install: Install) {
        self.job.installs.push(install);
    }

    /// A number for a new trace.
    pub(crate) fn new_trace_no(&mut self) -> i64 {
        let mut live = self.shared.live.write();
        let trace_no = live.next_trace_no;
        live.next_trace_no += 1;
        trace_no
    }

    /// The numbers of known traces by key, as this transaction sees them.
    pub(crate) async fn find_keys(
        &mut self,
        keys: &[Vec<u8>],
    ) -> StoreResult<HashMap<Vec<u8>, i64>> {
        let mut found = HashMap::with_capacity(keys.len());
        let mut unknown = Vec::new();
        {
            let live = self.shared.live.read();
            for key in keys {
                let pending = [&self.job, &self.done];
                let pending = pending
                    .iter()
                    .find_map(|pending| pending.changes.keys.get(key));
                match pending {
                    Some(Some(trace_no)) => {
                        found.insert(key.clone(), *trace_no);
                    }
                    Some(None) => {}
                    None => match live.keys.get(key) {
                        Some(trace_no) => {
                            found.insert(key.clone(), *trace_no);
                        }
                        None => unknown.push(key.clone()),
                    },
                }
            }
        }
        traces::find_keys(&mut self.connection, &unknown, &mut found).await?;
        Ok(found)
    }

    /// The number of a trace.
    pub(crate) async fn find_trace(&mut self, id: &TraceId) -> StoreResult<Option<i64>> {
        let key = key_of(id);
        Ok(self
            .find_keys(std::slice::from_ref(&key))
            .await?
            .get(&key)
            .copied())
    }

    /// The row of a trace. `Missing` if it is unknown.
    pub(crate) async fn trace(&mut self, id: &TraceId) -> StoreResult<StoredTrace> {
        let missing = || StoreError::Missing(Missing::Trace(id.clone()));
        let trace_no = self.find_trace(id).await?.ok_or_else(missing)?;
        let rows = rows::load(&mut self.connection, &[trace_no]).await?;
        rows.into_iter().next().ok_or_else(missing)
    }

    /// Stores rows. `before` tells what the counts of experiments held of each: nothing for a new trace.
    pub(crate) async fn save_traces(&mut self, traces: &[SavedTrace]) -> StoreResult<()> {
        rows::save(
            &mut self.connection,
            traces.iter().map(|saved| &saved.trace),
            self.shared.presets.current(),
        )
        .await?;
        for saved in traces {
            let trace = &saved.trace;
            if saved.before.is_none() {
                self.job
                    .changes
                    .keys
                    .insert(key_of(&trace.info.trace_id), Some(trace.trace_no));
            }
            let after = Counted::of(&trace.info);
            self.job.counts.count(saved.before, Some(after));
            let tail = Arc::new(TailTrace::of(trace, self.terms_of(trace)));
            self.job.changes.traces.insert(trace.trace_no, Some(tail));
            self.job.changes.stale.insert(trace.trace_no, trace.stale);
            self.job.woken.insert(trace.info.trace_id.clone());
        }
        Ok(())
    }

    /// What is known of the attributes of a trace that is saved.
    fn terms_of(&self, trace: &StoredTrace) -> Option<Arc<Terms>> {
        let live = self.shared.live.read();
        match &trace.terms {
            TraceTerms::Changed => None,
            TraceTerms::Known(terms) => {
                (live.tail.len() < TAIL_TERMS_MAX).then(|| Arc::clone(terms))
            }
            TraceTerms::Unchanged => {
                let pending = [&self.job, &self.done];
                let pending = pending
                    .iter()
                    .find_map(|pending| pending.changes.traces.get(&trace.trace_no));
                match pending {
                    Some(trace) => trace.as_ref()?.terms.clone(),
                    None => live.tail.get(&trace.trace_no)?.terms.clone(),
                }
            }
        }
    }

    /// Notes that a trace that was there before has got spans.
    pub(crate) fn note_grown(&mut self, trace_no: i64) {
        self.job.changes.text.push(trace_no);
    }

    /// Notes that assessments were written.
    pub(crate) fn note_rated(&mut self) {
        self.job.changes.rated = true;
    }

    /// Notes that links to runs were written.
    pub(crate) fn note_linked(&mut self) {
        self.job.changes.linked = true;
    }

    /// Notes that a trace has got many blocks.
    pub(crate) fn note_crowded(&mut self, trace_no: i64) {
        self.job.changes.crowded.push(trace_no);
    }

    /// Notes how long a slice of a deletion took.
    pub(crate) fn note_delete_slice(&mut self, took: std::time::Duration) {
        self.deletes = true;
        self.shared.counters.note_delete_slice(took);
    }

    /// Notes that a trace is gone. The rows are the caller's business.
    pub(crate) fn forget_trace(&mut self, trace_no: i64, key: Vec<u8>, before: Counted) {
        self.job.counts.count(Some(before), None);
        self.job.changes.keys.insert(key, None);
        self.job.changes.traces.insert(trace_no, None);
        self.job.changes.text.push(trace_no);
        self.job.changes.stale.insert(trace_no, false);
        self.job.changes.dead_keys += 1;
    }

    /// Which of these experiments exist.
    pub(crate) async fn existing_experiments(
        &mut self,
        ids: &HashSet<ExperimentId>,
    ) -> StoreResult<HashSet<ExperimentId>> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let mut found = HashSet::new();
        for group in ids.chunks(KEYS_MAX) {
            let head = "select experiment_id from experiment where experiment_id";
            for row in select_in(&mut self.connection, head, group, "").await? {
                found.insert(ExperimentId(row.try_get(0).map_err(database)?));
            }
        }
        Ok(found)
    }
}

/// A row to store.
pub(crate) struct SavedTrace {
    pub trace: StoredTrace,
    /// What it was before; `None` if it is new.
    pub before: Option<Counted>,
}
