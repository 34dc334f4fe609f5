//! A trace file that a reader has open, taken into an experiment: read by `formats::file`, which reads it in the viewer as well, and
//! stored under the ids that the file has.

use std::collections::HashSet;
use std::sync::Arc;

use axum::body::{Body, HttpBody};
use axum::extract::State;
use domain::experiment::LifecycleStage;
use domain::ids::{ExperimentId, TraceId};
use domain::ingest::{NewAssessment, TraceInfoWrite};
use domain::pricing::{PriceTable, add_cost};
use domain::store::{Store, StoreError, StoreResult};
use domain::trace::keys;
use formats::file::{TraceFile, Writes};
use futures_util::{StreamExt, TryStreamExt};
use http_body_util::BodyExt;
use serde::Serialize;
use serde_json::Value;

use super::mlflow::assessment_json::new_assessment;
use super::mlflow::params::Params;
use super::mlflow::tag_keys::cut;
use super::mlflow::trace_json::{SESSION_MAX, TAG_KEPT, with_keys_cut};
use crate::api::path::Path;
use crate::body::{self, Compression};
use crate::clock;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// Of a file that is too large so much is read all the same: browsers show an answer only once they have sent all they have, and
/// the viewer opens no larger files.
const DRAINED_BYTES: usize = 128_000_000;
/// Writes on their way at once, so that they share commits.
const AT_ONCE: usize = 32;
/// How often a write that finds the queue full is tried.
const TRIES: u32 = 20;
/// Ids that an answer names.
const NAMED: usize = 20;

/// What became of a file.
#[derive(Debug, Serialize)]
pub struct Imported {
    /// Traces that were stored.
    stored: usize,
    /// Traces that the experiment had already; they stay as they are.
    present: usize,
    /// Traces that other experiments have; they stay there.
    elsewhere: usize,
    /// Spans that could not be read.
    left_out: u32,
    /// Assessments that could not be read.
    assessments_left_out: usize,
    /// From where on the file could not be read, if that is so.
    problem: Option<String>,
    /// The ids of the first traces of the file.
    traces: Vec<TraceId>,
}

/// `POST /ui-api/experiments/{experiment}/import` with a trace file, packed with gzip or not, as the body.
pub async fn import(
    State(app): State<AppState>,
    Path(experiment): Path<String>,
    request: Body,
) -> ApiResult<axum::Json<Imported>> {
    let experiment = writable(app.store.as_ref(), &experiment).await?;
    let limit = app.config.otlp_max_bytes;
    let mut lease = app.request_memory.lease();
    if request.size_hint().lower() > limit as u64 {
        drain(request).await;
        return Err(ApiError::too_large(limit));
    }
    let sent = body::read(request, limit, &mut lease).await?;
    let prices = Arc::clone(&app.prices);
    let work = move || {
        let compression = match sent.starts_with(b"\x1f\x8b") {
            true => Compression::Gzip,
            false => Compression::None,
        };
        let plain = body::decompress(sent, compression, limit, &mut lease).map_err(said)?;
        let file = formats::file::read(&plain);
        let file =
            file.map_err(|why| ApiError::invalid(format!("The file cannot be read: {why}.")))?;
        let plan = Plan::new(file, experiment, &prices)?;
        Ok::<_, ApiError>((plan, lease))
    };
    let done = tokio::task::spawn_blocking(work).await;
    let (plan, lease) = done.map_err(ApiError::internal)??;
    // Goes on although the reader goes away: half of a file would look like all of it.
    let stored = tokio::spawn(async move {
        let stored = plan.store(app.store.as_ref(), experiment).await;
        drop(lease);
        stored
    });
    let imported = stored.await.map_err(ApiError::internal)??;
    Ok(axum::Json(imported))
}

/// The experiment, if traces can be added to it.
async fn writable(store: &dyn Store, experiment: &str) -> ApiResult<ExperimentId> {
    let missing = || ApiError::not_found("There is no such experiment.");
    let id = ExperimentId(experiment.parse().map_err(|_| missing())?);
    let found = store.experiment(id).await?.ok_or_else(missing)?;
    match found.lifecycle {
        LifecycleStage::Active => Ok(id),
        LifecycleStage::Deleted => Err(ApiError::invalid(
            "The experiment is deleted. Restore it first, or choose another one.",
        )),
    }
}

async fn drain(mut request: Body) {
    let mut drained = 0;
    while let Some(Ok(frame)) = request.frame().await {
        drained += frame.into_data().map_or(0, |data| data.len());
        if drained > DRAINED_BYTES {
            return;
        }
    }
}

