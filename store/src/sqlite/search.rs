//! The search for traces.

use std::collections::HashMap;

use domain::assessment::Assessment;
use domain::filter::check::{Predicate, TraceFilter};
use domain::filter::eval::{Evaluator, TraceView};
use domain::filter::order::{compare_traces, with_ties};
use domain::ids::ExperimentId;
use domain::page::Page;
use domain::store::{StoreError, StoreResult, TraceQuery};
use domain::trace::TraceInfo;
use sqlx::{Row, SqliteConnection};

use super::rows::{self, StoredTrace};
use super::top::Top;
use super::{SqliteStore, assessments, spans};
use crate::error::database;
use crate::{place, token};

/// Rows looked at together.
const CHUNK: i64 = 512;

impl SqliteStore {
    pub(super) async fn search(&self, query: TraceQuery) -> StoreResult<Page<TraceInfo>> {
        self.recount_all().await?;
        let order = with_ties(&query.order);
        let mut experiments = query.experiments.clone();
        experiments.sort_unstable();
        experiments.dedup();
        let root = query.filter.as_ref().map(|filter| &filter.root);
        let fingerprint = token::fingerprint(&(&experiments, root, &order));
        let after = match &query.page.token {
            None => None,
            Some(page_token) => {
                let bytes = token::place(fingerprint, page_token)?;
                Some(place::decode(&bytes, &order).map_err(|_| StoreError::PageToken)?)
            }
        };
        let size = query.page.size.max(1) as usize;
        let mut top =
            Top::new(size + 1, |a: &TraceInfo, b: &TraceInfo| compare_traces(a, b, &order));
        self.scan(&experiments, query.filter.as_ref(), &mut |info| {
            let is_behind =
                after.as_ref().is_none_or(|after| compare_traces(&info, after, &order).is_gt());
            if is_behind {
                top.offer(info);
            }
            true
        })
        .await?;
        let mut items = top.finish();
        let has_more = items.len() > size;
        items.truncate(size);
        let next = items.last().filter(|_| has_more);
        let next = next.map(|last| token::make(fingerprint, &place::encode(last, &order)));
        Ok(Page { items, next })
    }

    pub(super) async fn count(
        &self,
        experiments: &[ExperimentId],
        filter: Option<&TraceFilter>,
        cap: u64,
    ) -> StoreResult<u64> {
        self.recount_all().await?;
        let mut count = 0;
        self.scan(experiments, filter, &mut |_| {
            count += 1;
            filter.is_none() || count < cap
        })
        .await?;
        Ok(count)
    }

    /// Hands over the matching traces in no particular order, until the receiver returns false.
    async fn scan(
        &self,
        experiments: &[ExperimentId],
        filter: Option<&TraceFilter>,
        receive: &mut (dyn FnMut(TraceInfo) -> bool + Send),
    ) -> StoreResult<()> {
        let evaluator = filter.map(Evaluator::new).transpose();
        let evaluator = evaluator.map_err(|error| StoreError::Refused(error.to_string()))?;
        let mut reader = self.reader().await?;
        let needs = Needs::of(filter);
        let sessions =
            if needs.assessments { session_assessments(&mut reader).await? } else { HashMap::new() };
        let mut last = i64::MIN;
        loop {
            let mut found = chunk(&mut reader, last).await?;
            let Some(trace) = found.last() else { return Ok(()) };
            last = trace.trace_no;
            found.retain(|trace| experiments.contains(&trace.info.experiment_id));
            rows::load_attachments(&mut reader, &mut found).await?;
            for trace in found {
                let spans = if needs.spans {
                    spans::all_spans(&mut reader, trace.trace_no).await?
                } else {
                    Vec::new()
                };
                let session: Vec<Assessment> = trace
                    .info
                    .session()
                    .and_then(|session| sessions.get(session))
                    .into_iter()
                    .flatten()
                    .filter(|assessment| assessment.trace_id != trace.info.trace_id)
                    .cloned()
                    .collect();
                let view = TraceView {
                    info: &trace.info,
                    spans: &spans,
                    prompts: &[],
                    session_assessments: &session,
                };
                let passes = evaluator.as_ref().is_none_or(|evaluator| evaluator.matches(&view));
                if passes && !receive(trace.info) {
                    return Ok(());
                }
            }
        }
    }
}

/// What a filter asks besides the trace's row.
#[derive(Default)]
struct Needs {
    spans: bool,
    assessments: bool,
}

impl Needs {
    fn of(filter: Option<&TraceFilter>) -> Self {
        let mut needs = Self::default();
        for predicate in filter.map(|filter| filter.root.predicates()).unwrap_or_default() {
            match predicate {
                Predicate::Span(_) | Predicate::TraceText(_) => needs.spans = true,
                Predicate::Feedback { .. } | Predicate::Expectation { .. } => {
                    needs.assessments = true;
                }
                _ => {}
            }
        }
        needs
    }
}

async fn chunk(reader: &mut SqliteConnection, after: i64) -> StoreResult<Vec<StoredTrace>> {
    let select = "select trace_no, trace_key, experiment_id, request_time_ms, flags, next_block,
            block_count, summary
        from trace where trace_no > ?1 order by trace_no limit ?2";
    let rows = sqlx::query(select).bind(after).bind(CHUNK).fetch_all(reader).await;
    rows.map_err(database)?.iter().map(rows::stored_trace).collect()
}

/// The assessments that hold for whole sessions, by session.
async fn session_assessments(
    reader: &mut SqliteConnection,
) -> StoreResult<HashMap<String, Vec<Assessment>>> {
    let select = "select trace_no, assessment_no, valid, data, session from assessment
        where session is not null and valid = 1 order by assessment_no";
    let rows = sqlx::query(select).fetch_all(reader).await.map_err(database)?;
    let mut sessions: HashMap<String, Vec<Assessment>> = HashMap::new();
    for row in rows {
        let session: String = row.try_get(4).map_err(database)?;
        sessions.entry(session).or_default().push(assessments::assessment(&row)?);
    }
    Ok(sessions)
}
