//! The directory of a segment: which rows and columns it has and in which parts they are. It stays in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ids::{ExperimentId, TraceId};

use super::ColumnId;
use super::dictionary::Dictionary;
use super::measure::Measure;
use crate::bytes::{Damaged, Put, Reader};
use crate::compress::{pack, unpack};
use crate::key::{id_of, key_of};

const VERSION: u8 = 3;

/// Rows whose ids share a part.
pub(crate) const ID_ROWS: usize = 2048;

/// The rows of one experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExperimentRows {
    pub experiment: ExperimentId,
    pub start: usize,
    pub end: usize,
    /// The latest start of its traces, in milliseconds.
    pub newest: i64,
    /// The earliest.
    pub oldest: i64,
}

/// Numbers above a least one, in `codes`: code 0 stands for nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct NumberColumn {
    pub part: u32,
    pub least: i64,
}

/// A column of texts: code 0 stands for nothing, code c+1 for the dictionary's value c.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextColumn {
    pub codes: u32,
    pub dictionary: Dictionary,
}

/// Which rows have which values, each row any number of them: span tuples, terms of attributes, models.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TupleColumn {
    pub dictionary: Dictionary,
    /// The first code of each part of postings, and the part.
    pub postings: Vec<(u32, u32)>,
    /// Rows with too many values to hold.
    pub too_many: Vec<u32>,
}

/// The directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Segment {
    pub segment_no: i64,
    pub rows: usize,
    /// The least and the greatest trace number.
    pub trace_nos: (i64, i64),
    /// Ascending.
    pub experiments: Vec<ExperimentRows>,
    pub trace_no: NumberColumn,
    pub start: NumberColumn,
    pub duration: NumberColumn,
    pub state: NumberColumn,
    /// Parts of [`ID_ROWS`] ids each.
    pub ids: Vec<u32>,
    pub columns: BTreeMap<ColumnId, TextColumn>,
    /// There were more columns than are kept: of a column that is not here nothing is known.
    pub is_partial: bool,
    pub tuples: TupleColumn,
    pub terms: TupleColumn,
    /// Numbers that at least one row has.
    pub measures: BTreeMap<Measure, NumberColumn>,
    pub models: TupleColumn,
}

impl NumberColumn {
    /// The number that a code stands for.
    pub(crate) fn number(self, code: u64) -> Option<i64> {
        code.checked_sub(1)
            .map(|above| self.least.wrapping_add(above as i64))
    }

    /// The code that stands for a number not below the least.
    pub(crate) fn code(least: i64, number: Option<i64>) -> u64 {
        number.map_or(0, |number| {
            (number.wrapping_sub(least) as u64).saturating_add(1)
        })
    }
}

impl TupleColumn {
    fn put(&self, out: &mut Vec<u8>) {
        self.dictionary.put(out);
        out.put_uint(self.postings.len() as u64);
        for (first, part) in &self.postings {
            out.put_uint(u64::from(*first));
            out.put_uint(u64::from(*part));
        }
        put_numbers(out, &self.too_many);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let dictionary = Dictionary::read(reader)?;
        let mut postings = Vec::new();
        for _ in 0..reader.count()? {
            postings.push((reader.uint32()?, reader.uint32()?));
        }
        Ok(Self {
            dictionary,
            postings,
            too_many: numbers(reader)?,
        })
    }
}

impl Segment {
    /// The rows of an experiment.
    pub(crate) fn rows_of(&self, experiment: ExperimentId) -> Option<&ExperimentRows> {
        let place = self
            .experiments
            .binary_search_by_key(&experiment, |rows| rows.experiment);
        place.ok().map(|place| &self.experiments[place])
    }

