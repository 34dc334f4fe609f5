//! Merging columns of which a row may have any number of values: span tuples, terms of attributes, models.

use std::sync::Arc;

use super::super::build::TupleWriter;
use super::super::dictionary::PartSink;
use super::super::segment::{Segment, TupleColumn, read_posting, skip_posting};
use super::values::{ValueCursor, merge_values};
use super::{Input, Order, PartSource};
use crate::bytes::{Damaged, Reader};

/// No row of the output.
const GONE: u32 = u32::MAX;

/// Which of a segment's columns is merged.
pub(super) type Column = fn(&Segment) -> &TupleColumn;

/// Reads the postings of an input from the first to the last.
struct PostingCursor {
    segment: Arc<Segment>,
    column: Column,
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
        receive: impl FnMut(u32),
    ) -> Result<(), Damaged> {
        loop {
            let postings = &(self.column)(&self.segment).postings;
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
            self.next_code += 1;
            if is_wanted {
                read_posting(&mut reader, receive)?;
                self.at = part.len() - reader.rest().len();
                return Ok(());
            }
            skip_posting(&mut reader)?;
            self.at = part.len() - reader.rest().len();
        }
    }
}

pub(super) fn merge_tuples(
    inputs: &[Input],
    order: &Order,
    column: Column,
    source: &mut dyn PartSource,
    sink: &mut dyn PartSink,
) -> Result<TupleColumn, Damaged> {
    let mut new_rows: Vec<Vec<u32>> = inputs
        .iter()
        .map(|input| vec![GONE; input.segment.rows])
        .collect();
    for (new_row, (input, row)) in order.iter().enumerate() {
        new_rows[*input][*row as usize] = new_row as u32;
    }
    let live = |input: usize, row: u32| -> Option<u32> {
        new_rows[input]
            .get(row as usize)
            .copied()
            .filter(|row| *row != GONE)
    };
    let mut out = TupleColumn::default();
    let mut cursors = Vec::with_capacity(inputs.len());
    let mut postings = Vec::with_capacity(inputs.len());
    for (place, input) in inputs.iter().enumerate() {
        let segment = &input.segment;
        out.too_many.extend(
            column(segment)
                .too_many
                .iter()
                .filter_map(|row| live(place, *row)),
        );
        let dictionary = &column(segment).dictionary;
        cursors.push(Some(ValueCursor::new(
            segment.segment_no,
            dictionary,
            source,
        )?));
        let segment = Arc::clone(segment);
        postings.push(PostingCursor {
            segment,
            column,
            part: None,
            at: 0,
            next_part: 0,
            next_code: 0,
        });
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
        if rows.is_empty() {
            Ok(())
        } else {
            writer.push(value, &rows, &mut *sink)
        }
    })?;
    writer.finish(out, sink)
}
