//! What traces say under keys of attributes, for lists with columns of them. Read from the blocks of the traces asked for: the index knows
//! which values a trace has, but not which of its spans has which.
//!
//! Heads are read first, for they name the keys of their block: bodies of blocks without any are not read at all. Of a large trace no more is
//! looked at than the constants here allow, however many spans it has. What lies beyond is not found.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::ids::TraceId;
use domain::span::Span;
use domain::store::{AttributeValue, StoreResult};
use sqlx::{Row, SqliteConnection};

use super::spans::{block_key, last_of_each, trace_no_of};
use super::sql::{KEYS_MAX, select_in};
use super::{SqliteStore, rows};
use crate::block::decode::{self, Head};
use crate::error::{At, database};
use crate::key::key_of;

/// Traces whose blocks are in memory at the same time.
const TOGETHER: usize = 16;
/// Traces of more blocks are read one by one: their last block, in which the root often is, then the others as far as the bounds go.
const BLOCKS_TOGETHER: i64 = 2;
/// The most blocks of a trace.
const BLOCKS_MAX: usize = 32;
/// No further block of a trace is read once so many of its spans are there.
const SPANS_MAX: usize = 8_192;
/// The most bytes of a trace that are decompressed, attributes and all else that its spans carry.
const BYTES_MAX: usize = 4 << 20;

/// A block with its key.
type Block = (i64, Head);

impl SqliteStore {
    pub(super) async fn said_under(
        &self,
        ids: &[TraceId],
        keys: &[String],
    ) -> StoreResult<Vec<Vec<Option<AttributeValue>>>> {
        let trace_keys: Vec<Vec<u8>> = ids.iter().map(key_of).collect();
        let mut reader = self.reader().await?;
        let trace_nos = self.trace_nos(&mut reader, &trace_keys).await?;
        let known: Vec<i64> = trace_nos.values().copied().collect();
        let traces = rows::next_blocks(&mut reader, &known).await?;
        let mut said = HashMap::with_capacity(traces.len());
        for group in traces.chunks(TOGETHER) {
            let spans = spans_with(&mut reader, group, keys).await?;
            for ((trace_no, _), spans) in group.iter().zip(spans) {
                said.insert(*trace_no, values(spans, keys));
            }
        }
        let of = |key: &Vec<u8>| trace_nos.get(key).and_then(|no| said.get(no)).cloned();
        let nothing = || vec![None; keys.len()];
        let found = trace_keys.iter().map(|key| of(key).unwrap_or_else(nothing));
        Ok(found.collect())
    }
}

/// The spans of some traces with these attributes, as far as the bounds go.
async fn spans_with(
    reader: &mut SqliteConnection,
    traces: &[(i64, i64)],
    keys: &[String],
) -> StoreResult<Vec<Vec<Span>>> {
    let blocks = blocks_of(reader, traces).await?;
    let mut wanted: BTreeMap<i64, (usize, &Head, Vec<usize>)> = BTreeMap::new();
    for (place, blocks) in blocks.iter().enumerate() {
        for (block, chunk) in worth_opening(blocks, keys) {
            let (key, head) = &blocks[block];
            let entry = wanted.entry(*key).or_insert((place, head, Vec::new()));
            entry.2.push(chunk);
        }
    }
    let block_keys: Vec<i64> = wanted.keys().copied().collect();
    let mut found: Vec<Vec<Span>> = vec![Vec::new(); traces.len()];
    for group in block_keys.chunks(KEYS_MAX) {
        let select = "select block_key, body from span_body where block_key";
        for row in select_in(&mut *reader, select, group, " order by block_key").await? {
            let key: i64 = row.try_get(0).map_err(database)?;
            let body: &[u8] = row.try_get(1).map_err(database)?;
            let Some((place, head, chunks)) = wanted.get(&key) else {
                continue;
            };
            for chunk in chunks {
                let spans = head.chunk_with(*chunk, keys, body);
                found[*place].extend(spans.at("span_body", "body", key)?);
            }
        }
    }
    Ok(found)
}

