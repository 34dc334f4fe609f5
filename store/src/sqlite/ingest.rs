//! Ingest: what costs the processor happens in the caller's task (facts, columns, compression); the writer only looks traces
//! up, merges summaries and inserts rows, for all waiting callers at once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use domain::derive::{self, DeriveError};
use domain::ids::{ExperimentId, RunId};
use domain::ingest::{SpanBatch, TraceFacts};
use domain::span::StatusCode;
use domain::span_row::SpanRow;
use domain::store::{Missing, StoreError, StoreResult};
use domain::trace::TraceStats;
use domain::usage::{self, Cost, TokenUsage, UsageRow};
use tokio::sync::oneshot;

use super::compact::is_crowded;
use super::durations::NewDurations;
use super::rows::{self, StoredTrace, TraceTerms};
use super::sql::insert_rows;
use super::tx::{Counted, SavedTrace, WriteTx};
use super::{SqliteStore, spans};
use crate::background;
use crate::block::EncodedBlock;
use crate::block::encode::{encode, last_of_each_id};
use crate::error::internal;
use crate::key::key_of;
use crate::preset::PresetId;
use crate::terms::Terms;
use crate::tuples::Tuples;

/// Fewer spans than this are encoded where the caller runs: handing them to another thread costs more.
const SPANS_INLINE_MAX: usize = 16;

/// Parts of a request that are encoded at the same time have at least so many spans.
const SPANS_APART_MIN: usize = 96;

/// More traces than this are not kept in memory: the index is far behind then, and callers must wait for it.
const TAIL_MAX: usize = 64 * 1024;

/// One batch, ready to be written.
#[derive(Debug)]
pub(crate) struct Prepared {
    key: Vec<u8>,
    trace_id: domain::ids::TraceId,
    experiment_id: ExperimentId,
    /// The run to link the trace to; only if the root span is here.
    run_id: Option<RunId>,
    readable: bool,
    facts: TraceFacts,
    tuples: Tuples,
    terms: Arc<Terms>,
    models: Vec<String>,
    span_count: u32,
    error_count: u32,
    usage: Option<TokenUsage>,
    cost: Option<Cost>,
    blocks: Vec<EncodedBlock>,
}

impl Prepared {
    /// Bytes it takes while it waits.
    pub(crate) fn size(&self) -> usize {
        512 + self.blocks.iter().map(EncodedBlock::size).sum::<usize>()
    }
}

/// The batches of one caller.
pub(crate) struct IngestJob {
    pub batches: Vec<Prepared>,
    pub reply: oneshot::Sender<StoreResult<()>>,
}

impl SqliteStore {
    pub(super) async fn ingest_batches(&self, batches: Vec<SpanBatch>) -> StoreResult<()> {
        let span_count: usize = batches.iter().map(|batch| batch.spans.len()).sum();
        if span_count == 0 {
            return Ok(());
        }
        let is_late = self.shared.live.read().tail.len() > TAIL_MAX || self.shared.wal.is_full();
        if self.writer.is_full() || is_late {
            return Err(super::writer::BUSY);
        }
        let (prepared, durations) = if span_count <= SPANS_INLINE_MAX {
            prepare_all(&batches, self.shared.presets.current())?
        } else {
            self.prepare_apart(batches, span_count).await?
        };
        self.writer.ingest(prepared).await?;
        self.shared.durations.add(durations);
        Ok(())
    }

    /// Encodes on other threads; a large request on several, since its caller waits for the last of its spans. They yield to readers:
    /// who sends much waits for the disk anyway.
    async fn prepare_apart(
        &self,
        batches: Vec<SpanBatch>,
        span_count: usize,
    ) -> StoreResult<(Vec<Prepared>, NewDurations)> {
        let parts = split(
            batches,
            span_count.div_ceil(self.shared.cores).max(SPANS_APART_MIN),
        );
        let mut tasks = Vec::with_capacity(parts.len());
        for part in parts {
            let permit = Arc::clone(&self.shared.encoders).acquire_owned().await;
            let permit = permit.map_err(|_| internal("the store is closed"))?;
            let preset = self.shared.presets.current();
            tasks.push(background::run(move || {
                let prepared = prepare_all(&part, preset);
                drop(permit);
                prepared
            }));
        }
        let (mut prepared, mut durations) = (Vec::new(), NewDurations::default());
        for task in tasks {
            let part = task
                .await
                .ok_or_else(|| internal("encoding spans failed"))?;
            let (some, their_durations) = part?;
            prepared.extend(some);
            durations.append(their_durations);
        }
        Ok((prepared, durations))
    }
}

