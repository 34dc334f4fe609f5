//! The bytes in which a [`SpanTable`] travels to the browser: about 25 a span before compression.
//!
//! A header, then row after row. Numbers are LEB128, signed ones zigzag; a row's start is relative to its parent's, its depth to the
//! row before; a text is written where it first occurs and afterwards by number. So a reader could begin to draw before the end has
//! come. A reader takes any bytes: it returns an error, never panics, and never reserves more memory than the input justifies.

use std::collections::HashMap;

use super::{Flags, Kind, NO_ROW, SpanTable};
use crate::ids::SpanId;
use crate::span::StatusCode;
use crate::usage::{Cost, TokenUsage};

/// Changes with every change of the format.
const MAGIC: [u8; 4] = *b"SPT1";

/// No row takes fewer bytes.
const ROW_BYTES_MIN: usize = 13;

const STATUSES: [StatusCode; 3] = [StatusCode::Unset, StatusCode::Ok, StatusCode::Error];

// Which of the rarer fields follow a row.
const HAS_MODEL: u8 = 1;
const HAS_STATUS_MESSAGE: u8 = 2;
const HAS_EVENTS: u8 = 4;
const HAS_MISSING_PARENT: u8 = 8;
const HAS_USAGE: u8 = 16;
const HAS_CACHE_READ: u8 = 32;
const HAS_CACHE_CREATION: u8 = 64;
const HAS_COST: u8 = 128;

/// Why bytes are no span table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// They are something else, or of another version.
    #[error("not a span table of this version")]
    Magic,
    /// They end too early.
    #[error("span table ends too early")]
    Truncated,
    /// A field has a value it cannot have.
    #[error("span table is damaged in field {0}")]
    Damaged(&'static str),
}

/// Writes a table.
pub fn encode(table: &SpanTable) -> Vec<u8> {
    let mut out = Writer {
        bytes: Vec::with_capacity(64 + table.span_id.len() * 32),
        texts: HashMap::new(),
    };
    out.bytes.extend_from_slice(&MAGIC);
    out.bytes
        .extend_from_slice(&table.trace_start.to_le_bytes());
    out.signed(table.duration);
    out.unsigned(u64::from(table.len()));
    let mut depth_max = 0;
    for row in 0..table.len() {
        let depth = table.depth(row);
        out.row(table, row, u64::from(depth_max - depth));
        depth_max = depth + 1;
    }
    out.bytes
}

/// Reads a table.
///
/// # Errors
/// [`CodecError`] if the bytes were not written by [`encode`]. Bytes made up by others may yield a table, but a sound one.
pub fn decode(bytes: &[u8]) -> Result<SpanTable, CodecError> {
    let mut decoder = Decoder::new(bytes)?;
    while !decoder.read(NO_ROW)? {}
    decoder.finish()
}

/// Reads a table in slices, so that a browser can draw between them.
pub struct Decoder<'b> {
    input: Reader<'b>,
    table: SpanTable,
    rows: u32,
    /// The row before and the rows above it, from the root down.
    path: Vec<u32>,
}

impl<'b> Decoder<'b> {
    /// Begins to read.
    ///
    /// # Errors
    /// [`CodecError`] if the bytes are no table of this version or hold fewer rows than they say.
    pub fn new(bytes: &'b [u8]) -> Result<Self, CodecError> {
        let bytes = bytes.strip_prefix(&MAGIC).ok_or(CodecError::Magic)?;
        let mut input = Reader { bytes };
        let mut table = SpanTable {
            trace_start: i64::from_le_bytes(input.array()?),
            duration: input.signed()?,
            ..SpanTable::default()
        };
        let rows = u32::try_from(input.unsigned()?).map_err(|_| CodecError::Truncated)?;
        if rows as usize > input.bytes.len() / ROW_BYTES_MIN {
            return Err(CodecError::Truncated);
        }
        table.reserve(rows as usize);
        Ok(Self {
            input,
            table,
            rows,
            path: Vec::new(),
        })
    }