/// The heads of some traces, given by number and the number of their next block, in order.
async fn blocks_of(
    reader: &mut SqliteConnection,
    traces: &[(i64, i64)],
) -> StoreResult<Vec<Vec<Block>>> {
    let mut found: Vec<Vec<Block>> = traces.iter().map(|_| Vec::new()).collect();
    let (mut small, mut places) = (Vec::new(), HashMap::new());
    for (place, (trace_no, next_block)) in traces.iter().enumerate() {
        if *next_block > BLOCKS_TOGETHER {
            found[place] = blocks_of_large(reader, *trace_no, *next_block).await?;
            continue;
        }
        places.insert(*trace_no, place);
        for block_no in 0..*next_block {
            small.push(block_key(*trace_no, block_no)?);
        }
    }
    for group in small.chunks(KEYS_MAX) {
        for (key, head) in heads(reader, group).await? {
            if let Some(place) = places.get(&trace_no_of(key)) {
                found[*place].push((key, head));
            }
        }
    }
    Ok(found)
}

/// The last head of a trace and the first ones, in order.
async fn blocks_of_large(
    reader: &mut SqliteConnection,
    trace_no: i64,
    next_block: i64,
) -> StoreResult<Vec<Block>> {
    let last = next_block - 1;
    let mut found = Vec::new();
    let mut spans = 0;
    for block_no in std::iter::once(last).chain(0..last).take(BLOCKS_MAX) {
        if spans >= SPANS_MAX {
            break;
        }
        let key = block_key(trace_no, block_no)?;
        for (key, head) in heads(reader, &[key]).await? {
            spans += head.rows.len();
            found.push((key, head));
        }
    }
    found.sort_by_key(|(key, _)| *key);
    Ok(found)
}

async fn heads(reader: &mut SqliteConnection, keys: &[i64]) -> StoreResult<Vec<Block>> {
    let select = "select block_key, head from span_head where block_key";
    let rows = select_in(reader, select, keys, " order by block_key").await?;
    let head = |row: &sqlx::sqlite::SqliteRow| {
        let key: i64 = row.try_get(0).map_err(database)?;
        let bytes: &[u8] = row.try_get(1).map_err(database)?;
        Ok((key, decode::head(bytes).at("span_head", "head", key)?))
    };
    rows.iter().map(head).collect()
}

/// Which chunks of which blocks to open, by their places: that of the root first, then in order, as many as the bound allows.
fn worth_opening(blocks: &[Block], keys: &[String]) -> Vec<(usize, usize)> {
    let mut root = None;
    for (block, (_, head)) in blocks.iter().enumerate() {
        for (place, row) in head.rows.iter().enumerate() {
            let is_earlier = root.is_none_or(|(start, _, _)| row.start < start);
            if row.parent_id.is_none() && is_earlier {
                root = Some((row.start, block, place));
            }
        }
    }
    let mut chunks = Vec::new();
    for (block, (_, head)) in blocks.iter().enumerate() {
        if head.knows_any(keys) {
            for (chunk, (spans, bytes)) in head.chunks().enumerate() {
                let has_root = root.is_some_and(|(_, at, row)| at == block && spans.contains(&row));
                chunks.push((!has_root, block, chunk, bytes));
            }
        }
    }
    chunks.sort_unstable();
    let mut rest = BYTES_MAX;
    chunks.retain(|(_, _, _, bytes)| match rest.checked_sub(*bytes) {
        Some(less) => {
            rest = less;
            true
        }
        None => false,
    });
    let places = chunks.into_iter();
    places.map(|(_, block, chunk, _)| (block, chunk)).collect()
}

