//! Traces and their spans in a store.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_core::Stream;

use super::StoreResult;
use crate::filter::check::TraceFilter;
use crate::filter::order::TraceOrder;
use crate::ids::{ExperimentId, RunId, SpanId, TraceId};
use crate::ingest::{SpanBatch, TraceInfoWrite};
use crate::page::{Page, PageRequest};
use crate::span::Span;
use crate::span_row::SpanRow;
use crate::span_table::SpanTable;
use crate::time::UnixMillis;
use crate::trace::TraceInfo;

/// A search for traces.
#[derive(Debug, Clone)]
pub struct TraceQuery {
    /// Nothing is found if empty; unknown ones are ignored.
    pub experiments: Vec<ExperimentId>,
    /// All of them if `None`.
    pub filter: Option<TraceFilter>,
    /// `timestamp_ms DESC, request_id ASC` if empty.
    pub order: Vec<TraceOrder>,
    /// Which part of the result.
    pub page: PageRequest,
}

/// Which traces to delete, all within one experiment.
#[derive(Debug, Clone, PartialEq)]
pub enum DeleteTraces {
    /// These; ids of other experiments and unknown ids are passed over.
    Ids(Vec<TraceId>),
    /// Those that began at this time or before, oldest first.
    UpTo {
        /// The latest start.
        time: UnixMillis,
        /// At most so many; all if `None`.
        limit: Option<u32>,
    },
}

/// A trace and all its spans.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSpans {
    /// The trace.
    pub info: TraceInfo,
    /// Root spans first, then by start time, then by arrival. One span per id.
    pub spans: Vec<Span>,
}

/// Traces with spans, one after the other, so that a large answer is never held whole.
pub type SpanStream<'a> = Pin<Box<dyn Stream<Item = StoreResult<StoredSpans>> + Send + 'a>>;

/// How many traces match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceCount {
    /// Those that were counted.
    pub traces: u64,
    /// Whether these are all. If not there are at least so many.
    pub is_complete: bool,
}

/// What the spans of a trace say under the key of an attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttributeValue {
    /// The root's value as JSON; if it has none, that of the first span by start that has one. Null is none.
    pub json: String,
    /// How many different values further spans have.
    pub others: u32,
}

/// Traces by id and search.
#[async_trait]
pub trait TraceStore: Send + Sync {
    /// Stores spans, all batches or none, makes traces that are new and merges what the spans say into known ones
    /// (`crate::derive`). `Missing` if the experiment of a new trace is unknown; `Refused` if a session id is longer than 250
    /// characters; `Busy` if the queue is full.
    async fn ingest(&self, batches: Vec<SpanBatch>) -> StoreResult<()>;

    /// Stores trace information, making the trace if it is new, and returns it as stored. `Missing` if the experiment is
    /// unknown, `Refused` if it is deleted.
    async fn put_trace_info(&self, write: TraceInfoWrite) -> StoreResult<TraceInfo>;

    /// By id.
    async fn trace(&self, id: &TraceId) -> StoreResult<Option<TraceInfo>>;

    /// By ids: in the order asked, without duplicates and unknown ones.
    async fn traces(&self, ids: &[TraceId]) -> StoreResult<Vec<TraceInfo>>;

    /// One page of a search.
    async fn search_traces(&self, query: TraceQuery) -> StoreResult<Page<TraceInfo>>;

    /// How many traces match, counting no further than `cap`, and no longer than a search takes if traces must be looked at
    /// one by one. Exact without a filter whatever `cap` is.
    async fn count_traces(
        &self,
        experiments: &[ExperimentId],
        filter: Option<&TraceFilter>,
        cap: u64,
    ) -> StoreResult<TraceCount>;

    /// Traces with all their spans in the order asked, without duplicates and unknown ones.
    fn spans<'a>(&'a self, ids: &'a [TraceId]) -> SpanStream<'a>;

    /// One trace's spans, whole and in the order of [`TraceStore::spans`]; none if it is unknown.
    async fn spans_of(&self, id: &TraceId) -> StoreResult<Vec<Span>> {
        let ids = [id.clone()];
        let mut stream = self.spans(&ids);
        let next = std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await;
        Ok(next.transpose()?.map_or_else(Vec::new, |found| found.spans))
    }

    /// The spans of a trace without what they carry: enough to draw the tree and the timeline. In no particular order, one per
    /// id; `None` if the trace is unknown.
    async fn span_rows(&self, id: &TraceId) -> StoreResult<Option<Vec<SpanRow>>>;

    /// The same, ordered as a tree; `None` if the trace is unknown.
    async fn span_table(&self, id: &TraceId) -> StoreResult<Option<Arc<SpanTable>>>;

    /// One span, whole.
    async fn span(&self, trace: &TraceId, span: SpanId) -> StoreResult<Option<Span>>;

    /// Some spans of a trace, whole, in no particular order; unknown ones are passed over.
    async fn some_spans(&self, trace: &TraceId, spans: &[SpanId]) -> StoreResult<Vec<Span>>;

    /// What each of these traces says under each of these keys of attributes; nothing of unknown traces. Of a large trace only a part
    /// is looked at: some thousand spans, and some megabytes of what they carry, the roots first.
    async fn attribute_values(
        &self,
        ids: &[TraceId],
        keys: &[String],
    ) -> StoreResult<Vec<Vec<Option<AttributeValue>>>>;

    /// Waits until at least `count` distinct spans of a trace are stored, no longer than `patience`. Returns how many there
    /// are then (0 if the trace is unknown).
    async fn wait_for_spans(
        &self,
        id: &TraceId,
        count: u32,
        patience: Duration,
    ) -> StoreResult<u32>;

    /// Adds or replaces a tag. `Missing` if the trace is unknown.
    async fn set_trace_tag(&self, id: &TraceId, key: &str, value: &str) -> StoreResult<()>;

    /// Removes a tag. `Missing` if the trace or the tag is unknown.
    async fn delete_trace_tag(&self, id: &TraceId, key: &str) -> StoreResult<()>;

    /// Deletes traces of one experiment with all that hangs on them and returns the ids of those that were there. Takes its time
    /// for very many, in slices between which others write; goes on although the caller goes away.
    async fn delete_traces(
        &self,
        experiment: ExperimentId,
        which: DeleteTraces,
    ) -> StoreResult<Vec<TraceId>>;

    /// Links traces to a run; unknown traces are passed over, repeated links are fine.
    async fn link_traces_to_run(&self, traces: &[TraceId], run: &RunId) -> StoreResult<()>;

    /// Takes links of [`TraceStore::link_traces_to_run`] back; traces that are unknown or not linked are passed over. The run that
    /// a trace was logged in stays its run.
    async fn unlink_traces_from_run(&self, traces: &[TraceId], run: &RunId) -> StoreResult<()>;

    /// Links prompt versions (name, version) to a trace; repeated links are fine. `Missing` if the trace is unknown.
    async fn link_prompts_to_trace(
        &self,
        trace: &TraceId,
        prompts: &[(String, String)],
    ) -> StoreResult<()>;
}