/// Splits batches into parts of at least so many spans, in order; the last may have fewer.
fn split(batches: Vec<SpanBatch>, spans_min: usize) -> Vec<Vec<SpanBatch>> {
    let mut parts: Vec<Vec<SpanBatch>> = Vec::new();
    let mut spans = usize::MAX;
    for batch in batches {
        if spans >= spans_min {
            parts.push(Vec::new());
            spans = 0;
        }
        spans += batch.spans.len();
        if let Some(part) = parts.last_mut() {
            part.push(batch);
        }
    }
    parts
}

fn prepare_all(
    batches: &[SpanBatch],
    preset: PresetId,
) -> StoreResult<(Vec<Prepared>, NewDurations)> {
    let full = batches.iter().filter(|batch| !batch.spans.is_empty());
    let prepared = full
        .map(|batch| prepare(batch, preset))
        .collect::<StoreResult<_>>()?;
    Ok((prepared, NewDurations::of(batches)))
}

fn prepare(batch: &SpanBatch, preset: PresetId) -> StoreResult<Prepared> {
    let facts = derive::facts(batch)
        .map_err(|error: DeriveError| StoreError::Refused(error.to_string()))?;
    let rows: Vec<SpanRow> = batch.spans.iter().map(SpanRow::of).collect();
    let blocks =
        encode(&batch.spans, &rows, preset).map_err(|_| internal("compressing spans failed"))?;
    let winners = last_of_each_id(&batch.spans);
    let terms = Terms::of(winners.iter().map(|index| &batch.spans[*index]));
    let winners = || winners.iter().map(|index| &rows[*index]);
    let usage_rows: Vec<UsageRow> = winners().map(UsageRow::from).collect();
    let (usage, cost) = usage::aggregate(&usage_rows);
    let errors = winners()
        .filter(|row| row.status == StatusCode::Error)
        .count();
    let mut stats = TraceStats::default();
    stats.add_models(winners().filter_map(|row| row.model.as_deref()));
    Ok(Prepared {
        key: key_of(&batch.trace_id),
        trace_id: batch.trace_id.clone(),
        experiment_id: batch.experiment_id,
        run_id: batch.run_id.clone().filter(|_| facts.root.is_some()),
        readable: batch.readable_by_id,
        tuples: Tuples::of(winners()),
        terms: Arc::new(terms),
        models: stats.models,
        span_count: u32::try_from(usage_rows.len()).unwrap_or(u32::MAX),
        error_count: u32::try_from(errors).unwrap_or(u32::MAX),
        facts,
        usage,
        cost,
        blocks,
    })
}

/// A trace as it grows while a transaction is put together.
struct Work {
    trace: StoredTrace,
    before: Option<Counted>,
}

