//! Looking at traces: what columns cannot decide is decided by the domain's evaluator on the trace itself.

use std::collections::HashSet;

use domain::assessment::Assessment;
use domain::filter::check::Predicate;
use domain::filter::eval::TraceView;
use domain::span::Span;
use domain::store::StoreResult;
use domain::trace::TraceInfo;
use sqlx::SqliteConnection;

use super::plan::Plan;
use super::sets;
use crate::sqlite::recount::recount_read;
use crate::sqlite::rows::{self, StoredTrace};
use crate::sqlite::spans;

/// Traces whose spans are in memory at the same time.
pub(super) const TOGETHER: usize = 16;

/// Which of these traces match.
pub(super) async fn verify(
    plan: &Plan<'_>,
    trace_nos: &[i64],
    reader: &mut SqliteConnection,
) -> StoreResult<HashSet<i64>> {
    let mut passed = HashSet::new();
    if trace_nos.is_empty() {
        return Ok(passed);
    }
    if !plan.needs.info {
        // Reading what a trace says of itself would take as long as its spans.
        let blocks = rows::next_blocks(&mut *reader, trace_nos).await?;
        let nothing = sets::blank();
        for group in blocks.chunks(TOGETHER) {
            let spans = spans::of_traces(reader, group, &plan.needs.spans).await?;
            for ((trace_no, _), spans) in group.iter().zip(&spans) {
                if matches(plan, *trace_no, &nothing, spans) {
                    passed.insert(*trace_no);
                }
            }
        }
        return Ok(passed);
    }
    let mut traces = rows::load(&mut *reader, trace_nos).await?;
    recount_read(&mut *reader, &mut traces).await?;
    if plan.needs.attachments {
        rows::load_attachments(&mut *reader, &mut traces).await?;
    }
    for group in traces.chunks(TOGETHER) {
        passed.extend(matching(plan, group, reader).await?);
    }
    Ok(passed)
}

/// Which of some traces, complete with what the plan needs, match.
pub(super) async fn matching(
    plan: &Plan<'_>,
    traces: &[StoredTrace],
    reader: &mut SqliteConnection,
) -> StoreResult<HashSet<i64>> {
    let blocks = traces
        .iter()
        .map(|trace| (trace.trace_no, trace.next_block));
    let blocks: Vec<(i64, i64)> = blocks.collect();
    let spans = spans::of_traces(reader, &blocks, &plan.needs.spans).await?;
    let matches = traces
        .iter()
        .zip(&spans)
        .filter(|(trace, spans)| matches(plan, trace.trace_no, &trace.info, spans));
    Ok(matches.map(|(trace, _)| trace.trace_no).collect())
}

fn matches(plan: &Plan<'_>, trace_no: i64, info: &TraceInfo, spans: &[Span]) -> bool {
    let Some(evaluator) = &plan.evaluator else {
        return true;
    };
    let of_session = info
        .session()
        .and_then(|session| plan.needs.sessions.get(session));
    let of_others = |assessment: &&Assessment| assessment.trace_id != info.trace_id;
    let session_assessments: Vec<Assessment> = of_session
        .into_iter()
        .flatten()
        .filter(of_others)
        .cloned()
        .collect();
    let prompts = linked_prompts(plan, trace_no);
    let view = TraceView {
        info,
        spans,
        prompts: &prompts,
        session_assessments: &session_assessments,
    };
    evaluator.matches(&view)
}

/// The prompt versions of the filter that the trace is linked to: all that the filter can ask.
fn linked_prompts(plan: &Plan<'_>, trace_no: i64) -> Vec<(String, String)> {
    let linked = plan.conditions.iter().filter_map(|condition| {
        let Predicate::Prompt { name, version } = condition.predicate else {
            return None;
        };
        let is_linked = condition.known.yes.contains(&trace_no);
        is_linked.then(|| (name.clone(), version.clone()))
    });
    linked.collect()
}
