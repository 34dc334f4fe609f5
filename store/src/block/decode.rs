//! From blocks to spans. The input may be damaged: every length and index is checked, nothing panics.

mod rows;

use std::ops::Range;

use domain::ids::SpanId;
use domain::span::{Span, SpanEvent, SpanLink};
use domain::span_row::SpanRow;
use domain::time::UnixNanos;
use serde_json::Value;

use self::rows::rows;
use super::derived::derived;
use super::value::value;
use super::{VERSION, VERSION_PLAIN, VERSION_WORDS, flag};
use crate::bytes::{Damaged, Reader};
use crate::compress::{decompress, decompress_behind, unpack, unpack_behind};
use crate::preset::PresetId;

/// The opened head of a block.
#[derive(Debug)]
pub(crate) struct Head {
    /// The spans without what they carry, in order of arrival.
    pub rows: Vec<SpanRow>,
    /// Written before there were derived attributes.
    is_plain: bool,
    /// What the body is compressed behind.
    preset: Option<PresetId>,
    flags: Vec<u8>,
    keys: Vec<String>,
    chunks: Vec<Chunk>,
}

#[derive(Debug)]
struct Chunk {
    /// Which spans of the block.
    spans: Range<usize>,
    raw_length: usize,
    /// Where in the body.
    bytes: Range<usize>,
}

/// Opens a head.
pub(crate) fn head(bytes: &[u8]) -> Result<Head, Damaged> {
    let RawHead {
        is_plain,
        preset,
        raw,
    } = raw_head(bytes)?;
    let mut reader = Reader::new(&raw);
    let (rows, flags) = rows(&mut reader, is_plain)?;
    let keys = dictionary(&mut reader)?
        .into_iter()
        .map(str::to_owned)
        .collect();
    let chunks = chunks(&mut reader, rows.len())?;
    Ok(Head {
        is_plain,
        preset,
        rows,
        flags,
        keys,
        chunks,
    })
}

/// Whether the block has one of some spans: reads the ids only, a fraction of a head.
pub(crate) fn has_any(bytes: &[u8], is_wanted: impl Fn(SpanId) -> bool) -> Result<bool, Damaged> {
    let head = raw_head(bytes)?;
    let ids = rows::ids(&mut Reader::new(&head.raw))?;
    Ok(ids.into_iter().any(is_wanted))
}

impl Head {
    /// All spans, whole.
    pub(crate) fn spans(&self, body: &[u8]) -> Result<Vec<Span>, Damaged> {
        let mut spans = Vec::with_capacity(self.rows.len());
        for chunk in &self.chunks {
            let raw = chunk.open(body, self.preset)?;
            let mut reader = Reader::new(&raw);
            for index in chunk.spans.clone() {
                spans.push(self.assemble(index, reader.bytes()?)?);
            }
        }
        Ok(spans)
    }

    /// All spans with none of what they carry but these attributes: a fraction of the work.
    pub(crate) fn spans_with(&self, keys: &[String], body: &[u8]) -> Result<Vec<Span>, Damaged> {
        let mut spans = Vec::with_capacity(self.rows.len());
        for chunk in &self.chunks {
            self.add_chunk_with(chunk, keys, body, &mut spans)?;
        }
        Ok(spans)
    }

    /// The same of one chunk.
    pub(crate) fn chunk_with(
        &self,
        chunk: usize,
        keys: &[String],
        body: &[u8],
    ) -> Result<Vec<Span>, Damaged> {
        let chunk = self.chunks.get(chunk).ok_or(Damaged("no such chunk"))?;
        let mut spans = Vec::with_capacity(chunk.spans.len());
        self.add_chunk_with(chunk, keys, body, &mut spans)?;
        Ok(spans)
    }

    fn add_chunk_with(
        &self,
        chunk: &Chunk,
        keys: &[String],
        body: &[u8],
        spans: &mut Vec<Span>,
    ) -> Result<(), Damaged> {
        let raw = chunk.open(body, self.preset)?;
        let mut reader = Reader::new(&raw);
        for index in chunk.spans.clone() {
            spans.push(self.assemble_with(index, reader.bytes()?, keys)?);
        }
        Ok(())
    }