/// Writes the batches of several callers, all of each or none. The outer error is the database's; what a caller did wrong is
/// in its own result.
pub(crate) async fn write(
    tx: &mut WriteTx,
    jobs: &[&[Prepared]],
) -> StoreResult<Vec<StoreResult<()>>> {
    let mut works = load_known(tx, jobs).await?;
    let wanted: HashSet<ExperimentId> = jobs
        .iter()
        .flat_map(|job| job.iter())
        .filter(|batch| !works.contains_key(&batch.key))
        .map(|batch| batch.experiment_id)
        .collect();
    let experiments = tx.existing_experiments(&wanted).await?;
    let mut outcomes = Vec::with_capacity(jobs.len());
    let mut blocks: Vec<(i64, &EncodedBlock)> = Vec::new();
    let mut links: Vec<(i64, &RunId)> = Vec::new();
    for job in jobs {
        let is_missing = |batch: &&Prepared| {
            !works.contains_key(&batch.key) && !experiments.contains(&batch.experiment_id)
        };
        if let Some(batch) = job.iter().find(is_missing) {
            let missing = Missing::Experiment(batch.experiment_id);
            outcomes.push(Err(StoreError::Missing(missing)));
            continue;
        }
        for batch in *job {
            let work = works
                .entry(batch.key.clone())
                .or_insert_with(|| new_work(tx, batch));
            merge(&mut work.trace, batch);
            let trace = &mut work.trace;
            let blocks_before = trace.next_block;
            for block in &batch.blocks {
                blocks.push((spans::block_key(trace.trace_no, trace.next_block)?, block));
                trace.next_block += 1;
                trace.block_count += 1;
            }
            if is_crowded(blocks_before, trace.next_block) {
                tx.note_crowded(trace.trace_no);
            }
            links.extend(batch.run_id.iter().map(|run| (trace.trace_no, run)));
        }
        outcomes.push(Ok(()));
    }
    spans::insert_blocks(&mut tx.connection, blocks).await?;
    insert_links(tx, links).await?;
    let touched: HashSet<&[u8]> = jobs
        .iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| outcome.is_ok())
        .flat_map(|(job, _)| job.iter().map(|batch| batch.key.as_slice()))
        .collect();
    works.retain(|key, _| touched.contains(key.as_slice()));
    for work in works.values().filter(|work| work.before.is_some()) {
        tx.note_grown(work.trace.trace_no);
    }
    let by_no: BTreeMap<i64, SavedTrace> = works
        .into_values()
        .map(|work| {
            (
                work.trace.trace_no,
                SavedTrace {
                    trace: work.trace,
                    before: work.before,
                },
            )
        })
        .collect();
    let saved: Vec<SavedTrace> = by_no.into_values().collect();
    tx.save_traces(&saved).await?;
    Ok(outcomes)
}

async fn load_known(tx: &mut WriteTx, jobs: &[&[Prepared]]) -> StoreResult<HashMap<Vec<u8>, Work>> {
    let keys: HashSet<&Vec<u8>> = jobs
        .iter()
        .flat_map(|job| job.iter().map(|batch| &batch.key))
        .collect();
    let keys: Vec<Vec<u8>> = keys.into_iter().cloned().collect();
    let trace_nos = tx.find_keys(&keys).await?;
    let trace_nos: Vec<i64> = trace_nos.into_values().collect();
    let mut works = HashMap::with_capacity(keys.len());
    for trace in rows::load(&mut tx.connection, &trace_nos).await? {
        let before = Some(Counted::of(&trace.info));
        works.insert(key_of(&trace.info.trace_id), Work { trace, before });
    }
    Ok(works)
}

fn new_work(tx: &mut WriteTx, batch: &Prepared) -> Work {
    let trace = StoredTrace {
        trace_no: tx.new_trace_no(),
        info: derive::new_trace(&batch.trace_id, batch.experiment_id, &batch.facts),
        tuples: Tuples::default(),
        terms: TraceTerms::Changed,
        finalized: false,
        stale: false,
        readable: batch.readable,
        next_block: 0,
        block_count: 0,
    };
    Work {
        trace,
        before: None,
    }
}

/// Merges a batch into its trace. The first spans of a trace are counted here; with further ones, which may replace some of
/// the first, the trace awaits a recount.
fn merge(trace: &mut StoredTrace, batch: &Prepared) {
    let is_first = trace.block_count == 0;
    derive::merge_facts(&mut trace.info, trace.finalized, &batch.facts);
    trace.readable &= batch.readable;
    trace.tuples.merge(&batch.tuples);
    let models = batch.models.iter().map(String::as_str);
    trace.info.stats.add_models(models);
    if !is_first {
        trace.terms = TraceTerms::Changed;
        trace.stale = true;
        return;
    }
    trace.readable = batch.readable;
    trace.terms = TraceTerms::Known(Arc::clone(&batch.terms));
    trace.info.stats.span_count = batch.span_count;
    trace.info.stats.error_count = batch.error_count;
    derive::apply_usage(&mut trace.info, batch.usage, batch.cost, trace.finalized);
    derive::apply_spans_location(&mut trace.info, trace.readable);
}

async fn insert_links(tx: &mut WriteTx, links: Vec<(i64, &RunId)>) -> StoreResult<()> {
    if !links.is_empty() {
        tx.note_linked();
    }
    let head = "insert or ignore into trace_run (trace_no, run_id) ";
    insert_rows(
        &mut tx.connection,
        head,
        links,
        |values, (trace_no, run)| {
            values
                .push_bind(trace_no)
                .push_bind(run.as_str().to_owned());
        },
    )
    .await
}
