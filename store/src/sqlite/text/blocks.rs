//! Reading the spans of many traces for the text index, some blocks at a time.

use std::collections::BTreeSet;

use domain::store::StoreResult;
use futures_util::TryStreamExt;
use sqlx::Row;

use super::super::Shared;
use super::super::spans::trace_no_of;
use crate::block::decode;
use crate::error::{At, database};
use crate::text::build::Builder;

/// Blocks read at once, counted and in bytes.
const LOT_BLOCKS: usize = 64;
const LOT_BYTES: usize = 1 << 20;

/// Some blocks as they are stored: key, head, body.
pub(super) type Lot = Vec<(i64, Vec<u8>, Vec<u8>)>;

pub(super) async fn read_lot(shared: &Shared, first: i64, end: i64) -> StoreResult<Lot> {
    let mut reader = shared.readers.acquire().await.map_err(database)?;
    let query = "select block_key, head, body from span_head join span_body using (block_key)
        where block_key >= ?1 and block_key < ?2 order by block_key";
    let mut rows = sqlx::query(query).bind(first).bind(end).fetch(&mut *reader);
    let mut lot = Lot::new();
    let mut bytes = 0;
    while lot.len() < LOT_BLOCKS && bytes < LOT_BYTES {
        let Some(row) = rows.try_next().await.map_err(database)? else {
            break;
        };
        let body: Vec<u8> = row.try_get(2).map_err(database)?;
        bytes += body.len();
        lot.push((
            row.try_get(0).map_err(database)?,
            row.try_get(1).map_err(database)?,
            body,
        ));
    }
    Ok(lot)
}

/// Adds blocks until the group is full; the trace that had no room is returned.
pub(super) fn add_lot(mut builder: Builder, lot: &Lot) -> StoreResult<(Builder, Option<i64>)> {
    for (key, head, body) in lot {
        let trace_no = trace_no_of(*key);
        if builder.is_full() && builder.last() != Some(trace_no) {
            return Ok((builder, Some(trace_no)));
        }
        let spans = decode::head(head).and_then(|head| head.spans(body));
        let added = spans.and_then(|spans| builder.add(trace_no, &spans));
        added.at("span_body", "body", *key)?;
    }
    Ok((builder, None))
}

/// Runs of consecutive numbers, each from its first to behind its last.
pub(super) fn ranges(numbers: &BTreeSet<i64>) -> Vec<(i64, i64)> {
    let mut out: Vec<(i64, i64)> = Vec::new();
    for number in numbers {
        match out.last_mut() {
            Some((_, end)) if *end == *number => *end += 1,
            _ => out.push((*number, number + 1)),
        }
    }
    out
}
