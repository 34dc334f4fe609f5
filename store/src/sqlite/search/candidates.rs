//! All candidates of a search in its order: those of the segments and those of the tail, merged. Segments that begin behind
//! what was asked for so far are not opened.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

use domain::filter::order::{TraceKey, TraceOrder, compare_traces};
use domain::ids::ExperimentId;
use domain::store::StoreResult;
use domain::trace::TraceInfo;

use super::plan::Plan;
use super::stream::{Candidate, Opened, SegmentStream, opens_lazily};
use super::tail::{self, TailRow};
use crate::sqlite::live::{LiveSegment, State};
use crate::sqlite::parts::PartReader;

/// The index and the tail as they were at one moment.
pub(super) struct View {
    pub segments: Vec<LiveSegment>,
    pub tail: Vec<TailRow>,
}

impl View {
    /// Takes what belongs to some experiments.
    pub(super) fn of(state: &State, experiments: &[ExperimentId]) -> Self {
        let is_asked = |experiment: ExperimentId| experiments.binary_search(&experiment).is_ok();
        let tail = state
            .tail
            .iter()
            .filter(|(_, trace)| is_asked(trace.info.experiment_id));
        Self {
            segments: state.segments.clone(),
            tail: tail.map(|(no, trace)| (*no, Arc::clone(trace))).collect(),
        }
    }

    /// One stream for each experiment in each segment.
    pub(super) fn streams(&self, experiments: &[ExperimentId]) -> Vec<SegmentStream> {
        let mut streams = Vec::new();
        for live in &self.segments {
            for experiment in experiments {
                if let Some(rows) = live.segment.rows_of(*experiment) {
                    streams.push(SegmentStream::new(live.clone(), rows.clone()));
                }
            }
        }
        streams
    }
}

/// The candidates, in order.
pub(super) struct Candidates<'a> {
    plan: &'a Plan<'a>,
    order: Arc<[TraceOrder]>,
    after: Option<&'a TraceInfo>,
    heads: BinaryHeap<Head>,
    /// Streams that are not opened, by their latest start, the latest last.
    closed: Vec<SegmentStream>,
    opened: Vec<Opened>,
    tail: VecDeque<Candidate>,
    has_begun: bool,
}

/// Where a candidate came from.
#[derive(Debug, Clone, Copy)]
enum Source {
    Tail,
    Opened(usize),
}

/// A candidate on its way.
#[derive(Clone)]
pub(super) struct Head {
    pub candidate: Candidate,
    source: Source,
    order: Arc<[TraceOrder]>,
}

impl Head {
    /// Whether only the id tells which of the two comes first.
    fn is_beside(&self, other: &Self) -> bool {
        let is_id = |by: &TraceOrder| by.key == TraceKey::RequestId;
        let end = self.order.iter().position(is_id);
        let order = &self.order[..end.unwrap_or(self.order.len())];
        compare_traces(&self.candidate.place, &other.candidate.place, order).is_eq()
    }
}

