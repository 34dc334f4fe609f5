//! How long spans take, by experiment, day and name: sketches that answer "slower than which part of this week's".
//!
//! Durations are gathered when spans are prepared, added to sketches in memory once their write is acknowledged, and moved to
//! the table `span_duration` by the indexer: a write never waits for them. What was gathered since the last move is lost if the
//! process is killed, which is a second or so of a statistic. A span counts each time it arrives.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::ids::ExperimentId;
use domain::ingest::SpanBatch;
use domain::sketch::{Bucket, Sketch, bucket_of};
use domain::store::StoreResult;
use domain::time::UnixMillis;
use sqlx::SqliteConnection;
use tokio::sync::RwLock;

use super::SqliteStore;
use super::writer::Writer;
use crate::bytes::{Damaged, Put, Reader};
use crate::error::{At, database};

/// The most names of a day; what comes later is not counted. Applications that put ids into names would fill the disk.
const NAMES_MAX: usize = 2000;
/// Longer names are not counted, in bytes.
const NAME_BYTES_MAX: usize = 512;
/// The most days that are looked at together.
const DAYS_MAX: u32 = 366;

const NANOS_A_DAY: i64 = 86_400_000_000_000;
const MILLIS_A_DAY: i64 = 86_400_000;

/// The first byte of stored counts.
const VERSION: u8 = 1;

/// An experiment and a day.
type Day = (ExperimentId, i64);

/// Durations of spans on their way into the store.
#[derive(Debug, Default)]
pub(crate) struct NewDurations(HashMap<Day, HashMap<String, Vec<Bucket>>>);

impl NewDurations {
    /// Those of some batches; spans that have not ended have none.
    pub(crate) fn of(batches: &[SpanBatch]) -> Self {
        let mut out: HashMap<Day, HashMap<String, Vec<Bucket>>> = HashMap::new();
        for batch in batches {
            for span in &batch.spans {
                let Some(nanos) = span.duration_nanos() else {
                    continue;
                };
                if span.name.len() > NAME_BYTES_MAX {
                    continue;
                }
                let day = span.start.0.div_euclid(NANOS_A_DAY);
                let names = out.entry((batch.experiment_id, day)).or_default();
                let bucket = bucket_of(nanos);
                match names.get_mut(span.name.as_str()) {
                    Some(buckets) => buckets.push(bucket),
                    None => {
                        names.insert(span.name.clone(), vec![bucket]);
                    }
                }
            }
        }
        Self(out)
    }

    /// Adds those of further batches.
    pub(crate) fn append(&mut self, further: Self) {
        for (day, names) in further.0 {
            let mine = self.0.entry(day).or_default();
            for (name, buckets) in names {
                mine.entry(name).or_default().extend(buckets);
            }
        }
    }
}

type Sketches = HashMap<Day, HashMap<String, Sketch>>;

/// Sketches that are not in the file yet.
#[derive(Default)]
pub(crate) struct Durations {
    pending: Mutex<Sketches>,
    /// Held by the one who moves sketches to the file, and shared by readers, so that nothing is counted twice or missed.
    moving: RwLock<()>,
}

impl Durations {
    fn pending(&self) -> MutexGuard<'_, Sketches> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds durations of spans that were stored.
    pub(crate) fn add(&self, new: NewDurations) {
        let mut pending = self.pending();
        for (day, names) in new.0 {
            let known = pending.entry(day).or_default();
            for (name, buckets) in names {
                if known.len() >= NAMES_MAX && !known.contains_key(&name) {
                    continue;
                }
                let sketch = known.entry(name).or_default();
                for bucket in buckets {
                    sketch.add_bucket(bucket, 1);
                }
            }
        }
    }

    /// Moves what is pending to the file.
    pub(crate) async fn flush(&self, writer: &Writer) -> StoreResult<()> {
        let _moving = self.moving.write().await;
        let taken = std::mem::take(&mut *self.pending());
        if taken.is_empty() {
            return Ok(());
        }
        let written = taken.clone();
        let outcome = writer
            .write_patiently(1, move |tx| {
                Box::pin(async move {
                    for (day, names) in &written {
                        write_day(&mut tx.connection, *day, names).await?;
                    }
                    Ok(())
                })
            })
            .await;
        if outcome.is_err() {
            let mut pending = self.pending();
            for (day, names) in taken {
                let known = pending.entry(day).or_default();
                for (name, sketch) in names {
                    known.entry(name).or_default().merge(&sketch);
                }
            }
        }
        outcome
    }
}