    /// Which spans each chunk has, and its bytes once it is opened.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = (Range<usize>, usize)> {
        let chunks = self.chunks.iter();
        chunks.map(|chunk| (chunk.spans.clone(), chunk.raw_length))
    }

    /// Whether any span here has one of these attributes, or an event or a link does.
    pub(crate) fn knows_any(&self, keys: &[String]) -> bool {
        keys.iter().any(|key| self.keys.contains(key))
    }

    fn assemble_with(
        &self,
        index: usize,
        payload: &[u8],
        keys: &[String],
    ) -> Result<Span, Damaged> {
        let row = self.rows.get(index).ok_or(Damaged("no such span"))?;
        let mut reader = Reader::new(payload);
        if self.has_long_message(index) {
            reader.bytes()?;
        }
        let mut attributes = Vec::new();
        for _ in 0..reader.count()? {
            let (key, is_derived) = self.attribute_key(&mut reader)?;
            let value = if is_derived { &[] } else { reader.bytes()? };
            if !keys.iter().any(|wanted| wanted == key) {
                continue;
            }
            let value = match is_derived {
                true => derived(key, row).ok_or(Damaged("derived attribute"))?,
                false => std::str::from_utf8(value)
                    .map_err(|_| Damaged("text is not UTF-8"))?
                    .to_owned(),
            };
            attributes.push((key.to_owned(), value));
        }
        Ok(Span {
            span_id: row.span_id,
            parent_id: row.parent_id,
            name: row.name.clone(),
            start: row.start,
            end: row.end,
            status: row.status,
            status_message: String::new(),
            attributes,
            events: Vec::new(),
            links: Vec::new(),
        })
    }

    /// The body has all of a span's message.
    fn has_long_message(&self, index: usize) -> bool {
        let flags = self.flags.get(index);
        flags.is_some_and(|flags| flags & flag::LONG_MESSAGE != 0)
    }

    /// One span, whole.
    pub(crate) fn span(&self, index: usize, body: &[u8]) -> Result<Span, Damaged> {
        let chunk = self
            .chunks
            .iter()
            .find(|chunk| chunk.spans.contains(&index));
        let chunk = chunk.ok_or(Damaged("no such span"))?;
        let raw = chunk.open(body, self.preset)?;
        let mut reader = Reader::new(&raw);
        for _ in chunk.spans.start..index {
            reader.bytes()?;
        }
        self.assemble(index, reader.bytes()?)
    }

    /// Some spans, whole. `places` ascend; those that are not there are passed over. Each chunk is opened once.
    pub(crate) fn some_spans(&self, places: &[usize], body: &[u8]) -> Result<Vec<Span>, Damaged> {
        let mut spans = Vec::with_capacity(places.len());
        for chunk in &self.chunks {
            let first = places.partition_point(|place| *place < chunk.spans.start);
            let end = places.partition_point(|place| *place < chunk.spans.end);
            if first == end {
                continue;
            }
            let raw = chunk.open(body, self.preset)?;
            let mut reader = Reader::new(&raw);
            let mut next = chunk.spans.start;
            for place in &places[first..end] {
                for _ in next..*place {
                    reader.bytes()?;
                }
                spans.push(self.assemble(*place, reader.bytes()?)?);
                next = *place + 1;
            }
        }
        Ok(spans)
    }

    fn assemble(&self, index: usize, payload: &[u8]) -> Result<Span, Damaged> {
        let row = self.rows.get(index).ok_or(Damaged("no such span"))?;
        let mut reader = Reader::new(payload);
        let status_message = if self.has_long_message(index) {
            reader.text()?.to_owned()
        } else {
            row.status_message.clone()
        };
        let attribute_count = reader.count()?;
        let mut attributes = Vec::with_capacity(attribute_count.min(256));
        for _ in 0..attribute_count {
            let (key, is_derived) = self.attribute_key(&mut reader)?;
            let value = match is_derived {
                true => derived(key, row).ok_or(Damaged("derived attribute"))?,
                false => reader.text()?.to_owned(),
            };
            attributes.push((key.to_owned(), value));
        }
        let mut events = Vec::new();
        for _ in 0..reader.count()? {
            events.push(SpanEvent {
                name: self.key(&mut reader)?,
                time: UnixNanos(reader.int()?.wrapping_add(row.start.0)),
                attributes: self.values(&mut reader)?,
            });
        }
        let mut links = Vec::new();
        for _ in 0..reader.count()? {
            links.push(SpanLink {
                trace_id: reader.text()?.to_owned(),
                span_id: reader.text()?.to_owned(),
                attributes: self.values(&mut reader)?,
            });
        }
        Ok(Span {
            span_id: row.span_id,
            parent_id: row.parent_id,
            name: row.name.clone(),
            start: row.start,
            end: row.end,
            status: row.status,
            status_message,
            attributes,
            events,
            links,
        })
    }

    /// The key of an attribute, and whether its value is derived.
    fn attribute_key(&self, reader: &mut Reader<'_>) -> Result<(&str, bool), Damaged> {
        let number = reader.size()?;
        let (place, is_derived) = match self.is_plain {
            true => (number, false),
            false => (number >> 1, number & 1 != 0),
        };
        let key = self.keys.get(place).ok_or(Damaged("no such key"))?;
        Ok((key, is_derived))
    }

    fn key(&self, reader: &mut Reader<'_>) -> Result<String, Damaged> {
        let key = reader.size()?;
        self.keys.get(key).cloned().ok_or(Damaged("no such key"))
    }

    fn values(&self, reader: &mut Reader<'_>) -> Result<Vec<(String, Value)>, Damaged> {
        let mut values = Vec::new();
        for _ in 0..reader.count()? {
            values.push((self.key(reader)?, value(reader)?));
        }
        Ok(values)
    }
}

