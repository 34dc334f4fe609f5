//! Merging columns of texts: the dictionaries are walked through side by side, and codes are renumbered.

use super::super::ColumnId;
use super::super::codes::{self, Codes};
use super::super::dictionary::{Chunk, Dictionary, DictionaryWriter, PartSink};
use super::super::segment::TextColumn;
use super::{Input, Order, PartSource, open_codes};
use crate::bytes::Damaged;

pub(super) fn merge_texts(
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
        opened.push(Some(open_codes(input, column.codes, source)?));
        new_codes.push(vec![0; column.dictionary.count as usize + 1]);
        let segment_no = input.segment.segment_no;
        cursors.push(Some(ValueCursor::new(
            segment_no,
            &column.dictionary,
            source,
        )?));
    }
    let code_of = |input: usize, row: u32| match &opened[input] {
        Some(codes) => codes.get(row as usize) as usize,
        None => 0,
    };
    // First mark what is used, then put the new codes in place of the marks.
    for (input, row) in order {
        let code = code_of(*input, *row);
        if code > 0 {
            *new_codes[*input]
                .get_mut(code)
                .ok_or(Damaged("code beyond its dictionary"))? = 1;
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
    let numbers = order
        .iter()
        .map(|(input, row)| match code_of(*input, *row) {
            0 => 0,
            code => u64::from(new_codes[*input][code]),
        });
    let numbers: Vec<u64> = numbers.collect();
    let codes = sink.put(codes::encode(&numbers))?;
    Ok(TextColumn {
        codes,
        dictionary: writer.finish(sink)?,
    })
}

/// Walks through a dictionary.
pub(super) struct ValueCursor<'a> {
    segment_no: i64,
    dictionary: &'a Dictionary,
    chunk: Option<Chunk>,
    next_chunk: usize,
    place: usize,
}

impl<'a> ValueCursor<'a> {
    pub(super) fn new(
        segment_no: i64,
        dictionary: &'a Dictionary,
        source: &mut dyn PartSource,
    ) -> Result<Self, Damaged> {
        let mut out = Self {
            segment_no,
            dictionary,
            chunk: None,
            next_chunk: 0,
            place: 0,
        };
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

/// Takes a value with its code in each dictionary.
type Receive<'r> =
    dyn FnMut(&[u8], &[Option<u32>], &mut dyn PartSource) -> Result<(), Damaged> + 'r;

/// Hands over all values of several dictionaries in ascending order, each once, with its code in each dictionary.
pub(super) fn merge_values(
    mut cursors: Vec<Option<ValueCursor<'_>>>,
    source: &mut dyn PartSource,
    receive: &mut Receive<'_>,
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
