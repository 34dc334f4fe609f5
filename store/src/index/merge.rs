//! From several segments to one, column by column: no more than one column's codes and one chunk of each dictionary are in
//! memory at a time. Dead rows are left behind, and with them the values that only they had.

mod tuples;
mod values;

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use domain::ids::TraceId;

use self::tuples::merge_tuples;
use self::values::merge_texts;
use super::ColumnId;
use super::bitmap::Bitmap;
use super::build::{Built, COLUMNS_MAX, number_column};
use super::codes::Codes;
use super::dictionary::PartSink;
use super::measure::Measure;
use super::segment::{ExperimentRows, ID_ROWS, NumberColumn, Segment, decode_ids, encode_ids};
use crate::bytes::Damaged;

/// Where the parts of the inputs come from.
pub(crate) trait PartSource {
    /// A part of a segment.
    fn part(&mut self, segment_no: i64, part: u32) -> Result<Arc<Vec<u8>>, Damaged>;
}

/// A segment to merge.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub segment: Arc<Segment>,
    /// The rows to leave behind.
    pub dead: Arc<Bitmap>,
}

/// The rows of the output: which row of which input.
type Order = Vec<(usize, u32)>;

/// Merges segments; the result has no number yet.
pub(crate) fn merge(
    inputs: &[Input],
    source: &mut dyn PartSource,
    sink: &mut dyn PartSink,
) -> Result<Built, Damaged> {
    let mut out = Segment::default();
    let order = merge_rows(inputs, source, sink, &mut out)?;
    out.rows = order.len();
    let numbers = merge_numbers(inputs, &order, |s| s.trace_no, source)?;
    let trace_nos = numbers.iter().map(|number| number.unwrap_or(0)).collect();
    out.trace_no = number_column(numbers, sink)?;
    out.start = number_column(merge_numbers(inputs, &order, |s| s.start, source)?, sink)?;
    out.duration = number_column(merge_numbers(inputs, &order, |s| s.duration, source)?, sink)?;
    out.state = number_column(merge_numbers(inputs, &order, |s| s.state, source)?, sink)?;
    let ranges = || inputs.iter().map(|input| input.segment.trace_nos);
    out.trace_nos = (
        ranges().map(|range| range.0).min().unwrap_or(0),
        ranges().map(|range| range.1).max().unwrap_or(0),
    );
    let ids: BTreeSet<&ColumnId> = inputs
        .iter()
        .flat_map(|input| input.segment.columns.keys())
        .collect();
    for id in ids {
        let is_known =
            |input: &Input| !input.segment.is_partial || input.segment.columns.contains_key(id);
        if out.columns.len() < COLUMNS_MAX && inputs.iter().all(is_known) {
            out.columns
                .insert(id.clone(), merge_texts(inputs, &order, id, source, sink)?);
        } else {
            out.is_partial = true;
        }
    }
    out.is_partial |= inputs.iter().any(|input| input.segment.is_partial);
    out.tuples = merge_tuples(inputs, &order, |s| &s.tuples, source, sink)?;
    out.terms = merge_tuples(inputs, &order, |s| &s.terms, source, sink)?;
    out.models = merge_tuples(inputs, &order, |segment| &segment.models, source, sink)?;
    for measure in Measure::ALL {
        let has = |input: &Input| input.segment.measures.contains_key(&measure);
        if inputs.iter().any(has) {
            let numbers = merge_measure(inputs, &order, measure, source)?;
            out.measures.insert(measure, number_column(numbers, sink)?);
        }
    }
    Ok(Built {
        segment: out,
        trace_nos,
    })
}

/// A column of an input.
fn open_codes(input: &Input, part: u32, source: &mut dyn PartSource) -> Result<Codes, Damaged> {
    Codes::open(
        &source.part(input.segment.segment_no, part)?,
        input.segment.rows,
    )
}

/// One input while rows are merged.
struct RowCursor<'a> {
    input: &'a Input,
    starts: Codes,
    ids: Vec<TraceId>,
    ids_chunk: usize,
    row: usize,
    end: usize,
}