impl Ord for Head {
    /// The greatest is the first of the order.
    fn cmp(&self, other: &Self) -> Ordering {
        compare_traces(&other.candidate.place, &self.candidate.place, &self.order)
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head {}

impl<'a> Candidates<'a> {
    /// The candidates of a view that stand behind a place.
    pub(super) fn new(
        plan: &'a Plan<'a>,
        order: &[TraceOrder],
        after: Option<&'a TraceInfo>,
        view: &View,
        experiments: &[ExperimentId],
    ) -> Self {
        let mut closed = view.streams(experiments);
        closed.sort_by_key(SegmentStream::newest);
        let tail = tail_candidates(plan, order, after, &view.tail);
        Self {
            plan,
            order: order.into(),
            after,
            heads: BinaryHeap::new(),
            closed,
            opened: Vec::new(),
            tail,
            has_begun: false,
        }
    }

    /// Adds a candidate to the heads. Ids are read where only they tell which of two comes first.
    async fn push(
        &mut self,
        candidate: Option<Candidate>,
        source: Source,
        reader: &mut PartReader<'_>,
    ) -> StoreResult<()> {
        let Some(candidate) = candidate else {
            return Ok(());
        };
        let mut new = Head {
            candidate,
            source,
            order: Arc::clone(&self.order),
        };
        if self.heads.iter().any(|head| head.is_beside(&new)) {
            let mut heads = std::mem::take(&mut self.heads).into_vec();
            for head in heads.iter_mut().filter(|head| head.is_beside(&new)) {
                self.read_id(head, reader).await?;
            }
            self.read_id(&mut new, reader).await?;
            self.heads = heads.into();
        }
        self.heads.push(new);
        Ok(())
    }

    async fn push_tail(&mut self, reader: &mut PartReader<'_>) -> StoreResult<()> {
        let next = self.tail.pop_front();
        self.push(next, Source::Tail, reader).await
    }

    async fn read_id(&self, head: &mut Head, reader: &mut PartReader<'_>) -> StoreResult<()> {
        match head.source {
            Source::Opened(place) => {
                let stream = &self.opened[place];
                stream.read_id(&mut head.candidate, reader).await
            }
            Source::Tail => Ok(()),
        }
    }

    /// Opens the streams that may have the next candidate.
    async fn open(&mut self, reader: &mut PartReader<'_>) -> StoreResult<()> {
        while let Some(next) = self.closed.last() {
            let may_wait = opens_lazily(&self.order)
                && self
                    .heads
                    .peek()
                    .is_some_and(|head| head.candidate.place.request_time.0 > next.newest());
            if may_wait {
                return Ok(());
            }
            let Some(stream) = self.closed.pop() else {
                return Ok(());
            };
            let mut opened = stream
                .open(self.plan, &self.order, self.after, reader)
                .await?;
            let first = opened.next(&self.order, reader).await?;
            if first.is_some() {
                self.opened.push(opened);
                let source = Source::Opened(self.opened.len() - 1);
                self.push(first, source, reader).await?;
            }
        }
        Ok(())
    }

    /// Where a candidate stands in the order.
    pub(super) async fn place(
        &self,
        mut head: Head,
        reader: &mut PartReader<'_>,
    ) -> StoreResult<TraceInfo> {
        self.read_id(&mut head, reader).await?;
        Ok(head.candidate.place)
    }

    /// The next candidate, whose place is not complete yet.
    pub(super) async fn next(&mut self, reader: &mut PartReader<'_>) -> StoreResult<Option<Head>> {
        if !self.has_begun {
            self.has_begun = true;
            self.push_tail(reader).await?;
        }
        self.open(reader).await?;
        let Some(head) = self.heads.pop() else {
            return Ok(None);
        };
        match head.source {
            Source::Tail => self.push_tail(reader).await?,
            Source::Opened(place) => {
                let next = self.opened[place].next(&self.order, reader).await?;
                self.push(next, head.source, reader).await?;
            }
        }
        Ok(Some(head))
    }
}

fn tail_candidates(
    plan: &Plan<'_>,
    order: &[TraceOrder],
    after: Option<&TraceInfo>,
    rows: &[TailRow],
) -> VecDeque<Candidate> {
    let truths = tail::truths(plan, rows);
    let certain = truths.certain();
    let (earliest, latest) = plan.starts;
    let is_behind = |row: &usize| {
        let info = &rows[*row].1.info;
        (earliest..=latest).contains(&info.request_time.0)
            && after.is_none_or(|after| compare_traces(info, after, order).is_gt())
    };
    let mut found: Vec<usize> = truths.may_be_true.iter().filter(is_behind).collect();
    found.sort_by(|a, b| compare_traces(&rows[*a].1.info, &rows[*b].1.info, order));
    let candidate = |row: usize| {
        let (trace_no, trace) = &rows[row];
        let is_certain = certain.contains(row);
        Candidate {
            place: trace.info.clone(),
            unread_id: None,
            trace_no: *trace_no,
            is_certain,
        }
    };
    found.into_iter().map(candidate).collect()
}
