//! Which traces may have a text, by the index.

use std::collections::{BTreeMap, HashMap};

use domain::store::StoreResult;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::super::Shared;
use super::super::sql::select_in;
use super::file::part_key;
use crate::error::{At, database};
use crate::index::bitmap::Bitmap;
use crate::text::gram::required;
use crate::text::group::{Group, rows_of};

/// Traces that may match, by number.
#[derive(Debug)]
pub(crate) struct Candidates {
    may: Bitmap,
    /// Traces that the index did not know of: they had to be taken as candidates.
    pub unindexed: usize,
}

impl Candidates {
    /// Whether a trace may match. Traces that came later may.
    pub(crate) fn contains(&self, trace_no: i64) -> bool {
        usize::try_from(trace_no).is_ok_and(|no| no >= self.may.len() || self.may.contains(no))
    }
}

/// The traces that may match a pattern of `LIKE` or `ILIKE`; `None` if the pattern is too short for the index to tell.
pub(crate) async fn candidates(shared: &Shared, pattern: &str) -> StoreResult<Option<Candidates>> {
    let grams = required(pattern);
    if grams.is_empty() {
        return Ok(None);
    }
    let (groups, changed, indexed_to, next) = {
        let live = shared.live.read();
        let changed: BTreeMap<i64, i64> = live.text.changed.clone();
        let groups = live.text.groups.clone();
        (groups, changed, live.text.indexed_to, live.next_trace_no)
    };
    let length = usize::try_from(next).unwrap_or(0);
    let mut may = Bitmap::none(length);
    let waiting = (indexed_to..next).chain(changed.keys().copied());
    let mut unindexed = 0;
    for place in waiting.filter_map(|no| usize::try_from(no).ok()) {
        may.insert(place);
        unindexed += 1;
    }
    let mut reader = shared.text_readers.acquire().await.map_err(database)?;
    for live in &groups {
        let rows = rows(&mut reader, &live.group, &grams).await?;
        if rows.is_empty() {
            continue;
        }
        for (_, no) in live
            .group
            .trace_nos()
            .filter(|(row, _)| rows.contains(*row))
        {
            if let Ok(place) = usize::try_from(no) {
                may.insert(place);
            }
        }
    }
    Ok(Some(Candidates { may, unindexed }))
}

/// So many parts are asked for at once: each statement is a round trip to another thread, but the first pieces often tell that
/// no row has them all.
const TOGETHER: usize = 4;

/// The rows of a group that have all pieces.
async fn rows(reader: &mut SqliteConnection, group: &Group, grams: &[u32]) -> StoreResult<Bitmap> {
    let mut found = Bitmap::all(group.rows);
    for grams in grams.chunks(TOGETHER) {
        let mut wanted = Vec::with_capacity(TOGETHER);
        for gram in grams {
            let Some(part) = group.part_of(*gram) else {
                return Ok(Bitmap::none(group.rows));
            };
            wanted.push((*gram, part_key(group.group_no, part)));
        }
        let keys: Vec<i64> = wanted.iter().map(|(_, key)| *key).collect();
        let head = "select part_key, data from text_part where part_key";
        let mut parts: HashMap<i64, SqliteRow> = HashMap::with_capacity(TOGETHER);
        for row in select_in(&mut *reader, head, &keys, "").await? {
            parts.insert(row.try_get(0).map_err(database)?, row);
        }
        for (gram, key) in wanted {
            // The group was replaced a moment ago: nothing is known.
            let Some(row) = parts.get(&key) else {
                return Ok(Bitmap::all(group.rows));
            };
            let data: &[u8] = row.try_get(1).map_err(database)?;
            let rows = rows_of(data, gram, group.rows).at("text_part", "data", key)?;
            found = found.and(&rows);
        }
        if found.is_empty() {
            break;
        }
    }
    Ok(found)
}
