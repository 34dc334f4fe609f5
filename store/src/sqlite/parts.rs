//! Parts of index segments: the table `segment_part`, and a cache of bounded size before it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// Parts read lately, and chunks of dictionaries opened lately.
pub(crate) struct PartCache {
    parts: Mutex<Cached<Vec<u8>>>,
    /// Opening one costs a hundred times what finding a value in it does, and a search asks the same one several times.
    chunks: Mutex<Cached<Chunk>>,
}

/// Things used lately, by the keys of their parts.
struct Cached<T> {
    bytes_max: usize,
    things: HashMap<i64, Thing<T>>,
    bytes: usize,
    uses: u64,
}

struct Thing<T> {
    thing: Arc<T>,
    bytes: usize,
    last_use: u64,
}

impl PartCache {
    /// A quarter of the bytes is for opened chunks.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            parts: Mutex::new(Cached::new(bytes_max / 4 * 3)),
            chunks: Mutex::new(Cached::new(bytes_max / 4)),
        }
    }

    fn get(&self, key: i64) -> Option<Arc<Vec<u8>>> {
        lock(&self.parts).get(key)
    }

    fn insert(&self, key: i64, part: &Arc<Vec<u8>>) {
        lock(&self.parts).insert(key, part, part.len());
    }

    /// Forgets what is of a segment.
    pub(crate) fn forget(&self, segment_no: i64) {
        lock(&self.parts).forget(segment_no);
        lock(&self.chunks).forget(segment_no);
    }
}

fn lock<T>(cached: &Mutex<T>) -> MutexGuard<'_, T> {
    cached.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Cached<T> {
    fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            things: HashMap::new(),
            bytes: 0,
            uses: 0,
        }
    }

    fn get(&mut self, key: i64) -> Option<Arc<T>> {
        self.uses += 1;
        let found = self.things.get_mut(&key)?;
        found.last_use = self.uses;
        Some(Arc::clone(&found.thing))
    }

    fn insert(&mut self, key: i64, thing: &Arc<T>, bytes: usize) {
        if bytes > self.bytes_max / 3 {
            return;
        }
        let thing = Thing {
            thing: Arc::clone(thing),
            bytes,
            last_use: self.uses,
        };
        if let Some(old) = self.things.insert(key, thing) {
            self.bytes -= old.bytes;
        }
        self.bytes += bytes;
        if self.bytes > self.bytes_max {
            self.shrink();
        }
    }

    /// Drops what was not used longest, down to three quarters. All at once, because looking for it costs a walk through everything.
    fn shrink(&mut self) {
        let mut by_use: Vec<(u64, i64)> = self
            .things
            .iter()
            .map(|(key, thing)| (thing.last_use, *key))
            .collect();
        by_use.sort_unstable();
        for (_, key) in by_use {
            if self.bytes <= self.bytes_max / 4 * 3 {
                return;
            }
            if let Some(old) = self.things.remove(&key) {
                self.bytes -= old.bytes;
            }
        }
    }

    fn forget(&mut self, segment_no: i64) {
        let (first, end) = part_keys(segment_no);
        let gone = self.things.extract_if(|key, _| (first..end).contains(key));
        self.bytes -= gone.map(|(_, thing)| thing.bytes).sum::<usize>();
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
        let part = self.part_once(segment_no, part).await?;
        self.cache.insert(key, &part);
        Ok(part)
    }

    /// A part that nobody will ask for again soon, which therefore takes no room in the cache.
    pub(crate) async fn part_once(
        &mut self,
        segment_no: i64,
        part: u32,
    ) -> StoreResult<Arc<Vec<u8>>> {
        let key = part_key(segment_no, part);
        let data: Option<Vec<u8>> =
            sqlx::query_scalar("select data from segment_part where part_key = ?1")
                .bind(key)
                .fetch_optional(&mut *self.connection)
                .await
                .map_err(database)?;
        let data = data.ok_or_else(|| inconsistent("segment_part", "part_key", key))?;
        Ok(Arc::new(data))
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
    ) -> StoreResult<Arc<Chunk>> {
        let part = dictionary.part(chunk).ok_or(Damaged("no such chunk"));
        let part = part.at("segment", "meta", segment.segment_no)?;
        let key = part_key(segment.segment_no, part);
        if let Some(chunk) = lock(&self.cache.chunks).get(key) {
            return Ok(chunk);
        }
        let bytes = self.part(segment.segment_no, part).await?;
        let opened = dictionary.open(chunk, &bytes);
        let opened = Arc::new(opened.at("segment_part", "data", key)?);
        lock(&self.cache.chunks).insert(key, &opened, opened.size());
        Ok(opened)
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
        let cache = PartCache::new(1336);
        for key in 0..20 {
            cache.insert(key, &Arc::new(vec![0; 90]));
            assert!(cache.get(0).is_some(), "used again and again");
        }
        assert!(cache.get(19).is_some());
        assert!(cache.get(1).is_none());
        assert!(lock(&cache.parts).bytes <= 1000);
        cache.forget(0);
        assert_eq!(lock(&cache.parts).bytes, 0);
    }
}
