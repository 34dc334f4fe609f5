//! The candidates of one experiment in one segment, in the order of the search. Columns are read when the first candidate is
//! asked for.

mod place;

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use domain::filter::order::{Direction, TraceKey, TraceOrder, compare_traces};
use domain::ids::ExperimentId;
use domain::store::StoreResult;
use domain::trace::TraceInfo;

use super::columns::Columns;
use super::order::{SortColumns, is_natural};
use super::plan::Plan;
use crate::index::bitmap::Bitmap;
use crate::index::codes::Codes;
use crate::index::segment::{ExperimentRows, Segment};
use crate::sqlite::live::LiveSegment;
use crate::sqlite::parts::PartReader;

/// Candidates taken out of a segment at once. Only these are held as rows; all others are bits.
const BATCH: usize = 2048;

/// A trace that matches, or may match.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// What the order reads. The id only if `unread_id` is empty.
    pub place: TraceInfo,
    /// The row whose id was not read yet. Most ids are never needed, and to read one takes longer than all else.
    pub unread_id: Option<u32>,
    pub trace_no: i64,
    /// False if the trace must be looked at.
    pub is_certain: bool,
}

/// The candidates of an experiment in a segment.
pub(super) struct SegmentStream {
    live: LiveSegment,
    rows: ExperimentRows,
}

/// Candidates found. Columns are not held: with many segments they would fill the memory.
pub(super) struct Opened {
    live: LiveSegment,
    experiment: ExperimentId,
    /// The row of the first bit.
    first_row: usize,
    /// Candidates that are not in the batch yet.
    possible: Bitmap,
    certain: Bitmap,
    /// The next candidates, last first.
    batch: Vec<Row>,
}

/// A candidate's row.
struct Row {
    row: u32,
    trace_no: i64,
    start: i64,
}

impl SegmentStream {
    pub(super) fn new(live: LiveSegment, rows: ExperimentRows) -> Self {
        Self { live, rows }
    }

    pub(super) fn segment(&self) -> &Arc<Segment> {
        &self.live.segment
    }

    /// Whether these are all of its rows.
    pub(super) fn is_all(&self, rows: &Range<usize>) -> bool {
        *rows == (self.rows.start..self.rows.end)
    }

    /// The latest start of its traces.
    pub(super) fn newest(&self) -> i64 {
        self.rows.newest
    }

    /// Rows whose start is in the range, and which of them may match and which match for certain.
    pub(super) async fn evaluate(
        &self,
        plan: &Plan<'_>,
        starts: (i64, i64),
        reader: &mut PartReader<'_>,
    ) -> StoreResult<(Range<usize>, Bitmap, Bitmap)> {
        let segment = &self.live.segment;
        if self.rows.oldest > starts.1 || self.rows.newest < starts.0 {
            return Ok((0..0, Bitmap::none(0), Bitmap::none(0)));
        }
        let codes = reader.codes(segment, segment.start.part).await?;
        let rows = self.rows_between(&codes, starts);
        if rows.is_empty() {
            return Ok((rows, Bitmap::none(0), Bitmap::none(0)));
        }
        let mut columns = Columns {
            plan,
            segment,
            rows: rows.clone(),
            reader,
        };
        let truths = columns.truths().await?;
        let alive = self.live.dead.slice(rows.start, rows.end).not();
        let certain = truths.certain().and(&alive);
        Ok((rows, truths.may_be_true.and(&alive), certain))
    }

    /// The trace numbers of some rows.
    pub(super) async fn trace_nos(
        &self,
        rows: Range<usize>,
        wanted: &Bitmap,
        reader: &mut PartReader<'_>,
    ) -> StoreResult<Vec<i64>> {
        let column = self.live.segment.trace_no;
        let codes = reader.codes(&self.live.segment, column.part).await?;
        let number = |row: usize| column.number(codes.get(rows.start + row));
        Ok(wanted.iter().filter_map(number).collect())
    }

    /// The rows whose start is in the range, both ends included.
    fn rows_between(&self, starts: &Codes, (earliest, latest): (i64, i64)) -> Range<usize> {
        let column = self.live.segment.start;
        let start = |row: usize| column.number(starts.get(row)).unwrap_or(i64::MIN);
        let first = partition(self.rows.start..self.rows.end, |row| start(row) > latest);
        let end = partition(first..self.rows.end, |row| start(row) >= earliest);
        first..end
    }

    /// Finds the candidates.
    pub(super) async fn open(
        self,
        plan: &Plan<'_>,
        order: &[TraceOrder],
        after: Option<&TraceInfo>,
        reader: &mut PartReader<'_>,
    ) -> StoreResult<Opened> {
        let mut starts = plan.starts;
        if let (Some(after), true) = (after, opens_lazily(order)) {
            starts.1 = starts.1.min(after.request_time.0);
        }
        let (range, possible, certain) = self.evaluate(plan, starts, reader).await?;
        let mut opened = Opened {
            live: self.live,
            experiment: self.rows.experiment,
            first_row: range.start,
            possible,
            certain,
            batch: Vec::new(),
        };
        if let Some(after) = after {
            opened.drop_up_to(after, order, reader).await?;
        }
        Ok(opened)
    }
}