    /// Reads at most so many rows more; true once all are read.
    ///
    /// # Errors
    /// [`CodecError`] if a row is damaged.
    pub fn read(&mut self, rows: u32) -> Result<bool, CodecError> {
        let first = self.table.len();
        let end = self.rows.min(first.saturating_add(rows));
        for row in first..end {
            self.input.row(&mut self.table, row, &mut self.path)?;
        }
        Ok(end == self.rows)
    }

    /// The table, once all rows are read.
    ///
    /// # Errors
    /// [`CodecError`] if rows are missing or more follows.
    pub fn finish(mut self) -> Result<SpanTable, CodecError> {
        if self.table.len() < self.rows {
            return Err(CodecError::Truncated);
        }
        for above in self.path {
            self.table.subtree_end[above as usize] = self.table.len();
        }
        if self.input.bytes.is_empty() {
            Ok(self.table)
        } else {
            Err(CodecError::Damaged("end"))
        }
    }
}

struct Writer<'t> {
    bytes: Vec<u8>,
    texts: HashMap<&'t str, u64>,
}

impl<'t> Writer<'t> {
    fn row(&mut self, table: &'t SpanTable, row: u32, levels_up: u64) {
        let flags = table.flags(row);
        let status = table.status(row) as u8;
        let (model, message) = (table.model(row), table.status_message(row));
        let (events, missing) = (table.event_count(row), table.missing_parent(row));
        let (usage, cost) = (table.usage(row), table.cost(row));
        let cache_read = usage.and_then(|usage| usage.cache_read_input_tokens);
        let cache_creation = usage.and_then(|usage| usage.cache_creation_input_tokens);
        let has = [
            (HAS_MODEL, model.is_some()),
            (HAS_STATUS_MESSAGE, !message.is_empty()),
            (HAS_EVENTS, events > 0),
            (HAS_MISSING_PARENT, missing.is_some()),
            (HAS_USAGE, usage.is_some()),
            (HAS_CACHE_READ, cache_read.is_some()),
            (HAS_CACHE_CREATION, cache_creation.is_some()),
            (HAS_COST, cost.is_some()),
        ];
        let extras = has
            .iter()
            .filter(|(_, has)| *has)
            .fold(0, |bits, (bit, _)| bits | bit);
        self.bytes
            .extend_from_slice(&[flags.0 | status << 6, extras]);
        self.unsigned(levels_up);
        self.bytes.extend_from_slice(&table.span_id(row).0);
        let base = table.parent(row).map_or(0, |parent| table.start(parent));
        self.signed(table.start(row).wrapping_sub(base));
        if !flags.has(Flags::RUNNING) {
            self.signed(table.end(row).wrapping_sub(table.start(row)));
        }
        self.text(table.name(row));
        self.text(table.span_type(row));
        if let Some(model) = model {
            self.text(model);
        }
        if !message.is_empty() {
            self.text(message);
        }
        if events > 0 {
            self.unsigned(u64::from(events));
        }
        if let Some(missing) = missing {
            self.bytes.extend_from_slice(&missing.0);
        }
        if let Some(usage) = usage {
            let always = [usage.input_tokens, usage.output_tokens, usage.total_tokens];
            for count in always.into_iter().chain(cache_read).chain(cache_creation) {
                self.signed(count);
            }
        }
        if let Some(cost) = cost {
            for amount in [cost.input_cost, cost.output_cost, cost.total_cost] {
                self.bytes.extend_from_slice(&amount.to_le_bytes());
            }
        }
    }

    fn text(&mut self, text: &'t str) {
        let next = self.texts.len() as u64;
        let id = *self.texts.entry(text).or_insert(next);
        self.unsigned(id);
        if id == next {
            self.unsigned(text.len() as u64);
            self.bytes.extend_from_slice(text.as_bytes());
        }
    }

    fn signed(&mut self, number: i64) {
        self.unsigned((number.wrapping_shl(1) ^ (number >> 63)).cast_unsigned());
    }