/// What is wrong with a packed file, said of the file.
fn said(error: ApiError) -> ApiError {
    match error.status().as_u16() {
        400 => ApiError::invalid("The file is a gzip file that is cut off or damaged."),
        _ => error,
    }
}

/// A file, checked and ready to be stored.
struct Plan {
    traces: Vec<Writes>,
    left_out: u32,
    assessments_left_out: usize,
    problem: Option<String>,
}

impl Plan {
    fn new(file: TraceFile, experiment: ExperimentId, prices: &PriceTable) -> ApiResult<Self> {
        let mut plan = Self {
            traces: Vec::with_capacity(file.traces.len()),
            left_out: file.left_out,
            assessments_left_out: 0,
            problem: file.problem.map(|problem| problem.to_string()),
        };
        let mut seen = HashSet::new();
        for trace in file.traces {
            let mut writes = trace.into_writes(experiment);
            for span in writes.batch.iter_mut().flat_map(|batch| &mut batch.spans) {
                add_cost(span, prices);
            }
            // A file may have a trace twice: its spans are those of both, the rest is told once.
            if !seen.insert(writes.trace_id.clone()) {
                writes.info = None;
            }
            if let Some(info) = &mut writes.info {
                settle(info)?;
                let told = std::mem::take(&mut writes.assessments);
                let count = told.len();
                info.assessments = assessments(told);
                plan.assessments_left_out += count - info.assessments.len();
            }
            plan.traces.push(writes);
        }
        Ok(plan)
    }

    /// Spans first, all or none, then what the file says beside them.
    async fn store(self, store: &dyn Store, experiment: ExperimentId) -> ApiResult<Imported> {
        let ids: Vec<TraceId> = self
            .traces
            .iter()
            .map(|trace| trace.trace_id.clone())
            .collect();
        let known = store.traces(&ids).await?;
        let is_here = |info: &&domain::trace::TraceInfo| info.experiment_id == experiment;
        let present = known.iter().filter(is_here).count();
        let known: HashSet<TraceId> = known.into_iter().map(|info| info.trace_id).collect();
        let new: Vec<Writes> = self
            .traces
            .into_iter()
            .filter(|trace| !known.contains(&trace.trace_id))
            .collect();
        let stored: HashSet<TraceId> = new.iter().map(|trace| trace.trace_id.clone()).collect();
        let (mut batches, mut infos) = (Vec::new(), Vec::new());
        for trace in new {
            batches.extend(trace.batch);
            infos.extend(trace.info);
        }
        if !batches.is_empty() {
            store.ingest(batches).await?;
        }
        futures_util::stream::iter(infos)
            .map(|info| put(store, info))
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<()>>()
            .await?;
        let mut seen = HashSet::new();
        let mut named = ids;
        named.retain(|id| seen.insert(id.clone()));
        named.truncate(NAMED);
        Ok(Imported {
            stored: stored.len(),
            present,
            elsewhere: known.len() - present,
            left_out: self.left_out,
            assessments_left_out: self.assessments_left_out,
            problem: self.problem,
            traces: named,
        })
    }
}

/// The spans are stored already, so a full queue is waited for.
async fn put(store: &dyn Store, info: TraceInfoWrite) -> StoreResult<()> {
    let mut tries = 0;
    loop {
        match store.put_trace_info(info.clone()).await {
            Err(StoreError::Busy { retry_after }) if tries < TRIES => {
                tries += 1;
                tokio::time::sleep(retry_after).await;
            }
            outcome => return outcome.map(|_| ()),
        }
    }
}

/// Those that can be read.
fn assessments(told: Vec<Value>) -> Vec<NewAssessment> {
    let now = clock::now();
    let read = |value: Value| {
        let text = serde_json::to_vec(&value).ok()?;
        new_assessment(Params::from_json(&text).fields(), now).ok()
    };
    told.into_iter().filter_map(read).collect()
}

/// Keeps what is said of a trace within the limits that clients have.
fn settle(info: &mut TraceInfoWrite) -> ApiResult<()> {
    let session = info.metadata.get(keys::SESSION);
    if session.is_some_and(|session| session.chars().count() > SESSION_MAX) {
        return Err(ApiError::invalid(format!(
            "The file cannot be stored: the session id of trace {} exceeds {SESSION_MAX} characters.",
            info.trace_id
        )));
    }
    info.metadata = with_keys_cut(std::mem::take(&mut info.metadata));
    info.tags = with_keys_cut(std::mem::take(&mut info.tags));
    for value in info
        .tags
        .values_mut()
        .filter(|value| value.len() > TAG_KEPT)
    {
        *value = cut(value, TAG_KEPT).to_owned();
    }
    Ok(())
}