impl Opened {
    /// Drops the candidates that are not behind the place of a page token.
    async fn drop_up_to(
        &mut self,
        after: &TraceInfo,
        order: &[TraceOrder],
        reader: &mut PartReader<'_>,
    ) -> StoreResult<()> {
        let sort = self.sort_columns(order, Some(after), reader).await?;
        let starts = reader
            .codes(&self.live.segment, self.live.segment.start.part)
            .await?;
        let mut behind = Bitmap::none(self.possible.len());
        let mut ties = Vec::new();
        for bit in self.possible.iter() {
            match sort.compare_with(bit + self.first_row, after) {
                Ordering::Greater => behind.insert(bit),
                Ordering::Less => {}
                // Only the id can tell.
                Ordering::Equal => ties.push(bit),
            }
        }
        for bit in ties {
            let row = bit + self.first_row;
            let start = self.live.segment.start.number(starts.get(row)).unwrap_or(0);
            let mut place = self.place(row, start, order, reader).await?;
            place.trace_id = self.id(row, reader).await?;
            if compare_traces(&place, after, order).is_gt() {
                behind.insert(bit);
            }
        }
        self.possible = behind;
        Ok(())
    }

    async fn sort_columns(
        &self,
        order: &[TraceOrder],
        after: Option<&TraceInfo>,
        reader: &mut PartReader<'_>,
    ) -> StoreResult<SortColumns> {
        SortColumns::load(&self.live.segment, self.experiment.0, order, after, reader).await
    }

    /// Takes out the next candidates.
    async fn refill(
        &mut self,
        order: &[TraceOrder],
        reader: &mut PartReader<'_>,
    ) -> StoreResult<()> {
        let segment = Arc::clone(&self.live.segment);
        let bits: Vec<usize> = if is_natural(order) {
            self.possible.iter().take(BATCH).collect()
        } else {
            let sort = self.sort_columns(order, None, reader).await?;
            first_rows(&self.possible, self.first_row, &sort)
        };
        if bits.is_empty() {
            return Ok(());
        }
        let trace_nos = reader.codes(&segment, segment.trace_no.part).await?;
        let starts = reader.codes(&segment, segment.start.part).await?;
        for bit in bits.into_iter().rev() {
            self.possible.remove(bit);
            let row = bit + self.first_row;
            self.batch.push(Row {
                row: row as u32,
                trace_no: segment.trace_no.number(trace_nos.get(row)).unwrap_or(0),
                start: segment.start.number(starts.get(row)).unwrap_or(0),
            });
        }
        Ok(())
    }

    /// The next candidate.
    pub(super) async fn next(
        &mut self,
        order: &[TraceOrder],
        reader: &mut PartReader<'_>,
    ) -> StoreResult<Option<Candidate>> {
        if self.batch.is_empty() {
            self.refill(order, reader).await?;
        }
        let Some(Row {
            row,
            trace_no,
            start,
        }) = self.batch.pop()
        else {
            return Ok(None);
        };
        let row = row as usize;
        let place = self.place(row, start, order, reader).await?;
        let is_certain = self.certain.contains(row - self.first_row);
        Ok(Some(Candidate {
            place,
            unread_id: Some(row as u32),
            trace_no,
            is_certain,
        }))
    }

    /// Reads the id of a candidate of this stream, if that was not done yet.
    pub(super) async fn read_id(
        &self,
        candidate: &mut Candidate,
        reader: &mut PartReader<'_>,
    ) -> StoreResult<()> {
        if let Some(row) = candidate.unread_id.take() {
            candidate.place.trace_id = self.id(row as usize, reader).await?;
        }
        Ok(())
    }
}

/// The first of the candidates in an order, as bits.
fn first_rows(possible: &Bitmap, first_row: usize, sort: &SortColumns) -> Vec<usize> {
    let compare = |a: &(u128, u32), b: &(u128, u32)| {
        a.0.cmp(&b.0).then_with(|| sort.compare_further(a.1, b.1))
    };
    let mut ranked: Vec<(u128, u32)> = Vec::with_capacity(4 * BATCH);
    // Behind this rank no row is among the first any more.
    let mut last: Option<u128> = None;
    let is_decided = sort.is_decided_by_rank();
    sort.ranks(first_row, possible, |bit, rank| {
        if last.is_some_and(|last| rank > last || (rank == last && is_decided)) {
            return;
        }
        ranked.push((rank, (bit + first_row) as u32));
        if ranked.len() == 4 * BATCH {
            let (_, kept, _) = ranked.select_nth_unstable_by(BATCH, compare);
            last = Some(kept.0);
            ranked.truncate(BATCH);
        }
    });
    if ranked.len() > BATCH {
        ranked.select_nth_unstable_by(BATCH, compare);
        ranked.truncate(BATCH);
    }
    ranked.sort_unstable_by(compare);
    ranked
        .into_iter()
        .map(|(_, row)| row as usize - first_row)
        .collect()
}

/// The first number of a range for which a test fails that holds for all before it.
fn partition(range: Range<usize>, test: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = low.midpoint(high);
        if test(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// The key of the order by which streams can be opened one after the other.
pub(super) fn opens_lazily(order: &[TraceOrder]) -> bool {
    order
        .first()
        .is_some_and(|by| by.key == TraceKey::TimestampMs && by.direction == Direction::Desc)
}
