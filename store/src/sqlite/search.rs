//! The search for traces: the index and the tail give candidates in order; those that columns cannot decide are looked at.

mod candidates;
mod columns;
mod matches;
mod order;
mod plan;
mod scan;
mod sets;
mod stream;
mod tail;
mod verify;

use std::time::{Duration, Instant};

use domain::filter::check::{Predicate, TraceFilter};
use domain::filter::order::{TraceKey, TraceOrder, with_ties};
use domain::ids::ExperimentId;
use domain::page::Page;
use domain::store::{StoreResult, TraceCount, TraceQuery};
use domain::trace::{TraceInfo, keys};

use self::candidates::{Candidates, Head, View};
pub(in crate::sqlite) use self::matches::{Matches, SegmentMatches};
use self::order::can_order;
use self::plan::Plan;
use self::verify::verify;
use super::SqliteStore;
use super::parts::PartReader;
use crate::{page_token, token};

/// The tag that lists the prompt versions a trace used.
const LINKED_PROMPTS: &str = "mlflow.linkedPrompts";

/// Candidates looked at together.
const LOOK_AT: usize = 64;

/// That the text index is behind is worth saying from so many traces on.
const LAG_WORTH_SAYING: usize = 8192;

impl SqliteStore {
    pub(super) async fn search(&self, query: TraceQuery) -> StoreResult<Page<TraceInfo>> {
        let order = with_ties(&query.order);
        if asks_counts(query.filter.as_ref(), &order) {
            self.recount_all().await?;
        }
        let experiments = sorted(&query.experiments);
        let root = query.filter.as_ref().map(|filter| &filter.root);
        let fingerprint = token::fingerprint(&(&experiments, root, &order));
        let page_token = query.page.token.as_ref();
        let after = page_token
            .map(|token| page_token::read(fingerprint, token, &order))
            .transpose()?;
        let size = query.page.size.max(1) as usize;
        let mut reader = self.reader().await?;
        let plan = Plan::new(self, query.filter.as_ref(), &mut reader).await?;
        let view = View::of(&self.shared.live.read(), &experiments);
        let is_sortable = view
            .segments
            .iter()
            .all(|live| can_order(&live.segment, &order));
        let pageful = if is_sortable {
            let mut parts = PartReader {
                connection: &mut reader,
                cache: &self.shared.parts,
            };
            let mut candidates =
                Candidates::new(&plan, &order, after.as_ref(), &view, &experiments);
            let look_time = self.shared.look_time;
            first_matches(&plan, &mut candidates, size, look_time, &mut parts).await?
        } else {
            let wanted = scan::Wanted {
                experiments: &experiments,
                order: &order,
                after: after.as_ref(),
            };
            scan::first_matches(&plan, &wanted, size, &mut reader).await?
        };
        drop(reader);
        let note = note(&plan, pageful.is_out_of_time, self.shared.look_time);
        let next = pageful.next.as_ref();
        let next = next.map(|place| page_token::of_place(fingerprint, place, &order));
        let trace_nos = pageful.trace_nos;
        let items = self.traces_by_no(&trace_nos).await?;
        Ok(Page {
            items: items.into_iter().map(|trace| trace.info).collect(),
            next,
            note,
        })
    }

    pub(super) async fn count(
        &self,
        experiments: &[ExperimentId],
        filter: Option<&TraceFilter>,
        cap: u64,
    ) -> StoreResult<TraceCount> {
        let experiments = sorted(experiments);
        if filter.is_none() {
            return Ok(TraceCount {
                traces: self.count_all(&experiments).await?,
                is_complete: true,
            });
        }
        if asks_counts(filter, &[]) {
            self.recount_all().await?;
        }
        let mut reader = self.reader().await?;
        let plan = Plan::new(self, filter, &mut reader).await?;
        let view = View::of(&self.shared.live.read(), &experiments);
        let mut parts = PartReader {
            connection: &mut reader,
            cache: &self.shared.parts,
        };
        let began = Instant::now();
        let mut count = 0;
        // First what is certain, which costs no look at any trace.
        let mut open = Vec::new();
        for stream in view.streams(&experiments) {
            let (rows, possible, certain) = stream.evaluate(&plan, plan.starts, &mut parts).await?;
            count += certain.count() as u64;
            let uncertain = possible.and_not(&certain);
            if !uncertain.is_empty() {
                open.push(stream.trace_nos(rows, &uncertain, &mut parts).await?);
            }
        }
        let truths = tail::truths(&plan, &view.tail);
        let certain = truths.certain();
        count += certain.count() as u64;
        let uncertain = truths.may_be_true.and_not(&certain);
        open.push(uncertain.iter().map(|row| view.tail[row].0).collect());
        for group in open.iter().flat_map(|trace_nos| trace_nos.chunks(LOOK_AT)) {
            if count >= cap || began.elapsed() > self.shared.look_time {
                return Ok(TraceCount {
                    traces: count.min(cap),
                    is_complete: false,
                });
            }
            count += verify(&plan, group, parts.connection).await?.len() as u64;
        }
        Ok(TraceCount {
            traces: count.min(cap),
            is_complete: count < cap,
        })
    }
}

