//! What is kept in memory beside the file: the ids of traces that are not yet in `trace_key`, the traces that are not yet in
//! the search index, and those that await a recount. The writer changes it right after each commit and before it answers, so
//! that a read that begins after an acknowledged write sees it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use domain::store::StoreResult;
use domain::trace::TraceInfo;
use futures_util::TryStreamExt;
use sqlx::{Row, SqliteConnection};

use super::rows::{self, StoredTrace};
use crate::error::database;
use crate::tuples::Tuples;

/// A trace that the search index does not hold, with what filters and orders ask; previews are left out.
#[derive(Debug)]
pub(crate) struct TailTrace {
    pub info: TraceInfo,
    pub tuples: Tuples,
}

impl TailTrace {
    pub(crate) fn of(trace: &StoredTrace) -> Self {
        let info = TraceInfo {
            request_preview: None,
            response_preview: None,
            assessments: Vec::new(),
            linked_runs: Vec::new(),
            trace_id: trace.info.trace_id.clone(),
            client_request_id: trace.info.client_request_id.clone(),
            metadata: trace.info.metadata.clone(),
            tags: trace.info.tags.clone(),
            stats: trace.info.stats.clone(),
            ..trace.info
        };
        Self { info, tuples: trace.tuples.clone() }
    }
}

/// The live state.
#[derive(Default)]
pub(crate) struct State {
    /// Trace keys that are not in `trace_key` yet.
    pub keys: HashMap<Vec<u8>, i64>,
    /// By trace number.
    pub tail: BTreeMap<i64, Arc<TailTrace>>,
    /// Traces that await a recount.
    pub stale: HashSet<i64>,
    /// The next trace gets this number.
    pub next_trace_no: i64,
}

/// The live state behind a lock that is held for moments only, never across an await.
#[derive(Default)]
pub(crate) struct Live {
    state: RwLock<State>,
}

impl Live {
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Restores the state from the file.
    pub(crate) async fn load(connection: &mut SqliteConnection) -> StoreResult<Self> {
        let mut state = State::default();
        let last: Option<i64> = sqlx::query_scalar("select max(trace_no) from trace")
            .fetch_one(&mut *connection)
            .await
            .map_err(database)?;
        state.next_trace_no = last.map_or(1, |last| last + 1);
        let keys_merged_to = number(connection, "keys_merged_to").await?;
        let query = "select trace_key, trace_no from trace where trace_no >= ?1 order by trace_no";
        let mut rows = sqlx::query(query).bind(keys_merged_to).fetch(&mut *connection);
        while let Some(row) = rows.try_next().await.map_err(database)? {
            state.keys.insert(row.try_get(0).map_err(database)?, row.try_get(1).map_err(database)?);
        }
        drop(rows);
        let stale = "select trace_no from trace where flags & 2 != 0 order by trace_no";
        let stale: Vec<i64> =
            sqlx::query_scalar(stale).fetch_all(&mut *connection).await.map_err(database)?;
        state.stale = stale.into_iter().collect();
        let indexed_to = number(connection, "indexed_to").await?;
        let tail = "select trace_no from trace where trace_no >= ?1
            union select trace_no from changed_trace order by trace_no";
        let tail: Vec<i64> = sqlx::query_scalar(tail)
            .bind(indexed_to)
            .fetch_all(&mut *connection)
            .await
            .map_err(database)?;
        for group in tail.chunks(1024) {
            for trace in rows::load(connection, group).await? {
                state.tail.insert(trace.trace_no, Arc::new(TailTrace::of(&trace)));
            }
        }
        Ok(Self { state: RwLock::new(state) })
    }
}

/// A number of `store_state`.
pub(crate) async fn number(
    connection: &mut SqliteConnection,
    name: &'static str,
) -> StoreResult<i64> {
    sqlx::query_scalar("select value from store_state where name = ?1")
        .bind(name)
        .fetch_one(connection)
        .await
        .map_err(database)
}

/// What a transaction changes in the live state once it is committed.
#[derive(Default)]
pub(crate) struct Changes {
    /// New keys; `None` for those that went.
    pub keys: HashMap<Vec<u8>, Option<i64>>,
    /// Traces as they are now; `None` for those that went.
    pub traces: BTreeMap<i64, Option<Arc<TailTrace>>>,
    /// Whether a trace awaits a recount.
    pub stale: HashMap<i64, bool>,
}

impl Changes {
    /// Adds what happened later.
    pub(crate) fn append(&mut self, later: Self) {
        self.keys.extend(later.keys);
        self.traces.extend(later.traces);
        self.stale.extend(later.stale);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.traces.is_empty() && self.stale.is_empty()
    }
}

impl State {
    /// Applies what was committed.
    pub(crate) fn apply(&mut self, changes: &Changes) {
        for (key, trace_no) in &changes.keys {
            match trace_no {
                Some(trace_no) => self.keys.insert(key.clone(), *trace_no),
                None => self.keys.remove(key),
            };
        }
        for (trace_no, trace) in &changes.traces {
            match trace {
                Some(trace) => self.tail.insert(*trace_no, Arc::clone(trace)),
                None => self.tail.remove(trace_no),
            };
        }
        for (trace_no, is_stale) in &changes.stale {
            if *is_stale {
                self.stale.insert(*trace_no);
            } else {
                self.stale.remove(trace_no);
            }
        }
    }

    /// The numbers of all traces that await a recount.
    pub(crate) fn stale_traces(&self) -> BTreeSet<i64> {
        self.stale.iter().copied().collect()
    }
}
