//! Span blocks in the tables `span_head` and `span_body`: writing them, and reading spans from them. Of spans with the same id the one in the
//! later block is the span.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::ids::SpanId;
use domain::span::Span;
use domain::span_row::SpanRow;
use domain::store::StoreResult;
use sqlx::{Row, SqliteConnection};

use super::sql::{KEYS_MAX, insert_rows, select_between, select_in};
use crate::block::EncodedBlock;
use crate::block::decode::{self, Head};
use crate::bytes::Damaged;
use crate::error::{At, database, inconsistent};

/// Block numbers take this many bits of a block's key.
const BLOCK_NO_BITS: u32 = 20;

/// The key of a block.
pub(crate) fn block_key(trace_no: i64, block_no: i64) -> StoreResult<i64> {
    if block_no >= 1 << BLOCK_NO_BITS {
        return Err(inconsistent("trace", "next_block", trace_no));
    }
    Ok((trace_no << BLOCK_NO_BITS) | block_no)
}

/// The first key of a trace and the first of the next one.
pub(crate) fn block_keys(trace_no: i64) -> (i64, i64) {
    (trace_no << BLOCK_NO_BITS, (trace_no + 1) << BLOCK_NO_BITS)
}

/// The trace of a block.
pub(crate) fn trace_no_of(block_key: i64) -> i64 {
    block_key >> BLOCK_NO_BITS
}

/// Inserts blocks.
pub(crate) async fn insert_blocks(
    connection: &mut SqliteConnection,
    blocks: Vec<(i64, &EncodedBlock)>,
) -> StoreResult<()> {
    let head = "insert into span_head (block_key, head) ";
    insert_rows(connection, head, &blocks, |values, (key, block)| {
        values.push_bind(*key).push_bind(Arc::clone(&block.head));
    })
    .await?;
    let head = "insert into span_body (block_key, body) ";
    insert_rows(connection, head, &blocks, |values, (key, block)| {
        values.push_bind(*key).push_bind(Arc::clone(&block.body));
    })
    .await
}

/// A block with its key.
pub(crate) struct StoredBlock {
    pub key: i64,
    pub head: Head,
    pub body: Vec<u8>,
}

/// The heads of a trace's blocks in order.
pub(crate) async fn heads(
    connection: &mut SqliteConnection,
    trace_no: i64,
) -> StoreResult<Vec<(i64, Head)>> {
    heads_where(connection, trace_no, |_| Ok(true)).await
}

/// Opens those heads of a trace that are worth it, in order.
async fn heads_where(
    connection: &mut SqliteConnection,
    trace_no: i64,
    is_worth_it: impl Fn(&[u8]) -> Result<bool, Damaged>,
) -> StoreResult<Vec<(i64, Head)>> {
    let query = "select block_key, head from span_head
        where block_key >= ?1 and block_key < ?2 order by block_key";
    let mut heads = Vec::new();
    for row in select_between(connection, query, block_keys(trace_no)).await? {
        let key: i64 = row.try_get(0).map_err(database)?;
        let bytes: &[u8] = row.try_get(1).map_err(database)?;
        if is_worth_it(bytes).at("span_head", "head", key)? {
            heads.push((key, decode::head(bytes).at("span_head", "head", key)?));
        }
    }
    Ok(heads)
}

/// The blocks of a trace in order, whole.
pub(crate) async fn blocks(
    connection: &mut SqliteConnection,
    trace_no: i64,
) -> StoreResult<Vec<StoredBlock>> {
    let query = "select block_key, head, body from span_head join span_body using (block_key)
        where block_key >= ?1 and block_key < ?2 order by block_key";
    let mut blocks = Vec::new();
    for row in select_between(connection, query, block_keys(trace_no)).await? {
        let key: i64 = row.try_get(0).map_err(database)?;
        let bytes: &[u8] = row.try_get(1).map_err(database)?;
        let head = decode::head(bytes).at("span_head", "head", key)?;
        blocks.push(StoredBlock {
            key,
            head,
            body: row.try_get(2).map_err(database)?,
        });
    }
    Ok(blocks)
}

/// The rows of a trace's spans, one per id, in order of arrival.
pub(crate) async fn span_rows(
    connection: &mut SqliteConnection,
    trace_no: i64,
) -> StoreResult<Vec<SpanRow>> {
    let mut heads = heads(connection, trace_no).await?;
    if heads.len() == 1 {
        return Ok(heads.remove(0).1.rows);
    }
    let all: Vec<SpanRow> = heads.into_iter().flat_map(|(_, head)| head.rows).collect();
    Ok(last_of_each(all, |row| row.span_id))
}

/// The spans of a trace: roots first, then by start, then by arrival; one per id.
pub(crate) async fn all_spans(
    connection: &mut SqliteConnection,
    trace_no: i64,
) -> StoreResult<Vec<Span>> {
    let mut all = Vec::new();
    for block in blocks(connection, trace_no).await? {
        let spans = block
            .head
            .spans(&block.body)
            .at("span_body", "body", block.key)?;
        all.extend(spans);
    }
    let mut spans = last_of_each(all, |span| span.span_id);
    spans.sort_by_key(|span| (span.parent_id.is_some(), span.start));
    Ok(spans)
}