/// Whether a search asks what a recount may change. If not, only the traces it shows are recounted.
fn asks_counts(filter: Option<&TraceFilter>, order: &[TraceOrder]) -> bool {
    let is_sum = |key: &str| key == keys::TOKEN_USAGE || key == keys::COST;
    let is_counted = |predicate: &&Predicate| match predicate {
        Predicate::Span(_) | Predicate::Model(_) => true,
        Predicate::Metadata { key, .. } => is_sum(key),
        Predicate::Tag { key, .. } => key == keys::SPANS_LOCATION,
        _ => false,
    };
    let is_sorted = |by: &TraceOrder| match &by.key {
        TraceKey::Metadata(key) => is_sum(key),
        TraceKey::Tag(key) => key == keys::SPANS_LOCATION,
        _ => false,
    };
    let predicates = filter
        .map(|filter| filter.root.predicates())
        .unwrap_or_default();
    predicates.iter().any(is_counted) || order.iter().any(is_sorted)
}

fn sorted(experiments: &[ExperimentId]) -> Vec<ExperimentId> {
    let mut experiments = experiments.to_vec();
    experiments.sort_unstable();
    experiments.dedup();
    experiments
}

/// Matches in their order.
struct Pageful {
    trace_nos: Vec<i64>,
    /// The place behind which more may be.
    next: Option<TraceInfo>,
    /// Not everything was looked at that may stand before that place.
    is_out_of_time: bool,
}

/// What should be said about an answer.
fn note(plan: &Plan<'_>, is_out_of_time: bool, look_time: Duration) -> Option<String> {
    let unindexed = plan.unindexed();
    let behind = (unindexed >= LAG_WORTH_SAYING).then(|| {
        format!("The text index is {unindexed} traces behind; these were looked at one by one.")
    });
    let stopped = is_out_of_time.then(|| {
        let seconds = look_time.as_secs();
        format!("The search stopped after {seconds} s; go on with the page token.")
    });
    let words: Vec<String> = behind.into_iter().chain(stopped).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The first candidates that match.
async fn first_matches(
    plan: &Plan<'_>,
    candidates: &mut Candidates<'_>,
    size: usize,
    look_time: Duration,
    parts: &mut PartReader<'_>,
) -> StoreResult<Pageful> {
    let began = Instant::now();
    let mut found: Vec<Head> = Vec::with_capacity(size.min(1024));
    let mut looked_at: Option<Head> = None;
    let trace_nos = |found: &[Head]| found.iter().map(|head| head.candidate.trace_no).collect();
    // One more than asked for tells whether there are more.
    while found.len() <= size {
        if let Some(last) = looked_at.take_if(|_| began.elapsed() > look_time) {
            return Ok(Pageful {
                trace_nos: trace_nos(&found),
                next: Some(candidates.place(last, parts).await?),
                is_out_of_time: true,
            });
        }
        let mut group = Vec::new();
        let mut open = Vec::new();
        while group.len() < (size + 1 - found.len()).max(LOOK_AT) {
            let Some(head) = candidates.next(parts).await? else {
                break;
            };
            if !head.candidate.is_certain {
                open.push(head.candidate.trace_no);
            }
            group.push(head);
        }
        looked_at = group.last().cloned();
        if group.is_empty() {
            break;
        }
        let passed = verify(plan, &open, parts.connection).await?;
        found.extend(
            group.into_iter().filter(|head| {
                head.candidate.is_certain || passed.contains(&head.candidate.trace_no)
            }),
        );
    }
    let has_more = found.len() > size;
    found.truncate(size);
    let trace_nos = trace_nos(&found);
    let last = found.pop().filter(|_| has_more);
    let next = match last {
        Some(last) => Some(candidates.place(last, parts).await?),
        None => None,
    };
    Ok(Pageful {
        trace_nos,
        next,
        is_out_of_time: false,
    })
}
