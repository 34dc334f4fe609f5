//! What is kept in memory beside the file: the ids of traces that are not yet in `trace_key`, the directories of the search
//! index, the traces that are not in it, and those that await a recount. The writer changes it right after each commit and
//! before it answers, so that a read that begins after an acknowledged write sees it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use domain::store::StoreResult;
use domain::trace::TraceInfo;
use futures_util::TryStreamExt;
use sqlx::{Row, SqliteConnection};

use super::rows::{self, StoredTrace};
use super::text::TextState;
use crate::bytes::Reader;
use crate::error::{At, database};
use crate::index::bitmap::Bitmap;
use crate::index::segment::Segment;
use crate::terms::Terms;
use crate::tuples::Tuples;

/// A trace that the search index does not hold, with what filters and orders ask; previews are left out.
#[derive(Debug)]
pub(crate) struct TailTrace {
    pub info: TraceInfo,
    pub tuples: Tuples,
    /// `None` if they must be read from the spans.
    pub terms: Option<Arc<Terms>>,
}

impl TailTrace {
    pub(crate) fn of(trace: &StoredTrace, terms: Option<Arc<Terms>>) -> Self {
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
        Self {
            info,
            tuples: trace.tuples.clone(),
            terms,
        }
    }
}

/// A segment in use.
#[derive(Debug, Clone)]
pub(crate) struct LiveSegment {
    pub segment: Arc<Segment>,
    /// Rows whose trace has changed or gone since.
    pub dead: Arc<Bitmap>,
}

/// The live state.
#[derive(Default)]
pub(crate) struct State {
    /// Trace keys that are not in `trace_key` yet.
    pub keys: HashMap<Vec<u8>, i64>,
    /// By trace number.
    pub tail: BTreeMap<i64, Arc<TailTrace>>,
    pub segments: Vec<LiveSegment>,
    /// Segments that were replaced; their parts go once no reader holds them.
    pub obsolete: Vec<Arc<Segment>>,
    /// Traces below this number are in a segment or in the tail; from it on they are in the tail.
    pub indexed_to: i64,
    /// Ids of deleted traces that wait to be taken out of `trace_key`.
    pub dead_keys: u64,
    /// The full-text index.
    pub text: TextState,
    /// Traces that await a recount. All of them are in the tail.
    pub stale: HashSet<i64>,
    /// Those of them that a reader has counted: what the tail holds of them is right, only the file is not yet.
    counted: HashSet<i64>,
    /// Raised whenever assessments were written.
    pub rated: u64,
    /// Raised whenever traces were linked to runs, or not any more.
    pub linked: u64,
    /// The next trace gets this number.
    pub next_trace_no: i64,
    /// The next segment gets this number.
    pub next_segment_no: i64,
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
        let keys_merged_to = number(connection, "keys_merged_to").await?;
        state.indexed_to = number(connection, "indexed_to").await?;
        // Numbers are not used again even if the newest traces were deleted: keys and segments may still know them.
        let floor = keys_merged_to.max(state.indexed_to).max(1);
        state.next_trace_no = last.map_or(floor, |last| floor.max(last + 1));
        load_keys(connection, &mut state, keys_merged_to).await?;
        let dead_keys: i64 = sqlx::query_scalar("select count(*) from dead_key")
            .fetch_one(&mut *connection)
            .await
            .map_err(database)?;
        state.dead_keys = u64::try_from(dead_keys).unwrap_or(0);
        let stale = "select trace_no from trace where flags & 2 != 0 order by trace_no";
        let stale: Vec<i64> = sqlx::query_scalar(stale)
            .fetch_all(&mut *connection)
            .await
            .map_err(database)?;
        state.stale = stale.into_iter().collect();
        load_segments(connection, &mut state).await?;
        load_tail(connection, &mut state).await?;
        Ok(Self {
            state: RwLock::new(state),
        })
    }
}

async fn load_keys(
    connection: &mut SqliteConnection,
    state: &mut State,
    keys_merged_to: i64,
) -> StoreResult<()> {
    let query = "select trace_key, trace_no from trace where trace_no >= ?1 order by trace_no";
    let mut rows = sqlx::query(query).bind(keys_merged_to).fetch(connection);
    while let Some(row) = rows.try_next().await.map_err(database)? {
        state.keys.insert(
            row.try_get(0).map_err(database)?,
            row.try_get(1).map_err(database)?,
        );
    }
    Ok(())
}

async fn load_segments(connection: &mut SqliteConnection, state: &mut State) -> StoreResult<()> {
    // Parts of segments that were being written or removed when the process ended.
    let clean = "delete from segment_part
        where part_key >> 20 not in (select segment_no from segment)";
    sqlx::query(clean)
        .execute(&mut *connection)
        .await
        .map_err(database)?;
    let query = "select segment_no, meta, dead from segment order by segment_no";
    let rows = sqlx::query(query)
        .fetch_all(connection)
        .await
        .map_err(database)?;
    for row in rows {
        let segment_no: i64 = row.try_get(0).map_err(database)?;
        let meta: &[u8] = row.try_get(1).map_err(database)?;
        let dead: &[u8] = row.try_get(2).map_err(database)?;
        let segment = Segment::decode(segment_no, meta).at("segment", "meta", segment_no)?;
        let dead = Bitmap::read(&mut Reader::new(dead)).at("segment", "dead", segment_no)?;
        let segment = LiveSegment {
            segment: Arc::new(segment),
            dead: Arc::new(dead),
        };
        state.segments.push(segment);
        state.next_segment_no = segment_no + 1;
    }
    state.next_segment_no = state.next_segment_no.max(1);
    Ok(())
}

