//! What each group weighs in an order.

use std::sync::Arc;

use domain::stats::{GroupOrder, GroupQuery};
use domain::store::StoreResult;
use domain::trace::{TraceInfo, TraceState};

use crate::index::build::state_number;
use crate::index::measure::{self, Measure};
use crate::index::segment::NumberColumn;
use crate::sqlite::parts::PartReader;
use crate::sqlite::search::{Matches, SegmentMatches};
use crate::sqlite::stats::labels::Labeller;
use crate::sqlite::stats::merge::Run;

/// What an order asks of a group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weight {
    traces: u32,
    /// The latest start, or a sum; [`NOTHING`] if there is none.
    number: i64,
}

const NOTHING: i64 = i64::MIN;

impl Default for Weight {
    fn default() -> Self {
        Self {
            traces: 0,
            number: NOTHING,
        }
    }
}

impl Weight {
    fn of(number: i64) -> Self {
        Self { traces: 1, number }
    }

    pub(super) fn merge(&mut self, other: Self, order: GroupOrder) {
        self.traces = self.traces.saturating_add(other.traces);
        self.number = match (order, self.number, other.number) {
            (_, NOTHING, number) | (_, number, NOTHING) => number,
            (GroupOrder::Last, mine, other) => mine.max(other),
            (_, mine, other) => mine.saturating_add(other),
        };
    }

    /// The greatest comes first.
    pub(super) fn rank(self, order: GroupOrder) -> i64 {
        match order {
            GroupOrder::Traces => i64::from(self.traces),
            GroupOrder::Value => 0,
            GroupOrder::Errors | GroupOrder::Busy if self.number == NOTHING => 0,
            _ => self.number,
        }
    }
}

/// All groups as they were weighed.
pub(super) struct Weighed {
    /// One for each segment of the matches, in their order, and one for what is in no segment.
    pub runs: Vec<Run<Weight>>,
    pub is_sampled: bool,
}

pub(super) async fn weigh(
    query: &GroupQuery,
    labeller: &Labeller<'_>,
    matches: &Matches,
    parts: &mut PartReader<'_>,
) -> StoreResult<Weighed> {
    let order = query.order;
    let mut is_sampled = labeller.is_cut();
    let mut runs = Vec::with_capacity(matches.segments.len() + 1);
    for found in &matches.segments {
        let labels = labeller.labels(found, parts).await?;
        is_sampled |= labels.is_partial;
        let numbers = numbers(order, found, parts).await?;
        let mut weights = vec![Weight::default(); labels.values.count()];
        labels.visit(found, |bit, place| {
            let number = numbers.get(bit).copied().unwrap_or(NOTHING);
            if let Some(weight) = weights.get_mut(place as usize) {
                weight.merge(Weight::of(number), order);
            }
        })?;
        let items = (0..).zip(weights).filter(|(_, weight)| weight.traces > 0);
        runs.push(Run {
            segment: Some(Arc::clone(&found.segment)),
            values: labels.values,
            items: items.collect(),
        });
    }
    let mut others = Vec::new();
    for (trace_no, trace) in &matches.tail {
        let (values, is_partial) = labeller.of_trace(*trace_no, trace);
        is_sampled |= is_partial;
        let weight = Weight::of(number(order, &trace.info).unwrap_or(NOTHING));
        others.extend(values.into_iter().map(|value| (value, weight)));
    }
    runs.push(Run::of_texts(others));
    Ok(Weighed { runs, is_sampled })
}

/// The number of a trace that an order looks at.
fn number(order: GroupOrder, info: &TraceInfo) -> Option<i64> {
    match order {
        GroupOrder::Last => Some(info.request_time.0),
        GroupOrder::Errors => Some(i64::from(info.state == TraceState::Error)),
        GroupOrder::Tokens => measure::of(info)[Measure::TotalTokens as usize],
        GroupOrder::Cost => measure::of(info)[Measure::CostNanos as usize],
        GroupOrder::Busy => info.duration_ms,
        GroupOrder::Traces | GroupOrder::Value => None,
    }
}

/// The same for the matches of a segment, by bit; empty if the order looks at none.
async fn numbers(
    order: GroupOrder,
    found: &SegmentMatches,
    parts: &mut PartReader<'_>,
) -> StoreResult<Vec<i64>> {
    let segment = &found.segment;
    let of_measure = |measure| segment.measures.get(&measure).copied();
    let column = match order {
        GroupOrder::Last => Some(segment.start),
        GroupOrder::Errors => Some(segment.state),
        GroupOrder::Tokens => of_measure(Measure::TotalTokens),
        GroupOrder::Cost => of_measure(Measure::CostNanos),
        GroupOrder::Busy => Some(segment.duration),
        GroupOrder::Traces | GroupOrder::Value => None,
    };
    let Some(column) = column else {
        return Ok(Vec::new());
    };
    let codes = parts.codes(segment, column.part).await?;
    let mut numbers = vec![NOTHING; found.rows.len()];
    let error = NumberColumn::code(column.least, Some(state_number(TraceState::Error)));
    codes.visit(found.first_row, &found.rows, |bit, code| {
        numbers[bit] = match order {
            GroupOrder::Errors => i64::from(code == error),
            _ => column.number(code).unwrap_or(NOTHING),
        };
    });
    Ok(numbers)
}
