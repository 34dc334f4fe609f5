//! All matches of a filter as sets of rows, for statistics: nothing is ordered, and no trace is looked at that columns can
//! decide. With a filter other than on time only the newest matches are taken.

use std::sync::Arc;

use domain::filter::check::Predicate;
use domain::stats::{COUNTED_MAX, Counted, StatsScope};
use domain::store::StoreResult;
use sqlx::SqliteConnection;

use super::candidates::View;
use super::plan::Plan;
use super::tail::{self, TailRow};
use super::verify::verify;
use super::{LOOK_AT, sorted};
use crate::index::bitmap::Bitmap;
use crate::index::segment::Segment;
use crate::sqlite::SqliteStore;
use crate::sqlite::parts::PartReader;

/// No more traces than this are looked at for one statistic.
const LOOKS_MAX: usize = 4096;

/// The traces that a statistic is about.
pub(in crate::sqlite) struct Matches {
    pub segments: Vec<SegmentMatches>,
    pub tail: Vec<TailRow>,
    pub counted: Counted,
}

/// Those of one experiment in one segment.
pub(in crate::sqlite) struct SegmentMatches {
    pub segment: Arc<Segment>,
    /// The row of the first bit.
    pub first_row: usize,
    pub rows: Bitmap,
    /// These are all of the experiment's rows in the segment whose trace is as it was.
    pub is_whole: bool,
}

/// A match, certain or not, on the way to the newest.
struct Open {
    start: i64,
    /// Which segment; `None` for the tail.
    segment: Option<usize>,
    /// The row, or the place in the tail.
    row: usize,
    trace_no: i64,
    is_certain: bool,
}

/// Matches that are not cut to the newest yet.
struct Found {
    segments: Vec<SegmentMatches>,
    /// For each segment the rows that match for certain.
    certain: Vec<Bitmap>,
    tail: Vec<TailRow>,
    tail_rows: Bitmap,
    tail_certain: Bitmap,
}

impl SqliteStore {
    /// Finds what a statistic is about: all matches if the filter asks for nothing but times and there are no more than
    /// `plain_max`, else the newest.
    pub(in crate::sqlite) async fn matches(
        &self,
        scope: &StatsScope,
        plain_max: u64,
        reader: &mut SqliteConnection,
    ) -> StoreResult<Matches> {
        let experiments = sorted(&scope.experiments);
        let mut plan = Plan::new(self, scope.filter.as_ref(), reader).await?;
        let (from, to) = scope.range.bounds();
        plan.starts = (plan.starts.0.max(from), plan.starts.1.min(to));
        let is_plain = plan
            .conditions
            .iter()
            .all(|condition| matches!(condition.predicate, Predicate::TimestampMs(_)));
        let cap = if is_plain { plain_max } else { COUNTED_MAX };
        let cap = usize::try_from(cap).unwrap_or(usize::MAX);
        let view = View::of(&self.shared.live.read(), &experiments);
        let mut parts = PartReader {
            connection: reader,
            cache: &self.shared.parts,
        };
        let found = Found::new(&plan, view, &experiments, &mut parts).await?;
        if found.is_certain() && found.count() <= cap {
            return Ok(found.all());
        }
        let mut open = found.newest(cap, &mut parts).await?;
        let had_older = found.count() > open.len();
        let was_decided = if found.is_certain() {
            true
        } else {
            decide(&plan, &mut open, parts.connection).await?
        };
        Ok(found.only(&open, had_older || !was_decided))
    }
}

impl Found {
    async fn new(
        plan: &Plan<'_>,
        view: View,
        experiments: &[domain::ids::ExperimentId],
        parts: &mut PartReader<'_>,
    ) -> StoreResult<Self> {
        let (mut segments, mut certain) = (Vec::new(), Vec::new());
        for stream in view.streams(experiments) {
            let (rows, possible, sure) = stream.evaluate(plan, plan.starts, parts).await?;
            if !possible.is_empty() {
                segments.push(SegmentMatches {
                    segment: Arc::clone(stream.segment()),
                    first_row: rows.start,
                    rows: possible,
                    is_whole: plan.conditions.is_empty() && stream.is_all(&rows),
                });
                certain.push(sure);
            }
        }
        let truths = tail::truths(plan, &view.tail);
        let in_time = Bitmap::from_fn(view.tail.len(), |row| {
            let start = view.tail[row].1.info.request_time.0;
            (plan.starts.0..=plan.starts.1).contains(&start)
        });
        Ok(Self {
            segments,
            certain,
            tail_certain: truths.certain().and(&in_time),
            tail_rows: truths.may_be_true.and(&in_time),
            tail: view.tail,
        })
    }

    fn is_certain(&self) -> bool {
        let rows = self.segments.iter().map(|found| &found.rows);
        rows.zip(&self.certain).all(|(rows, sure)| rows == sure)
            && self.tail_rows == self.tail_certain
    }