impl SqliteStore {
    /// The durations in nanoseconds of the spans of one name that began in the days up to `now`.
    pub(super) async fn span_durations(
        &self,
        experiment: ExperimentId,
        name: &str,
        days: u32,
        now: UnixMillis,
    ) -> StoreResult<Sketch> {
        let last = now.0.div_euclid(MILLIS_A_DAY);
        let first = last - i64::from(days.clamp(1, DAYS_MAX)) + 1;
        let durations = &self.shared.durations;
        let _not_moving = durations.moving.read().await;
        let mut out = Sketch::default();
        let mut reader = self.reader().await?;
        let select = "select counts from span_duration
            where experiment_id = ?1 and name = ?2 and day between ?3 and ?4 order by day";
        let stored: Vec<Vec<u8>> = sqlx::query_scalar(select)
            .bind(experiment.0)
            .bind(name.to_owned())
            .bind(first)
            .bind(last)
            .fetch_all(&mut *reader)
            .await
            .map_err(database)?;
        for counts in stored {
            let sketch = decode(&counts).at("span_duration", "counts", experiment.0)?;
            out.merge(&sketch);
        }
        for ((of, day), names) in durations.pending().iter() {
            if *of == experiment
                && (first..=last).contains(day)
                && let Some(sketch) = names.get(name)
            {
                out.merge(sketch);
            }
        }
        Ok(out)
    }
}

/// Merges sketches into the stored ones of a day.
async fn write_day(
    connection: &mut SqliteConnection,
    (experiment, day): Day,
    names: &HashMap<String, Sketch>,
) -> StoreResult<()> {
    let count: i64 = sqlx::query_scalar(
        "select count(*) from span_duration where experiment_id = ?1 and day = ?2",
    )
    .bind(experiment.0)
    .bind(day)
    .fetch_one(&mut *connection)
    .await
    .map_err(database)?;
    let mut room = NAMES_MAX.saturating_sub(usize::try_from(count).unwrap_or(0));
    for (name, sketch) in names {
        let select = "select counts from span_duration
            where experiment_id = ?1 and name = ?2 and day = ?3";
        let stored: Option<Vec<u8>> = sqlx::query_scalar(select)
            .bind(experiment.0)
            .bind(name.clone())
            .bind(day)
            .fetch_optional(&mut *connection)
            .await
            .map_err(database)?;
        let mut sketch = sketch.clone();
        match stored {
            // What cannot be read is replaced: it is a statistic.
            Some(counts) => sketch.merge(&decode(&counts).unwrap_or_default()),
            None if room == 0 => continue,
            None => room -= 1,
        }
        let write = "insert or replace into span_duration (experiment_id, name, day, counts)
            values (?1, ?2, ?3, ?4)";
        sqlx::query(write)
            .bind(experiment.0)
            .bind(name.clone())
            .bind(day)
            .bind(encode(&sketch))
            .execute(&mut *connection)
            .await
            .map_err(database)?;
    }
    Ok(())
}

/// The version, then for each bucket how far it is from the one before, and its count.
fn encode(sketch: &Sketch) -> Vec<u8> {
    let mut out = vec![VERSION];
    let mut last = 0;
    for (bucket, count) in sketch.counts() {
        out.put_uint(u64::from(bucket - last));
        out.put_uint(count);
        last = bucket;
    }
    out
}

fn decode(bytes: &[u8]) -> Result<Sketch, Damaged> {
    const WRONG: Damaged = Damaged("span durations");
    let mut reader = Reader::new(bytes);
    if reader.byte()? != VERSION {
        return Err(WRONG);
    }
    let mut sketch = Sketch::default();
    let mut bucket: Bucket = 0;
    while !reader.rest().is_empty() {
        let step = Bucket::try_from(reader.uint()?).map_err(|_| WRONG)?;
        bucket = bucket.checked_add(step).ok_or(WRONG)?;
        sketch.add_bucket(bucket, reader.uint()?);
    }
    Ok(sketch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_round_trip() {
        let mut sketch = Sketch::default();
        for nanos in [0, 0, 5, 1_000_000, 1_000_001, i64::MAX] {
            sketch.add(nanos);
        }
        let bytes = encode(&sketch);
        assert_eq!(decode(&bytes).unwrap(), sketch);
        assert_eq!(
            decode(&encode(&Sketch::default())).unwrap(),
            Sketch::default()
        );
        assert!(decode(&[]).is_err());
        assert!(decode(&[VERSION, 0xff]).is_err());
    }
}
