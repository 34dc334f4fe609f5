//! Writes to the summaries of traces: trace information from clients, tags, links to runs.

use domain::derive;
use domain::experiment::LifecycleStage;
use domain::ids::{ExperimentId, RunId, TraceId};
use domain::ingest::TraceInfoWrite;
use domain::store::{Missing, StoreError, StoreResult};
use domain::trace::TraceInfo;

use super::rows::{self, StoredTrace, TraceTerms};
use super::sql::insert_rows;
use super::tx::{Counted, SavedTrace, WriteTx};
use super::{SqliteStore, assessments, recount};
use crate::error::database;
use crate::key::key_of;
use crate::tuples::Tuples;

impl SqliteStore {
    pub(super) async fn write_trace_info(&self, write: TraceInfoWrite) -> StoreResult<TraceInfo> {
        derive::check_write(&write).map_err(|error| StoreError::Refused(error.to_string()))?;
        self.writer
            .write(move |tx| Box::pin(async move { put_trace_info(tx, write).await }))
            .await
    }

    pub(super) async fn write_trace_tag(
        &self,
        id: &TraceId,
        key: &str,
        value: &str,
    ) -> StoreResult<()> {
        let (id, key, value) = (id.clone(), key.to_owned(), value.to_owned());
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    let mut trace = tx.trace(&id).await?;
                    let before = Some(Counted::of(&trace.info));
                    trace.info.tags.insert(key, value);
                    tx.save_traces(&[SavedTrace { trace, before }]).await
                })
            })
            .await
    }

    pub(super) async fn remove_trace_tag(&self, id: &TraceId, key: &str) -> StoreResult<()> {
        let (id, key) = (id.clone(), key.to_owned());
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    let mut trace = tx.trace(&id).await?;
                    let before = Some(Counted::of(&trace.info));
                    if trace.info.tags.remove(&key).is_none() {
                        return Err(StoreError::Missing(Missing::TraceTag { trace: id, key }));
                    }
                    tx.save_traces(&[SavedTrace { trace, before }]).await
                })
            })
            .await
    }

    pub(super) async fn link(&self, traces: &[TraceId], run: &RunId) -> StoreResult<()> {
        let run = run.clone();
        let keys: Vec<Vec<u8>> = traces.iter().map(key_of).collect();
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    let mut trace_nos: Vec<i64> =
                        tx.find_keys(&keys).await?.into_values().collect();
                    trace_nos.sort_unstable();
                    tx.note_linked();
                    let head = "insert or ignore into trace_run (trace_no, run_id) ";
                    insert_rows(&mut tx.connection, head, trace_nos, |values, trace_no| {
                        values
                            .push_bind(trace_no)
                            .push_bind(run.as_str().to_owned());
                    })
                    .await
                })
            })
            .await
    }

    pub(super) async fn unlink(&self, traces: &[TraceId], run: &RunId) -> StoreResult<()> {
        let run = run.clone();
        let keys: Vec<Vec<u8>> = traces.iter().map(key_of).collect();
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    tx.note_linked();
                    for trace_no in tx.find_keys(&keys).await?.into_values() {
                        sqlx::query("delete from trace_run where trace_no = ?1 and run_id = ?2")
                            .bind(trace_no)
                            .bind(run.as_str().to_owned())
                            .execute(&mut tx.connection)
                            .await
                            .map_err(database)?;
                    }
                    Ok(())
                })
            })
            .await
    }

    pub(super) async fn link_prompts(
        &self,
        trace: &TraceId,
        prompts: &[(String, String)],
    ) -> StoreResult<()> {
        let id = trace.clone();
        let prompts: Vec<String> = prompts
            .iter()
            .map(|(name, version)| format!("{name}/{version}"))
            .collect();
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    let trace_no = tx.find_trace(&id).await?;
                    let trace_no =
                        trace_no.ok_or_else(|| StoreError::Missing(Missing::Trace(id)))?;
                    let head = "insert or ignore into trace_prompt (trace_no, prompt) ";
                    insert_rows(&mut tx.connection, head, prompts, |values, prompt| {
                        values.push_bind(trace_no).push_bind(prompt);
                    })
                    .await
                })
            })
            .await
    }
}

async fn put_trace_info(tx: &mut WriteTx, write: TraceInfoWrite) -> StoreResult<TraceInfo> {
    require_active(tx, write.experiment_id).await?;
    let known = match tx.find_trace(&write.trace_id).await? {
        Some(trace_no) => rows::load(&mut tx.connection, &[trace_no]).await?.pop(),
        None => None,
    };
    let (mut trace, before) = match known {
        Some(mut trace) => {
            let before = Counted::of(&trace.info);
            derive::merge_write(&mut trace.info, &write);
            (trace, Some(before))
        }
        None => (new_trace(tx, &write), None),
    };
    trace.finalized = true;
    if trace.stale {
        // Whether all spans are here decides what the answer says about their location.
        recount::recount_trace(&mut tx.connection, &mut trace).await?;
    }
    derive::apply_spans_location(&mut trace.info, trace.readable);
    let trace_no = trace.trace_no;
    let mut saved = [SavedTrace { trace, before }];
    tx.save_traces(&saved).await?;
    for new in write.assessments {
        assessments::insert(tx, trace_no, &write.trace_id, new).await?;
    }
    let [SavedTrace { trace, .. }] = &mut saved;
    rows::load_attachments(&mut tx.connection, std::slice::from_mut(trace)).await?;
    Ok(trace.info.clone())
}

fn new_trace(tx: &mut WriteTx, write: &TraceInfoWrite) -> StoredTrace {
    StoredTrace {
        trace_no: tx.new_trace_no(),
        info: derive::new_trace_of_write(write),
        tuples: Tuples::default(),
        terms: TraceTerms::Changed,
        finalized: true,
        stale: false,
        readable: false,
        next_block: 0,
        block_count: 0,
    }
}

/// Refuses deleted experiments.
pub(super) async fn require_active(tx: &mut WriteTx, id: ExperimentId) -> StoreResult<()> {
    let stage: Option<String> =
        sqlx::query_scalar("select lifecycle from experiment where experiment_id = ?1")
            .bind(id.0)
            .fetch_optional(&mut tx.connection)
            .await
            .map_err(database)?;
    match stage.as_deref() {
        None => Err(StoreError::Missing(Missing::Experiment(id))),
        Some(stage) if stage == LifecycleStage::Active.as_str() => Ok(()),
        Some(stage) => Err(StoreError::Refused(format!(
            "The experiment {id} must be in the 'active' state. Current state is {stage}."
        ))),
    }
}
