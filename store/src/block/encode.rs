//! From spans to blocks.

use std::collections::HashMap;
use std::sync::Arc;

use domain::ids::SpanId;
use domain::span::{Span, SpanEvent, StatusCode};
use domain::span_row::SpanRow;
use serde_json::Value;

use super::derived::is_derived;
use super::value::put_value;
use super::{BLOCK_BYTES_MAX, BLOCK_SPANS_MAX, CHUNK_BYTES, EncodedBlock, VERSION, flag};
use crate::bytes::Put;
use crate::compress::{compress_behind, pack_behind};
use crate::preset::PresetId;

/// zstd could not get the memory it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("out of memory while compressing spans")]
pub(crate) struct OutOfMemory;

/// Encodes the spans of one trace in order of arrival. `rows` are their narrow halves. If an id occurs twice the last one wins.
/// One block, or several if there are very many spans.
/// They are compressed behind a preset.
pub(crate) fn encode(
    spans: &[Span],
    rows: &[SpanRow],
    preset: PresetId,
) -> Result<Vec<EncodedBlock>, OutOfMemory> {
    let mut blocks = Vec::with_capacity(1);
    let mut encoder = Encoder::new(preset);
    for index in last_of_each_id(spans) {
        let (Some(span), Some(row)) = (spans.get(index), rows.get(index)) else {
            continue;
        };
        if encoder.is_full() {
            blocks.push(std::mem::replace(&mut encoder, Encoder::new(preset)).finish()?);
        }
        encoder.add(span, row)?;
    }
    if !encoder.rows.is_empty() {
        blocks.push(encoder.finish()?);
    }
    Ok(blocks)
}

/// Up to so many things are looked for one after the other: cheaper than hashing them.
const PAIRWISE_MAX: usize = 24;

/// The indexes of the spans that win, in order.
pub(crate) fn last_of_each_id(spans: &[Span]) -> Vec<usize> {
    if spans.len() <= PAIRWISE_MAX {
        let is_last = |index: &usize| {
            let id = spans[*index].span_id;
            spans[index + 1..].iter().all(|later| later.span_id != id)
        };
        return (0..spans.len()).filter(is_last).collect();
    }
    let mut last: HashMap<SpanId, usize> = HashMap::with_capacity(spans.len());
    for (index, span) in spans.iter().enumerate() {
        last.insert(span.span_id, index);
    }
    if last.len() == spans.len() {
        return (0..spans.len()).collect();
    }
    (0..spans.len())
        .filter(|index| last.get(&spans[*index].span_id) == Some(index))
        .collect()
}

struct Chunk {
    span_count: usize,
    raw_length: usize,
    compressed_length: usize,
}

struct Encoder<'a> {
    preset: PresetId,
    rows: Vec<(&'a SpanRow, u8)>,
    keys: Dictionary<'a>,
    /// The payload of the open chunk.
    open: Vec<u8>,
    open_spans: usize,
    payload: Vec<u8>,
    chunks: Vec<Chunk>,
    body: Vec<u8>,
    raw_bytes: usize,
}

impl<'a> Encoder<'a> {
    fn new(preset: PresetId) -> Self {
        Self {
            preset,
            rows: Vec::new(),
            keys: Dictionary::default(),
            open: Vec::new(),
            open_spans: 0,
            payload: Vec::new(),
            chunks: Vec::new(),
            body: Vec::new(),
            raw_bytes: 0,
        }
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= BLOCK_SPANS_MAX || self.raw_bytes >= BLOCK_BYTES_MAX
    }

    fn add(&mut self, span: &'a Span, row: &'a SpanRow) -> Result<(), OutOfMemory> {
        let is_long = row.status_message.len() < span.status_message.len();
        self.rows.push((row, flags(row, is_long)));
        let mut payload = std::mem::take(&mut self.payload);
        payload.clear();
        self.put_payload(&mut payload, span, row, is_long);
        self.raw_bytes += payload.len();
        self.open.put_bytes(&payload);
        self.payload = payload;
        self.open_spans += 1;
        if self.open.len() >= CHUNK_BYTES {
            self.close_chunk()
        } else {
            Ok(())
        }
    }

