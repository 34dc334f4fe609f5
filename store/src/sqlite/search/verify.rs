//! Looking at traces: what columns cannot decide is decided by the domain's evaluator on the trace itself.

use std::collections::HashSet;

use domain::assessment::Assessment;
use domain::filter::check::Predicate;
use domain::filter::eval::TraceView;
use domain::store::StoreResult;
use domain::trace::TraceInfo;
use sqlx::SqliteConnection;

use super::plan::Plan;
use crate::sqlite::{rows, spans};

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
    let mut traces = rows::load(&mut *reader, trace_nos).await?;
    rows::load_attachments(&mut *reader, &mut traces).await?;
    for trace in traces {
        if matches(plan, trace.trace_no, &trace.info, reader).await? {
            passed.insert(trace.trace_no);
        }
    }
    Ok(passed)
}

/// Whether a trace, complete with its assessments and runs, matches.
pub(super) async fn matches(
    plan: &Plan<'_>,
    trace_no: i64,
    info: &TraceInfo,
    reader: &mut SqliteConnection,
) -> StoreResult<bool> {
    let Some(evaluator) = &plan.evaluator else {
        return Ok(true);
    };
    let spans = if plan.needs.spans {
        spans::all_spans(reader, trace_no).await?
    } else {
        Vec::new()
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
        spans: &spans,
        prompts: &prompts,
        session_assessments: &session_assessments,
    };
    Ok(evaluator.matches(&view))
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