/// Which spans are read, and how much of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// None.
    #[default]
    Nothing,
    /// Names, statuses and these attributes.
    Attributes(Vec<String>),
    /// All there is.
    Everything,
}

/// Traces of more blocks are read one by one.
const BLOCKS_TOGETHER: i64 = 2;

/// The spans of several traces, given by number and the number of their next block: one per id, in the order of the traces. With
/// one statement for as many as are small.
pub(crate) async fn of_traces(
    connection: &mut SqliteConnection,
    traces: &[(i64, i64)],
    wanted: &Wanted,
) -> StoreResult<Vec<Vec<Span>>> {
    let mut found: Vec<Vec<Span>> = vec![Vec::new(); traces.len()];
    if *wanted == Wanted::Nothing {
        return Ok(found);
    }
    let (mut keys, mut places) = (Vec::new(), HashMap::new());
    for (place, (trace_no, next_block)) in traces.iter().enumerate() {
        if *next_block > BLOCKS_TOGETHER {
            for block in blocks(connection, *trace_no).await? {
                let spans = open(block.key, &block.head, &block.body, wanted)?;
                found[place].extend(spans);
            }
            continue;
        }
        places.insert(*trace_no, place);
        for block_no in 0..*next_block {
            keys.push(block_key(*trace_no, block_no)?);
        }
    }
    for group in keys.chunks(KEYS_MAX) {
        let head = "select block_key, head, body from span_head join span_body using (block_key)
            where block_key";
        for row in select_in(&mut *connection, head, group, " order by block_key").await? {
            let key: i64 = row.try_get(0).map_err(database)?;
            let Some(place) = places.get(&trace_no_of(key)) else {
                continue;
            };
            let head: &[u8] = row.try_get(1).map_err(database)?;
            let head = decode::head(head).at("span_head", "head", key)?;
            let body: &[u8] = row.try_get(2).map_err(database)?;
            found[*place].extend(open(key, &head, body, wanted)?);
        }
    }
    for (spans, (_, next_block)) in found.iter_mut().zip(traces) {
        if *next_block > 1 {
            *spans = last_of_each(std::mem::take(spans), |span| span.span_id);
        }
    }
    Ok(found)
}

fn open(key: i64, head: &Head, body: &[u8], wanted: &Wanted) -> StoreResult<Vec<Span>> {
    let spans = match wanted {
        Wanted::Nothing => Ok(Vec::new()),
        Wanted::Attributes(keys) => head.spans_with(keys, body),
        Wanted::Everything => head.spans(body),
    };
    spans.at("span_body", "body", key)
}

/// One span, whole.
pub(crate) async fn one_span(
    connection: &mut SqliteConnection,
    trace_no: i64,
    id: SpanId,
) -> StoreResult<Option<Span>> {
    let is_there = |head: &[u8]| decode::has_any(head, |other| other == id);
    let heads = heads_where(&mut *connection, trace_no, is_there).await?;
    let found = heads.iter().rev().find_map(|(key, head)| {
        let place = head.rows.iter().position(|row| row.span_id == id)?;
        Some((*key, head, place))
    });
    let Some((key, head, place)) = found else {
        return Ok(None);
    };
    let body: Option<Vec<u8>> =
        sqlx::query_scalar("select body from span_body where block_key = ?1")
            .bind(key)
            .fetch_optional(connection)
            .await
            .map_err(database)?;
    let Some(body) = body else { return Ok(None) };
    head.span(place, &body)
        .at("span_body", "body", key)
        .map(Some)
}

/// Some spans of a trace, whole.
pub(crate) async fn some_spans(
    connection: &mut SqliteConnection,
    trace_no: i64,
    ids: &[SpanId],
) -> StoreResult<Vec<Span>> {
    let mut wanted: HashSet<SpanId> = ids.iter().copied().collect();
    let is_there = |head: &[u8]| decode::has_any(head, |id| wanted.contains(&id));
    let heads = heads_where(&mut *connection, trace_no, is_there).await?;
    let mut spans = Vec::with_capacity(ids.len());
    // Of equal ids the later block has the span.
    for (key, head) in heads.iter().rev() {
        let rows = head.rows.iter().enumerate();
        let places = rows.filter(|(_, row)| wanted.remove(&row.span_id));
        let places: Vec<usize> = places.map(|(place, _)| place).collect();
        if places.is_empty() {
            continue;
        }
        let body: Option<Vec<u8>> =
            sqlx::query_scalar("select body from span_body where block_key = ?1")
                .bind(key)
                .fetch_optional(&mut *connection)
                .await
                .map_err(database)?;
        let Some(body) = body else { continue };
        let found = head.some_spans(&places, &body);
        spans.extend(found.at("span_body", "body", *key)?);
    }
    Ok(spans)
}

/// Keeps the last item of each id, at the place of the first: a span that arrives again does not move.
pub(crate) fn last_of_each<T>(items: Vec<T>, id: impl Fn(&T) -> SpanId) -> Vec<T> {
    let mut places: HashMap<SpanId, usize> = HashMap::with_capacity(items.len());
    let mut kept: Vec<T> = Vec::with_capacity(items.len());
    for item in items {
        match places.get(&id(&item)) {
            Some(place) => kept[*place] = item,
            None => {
                places.insert(id(&item), kept.len());
                kept.push(item);
            }
        }
    }
    kept
}