    fn count(&self) -> usize {
        let segments = self.segments.iter().map(|found| found.rows.count());
        segments.sum::<usize>() + self.tail_rows.count()
    }

    fn all(self) -> Matches {
        let counted = Counted::All(self.count() as u64);
        let tail = self.tail_rows.iter().map(|row| self.tail[row].clone());
        Matches {
            tail: tail.collect(),
            segments: self.segments,
            counted,
        }
    }

    /// The newest possible matches, newest first.
    async fn newest(&self, count: usize, parts: &mut PartReader<'_>) -> StoreResult<Vec<Open>> {
        let earliest = self.start_of_newest(count, parts).await?;
        let mut open = Vec::with_capacity(count.min(self.count()));
        for (place, found) in self.segments.iter().enumerate() {
            let segment = &found.segment;
            let starts = parts.codes(segment, segment.start.part).await?;
            let trace_nos = parts.codes(segment, segment.trace_no.part).await?;
            for bit in found.rows.iter().take(count) {
                let row = found.first_row + bit;
                let start = segment.start.number(starts.get(row)).unwrap_or(0);
                // Rows lie newest first.
                if start < earliest {
                    break;
                }
                open.push(Open {
                    start,
                    segment: Some(place),
                    row: bit,
                    trace_no: segment.trace_no.number(trace_nos.get(row)).unwrap_or(0),
                    is_certain: self.certain[place].contains(bit),
                });
            }
        }
        for row in self.tail_rows.iter() {
            open.push(Open {
                start: self.tail[row].1.info.request_time.0,
                segment: None,
                row,
                trace_no: self.tail[row].0,
                is_certain: self.tail_certain.contains(row),
            });
        }
        let newest_first = |open: &Open| (std::cmp::Reverse(open.start), open.trace_no);
        if open.len() > count {
            open.select_nth_unstable_by_key(count, newest_first);
            open.truncate(count);
        }
        open.sort_unstable_by_key(newest_first);
        Ok(open)
    }

    /// The start of the last of the newest, so that not all matches need to be held at once.
    async fn start_of_newest(&self, count: usize, parts: &mut PartReader<'_>) -> StoreResult<i64> {
        if self.count() <= count {
            return Ok(i64::MIN);
        }
        let tail = self.tail_rows.iter();
        let mut all: Vec<i64> = tail
            .map(|row| self.tail[row].1.info.request_time.0)
            .collect();
        for found in &self.segments {
            let column = found.segment.start;
            let starts = parts.codes(&found.segment, column.part).await?;
            starts.visit(found.first_row, &found.rows, |_, code| {
                all.push(column.number(code).unwrap_or(0));
            });
        }
        let place = count.saturating_sub(1).min(all.len().saturating_sub(1));
        let (_, start, _) = all.select_nth_unstable_by(place, |a, b| b.cmp(a));
        Ok(*start)
    }

    /// Keeps no more than these.
    fn only(self, open: &[Open], has_older: bool) -> Matches {
        let mut rows: Vec<Bitmap> = self
            .segments
            .iter()
            .map(|found| Bitmap::none(found.rows.len()))
            .collect();
        let mut tail = Vec::new();
        for open in open {
            match open.segment {
                Some(segment) => rows[segment].insert(open.row),
                None => tail.push(self.tail[open.row].clone()),
            }
        }
        let count = open.len() as u64;
        let segments = self.segments.into_iter().zip(rows);
        Matches {
            segments: segments
                .map(|(found, rows)| SegmentMatches {
                    rows,
                    is_whole: false,
                    ..found
                })
                .collect(),
            tail,
            counted: if has_older {
                Counted::Newest(count)
            } else {
                Counted::All(count)
            },
        }
    }
}

/// Looks at the uncertain, newest first, and keeps what matches. Ends early, and says so with `false`, when it has looked at
/// too many.
async fn decide(
    plan: &Plan<'_>,
    open: &mut Vec<Open>,
    reader: &mut SqliteConnection,
) -> StoreResult<bool> {
    let mut kept = Vec::new();
    let mut looks = 0;
    let mut rest = std::mem::take(open).into_iter().peekable();
    while rest.peek().is_some() {
        if looks >= LOOKS_MAX {
            *open = kept;
            return Ok(false);
        }
        let group: Vec<Open> = rest.by_ref().take(LOOK_AT).collect();
        let uncertain = group.iter().filter(|open| !open.is_certain);
        let uncertain: Vec<i64> = uncertain.map(|open| open.trace_no).collect();
        looks += uncertain.len();
        let passed = verify(plan, &uncertain, reader).await?;
        kept.extend(
            group
                .into_iter()
                .filter(|open| open.is_certain || passed.contains(&open.trace_no)),
        );
    }
    *open = kept;
    Ok(true)
}