/// What spans in order of arrival say under each key.
fn values(spans: Vec<Span>, keys: &[String]) -> Vec<Option<AttributeValue>> {
    let mut spans = last_of_each(spans, |span| span.span_id);
    spans.sort_by_key(|span| (span.parent_id.is_some(), span.start));
    let value = |key: &String| {
        let texts = spans.iter().filter_map(|span| span.attribute(key));
        let mut texts = texts.filter(|json| *json != "null");
        let first = texts.next()?;
        let others: HashSet<&str> = texts.filter(|json| *json != first).collect();
        Some(AttributeValue {
            json: first.to_owned(),
            others: u32::try_from(others.len()).unwrap_or(u32::MAX),
        })
    };
    keys.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use domain::ids::SpanId;
    use domain::json::quote;
    use domain::span::StatusCode;
    use domain::span_row::SpanRow;
    use domain::time::UnixNanos;

    use super::*;
    use crate::block::encode::encode;
    use crate::preset::PresetId;

    fn span(id: u16, parent: u16, start: i64, attributes: &[(&str, &str)]) -> Span {
        let id_of = |id: u16| SpanId(u64::from(id).to_be_bytes());
        let attributes = attributes.iter();
        Span {
            span_id: id_of(id),
            parent_id: (parent > 0).then(|| id_of(parent)),
            name: "step".to_owned(),
            start: UnixNanos(start),
            end: None,
            status: StatusCode::Ok,
            status_message: String::new(),
            attributes: attributes
                .map(|(key, json)| ((*key).to_owned(), (*json).to_owned()))
                .collect(),
            events: Vec::new(),
            links: Vec::new(),
        }
    }

    fn said(spans: Vec<Span>) -> Option<(String, u32)> {
        let value = values(spans, &["k".to_owned()]).remove(0)?;
        Some((value.json, value.others))
    }

    #[test]
    fn the_root_speaks_for_its_trace_else_the_first_that_can() {
        let children = || vec![span(3, 1, 9, &[("k", "2")]), span(2, 1, 8, &[("k", "1")])];
        let with = |root: Span| said([children(), vec![root]].concat());
        assert_eq!(
            with(span(1, 0, 7, &[("k", "3")])),
            Some(("3".to_owned(), 2))
        );
        assert_eq!(
            with(span(1, 0, 7, &[("k", "1")])),
            Some(("1".to_owned(), 1))
        );
        // Null is none.
        assert_eq!(
            with(span(1, 0, 7, &[("k", "null")])),
            Some(("1".to_owned(), 1))
        );
        assert_eq!(said(vec![span(1, 0, 7, &[("l", "3")])]), None);
        // A span that came again counts as it came last.
        let again = vec![span(1, 0, 7, &[("k", "1")]), span(1, 0, 7, &[("k", "2")])];
        assert_eq!(said(again), Some(("2".to_owned(), 0)));
    }

    #[test]
    fn the_chunk_of_the_root_is_opened_first_and_what_is_too_much_not_at_all() {
        let text = quote(&"x".repeat(300 * 1024));
        let wide = |id: u16, parent: u16| span(id, parent, 1, &[("k", &text)]);
        // A chunk each; the root comes last.
        let spans: Vec<Span> = (2..=12).map(|id| wide(id, 1)).chain([wide(1, 0)]).collect();
        let encoded = |spans: &[Span]| {
            let rows: Vec<SpanRow> = spans.iter().map(SpanRow::of).collect();
            let blocks = encode(spans, &rows, PresetId::WORDS).unwrap();
            let heads = blocks
                .iter()
                .map(|block| decode::head(&block.head).unwrap());
            (0..).zip(heads).collect::<Vec<Block>>()
        };
        let keys = ["k".to_owned()];
        let opened = worth_opening(&encoded(&spans), &keys);
        assert_eq!(opened.first(), Some(&(0, 11)));
        assert_eq!(opened.len(), 12);
        let more: Vec<Span> = (2..=40).map(|id| wide(id, 1)).chain([wide(1, 0)]).collect();
        let blocks = encoded(&more);
        let opened = worth_opening(&blocks, &keys);
        assert_eq!(
            opened.first(),
            Some(&(
                blocks.len() - 1,
                blocks.last().unwrap().1.chunks().count() - 1
            ))
        );
        assert_eq!(opened.len(), 13);
        // Nothing is opened for a key that no block names.
        assert!(worth_opening(&blocks, &["l".to_owned()]).is_empty());
    }
}
