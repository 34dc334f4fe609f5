//! Traces by id: the trait's methods, most of which are a line into the module that does the work, and the plain reads.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::filter::check::TraceFilter;
use domain::ids::{ExperimentId, RunId, SpanId, TraceId};
use domain::ingest::{SpanBatch, TraceInfoWrite};
use domain::page::Page;
use domain::span::Span;
use domain::span_row::SpanRow;
use domain::span_table::SpanTable;
use domain::store::{
    AttributeValue, DeleteTraces, SpanStream, StoreResult, StoredSpans, TraceCount, TraceQuery,
    TraceStore,
};
use domain::trace::TraceInfo;
use futures_util::stream;
use sqlx::pool::PoolConnection;
use sqlx::{Row, Sqlite, SqliteConnection};

use super::recount::recount_read;
use super::rows::{self, StoredTrace};
use super::sql::{KEYS_MAX, select_in};
use super::{SqliteStore, spans};
use crate::error::database;
use crate::key::{IdPrefix, key_of};

#[async_trait]
impl TraceStore for SqliteStore {
    async fn ingest(&self, batches: Vec<SpanBatch>) -> StoreResult<()> {
        self.ingest_batches(batches).await
    }

    async fn put_trace_info(&self, write: TraceInfoWrite) -> StoreResult<TraceInfo> {
        self.write_trace_info(write).await
    }

    async fn trace(&self, id: &TraceId) -> StoreResult<Option<TraceInfo>> {
        Ok(self.traces(std::slice::from_ref(id)).await?.pop())
    }

    async fn traces(&self, ids: &[TraceId]) -> StoreResult<Vec<TraceInfo>> {
        let found = self.stored_traces(ids).await?;
        Ok(found.into_iter().map(|trace| trace.info).collect())
    }

    async fn search_traces(&self, query: TraceQuery) -> StoreResult<Page<TraceInfo>> {
        self.search(query).await
    }

    async fn count_traces(
        &self,
        experiments: &[ExperimentId],
        filter: Option<&TraceFilter>,
        cap: u64,
    ) -> StoreResult<TraceCount> {
        self.count(experiments, filter, cap).await
    }

    fn spans<'a>(&'a self, ids: &'a [TraceId]) -> SpanStream<'a> {
        let mut seen = HashSet::new();
        let ids: Vec<&TraceId> = ids.iter().filter(|id| seen.insert(*id)).collect();
        Box::pin(stream::unfold(ids.into_iter(), move |mut ids| async move {
            loop {
                match self.stored_spans(ids.next()?).await {
                    Ok(None) => {}
                    Ok(Some(found)) => return Some((Ok(found), ids)),
                    Err(error) => return Some((Err(error), ids)),
                }
            }
        }))
    }

    async fn span_rows(&self, id: &TraceId) -> StoreResult<Option<Vec<SpanRow>>> {
        let mut reader = self.reader().await?;
        match self.trace_no(&mut reader, id).await? {
            Some(trace_no) => spans::span_rows(&mut reader, trace_no).await.map(Some),
            None => Ok(None),
        }
    }

    async fn span_table(&self, id: &TraceId) -> StoreResult<Option<Arc<SpanTable>>> {
        self.table_of(id).await
    }

    async fn span(&self, trace: &TraceId, span: SpanId) -> StoreResult<Option<Span>> {
        let mut reader = self.reader().await?;
        match self.trace_no(&mut reader, trace).await? {
            Some(trace_no) => spans::one_span(&mut reader, trace_no, span).await,
            None => Ok(None),
        }
    }

    async fn some_spans(&self, trace: &TraceId, ids: &[SpanId]) -> StoreResult<Vec<Span>> {
        let mut reader = self.reader().await?;
        match self.trace_no(&mut reader, trace).await? {
            Some(trace_no) => spans::some_spans(&mut reader, trace_no, ids).await,
            None => Ok(Vec::new()),
        }
    }

    async fn attribute_values(
        &self,
        ids: &[TraceId],
        keys: &[String],
    ) -> StoreResult<Vec<Vec<Option<AttributeValue>>>> {
        self.said_under(ids, keys).await
    }

    async fn wait_for_spans(
        &self,
        id: &TraceId,
        count: u32,
        patience: Duration,
    ) -> StoreResult<u32> {
        let deadline = tokio::time::Instant::now() + patience;
        let waiter = self.shared.waiters.register(id);
        loop {
            let woken = waiter.woken();
            let stored = self.stored_traces(std::slice::from_ref(id)).await?;
            let stored = stored
                .first()
                .map_or(0, |trace| trace.info.stats.span_count);
            if stored >= count || tokio::time::timeout_at(deadline, woken).await.is_err() {
                return Ok(stored);
            }
        }
    }

    async fn set_trace_tag(&self, id: &TraceId, key: &str, value: &str) -> StoreResult<()> {
        self.write_trace_tag(id, key, value).await
    }

    async fn delete_trace_tag(&self, id: &TraceId, key: &str) -> StoreResult<()> {
        self.remove_trace_tag(id, key).await
    }

    async fn delete_traces(
        &self,
        experiment: ExperimentId,
        which: DeleteTraces,
    ) -> StoreResult<Vec<TraceId>> {
        self.delete(experiment, which).await
    }

    async fn link_traces_to_run(&self, traces: &[TraceId], run: &RunId) -> StoreResult<()> {
        self.link(traces, run).await
    }