    fn unsigned(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
}

impl Reader<'_> {
    fn row(
        &mut self,
        table: &mut SpanTable,
        row: u32,
        path: &mut Vec<u32>,
    ) -> Result<(), CodecError> {
        let [head, extras] = self.array()?;
        let levels_up = usize::try_from(self.unsigned()?).ok();
        let depth = levels_up.and_then(|up| path.len().checked_sub(up));
        let depth = depth.ok_or(CodecError::Damaged("depth"))?;
        for above in path.drain(depth..) {
            table.subtree_end[above as usize] = row;
        }
        let parent = path.last().copied();
        path.push(row);
        let flags = Flags(head & 0x3f);
        let status = STATUSES
            .get(usize::from(head >> 6))
            .ok_or(CodecError::Damaged("status"))?;
        let span_id = SpanId(self.array()?);
        let base = parent.map_or(0, |parent| table.start(parent));
        let start = base.wrapping_add(self.signed()?);
        let end = match flags.has(Flags::RUNNING) {
            true => table.duration,
            false => start.wrapping_add(self.signed()?),
        };
        let name = self.text(table)?;
        let span_type = self.text(table)?;
        table.parent.push(parent.unwrap_or(NO_ROW));
        table
            .depth
            .push(u32::try_from(depth).map_err(|_| CodecError::Damaged("depth"))?);
        table.subtree_end.push(NO_ROW);
        table.flags.push(flags);
        table.status.push(*status);
        table.span_id.push(span_id);
        table.start.push(start);
        table.end.push(end);
        table.name.push(name);
        table.kind.push(Kind::of(table.text(span_type)));
        table.span_type.push(span_type);
        self.extras(table, row, extras)
    }

    fn extras(&mut self, table: &mut SpanTable, row: u32, extras: u8) -> Result<(), CodecError> {
        let has = |bit| extras & bit != 0;
        if has(HAS_MODEL) {
            let id = self.text(table)?;
            table.model.push((row, id));
        }
        if has(HAS_STATUS_MESSAGE) {
            let id = self.text(table)?;
            table.status_message.push((row, id));
        }
        if has(HAS_EVENTS) {
            let count = u32::try_from(self.unsigned()?);
            table
                .event_count
                .push((row, count.map_err(|_| CodecError::Damaged("events"))?));
        }
        if has(HAS_MISSING_PARENT) {
            table.missing_parent.push((row, SpanId(self.array()?)));
        }
        if has(HAS_USAGE) {
            let usage = TokenUsage {
                input_tokens: self.signed()?,
                output_tokens: self.signed()?,
                total_tokens: self.signed()?,
                cache_read_input_tokens: self.signed_if(has(HAS_CACHE_READ))?,
                cache_creation_input_tokens: self.signed_if(has(HAS_CACHE_CREATION))?,
            };
            table.usage.push((row, usage));
        }
        if has(HAS_COST) {
            let cost = Cost {
                input_cost: f64::from_le_bytes(self.array()?),
                output_cost: f64::from_le_bytes(self.array()?),
                total_cost: f64::from_le_bytes(self.array()?),
            };
            table.cost.push((row, cost));
        }
        Ok(())
    }

    fn text(&mut self, table: &mut SpanTable) -> Result<u32, CodecError> {
        let damaged = CodecError::Damaged("text");
        let id = u32::try_from(self.unsigned()?).map_err(|_| damaged)?;
        let known = table.strings.len();
        if id as usize > known {
            return Err(damaged);
        }
        if id as usize == known {
            let len = usize::try_from(self.unsigned()?).map_err(|_| CodecError::Truncated)?;
            let (text, rest) = self
                .bytes
                .split_at_checked(len)
                .ok_or(CodecError::Truncated)?;
            self.bytes = rest;
            table
                .strings
                .push(std::str::from_utf8(text).map_err(|_| damaged)?.to_owned());
        }
        Ok(id)
    }

    fn signed_if(&mut self, is_there: bool) -> Result<Option<i64>, CodecError> {
        if is_there {
            self.signed().map(Some)
        } else {
            Ok(None)
        }
    }

    fn signed(&mut self) -> Result<i64, CodecError> {
        let number = self.unsigned()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn unsigned(&mut self) -> Result<u64, CodecError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(CodecError::Damaged("number"))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (array, rest) = self
            .bytes
            .split_first_chunk()
            .ok_or(CodecError::Truncated)?;
        self.bytes = rest;
        Ok(*array)
    }
}