async fn load_tail(connection: &mut SqliteConnection, state: &mut State) -> StoreResult<()> {
    let tail = "select trace_no from trace where trace_no >= ?1
        union select trace_no from changed_trace order by trace_no";
    let tail: Vec<i64> = sqlx::query_scalar(tail)
        .bind(state.indexed_to)
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
    for group in tail.chunks(1024) {
        for trace in rows::load(connection, group).await? {
            state
                .tail
                .insert(trace.trace_no, Arc::new(TailTrace::of(&trace, None)));
        }
    }
    Ok(())
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

/// Sets a number of `store_state`.
pub(crate) async fn set_number(
    connection: &mut SqliteConnection,
    name: &'static str,
    value: i64,
) -> StoreResult<()> {
    sqlx::query("update store_state set value = ?2 where name = ?1")
        .bind(name)
        .bind(value)
        .execute(connection)
        .await
        .map_err(database)?;
    Ok(())
}

/// What a transaction changes in the live state once it is committed.
#[derive(Default)]
pub(crate) struct Changes {
    /// New keys; `None` for those that went.
    pub keys: HashMap<Vec<u8>, Option<i64>>,
    /// Traces as they are now; `None` for those that went.
    pub traces: BTreeMap<i64, Option<Arc<TailTrace>>>,
    /// How many traces went.
    pub dead_keys: u64,
    /// Whether a trace awaits a recount.
    pub stale: HashMap<i64, bool>,
    /// Traces with many blocks.
    pub crowded: Vec<i64>,
    /// Whether assessments were written.
    pub rated: bool,
    /// Whether links to runs were written.
    pub linked: bool,
    /// Traces whose spans changed or went.
    pub text: Vec<i64>,
    /// Those of them that the text index must take again, with the numbers of the notes, worked out at the commit.
    pub text_noted: Vec<(i64, i64)>,
    /// Changes of the index, worked out at the commit.
    pub index: IndexChanges,
}

/// What a transaction changes in the index.
#[derive(Default)]
pub(crate) struct IndexChanges {
    /// Segments with more dead rows.
    pub dead: HashMap<i64, Arc<Bitmap>>,
    pub installed: Vec<Installed>,
}

/// A new segment.
pub(crate) struct Installed {
    /// Nothing if all rows of the segments it replaces are dead.
    pub segment: Option<LiveSegment>,
    /// Traces that it takes out of the tail.
    pub covered: Vec<i64>,
    /// Segments whose place it takes.
    pub replaced: Vec<i64>,
    pub indexed_to: Option<i64>,
}

impl Changes {
    /// Adds what happened later.
    pub(crate) fn append(&mut self, later: Self) {
        self.keys.extend(later.keys);
        self.traces.extend(later.traces);
        self.stale.extend(later.stale);
        self.crowded.extend(later.crowded);
        self.dead_keys += later.dead_keys;
        self.rated |= later.rated;
        self.linked |= later.linked;
        self.text.extend(later.text);
    }
}

impl State {
    /// Applies what was committed.
    pub(crate) fn apply(&mut self, changes: Changes) {
        self.dead_keys += changes.dead_keys;
        self.rated += u64::from(changes.rated);
        self.linked += u64::from(changes.linked);
        for (key, trace_no) in changes.keys {
            match trace_no {
                Some(trace_no) => self.keys.insert(key, trace_no),
                None => self.keys.remove(&key),
            };
        }
        for (trace_no, trace) in changes.traces {
            match trace {
                Some(trace) => self.tail.insert(trace_no, trace),
                None => self.tail.remove(&trace_no),
            };
        }
        for (trace_no, is_stale) in changes.stale {
            self.counted.remove(&trace_no);
            if is_stale {
                self.stale.insert(trace_no);
            } else {
                self.stale.remove(&trace_no);
            }
        }
        self.text.changed.extend(changes.text_noted);
        for live in &mut self.segments {
            if let Some(dead) = changes.index.dead.get(&live.segment.segment_no) {
                live.dead = Arc::clone(dead);
            }
        }
        for installed in changes.index.installed {
            self.install(installed);
        }
    }

    fn install(&mut self, installed: Installed) {
        for trace_no in &installed.covered {
            self.tail.remove(trace_no);
        }
        let is_replaced =
            |live: &mut LiveSegment| installed.replaced.contains(&live.segment.segment_no);
        let replaced = self.segments.extract_if(.., is_replaced);
        self.obsolete.extend(replaced.map(|live| live.segment));
        self.segments.extend(installed.segment);
        if let Some(indexed_to) = installed.indexed_to {
            self.indexed_to = indexed_to;
        }
    }

    /// Traces that await a recount and that no reader has counted: those of the tail, and numbers of others.
    pub(crate) fn uncounted(&self) -> (Vec<(i64, Arc<TailTrace>)>, Vec<i64>) {
        let mut uncounted = Vec::new();
        let mut elsewhere = Vec::new();
        for trace_no in self.stale.difference(&self.counted) {
            match self.tail.get(trace_no) {
                Some(trace) => uncounted.push((*trace_no, Arc::clone(trace))),
                None => elsewhere.push(*trace_no),
            }
        }
        uncounted.sort_unstable_by_key(|(trace_no, _)| *trace_no);
        (uncounted, elsewhere)
    }

    /// Puts a trace as a reader has counted it in the place of what was in the tail then, unless that has changed since.
    pub(crate) fn count(&mut self, trace_no: i64, then: &Arc<TailTrace>, now: TailTrace) {
        let Some(place) = self.tail.get_mut(&trace_no) else {
            return;
        };
        if Arc::ptr_eq(place, then) {
            *place = Arc::new(now);
            self.counted.insert(trace_no);
        }
    }
}