    fn put_payload(&mut self, out: &mut Vec<u8>, span: &'a Span, row: &SpanRow, is_long: bool) {
        if is_long {
            out.put_text(&span.status_message);
        }
        out.put_uint(span.attributes.len() as u64);
        for (key, json) in &span.attributes {
            let number = self.keys.index(key) << 1;
            if is_derived(key, json, row) {
                out.put_uint(number | 1);
            } else {
                out.put_uint(number);
                out.put_text(json);
            }
        }
        out.put_uint(span.events.len() as u64);
        for SpanEvent {
            name,
            time,
            attributes,
        } in &span.events
        {
            out.put_uint(self.keys.index(name));
            out.put_int(time.0.wrapping_sub(span.start.0));
            self.put_values(out, attributes);
        }
        out.put_uint(span.links.len() as u64);
        for link in &span.links {
            out.put_text(&link.trace_id);
            out.put_text(&link.span_id);
            self.put_values(out, &link.attributes);
        }
    }

    fn put_values(&mut self, out: &mut Vec<u8>, attributes: &'a [(String, Value)]) {
        out.put_uint(attributes.len() as u64);
        for (key, value) in attributes {
            out.put_uint(self.keys.index(key));
            put_value(out, value);
        }
    }

    fn close_chunk(&mut self) -> Result<(), OutOfMemory> {
        if self.open_spans == 0 {
            return Ok(());
        }
        let compressed = compress_behind(&self.open, self.preset).ok_or(OutOfMemory)?;
        self.chunks.push(Chunk {
            span_count: self.open_spans,
            raw_length: self.open.len(),
            compressed_length: compressed.len(),
        });
        if self.body.is_empty() {
            self.body = compressed;
        } else {
            self.body.extend_from_slice(&compressed);
        }
        self.open.clear();
        self.open_spans = 0;
        Ok(())
    }

    fn finish(mut self) -> Result<EncodedBlock, OutOfMemory> {
        self.close_chunk()?;
        let mut raw = Vec::with_capacity(64 + 48 * self.rows.len());
        put_rows(&mut raw, &self.rows);
        self.keys.put(&mut raw);
        raw.put_uint(self.chunks.len() as u64);
        for chunk in &self.chunks {
            raw.put_uint(chunk.span_count as u64);
            raw.put_uint(chunk.raw_length as u64);
            raw.put_uint(chunk.compressed_length as u64);
        }
        let packed = pack_behind(&raw, self.preset);
        let mut head = Vec::with_capacity(packed.len() + 5);
        head.push(VERSION);
        head.extend_from_slice(&self.preset.to_bytes());
        head.extend_from_slice(&packed);
        Ok(EncodedBlock {
            head: Arc::new(head),
            body: Arc::new(self.body),
        })
    }
}

fn flags(row: &SpanRow, is_long: bool) -> u8 {
    let status = match row.status {
        StatusCode::Unset => 0,
        StatusCode::Ok => 1,
        StatusCode::Error => 2,
    };
    let mut flags = status;
    for (is_set, bit) in [
        (row.end.is_some(), flag::ENDED),
        (!row.status_message.is_empty(), flag::MESSAGE),
        (is_long, flag::LONG_MESSAGE),
        (row.usage.is_some(), flag::USAGE),
        (row.cost.is_some(), flag::COST),
        (row.model.is_some(), flag::MODEL),
    ] {
        if is_set {
            flags |= bit;
        }
    }
    flags
}

fn put_rows(out: &mut Vec<u8>, rows: &[(&SpanRow, u8)]) {
    out.put_uint(rows.len() as u64);
    for (row, _) in rows {
        out.extend_from_slice(&row.span_id.0);
    }
    for (_, flags) in rows {
        out.push(*flags);
    }
    put_parents(out, rows);
    let mut texts = Dictionary::default();
    let mut columns = Vec::with_capacity(rows.len() * 3);
    for (row, _) in rows {
        columns.put_uint(texts.index(&row.name));
    }
    for (row, _) in rows {
        columns.put_uint(texts.index(&row.span_type));
    }
    for (row, _) in rows
        .iter()
        .filter(|(row, _)| !row.status_message.is_empty())
    {
        columns.put_uint(texts.index(&row.status_message));
    }
    for model in rows.iter().filter_map(|(row, _)| row.model.as_ref()) {
        columns.put_uint(texts.index(model));
    }
    texts.put(out);
    out.extend_from_slice(&columns);
    put_times(out, rows);
    for (row, _) in rows {
        out.put_uint(u64::from(row.event_count));
    }
    put_usage(out, rows);
}