    async fn unlink_traces_from_run(&self, traces: &[TraceId], run: &RunId) -> StoreResult<()> {
        self.unlink(traces, run).await
    }

    async fn link_prompts_to_trace(
        &self,
        trace: &TraceId,
        prompts: &[(String, String)],
    ) -> StoreResult<()> {
        self.link_prompts(trace, prompts).await
    }
}

impl SqliteStore {
    /// A connection for reading.
    pub(super) async fn reader(&self) -> StoreResult<PoolConnection<Sqlite>> {
        self.shared.readers.acquire().await.map_err(database)
    }

    /// The numbers of traces by key. Traces whose keys are not merged yet are found in memory; look there first, because a key
    /// moves from memory to the file.
    pub(super) async fn trace_nos(
        &self,
        reader: &mut SqliteConnection,
        keys: &[Vec<u8>],
    ) -> StoreResult<HashMap<Vec<u8>, i64>> {
        let mut found = HashMap::with_capacity(keys.len());
        let mut unknown = Vec::new();
        {
            let live = self.shared.live.read();
            for key in keys {
                match live.keys.get(key) {
                    Some(trace_no) => {
                        found.insert(key.clone(), *trace_no);
                    }
                    None => unknown.push(key.clone()),
                }
            }
        }
        find_keys(reader, &unknown, &mut found).await?;
        Ok(found)
    }

    /// The keys of ids that begin so, with the traces' numbers, some of which may have been deleted; `None` if there are more than
    /// `count`.
    pub(super) async fn keys_from(
        &self,
        reader: &mut SqliteConnection,
        prefix: &str,
        count: usize,
    ) -> StoreResult<Option<Vec<(Vec<u8>, i64)>>> {
        let wanted = IdPrefix::new(prefix);
        let mut found: Vec<(Vec<u8>, i64)> = {
            let live = self.shared.live.read();
            let here = live.keys.iter().filter(|(key, _)| !wanted.excludes(key));
            here.map(|(key, trace_no)| (key.clone(), *trace_no))
                .take(count + 1)
                .collect()
        };
        for (first, end) in wanted.ranges() {
            let select = "select trace_key, trace_no from trace_key
                where trace_key >= ?1 and trace_key < ?2 limit ?3";
            let rows = sqlx::query_as(select)
                .bind(first)
                .bind(end)
                .bind(count as i64 + 1)
                .fetch_all(&mut *reader)
                .await;
            found.extend(rows.map_err(database)?);
        }
        Ok((found.len() <= count).then_some(found))
    }

    pub(super) async fn trace_no(
        &self,
        reader: &mut SqliteConnection,
        id: &TraceId,
    ) -> StoreResult<Option<i64>> {
        let key = key_of(id);
        Ok(self
            .trace_nos(reader, std::slice::from_ref(&key))
            .await?
            .get(&key)
            .copied())
    }

    /// Traces by id, complete and with their counts up to date: in the order asked, without duplicates and unknown ones.
    pub(super) async fn stored_traces(&self, ids: &[TraceId]) -> StoreResult<Vec<StoredTrace>> {
        let mut seen = HashSet::new();
        let keys: Vec<Vec<u8>> = ids
            .iter()
            .map(key_of)
            .filter(|key| seen.insert(key.clone()))
            .collect();
        let trace_nos = {
            let mut reader = self.reader().await?;
            self.trace_nos(&mut reader, &keys).await?
        };
        let trace_nos: Vec<i64> = keys
            .iter()
            .filter_map(|key| trace_nos.get(key).copied())
            .collect();
        self.traces_by_no(&trace_nos).await
    }

    /// Traces by number, complete and with their counts up to date, in the order asked; those that are gone are left out.
    pub(super) async fn traces_by_no(&self, trace_nos: &[i64]) -> StoreResult<Vec<StoredTrace>> {
        let mut reader = self.reader().await?;
        let mut found = rows::load(&mut reader, trace_nos).await?;
        recount_read(&mut reader, &mut found).await?;
        rows::load_attachments(&mut reader, &mut found).await?;
        let places: HashMap<i64, usize> = trace_nos
            .iter()
            .enumerate()
            .map(|(place, trace_no)| (*trace_no, place))
            .collect();
        found.sort_by_key(|trace| places.get(&trace.trace_no).copied());
        Ok(found)
    }

    async fn stored_spans(&self, id: &TraceId) -> StoreResult<Option<StoredSpans>> {
        let Some(trace) = self.stored_traces(std::slice::from_ref(id)).await?.pop() else {
            return Ok(None);
        };
        let mut reader = self.reader().await?;
        let spans = spans::all_spans(&mut reader, trace.trace_no).await?;
        Ok(Some(StoredSpans {
            info: trace.info,
            spans,
        }))
    }
}

/// Finds the numbers of traces by key in the database.
pub(super) async fn find_keys(
    connection: &mut SqliteConnection,
    keys: &[Vec<u8>],
    found: &mut HashMap<Vec<u8>, i64>,
) -> StoreResult<()> {
    for group in keys.chunks(KEYS_MAX) {
        let head = "select trace_key, trace_no from trace_key where trace_key";
        let is_there =
            " and exists (select 1 from trace where trace.trace_no = trace_key.trace_no)";
        for row in select_in(&mut *connection, head, group, is_there).await? {
            found.insert(
                row.try_get(0).map_err(database)?,
                row.try_get(1).map_err(database)?,
            );
        }
    }
    Ok(())
}
