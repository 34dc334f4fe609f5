//! From several segments to one, column by column: no more than one column's codes and one chunk of each dictionary are in
//! memory at a time. Dead rows are left behind, and with them the values that only they had.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use domain::ids::TraceId;

use super::bitmap::Bitmap;
use super::build::{Built, COLUMNS_MAX, TupleWriter, number_column};
use super::codes::{self, Codes};
use super::dictionary::{Chunk, Dictionary, DictionaryWriter, PartSink};
use super::segment::{
    ExperimentRows, ID_ROWS, NumberColumn, Segment, TextColumn, TupleColumn, decode_ids,
    encode_ids, read_posting,
};
use super::ColumnId;
use crate::bytes::{Damaged, Reader};

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

/// No row of the output.
const GONE: u32 = u32::MAX;

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
    let ids: BTreeSet<&ColumnId> =
        inputs.iter().flat_map(|input| input.segment.columns.keys()).collect();
    for id in ids {
        let is_known = |input: &Input| {
            !input.segment.is_partial || input.segment.columns.contains_key(id)
        };
        if out.columns.len() < COLUMNS_MAX && inputs.iter().all(is_known) {
            out.columns.insert(id.clone(), merge_texts(inputs, &order, id, source, sink)?);
        } else {
            out.is_partial = true;
        }
    }
    out.is_partial |= inputs.iter().any(|input| input.segment.is_partial);
    out.tuples = merge_tuples(inputs, &order, source, sink)?;
    Ok(Built { segment: out, trace_nos })
}

fn codes(input: &Input, part: u32, source: &mut dyn PartSource) -> Result<Codes, Damaged> {
    Codes::open(&source.part(input.segment.segment_no, part)?, input.segment.rows)
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
            let part = segment.ids.get(self.ids_chunk).ok_or(Damaged("ids of a segment"))?;
            self.ids = decode_ids(&source.part(segment.segment_no, *part)?)?;
        }
        Ok(())
    }

    fn start(&self) -> i64 {
        self.input.segment.start.number(self.starts.get(self.row)).unwrap_or(0)
    }

    fn id(&self) -> Option<&TraceId> {
        self.ids.get(self.row % ID_ROWS)
    }

    fn compare(&self, other: &Self) -> Ordering {
        other.start().cmp(&self.start()).then_with(|| self.id().cmp(&other.id()))
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
        let starts = codes(input, input.segment.start.part, source)?;
        let ids_chunk = usize::MAX;
        cursors.push(RowCursor { input, starts, ids: Vec::new(), ids_chunk, row: 0, end: 0 });
    }
    let experiments: BTreeSet<_> =
        inputs.iter().flat_map(|i| i.segment.experiments.iter().map(|rows| rows.experiment)).collect();
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
            let open = cursors.iter().enumerate().filter(|(_, cursor)| cursor.row < cursor.end);
            let Some((place, _)) = open.min_by(|a, b| a.1.compare(b.1)) else { break };
            let cursor = &mut cursors[place];
            oldest = cursor.start();
            newest.get_or_insert(oldest);
            order.push((place, u32::try_from(cursor.row).map_err(|_| Damaged("too many rows"))?));
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
            out.experiments.push(ExperimentRows { experiment, start, end, newest, oldest });
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
        opened.push((column, codes(input, column.part, source)?));
    }
    let numbers = order.iter().map(|(input, row)| {
        let (column, codes) = &opened[*input];
        column.number(codes.get(*row as usize))
    });
    Ok(numbers.collect())
}

/// Walks through a dictionary.
struct ValueCursor<'a> {
    segment_no: i64,
    dictionary: &'a Dictionary,
    chunk: Option<Chunk>,
    next_chunk: usize,
    place: usize,
}

impl<'a> ValueCursor<'a> {
    fn new(
        segment_no: i64,
        dictionary: &'a Dictionary,
        source: &mut dyn PartSource,
    ) -> Result<Self, Damaged> {
        let mut out = Self { segment_no, dictionary, chunk: None, next_chunk: 0, place: 0 };
        out.load(source)?;
        Ok(out)
    }

    fn load(&mut self, source: &mut dyn PartSource) -> Result<(), Damaged> {
        self.place = 0;
        self.chunk = match self.dictionary.part(self.next_chunk) {
            None => None,
            Some(part) => {
                let part = source.part(self.segment_no, part)?;
                Some(self.dictionary.open(self.next_chunk, &part)?)
            }
        };
        self.next_chunk += 1;
        Ok(())
    }

    /// The value and its code.
    fn peek(&self) -> Option<(&[u8], u32)> {
        let chunk = self.chunk.as_ref()?;
        Some((chunk.value(self.place), chunk.first + self.place as u32))
    }

    fn advance(&mut self, source: &mut dyn PartSource) -> Result<(), Damaged> {
        self.place += 1;
        match &self.chunk {
            Some(chunk) if self.place < chunk.len() => Ok(()),
            _ => self.load(source),
        }
    }
}

/// Hands over all values of several dictionaries in ascending order, each once, with its code in each dictionary.
fn merge_values(
    mut cursors: Vec<Option<ValueCursor<'_>>>,
    source: &mut dyn PartSource,
    receive: &mut dyn FnMut(
        &[u8],
        &[Option<u32>],
        &mut dyn PartSource,
    ) -> Result<(), Damaged>,
) -> Result<(), Damaged> {
    let mut codes = vec![None; cursors.len()];
    loop {
        let heads = cursors.iter().flatten().filter_map(|cursor| cursor.peek());
        let Some(least) = heads.map(|(value, _)| value).min().map(<[u8]>::to_vec) else {
            return Ok(());
        };
        for (cursor, code) in cursors.iter_mut().zip(&mut codes) {
            *code = None;
            if let Some(cursor) = cursor
                && let Some((value, own)) = cursor.peek()
                && value == least
            {
                *code = Some(own);
                cursor.advance(source)?;
            }
        }
        receive(&least, &codes, source)?;
    }
}

