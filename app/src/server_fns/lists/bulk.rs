//! Acts on many traces: those that are named, or all that match a filter, in slices of a second or so, so that the page can show how
//! far it got and go on after a failure.

use domain::ids::TraceId;
use domain::page::PageToken;
use domain::store::DeleteTraces;
use domain::trace::TraceInfo;
use serde_json::Value;

use super::question::Question;
use crate::error::AppError;
use crate::model::BulkStep;
use crate::server_fns::feedback_names as names;
use crate::server_fns::server;
use crate::server_fns::traces::judgement::{Judgement, author, upsert};
use crate::url_state::trail;

/// How long a slice takes at least before it is answered, in milliseconds.
const SLICE_MS: i64 = 1_000;
/// Traces looked up at once.
const LOT: usize = 200;
/// The most traces that are named in one call.
const NAMED_MAX: usize = 1_000;

/// The traces that were named, without those of other experiments.
pub(super) async fn named(question: &Question, ids: &str) -> Result<Vec<TraceInfo>, AppError> {
    let parsed: Vec<TraceId> = ids
        .split(',')
        .filter_map(|id| TraceId::parse(id.trim()).ok())
        .collect();
    if parsed.len() > NAMED_MAX {
        let text = format!("At most {NAMED_MAX} traces can be named at once.");
        return Err(AppError::Refused(text));
    }
    let mut traces = question.store.traces(&parsed).await?;
    traces.retain(|trace| trace.experiment_id == question.experiment);
    Ok(traces)
}

/// What is done to each trace.
pub(super) enum Deed<'a> {
    /// Adds or replaces a tag.
    Tag {
        /// Its key.
        key: &'a str,
        /// Its value.
        value: &'a str,
    },
    /// Writes a thumb.
    Rate {
        /// Up.
        is_up: bool,
        /// In words.
        comment: &'a str,
    },
    /// Deletes it.
    Delete,
}

/// Does it to some traces; how many there were.
async fn apply(
    question: &Question,
    deed: &Deed<'_>,
    traces: &[TraceInfo],
) -> Result<u64, AppError> {
    let store = question.store.as_ref();
    match deed {
        Deed::Tag { key, value } => {
            for trace in traces {
                store.set_trace_tag(&trace.trace_id, key, value).await?;
            }
        }
        Deed::Rate { is_up, comment } => {
            let author = author();
            for trace in traces {
                let judgement = Judgement {
                    trace,
                    span_id: None,
                    session: None,
                    author: &author,
                    name: names::THUMB,
                };
                upsert(store, judgement, Value::Bool(*is_up), Some(comment)).await?;
            }
        }
        Deed::Delete => {
            let ids = traces.iter().map(|trace| trace.trace_id.clone());
            let which = DeleteTraces::Ids(ids.collect());
            let deleted = store.delete_traces(question.experiment, which).await?;
            return Ok(deleted.len() as u64);
        }
    }
    Ok(traces.len() as u64)
}

/// Does it to lots of traces until the time for a slice is over. Without ids it goes through all that match, from the page that the
/// question names.
pub(super) async fn slice(
    question: &Question,
    ids: &str,
    deed: &Deed<'_>,
) -> Result<BulkStep, AppError> {
    if !ids.is_empty() {
        let traces = named(question, ids).await?;
        let done = apply(question, deed, &traces).await?;
        return Ok(BulkStep { done, next: None });
    }
    let clock = server::clock()?;
    let end = (clock.now)().0 + SLICE_MS;
    let token = trail::present(&question.state.page);
    let mut token = (!token.is_empty()).then(|| PageToken(token.to_owned()));
    let mut done = 0;
    loop {
        let found = question.search(LOT, token, Vec::new()).await?;
        done += apply(question, deed, &found.items).await?;
        token = found.next;
        if token.is_none() || (clock.now)().0 >= end {
            break;
        }
    }
    Ok(BulkStep {
        done,
        next: token.map(|token| token.0),
    })
}
