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

use self::candidates::{Candidates, View};
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

/// A trace found: its place in the order, its number.
struct Found {
    place: TraceInfo,
    trace_no: i64,
}

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
        let Pageful {
            mut found,
            looked_at,
        } = if is_sortable {
            let mut parts = PartReader {
                connection: &mut reader,
                cache: &self.shared.parts,
            };
            let mut candidates =
                Candidates::new(&plan, &order, after.as_ref(), &view, &experiments);
            first_matches(
                &plan,
                &mut candidates,
                size + 1,
                self.shared.look_time,
                &mut parts,
            )
            .await?
        } else {
            let wanted = scan::Wanted {
                experiments: &experiments,
                order: &order,
                after: after.as_ref(),
            };
            Pageful {
                found: scan::first_matches(&plan, &wanted, size + 1, &mut reader).await?,
                looked_at: None,
            }
        };
        drop(reader);
        let has_more = found.len() > size;
        found.truncate(size);
        let note = note(&plan, looked_at.is_some(), self.shared.look_time);
        let last = found.last().map(|found| &found.place);
        let next = looked_at.as_ref().or(last.filter(|_| has_more));
        let next = next.map(|place| page_token::of_place(fingerprint, place, &order));
        let trace_nos: Vec<i64> = found.iter().map(|found| found.trace_no).collect();
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

/// Matches, and if time ran out before there were enough the last candidate that was looked at.
struct Pageful {
    found: Vec<Found>,
    looked_at: Option<TraceInfo>,
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
    count: usize,
    look_time: Duration,
    parts: &mut PartReader<'_>,
) -> StoreResult<Pageful> {
    let began = Instant::now();
    let mut found = Vec::with_capacity(count.min(1024));
    let mut looked_at = None;
    while found.len() < count {
        if looked_at.is_some() && began.elapsed() > look_time {
            return Ok(Pageful { found, looked_at });
        }
        let mut group = Vec::new();
        let mut open = Vec::new();
        while group.len() < (count - found.len()).max(LOOK_AT) {
            let Some(candidate) = candidates.next(parts).await? else {
                break;
            };
            if !candidate.is_certain {
                open.push(candidate.trace_no);
            }
            group.push(candidate);
        }
        if group.is_empty() {
            break;
        }
        let passed = verify(plan, &open, parts.connection).await?;
        looked_at = group.last().map(|candidate| candidate.place.clone());
        let matches = group
            .into_iter()
            .filter(|candidate| candidate.is_certain || passed.contains(&candidate.trace_no));
        found.extend(matches.map(|candidate| Found {
            place: candidate.place,
            trace_no: candidate.trace_no,
        }));
    }
    found.truncate(count);
    Ok(Pageful {
        found,
        looked_at: None,
    })
}
