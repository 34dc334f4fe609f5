//! A group as it is stored: its directory, which stays in memory, and parts with the rows of each piece, pieces ascending.

use crate::bytes::{Damaged, Put, Reader};
use crate::compress::{pack, unpack};
use crate::index::bitmap::Bitmap;
use crate::index::segment::{read_posting, skip_posting};

const VERSION: u8 = 1;

/// Parts are closed at this size.
pub(crate) const PART_BYTES: usize = 16 * 1024;

/// The directory of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Group {
    pub group_no: i64,
    /// How many rows.
    pub rows: usize,
    /// The first trace number and the first row of each run of consecutive numbers.
    pub runs: Vec<(i64, u32)>,
    /// The first piece of each part; parts are numbered from 0.
    pub parts: Vec<u32>,
}

impl Group {
    /// The trace numbers of all rows, ascending, with their rows.
    pub(crate) fn trace_nos(&self) -> impl Iterator<Item = (usize, i64)> + '_ {
        self.runs.iter().enumerate().flat_map(|(place, (no, row))| {
            let end = self
                .runs
                .get(place + 1)
                .map_or(self.rows, |run| run.1 as usize);
            (*row as usize..end).zip(*no..)
        })
    }

    /// The row of a trace.
    pub(crate) fn row_of(&self, trace_no: i64) -> Option<usize> {
        let behind = self.runs.partition_point(|(no, _)| *no <= trace_no);
        let place = behind.checked_sub(1)?;
        let (no, row) = self.runs[place];
        let end = self
            .runs
            .get(behind)
            .map_or(self.rows, |run| run.1 as usize);
        let row = usize::try_from(trace_no - no)
            .ok()?
            .checked_add(row as usize)?;
        (row < end).then_some(row)
    }

    /// Adds a row for a trace number greater than all before.
    pub(crate) fn push(&mut self, trace_no: i64) -> Result<u32, Damaged> {
        let row = u32::try_from(self.rows).map_err(|_| Damaged("too many rows"))?;
        let follows = self
            .runs
            .last()
            .is_some_and(|(no, first)| no + i64::from(row - first) == trace_no);
        if !follows {
            self.runs.push((trace_no, row));
        }
        self.rows += 1;
        Ok(row)
    }

    /// The part that a piece is in if the group has it.
    pub(crate) fn part_of(&self, gram: u32) -> Option<u32> {
        let behind = self.parts.partition_point(|first| *first <= gram);
        behind
            .checked_sub(1)
            .and_then(|part| u32::try_from(part).ok())
    }

    /// The stored form; the number is kept beside it.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut raw = Vec::new();
        raw.put_uint(self.rows as u64);
        raw.put_uint(self.runs.len() as u64);
        for (no, row) in &self.runs {
            raw.put_int(*no);
            raw.put_uint(u64::from(*row));
        }
        raw.put_uint(self.parts.len() as u64);
        for first in &self.parts {
            raw.put_uint(u64::from(*first));
        }
        let mut out = vec![VERSION];
        out.extend_from_slice(&pack(&raw));
        out
    }

    /// Reads what [`Group::encode`] wrote.
    pub(crate) fn decode(group_no: i64, bytes: &[u8]) -> Result<Self, Damaged> {
        const WRONG: Damaged = Damaged("group of the text index");
        let Some((&VERSION, packed)) = bytes.split_first() else {
            return Err(WRONG);
        };
        let raw = unpack(packed)?;
        let mut reader = Reader::new(&raw);
        let rows = reader.size()?;
        let mut runs: Vec<(i64, u32)> = Vec::new();
        for _ in 0..reader.count()? {
            let run = (reader.int()?, reader.uint32()?);
            let is_first = runs.is_empty() && run.1 == 0;
            let is_next = runs
                .last()
                .is_some_and(|last| last.0 < run.0 && last.1 < run.1);
            if !(is_first || is_next) || run.1 as usize >= rows {
                return Err(WRONG);
            }
            runs.push(run);
        }
        let mut parts = Vec::new();
        for _ in 0..reader.count()? {
            parts.push(reader.uint32()?);
        }
        if runs.is_empty() != (rows == 0) || !parts.is_sorted() {
            return Err(WRONG);
        }
        Ok(Self {
            group_no,
            rows,
            runs,
            parts,
        })
    }
}

/// The rows of a piece, out of the part that it is in if anywhere.
pub(crate) fn rows_of(part: &[u8], gram: u32, rows: usize) -> Result<Bitmap, Damaged> {
    let mut reader = Reader::new(part);
    let mut found = Bitmap::none(rows);
    let mut number = 0u32;
    while !reader.rest().is_empty() {
        number = number
            .checked_add(reader.uint32()?)
            .ok_or(Damaged("piece of text"))?;
        if number >= gram {
            if number == gram {
                read_posting(&mut reader, |row| found.insert(row as usize))?;
            }
            break;
        }
        skip_posting(&mut reader)?;
    }
    Ok(found)
}

/// All pieces of a part with their rows.
pub(crate) fn all_rows(
    part: &[u8],
    rows: usize,
    receive: &mut dyn FnMut(u32, Bitmap),
) -> Result<(), Damaged> {
    let mut reader = Reader::new(part);
    let mut number = 0u32;
    while !reader.rest().is_empty() {
        number = number
            .checked_add(reader.uint32()?)
            .ok_or(Damaged("piece of text"))?;
        let mut found = Bitmap::none(rows);
        read_posting(&mut reader, |row| found.insert(row as usize))?;
        receive(number, found);
    }
    Ok(())
}