impl RowCursor<'_> {
    /// Goes on to the next live row; loads its id.
    fn settle(&mut self, source: &mut dyn PartSource) -> Result<(), Damaged> {
        while self.row < self.end && self.input.dead.contains(self.row) {
            self.row += 1;
        }
        if self.row < self.end && self.row / ID_ROWS != self.ids_chunk {
            self.ids_chunk = self.row / ID_ROWS;
            let segment = &self.input.segment;
            let part = segment
                .ids
                .get(self.ids_chunk)
                .ok_or(Damaged("ids of a segment"))?;
            self.ids = decode_ids(&source.part(segment.segment_no, *part)?)?;
        }
        Ok(())
    }

    fn start(&self) -> i64 {
        self.input
            .segment
            .start
            .number(self.starts.get(self.row))
            .unwrap_or(0)
    }

    fn id(&self) -> Option<&TraceId> {
        self.ids.get(self.row % ID_ROWS)
    }

    fn compare(&self, other: &Self) -> Ordering {
        other
            .start()
            .cmp(&self.start())
            .then_with(|| self.id().cmp(&other.id()))
    }
}

/// Finds the order of rows, and writes the ids.
fn merge_rows(
    inputs: &[Input],
    source: &mut dyn PartSource,
    sink: &mut dyn PartSink,
    out: &mut Segment,
) -> Result<Order, Damaged> {
    let mut cursors = Vec::with_capacity(inputs.len());
    for input in inputs {
        let starts = open_codes(input, input.segment.start.part, source)?;
        let ids_chunk = usize::MAX;
        cursors.push(RowCursor {
            input,
            starts,
            ids: Vec::new(),
            ids_chunk,
            row: 0,
            end: 0,
        });
    }
    let experiments: BTreeSet<_> = inputs
        .iter()
        .flat_map(|i| i.segment.experiments.iter().map(|rows| rows.experiment))
        .collect();
    let mut order = Order::new();
    let mut ids: Vec<TraceId> = Vec::with_capacity(ID_ROWS);
    for experiment in experiments {
        for cursor in &mut cursors {
            let rows = cursor.input.segment.rows_of(experiment);
            (cursor.row, cursor.end) = rows.map_or((0, 0), |rows| (rows.start, rows.end));
            cursor.settle(source)?;
        }
        let first = order.len();
        let (mut newest, mut oldest) = (None, 0);
        loop {
            let open = cursors
                .iter()
                .enumerate()
                .filter(|(_, cursor)| cursor.row < cursor.end);
            let Some((place, _)) = open.min_by(|a, b| a.1.compare(b.1)) else {
                break;
            };
            let cursor = &mut cursors[place];
            oldest = cursor.start();
            newest.get_or_insert(oldest);
            order.push((
                place,
                u32::try_from(cursor.row).map_err(|_| Damaged("too many rows"))?,
            ));
            ids.push(cursor.id().cloned().ok_or(Damaged("ids of a segment"))?);
            if ids.len() == ID_ROWS {
                out.ids.push(sink.put(encode_ids(ids.iter()))?);
                ids.clear();
            }
            cursor.row += 1;
            cursor.settle(source)?;
        }
        if let Some(newest) = newest {
            let (start, end) = (first, order.len());
            out.experiments.push(ExperimentRows {
                experiment,
                start,
                end,
                newest,
                oldest,
            });
        }
    }
    if !ids.is_empty() {
        out.ids.push(sink.put(encode_ids(ids.iter()))?);
    }
    Ok(order)
}

fn merge_numbers(
    inputs: &[Input],
    order: &Order,
    column: fn(&Segment) -> NumberColumn,
    source: &mut dyn PartSource,
) -> Result<Vec<Option<i64>>, Damaged> {
    let mut opened = Vec::with_capacity(inputs.len());
    for input in inputs {
        let column = column(&input.segment);
        opened.push((column, open_codes(input, column.part, source)?));
    }
    let numbers = order.iter().map(|(input, row)| {
        let (column, codes) = &opened[*input];
        column.number(codes.get(*row as usize))
    });
    Ok(numbers.collect())
}

/// As [`merge_numbers`], for a column that some inputs lack.
fn merge_measure(
    inputs: &[Input],
    order: &Order,
    measure: Measure,
    source: &mut dyn PartSource,
) -> Result<Vec<Option<i64>>, Damaged> {
    let mut opened = Vec::with_capacity(inputs.len());
    for input in inputs {
        opened.push(match input.segment.measures.get(&measure) {
            Some(column) => Some((*column, open_codes(input, column.part, source)?)),
            None => None,
        });
    }
    let numbers = order.iter().map(|(input, row)| {
        let (column, codes) = opened[*input].as_ref()?;
        column.number(codes.get(*row as usize))
    });
    Ok(numbers.collect())
}