fn put_parents(out: &mut Vec<u8>, rows: &[(&SpanRow, u8)]) {
    let few = rows.len() <= PAIRWISE_MAX;
    let hashed = rows
        .iter()
        .enumerate()
        .skip(if few { rows.len() } else { 0 });
    let places: HashMap<SpanId, usize> = hashed
        .map(|(place, (row, _))| (row.span_id, place))
        .collect();
    let place_of = |id: SpanId| {
        if few {
            rows.iter().position(|(row, _)| row.span_id == id)
        } else {
            places.get(&id).copied()
        }
    };
    let mut elsewhere = Vec::new();
    for (row, _) in rows {
        match row.parent_id {
            None => out.put_uint(0),
            Some(parent) => match place_of(parent) {
                Some(place) => out.put_uint(place as u64 + 2),
                None => {
                    out.put_uint(1);
                    elsewhere.extend_from_slice(&parent.0);
                }
            },
        }
    }
    out.extend_from_slice(&elsewhere);
}

fn put_times(out: &mut Vec<u8>, rows: &[(&SpanRow, u8)]) {
    let mut previous = 0i64;
    for (row, _) in rows {
        out.put_int(row.start.0.wrapping_sub(previous));
        previous = row.start.0;
    }
    for (row, _) in rows {
        if let Some(end) = row.end {
            out.put_int(end.0.wrapping_sub(row.start.0));
        }
    }
}

fn put_usage(out: &mut Vec<u8>, rows: &[(&SpanRow, u8)]) {
    for usage in rows.iter().filter_map(|(row, _)| row.usage.as_ref()) {
        let caches = [
            usage.cache_read_input_tokens,
            usage.cache_creation_input_tokens,
        ];
        let sum = usage.input_tokens.checked_add(usage.output_tokens);
        let total = (sum != Some(usage.total_tokens)).then_some(usage.total_tokens);
        let optional = [caches[0], caches[1], total];
        let present = optional.iter().zip([1, 2, 4]);
        out.push(
            present
                .map(|(tokens, bit)| if tokens.is_some() { bit } else { 0 })
                .sum(),
        );
        out.put_int(usage.input_tokens);
        out.put_int(usage.output_tokens);
        for tokens in optional.into_iter().flatten() {
            out.put_int(tokens);
        }
    }
    for cost in rows.iter().filter_map(|(row, _)| row.cost.as_ref()) {
        let is_sum = (cost.input_cost + cost.output_cost).to_bits() == cost.total_cost.to_bits();
        out.push(u8::from(!is_sum));
        out.extend_from_slice(&cost.input_cost.to_le_bytes());
        out.extend_from_slice(&cost.output_cost.to_le_bytes());
        if !is_sum {
            out.extend_from_slice(&cost.total_cost.to_le_bytes());
        }
    }
}

/// Texts numbered in order of first use.
#[derive(Default)]
struct Dictionary<'a> {
    indexes: HashMap<&'a str, u64>,
    texts: Vec<&'a str>,
}

impl<'a> Dictionary<'a> {
    fn index(&mut self, text: &'a str) -> u64 {
        let next = self.texts.len() as u64;
        if self.texts.len() < PAIRWISE_MAX {
            if let Some(known) = self.texts.iter().position(|known| *known == text) {
                return known as u64;
            }
            self.texts.push(text);
            return next;
        }
        if self.indexes.is_empty() {
            self.indexes = self.texts.iter().copied().zip(0..).collect();
        }
        let index = *self.indexes.entry(text).or_insert(next);
        if index == next {
            self.texts.push(text);
        }
        index
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.put_uint(self.texts.len() as u64);
        for text in &self.texts {
            out.put_text(text);
        }
    }
}