impl Chunk {
    fn open(&self, body: &[u8], preset: Option<PresetId>) -> Result<Vec<u8>, Damaged> {
        let compressed = body
            .get(self.bytes.clone())
            .ok_or(Damaged("body too short"))?;
        match preset {
            Some(preset) => decompress_behind(compressed, self.raw_length, preset),
            None => decompress(compressed, self.raw_length),
        }
    }
}

/// A head that is not compressed any more.
struct RawHead {
    is_plain: bool,
    preset: Option<PresetId>,
    raw: Vec<u8>,
}

fn raw_head(bytes: &[u8]) -> Result<RawHead, Damaged> {
    let (is_plain, preset, raw) = match bytes.split_first() {
        Some((&VERSION, rest)) => {
            let (preset, packed) = PresetId::split(rest)?;
            (false, Some(preset), unpack_behind(packed, preset)?)
        }
        Some((&VERSION_WORDS, packed)) => (false, None, unpack_behind(packed, PresetId::WORDS)?),
        Some((&VERSION_PLAIN, packed)) => (true, None, unpack(packed)?),
        Some(_) => return Err(Damaged("unknown version of span block")),
        None => return Err(Damaged("empty span block")),
    };
    Ok(RawHead {
        is_plain,
        preset,
        raw,
    })
}

fn dictionary<'a>(reader: &mut Reader<'a>) -> Result<Vec<&'a str>, Damaged> {
    (0..reader.count()?).map(|_| reader.text()).collect()
}

fn chunks(reader: &mut Reader<'_>, span_count: usize) -> Result<Vec<Chunk>, Damaged> {
    const WRONG: Damaged = Damaged("chunks of a block");
    let (mut span, mut byte) = (0usize, 0usize);
    let mut chunks = Vec::new();
    for _ in 0..reader.count()? {
        let span_end = span
            .checked_add(reader.size()?)
            .filter(|end| *end <= span_count);
        let raw_length = reader.size()?;
        let byte_end = byte.checked_add(reader.size()?);
        let (Some(span_end), Some(byte_end)) = (span_end, byte_end) else {
            return Err(WRONG);
        };
        chunks.push(Chunk {
            spans: span..span_end,
            raw_length,
            bytes: byte..byte_end,
        });
        (span, byte) = (span_end, byte_end);
    }
    if span == span_count {
        Ok(chunks)
    } else {
        Err(WRONG)
    }
}
