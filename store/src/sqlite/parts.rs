//! Parts of index segments: the table `segment_part`, and a cache of bounded size before it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::store::StoreResult;
use sqlx::SqliteConnection;

use super::sql::insert_rows;
use crate::bytes::Damaged;
use crate::error::{At, database, inconsistent};
use crate::index::codes::Codes;
use crate::index::dictionary::{Chunk, Dictionary};
use crate::index::segment::Segment;

/// Part numbers take this many bits of a part's key.
const PART_NO_BITS: u32 = 20;

/// The key of a part.
pub(crate) fn part_key(segment_no: i64, part: u32) -> i64 {
    (segment_no << PART_NO_BITS) | i64::from(part)
}

/// The first key of a segment and the first of the next one.
pub(crate) fn part_keys(segment_no: i64) -> (i64, i64) {
    (segment_no << PART_NO_BITS, (segment_no + 1) << PART_NO_BITS)
}

/// Inserts parts of a segment, numbered from `first`.
pub(crate) async fn insert_parts(
    connection: &mut SqliteConnection,
    segment_no: i64,
    first: u32,
    parts: Vec<Vec<u8>>,
) -> StoreResult<()> {
    let rows = parts.into_iter().zip(first..).map(|(part, number)| {
        if number >> PART_NO_BITS == 0 {
            Ok((part_key(segment_no, number), part))
        } else {
            Err(())
        }
    });
    let rows: Result<Vec<_>, ()> = rows.collect();
    let rows = rows.map_err(|()| inconsistent("segment_part", "part_key", segment_no))?;
    let head = "insert into segment_part (part_key, data) ";
    insert_rows(connection, head, rows, |values, (key, part)| {
        values.push_bind(key).push_bind(part);
    })
    .await
}

/// Parts read lately.
pub(crate) struct PartCache {
    bytes_max: usize,
    cached: Mutex<Cached>,
}

#[derive(Default)]
struct Cached {
    /// The part and when it was last used.
    parts: HashMap<i64, (Arc<Vec<u8>>, u64)>,
    bytes: usize,
    uses: u64,
}

impl PartCache {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            cached: Mutex::default(),
        }
    }

    fn get(&self, key: i64) -> Option<Arc<Vec<u8>>> {
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        cached.uses += 1;
        let uses = cached.uses;
        let (part, last_use) = cached.parts.get_mut(&key)?;
        *last_use = uses;
        Some(Arc::clone(part))
    }

    fn insert(&self, key: i64, part: &Arc<Vec<u8>>) {
        if part.len() > self.bytes_max / 4 {
            return;
        }
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        let uses = cached.uses;
        if let Some((old, _)) = cached.parts.insert(key, (Arc::clone(part), uses)) {
            cached.bytes -= old.len();
        }
        cached.bytes += part.len();
        if cached.bytes > self.bytes_max {
            cached.shrink(self.bytes_max / 4 * 3);
        }
    }

    /// Forgets the parts of a segment.
    pub(crate) fn forget(&self, segment_no: i64) {
        let (first, end) = part_keys(segment_no);
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        let mut freed = 0;
        cached.parts.retain(|key, (part, _)| {
            let stays = *key < first || *key >= end;
            freed += if stays { 0 } else { part.len() };
            stays
        });
        cached.bytes -= freed;
    }
}

impl Cached {
    /// Drops what was not used longest. All at once, because looking for it costs a walk through everything.
    fn shrink(&mut self, bytes_max: usize) {
        let mut by_use: Vec<(u64, i64)> = self
            .parts
            .iter()
            .map(|(key, (_, last_use))| (*last_use, *key))
            .collect();
        by_use.sort_unstable();
        for (_, key) in by_use {
            if self.bytes <= bytes_max {
                return;
            }
            if let Some((part, _)) = self.parts.remove(&key) {
                self.bytes -= part.len();
            }
        }
    }
}

/// Reads parts through a connection and the cache.
pub(crate) struct PartReader<'a> {
    pub connection: &'a mut SqliteConnection,
    pub cache: &'a PartCache,
}

impl PartReader<'_> {
    /// A part.
    pub(crate) async fn part(&mut self, segment_no: i64, part: u32) -> StoreResult<Arc<Vec<u8>>> {
        let key = part_key(segment_no, part);
        if let Some(part) = self.cache.get(key) {
            return Ok(part);
        }
        let data: Option<Vec<u8>> =
            sqlx::query_scalar("select data from segment_part where part_key = ?1")
                .bind(key)
                .fetch_optional(&mut *self.connection)
                .await
                .map_err(database)?;
        let data = data.ok_or_else(|| inconsistent("segment_part", "part_key", key))?;
        let part = Arc::new(data);
        self.cache.insert(key, &part);
        Ok(part)
    }

    /// One number a row.
    pub(crate) async fn codes(&mut self, segment: &Segment, part: u32) -> StoreResult<Codes> {
        let bytes = self.part(segment.segment_no, part).await?;
        Codes::open(&bytes, segment.rows).at(
            "segment_part",
            "data",
            part_key(segment.segment_no, part),
        )
    }

    /// A chunk of a dictionary.
    pub(crate) async fn chunk(
        &mut self,
        segment: &Segment,
        dictionary: &Dictionary,
        chunk: usize,
    ) -> StoreResult<Chunk> {
        let part = dictionary.part(chunk).ok_or(Damaged("no such chunk"));
        let part = part.at("segment", "meta", segment.segment_no)?;
        let bytes = self.part(segment.segment_no, part).await?;
        dictionary.open(chunk, &bytes).at(
            "segment_part",
            "data",
            part_key(segment.segment_no, part),
        )
    }

    /// The code of the first value of a dictionary that is not less, and whether it is equal.
    pub(crate) async fn lower_bound(
        &mut self,
        segment: &Segment,
        dictionary: &Dictionary,
        value: &[u8],
    ) -> StoreResult<(u32, bool)> {
        match dictionary.chunk_of(value) {
            None => Ok((0, false)),
            Some(chunk) => Ok(self
                .chunk(segment, dictionary, chunk)
                .await?
                .lower_bound(value)),
        }
    }

    /// The value of a code.
    pub(crate) async fn value(
        &mut self,
        segment: &Segment,
        dictionary: &Dictionary,
        code: u32,
    ) -> StoreResult<String> {
        let wrong = || inconsistent("segment", "meta", segment.segment_no);
        let chunk = dictionary.chunk_of_code(code).ok_or_else(wrong)?;
        let chunk = self.chunk(segment, dictionary, chunk).await?;
        let value = chunk.value_of_code(code).ok_or_else(wrong)?;
        std::str::from_utf8(value)
            .map(str::to_owned)
            .map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_keeps_what_was_used_last() {
        let cache = PartCache::new(1000);
        for key in 0..20 {
            cache.insert(key, &Arc::new(vec![0; 90]));
            assert!(cache.get(0).is_some(), "used again and again");
        }
        assert!(cache.get(19).is_some());
        assert!(cache.get(1).is_none());
        assert!(cache.cached.lock().unwrap().bytes <= 1000);
        cache.forget(0);
        assert_eq!(cache.cached.lock().unwrap().bytes, 0);
    }
}