fn merge_texts(
    inputs: &[Input],
    order: &Order,
    id: &ColumnId,
    source: &mut dyn PartSource,
    sink: &mut dyn PartSink,
) -> Result<TextColumn, Damaged> {
    let mut opened: Vec<Option<Codes>> = Vec::with_capacity(inputs.len());
    let mut new_codes: Vec<Vec<u32>> = Vec::with_capacity(inputs.len());
    let mut cursors = Vec::with_capacity(inputs.len());
    for input in inputs {
        let Some(column) = input.segment.columns.get(id) else {
            opened.push(None);
            new_codes.push(Vec::new());
            cursors.push(None);
            continue;
        };
        opened.push(Some(codes(input, column.codes, source)?));
        new_codes.push(vec![0; column.dictionary.count as usize + 1]);
        let segment_no = input.segment.segment_no;
        cursors.push(Some(ValueCursor::new(segment_no, &column.dictionary, source)?));
    }
    let code_of = |input: usize, row: u32| match &opened[input] {
        Some(codes) => codes.get(row as usize) as usize,
        None => 0,
    };
    // First mark what is used, then put the new codes in place of the marks.
    for (input, row) in order {
        let code = code_of(*input, *row);
        if code > 0 {
            *new_codes[*input].get_mut(code).ok_or(Damaged("code beyond its dictionary"))? = 1;
        }
    }
    let mut writer = DictionaryWriter::default();
    merge_values(cursors, source, &mut |value, codes, _| {
        let mut new_code = None;
        for (input, code) in codes.iter().enumerate() {
            let Some(code) = code else { continue };
            let slot = &mut new_codes[input][*code as usize + 1];
            if *slot != 0 {
                let code = match new_code {
                    Some(code) => code,
                    None => *new_code.insert(writer.push(value, &mut *sink)?),
                };
                *slot = code + 1;
            }
        }
        Ok(())
    })?;
    let numbers = order.iter().map(|(input, row)| match code_of(*input, *row) {
        0 => 0,
        code => u64::from(new_codes[*input][code]),
    });
    let numbers: Vec<u64> = numbers.collect();
    let codes = sink.put(codes::encode(&numbers))?;
    Ok(TextColumn { codes, dictionary: writer.finish(sink)? })
}

/// Reads the postings of an input from the first to the last.
struct PostingCursor {
    segment: Arc<Segment>,
    part: Option<Arc<Vec<u8>>>,
    at: usize,
    next_part: usize,
    next_code: u32,
}

impl PostingCursor {
    /// The rows of a tuple; codes must be asked in ascending order.
    fn rows(
        &mut self,
        code: u32,
        source: &mut dyn PartSource,
        mut receive: impl FnMut(u32),
    ) -> Result<(), Damaged> {
        loop {
            let postings = &self.segment.tuples.postings;
            if let Some((first, part)) = postings.get(self.next_part)
                && *first <= code
            {
                self.part = Some(source.part(self.segment.segment_no, *part)?);
                (self.at, self.next_code) = (0, *first);
                self.next_part += 1;
                continue;
            }
            let part = self.part.as_ref().ok_or(Damaged("posting"))?;
            let mut reader = Reader::new(part.get(self.at..).unwrap_or_default());
            let is_wanted = self.next_code == code;
            read_posting(&mut reader, |row| {
                if is_wanted {
                    receive(row);
                }
            })?;
            self.at = part.len() - reader.rest().len();
            self.next_code += 1;
            if is_wanted {
                return Ok(());
            }
        }
    }
}

fn merge_tuples(
    inputs: &[Input],
    order: &Order,
    source: &mut dyn PartSource,
    sink: &mut dyn PartSink,
) -> Result<TupleColumn, Damaged> {
    let mut new_rows: Vec<Vec<u32>> =
        inputs.iter().map(|input| vec![GONE; input.segment.rows]).collect();
    for (new_row, (input, row)) in order.iter().enumerate() {
        new_rows[*input][*row as usize] = new_row as u32;
    }
    let live = |input: usize, row: u32| -> Option<u32> {
        new_rows[input].get(row as usize).copied().filter(|row| *row != GONE)
    };
    let mut out = TupleColumn::default();
    let mut cursors = Vec::with_capacity(inputs.len());
    let mut postings = Vec::with_capacity(inputs.len());
    for (place, input) in inputs.iter().enumerate() {
        let segment = &input.segment;
        out.too_many.extend(segment.tuples.too_many.iter().filter_map(|row| live(place, *row)));
        let dictionary = &segment.tuples.dictionary;
        cursors.push(Some(ValueCursor::new(segment.segment_no, dictionary, source)?));
        let segment = Arc::clone(segment);
        postings.push(PostingCursor { segment, part: None, at: 0, next_part: 0, next_code: 0 });
    }
    out.too_many.sort_unstable();
    let mut writer = TupleWriter::new(order.len());
    let mut rows = Vec::new();
    merge_values(cursors, source, &mut |value, codes, source| {
        rows.clear();
        for (input, code) in codes.iter().enumerate() {
            let Some(code) = code else { continue };
            postings[input].rows(*code, source, |row| rows.extend(live(input, row)))?;
        }
        rows.sort_unstable();
        if rows.is_empty() { Ok(()) } else { writer.push(value, &rows, &mut *sink) }
    })?;
    writer.finish(out, sink)
}
