//! Stretches of time in which no span ran, folded to a mark each so that what ran gets the room.
//!
//! A folded axis is one more way to count time: [`Gaps::fold`] leads from the time of the trace to a place on that axis, where the
//! window and all bars live, and [`Gaps::unfold`] back. Without gaps both leave times as they are.

use super::{Tick, Viewport, ticks};
use crate::span_table::SpanTable;

/// A gap is at least one part in so many of the trace.
const PARTS: i64 = 20;
/// Folded, a gap is one part in so many of what ran.
const MARK_PARTS: i64 = 40;

/// A stretch without any span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Its start, in nanoseconds after that of the trace.
    pub from: i64,
    /// Its end.
    pub to: i64,
    /// Where it starts on the folded axis.
    pub at: i64,
    /// How long it is there.
    pub mark: i64,
}

/// The gaps that an axis folds, by time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gaps {
    found: Vec<Gap>,
}

impl Gaps {
    /// The long gaps of a trace.
    pub fn of(table: &SpanTable) -> Self {
        let least = table.duration() / PARTS;
        let roots = std::iter::successors((!table.is_empty()).then_some(0), |root| {
            Some(table.subtree_end(*root)).filter(|next| *next < table.len())
        });
        // In nearly every trace the roots alone leave no gap, and the other rows need not be looked at.
        if gaps_between(table, roots, least).is_empty() {
            return Self::default();
        }
        let long = gaps_between(table, 0..table.len(), least);
        let idle = long.iter().map(|(from, to)| to - from).sum();
        let busy = table.duration().saturating_sub(idle);
        let (mut found, mut taken) = (Vec::new(), 0_i64);
        for (from, to) in long {
            let mark = (busy / MARK_PARTS).clamp(1, to - from);
            let at = from - taken;
            found.push(Gap { from, to, at, mark });
            taken += to - from - mark;
        }
        Self { found }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All of them, by time.
    pub fn all(&self) -> &[Gap] {
        &self.found
    }

    /// The place of a time on the folded axis.
    pub fn fold(&self, time: i64) -> i64 {
        let before = self.found.partition_point(|gap| gap.from <= time);
        match before.checked_sub(1).map(|at| self.found[at]) {
            None => time,
            Some(gap) if time >= gap.to => {
                (gap.at + gap.mark).saturating_add(time.saturating_sub(gap.to))
            }
            Some(gap) => gap.at + share(time - gap.from, gap.mark, gap.to - gap.from),
        }
    }

    /// The time at a place of the folded axis.
    pub fn unfold(&self, place: i64) -> i64 {
        let before = self.found.partition_point(|gap| gap.at <= place);
        match before.checked_sub(1).map(|at| self.found[at]) {
            None => place,
            Some(gap) if place >= gap.at + gap.mark => gap
                .to
                .saturating_add(place.saturating_sub(gap.at + gap.mark)),
            Some(gap) => gap.from + share(place - gap.at, gap.to - gap.from, gap.mark),
        }
    }

    /// The marks of a window of the folded axis: those of what ran between the gaps, with their true times.
    pub fn ticks(&self, window: &Viewport, gap_min: f64) -> Vec<Tick> {
        let mut found: Vec<Tick> = Vec::new();
        let starts = self.found.iter().map(|gap| gap.at + gap.mark);
        let ends = self.found.iter().map(|gap| gap.at).chain([i64::MAX]);
        for (start, end) in [i64::MIN].into_iter().chain(starts).zip(ends) {
            let (from, to) = (start.max(window.from), end.min(window.to));
            if from >= to {
                continue;
            }
            let left = window.x_of(from);
            let part = Viewport {
                from: self.unfold(from),
                to: self.unfold(from).saturating_add(to - from),
                width: window.x_of(to) - left,
                ..*window
            };
            let marks = ticks(&part, gap_min).into_iter().map(|tick| Tick {
                x: tick.x + left,
                ..tick
            });
            for mark in marks {
                // A little less, for what is lost in rounding.
                let is_clear = |last: &Tick| mark.x - last.x >= gap_min * 0.99;
                if found.last().is_none_or(is_clear) {
                    found.push(mark);
                }
            }
        }
        found
    }
}

fn gaps_between(table: &SpanTable, rows: impl Iterator<Item = u32>, least: i64) -> Vec<(i64, i64)> {
    let spans = rows.filter(|row| !table.is_placeholder(*row));
    let mut spans: Vec<(i64, i64)> = spans
        .map(|row| (table.start(row), table.end(row)))
        .collect();
    spans.sort_unstable();
    let (mut found, mut covered_to) = (Vec::new(), 0);
    for (start, end) in spans {
        if start - covered_to > least.max(1) {
            found.push((covered_to, start));
        }
        covered_to = covered_to.max(end);
    }
    found
}

/// `part` of `of`, as that much of `whole`; exact for any times.
fn share(part: i64, whole: i64, of: i64) -> i64 {
    let share = i128::from(part) * i128::from(whole) / i128::from(of.max(1));
    i64::try_from(share).unwrap_or(i64::MAX)
}