    /// The stored form; the number is kept beside it.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut raw = Vec::new();
        raw.put_uint(self.rows as u64);
        raw.put_int(self.trace_nos.0);
        raw.put_int(self.trace_nos.1);
        raw.put_uint(self.experiments.len() as u64);
        for rows in &self.experiments {
            raw.put_int(rows.experiment.0);
            raw.put_uint(rows.start as u64);
            raw.put_uint(rows.end as u64);
            raw.put_int(rows.newest);
            raw.put_int(rows.oldest);
        }
        for column in [self.trace_no, self.start, self.duration, self.state] {
            raw.put_uint(u64::from(column.part));
            raw.put_int(column.least);
        }
        put_numbers(&mut raw, &self.ids);
        raw.put_uint(self.columns.len() as u64);
        for (id, column) in &self.columns {
            let (kind, key) = match id {
                ColumnId::ClientRequest => (0, ""),
                ColumnId::Session => (1, ""),
                ColumnId::Tag(key) => (2, key.as_str()),
                ColumnId::Metadata(key) => (3, key.as_str()),
                ColumnId::User => (4, ""),
            };
            raw.push(kind);
            raw.put_text(key);
            raw.put_uint(u64::from(column.codes));
            column.dictionary.put(&mut raw);
        }
        raw.push(u8::from(self.is_partial));
        self.tuples.put(&mut raw);
        self.terms.put(&mut raw);
        self.models.put(&mut raw);
        raw.put_uint(self.measures.len() as u64);
        for (measure, column) in &self.measures {
            raw.push(*measure as u8);
            raw.put_uint(u64::from(column.part));
            raw.put_int(column.least);
        }
        let mut out = vec![VERSION];
        out.extend_from_slice(&pack(&raw));
        out
    }

    /// Reads what [`Segment::encode`] wrote.
    pub(crate) fn decode(segment_no: i64, bytes: &[u8]) -> Result<Self, Damaged> {
        let packed = match bytes.split_first() {
            Some((&VERSION, packed)) => packed,
            _ => return Err(Damaged("unknown version of index segment")),
        };
        let raw = unpack(packed)?;
        let mut reader = Reader::new(&raw);
        let mut out = Self {
            segment_no,
            rows: reader.size()?,
            ..Self::default()
        };
        out.trace_nos = (reader.int()?, reader.int()?);
        let mut end = 0;
        for _ in 0..reader.count()? {
            let rows = ExperimentRows {
                experiment: ExperimentId(reader.int()?),
                start: reader.size()?,
                end: reader.size()?,
                newest: reader.int()?,
                oldest: reader.int()?,
            };
            if rows.start != end || rows.end < rows.start || rows.end > out.rows {
                return Err(Damaged("rows of an experiment"));
            }
            end = rows.end;
            out.experiments.push(rows);
        }
        for column in [
            &mut out.trace_no,
            &mut out.start,
            &mut out.duration,
            &mut out.state,
        ] {
            *column = NumberColumn {
                part: reader.uint32()?,
                least: reader.int()?,
            };
        }
        out.ids = numbers(&mut reader)?;
        for _ in 0..reader.count()? {
            let kind = reader.byte()?;
            let key = reader.text()?.to_owned();
            let id = match kind {
                0 => ColumnId::ClientRequest,
                1 => ColumnId::Session,
                2 => ColumnId::Tag(key),
                3 => ColumnId::Metadata(key),
                4 => ColumnId::User,
                _ => return Err(Damaged("unknown kind of column")),
            };
            let codes = reader.uint32()?;
            let dictionary = Dictionary::read(&mut reader)?;
            out.columns.insert(id, TextColumn { codes, dictionary });
        }
        out.is_partial = reader.byte()? != 0;
        out.tuples = TupleColumn::read(&mut reader)?;
        out.terms = TupleColumn::read(&mut reader)?;
        out.models = TupleColumn::read(&mut reader)?;
        for _ in 0..reader.count()? {
            let measure = Measure::of_number(reader.byte()?).ok_or(Damaged("unknown measure"))?;
            let column = NumberColumn {
                part: reader.uint32()?,
                least: reader.int()?,
            };
            out.measures.insert(measure, column);
        }
        Ok(out)
    }
}

fn put_numbers(out: &mut Vec<u8>, numbers: &[u32]) {
    out.put_uint(numbers.len() as u64);
    for number in numbers {
        out.put_uint(u64::from(*number));
    }
}

fn numbers(reader: &mut Reader<'_>) -> Result<Vec<u32>, Damaged> {
    (0..reader.count()?).map(|_| reader.uint32()).collect()
}

/// Encodes the ids of up to [`ID_ROWS`] rows.
pub(crate) fn encode_ids<'a>(ids: impl Iterator<Item = &'a TraceId>) -> Vec<u8> {
    let mut out = Vec::new();
    for id in ids {
        out.put_bytes(&key_of(id));
    }
    out
}

/// One id of a part of ids: the others are passed over, which is much quicker than decoding them.
pub(crate) fn id_at(part: &[u8], place: usize) -> Result<TraceId, Damaged> {
    let mut reader = Reader::new(part);
    for _ in 0..place {
        reader.bytes()?;
    }
    id_of(reader.bytes()?)
}

/// Decodes a part of ids.
pub(crate) fn decode_ids(part: &Arc<Vec<u8>>) -> Result<Vec<TraceId>, Damaged> {
    let mut reader = Reader::new(part);
    let mut ids = Vec::with_capacity(ID_ROWS);
    while !reader.rest().is_empty() {
        ids.push(id_of(reader.bytes()?)?);
    }
    Ok(ids)
}

/// Encodes the rows of one tuple: a list of differences, or a bitmap if that is smaller.
pub(crate) fn put_posting(out: &mut Vec<u8>, rows: &[u32], row_count: usize) {
    let mut list = Vec::with_capacity(rows.len() + 8);
    let mut last = 0;
    for row in rows {
        list.put_uint(u64::from(row - last));
        last = *row;
    }
    let bitmap_bytes = row_count.div_ceil(64) * 8;
    if list.len() <= bitmap_bytes {
        out.push(0);
        out.put_uint(rows.len() as u64);
        out.extend_from_slice(&list);
        return;
    }
    out.push(1);
    let mut bitmap = super::bitmap::Bitmap::none(row_count);
    for row in rows {
        bitmap.insert(*row as usize);
    }
    bitmap.put(out);
}

/// Passes over the rows of one tuple.
pub(crate) fn skip_posting(reader: &mut Reader<'_>) -> Result<(), Damaged> {
    match reader.byte()? {
        0 => {
            for _ in 0..reader.count()? {
                reader.uint()?;
            }
            Ok(())
        }
        1 => {
            let words = reader.size()?.div_ceil(64);
            reader.take(words.checked_mul(8).ok_or(Damaged("posting"))?)?;
            Ok(())
        }
        _ => Err(Damaged("unknown kind of posting")),
    }
}

/// Reads the rows of one tuple.
pub(crate) fn read_posting(
    reader: &mut Reader<'_>,
    mut receive: impl FnMut(u32),
) -> Result<(), Damaged> {
    match reader.byte()? {
        0 => {
            let mut row = 0u32;
            for _ in 0..reader.count()? {
                row = row
                    .checked_add(reader.uint32()?)
                    .ok_or(Damaged("posting"))?;
                receive(row);
            }
            Ok(())
        }
        1 => {
            let bitmap = super::bitmap::Bitmap::read(reader)?;
            for row in bitmap.iter() {
                receive(u32::try_from(row).map_err(|_| Damaged("posting"))?);
            }
            Ok(())
        }
        _ => Err(Damaged("unknown kind of posting")),
    }
}
