//! What a commit means for the search index. A trace that the index holds and that has changed leaves a dead row behind and
//! is found in the tail from then on, also after a crash; a new segment takes over those traces of the tail that have not
//! changed since it was begun.

use std::collections::HashMap;
use std::sync::Arc;

use domain::ids::ExperimentId;
use domain::store::StoreResult;
use sqlx::SqliteConnection;

use super::Shared;
use super::live::{Changes, Installed, LiveSegment, TailTrace, set_number};
use super::parts::PartReader;
use super::sql::insert_rows;
use crate::error::database;
use crate::index::bitmap::Bitmap;
use crate::index::build::Built;
use crate::index::codes::Codes;
use crate::index::segment::NumberColumn;

/// A segment that is ready; its parts are in the file.
pub(crate) struct Install {
    pub built: Built,
    pub origin: Origin,
}

/// What a segment was made of.
pub(crate) enum Origin {
    /// Traces of the tail as they were; all of the tail below this number.
    Tail(HashMap<i64, Arc<TailTrace>>, i64),
    /// Segments with the dead rows they had.
    Segments(Vec<LiveSegment>),
}

/// Puts new segments in use and writes which rows died; [`mark_changed`] must have been called.
pub(super) async fn apply(
    connection: &mut SqliteConnection,
    shared: &Shared,
    changes: &mut Changes,
    installs: Vec<Install>,
) -> StoreResult<()> {
    let segments = shared.live.read().segments.clone();
    for install in installs {
        let Built { segment, trace_nos } = install.built;
        let installed = match install.origin {
            Origin::Tail(snapshot, indexed_to) => {
                let dead = changed_since(shared, changes, &trace_nos, &snapshot);
                let changed = still_there(shared, changes, &trace_nos, &dead);
                take_over(connection, &trace_nos, changed, indexed_to).await?;
                let covered = trace_nos.iter().zip(0..);
                let covered = covered
                    .filter(|(_, row)| !dead.contains(*row))
                    .map(|(no, _)| *no)
                    .collect();
                let segment = LiveSegment {
                    segment: Arc::new(segment),
                    dead: Arc::new(dead),
                };
                Installed {
                    segment: Some(segment),
                    covered,
                    replaced: Vec::new(),
                    indexed_to: Some(indexed_to),
                }
            }
            Origin::Segments(inputs) => {
                let gone = died_since(connection, shared, changes, &segments, &inputs).await?;
                let dead = Bitmap::from_fn(trace_nos.len(), |row| {
                    gone.binary_search(&trace_nos[row]).is_ok()
                });
                let replaced: Vec<i64> = inputs
                    .iter()
                    .map(|input| input.segment.segment_no)
                    .collect();
                for segment_no in &replaced {
                    changes.index.dead.remove(segment_no);
                    sqlx::query("delete from segment where segment_no = ?1")
                        .bind(segment_no)
                        .execute(&mut *connection)
                        .await
                        .map_err(database)?;
                }
                let segment = (segment.rows > 0).then(|| LiveSegment {
                    segment: Arc::new(segment),
                    dead: Arc::new(dead),
                });
                Installed {
                    segment,
                    covered: Vec::new(),
                    replaced,
                    indexed_to: None,
                }
            }
        };
        if let Some(segment) = &installed.segment {
            insert_segment(connection, segment).await?;
        }
        changes.index.installed.push(installed);
    }
    for (segment_no, dead) in &changes.index.dead {
        sqlx::query("update segment set dead = ?2 where segment_no = ?1")
            .bind(segment_no)
            .bind(encoded(dead))
            .execute(&mut *connection)
            .await
            .map_err(database)?;
    }
    Ok(())
}

/// Marks the rows of indexed traces that change in this transaction.
pub(super) async fn mark_changed(
    connection: &mut SqliteConnection,
    shared: &Shared,
    changes: &mut Changes,
) -> StoreResult<()> {
    let indexed: Vec<(i64, bool)> = {
        let live = shared.live.read();
        let traces = changes.traces.iter();
        traces
            .filter(|(no, _)| **no < live.indexed_to && !live.tail.contains_key(no))
            .map(|(no, trace)| (*no, trace.is_some()))
            .collect()
    };
    if indexed.is_empty() {
        return Ok(());
    }
    let stays = indexed
        .iter()
        .filter(|(_, stays)| *stays)
        .map(|(no, _)| *no);
    insert_changed(connection, stays).await?;
    let segments = shared.live.read().segments.clone();
    let mut reader = PartReader {
        connection,
        cache: &shared.parts,
    };
    for live in &segments {
        let segment = &live.segment;
        let (least, greatest) = segment.trace_nos;
        let wanted: Vec<i64> = indexed
            .iter()
            .map(|(no, _)| *no)
            .filter(|no| (least..=greatest).contains(no))
            .collect();
        if wanted.is_empty() {
            continue;
        }
        let codes = reader.codes(segment, segment.trace_no.part).await?;
        let wanted: Vec<u64> = wanted
            .into_iter()
            .map(|no| NumberColumn::code(segment.trace_no.least, Some(no)))
            .collect();
        let rows = rows_with(&codes, segment.rows, &wanted);
        if !rows.is_empty() {
            let dead = Bitmap::clone(&live.dead).or(&rows);
            changes
                .index
                .dead
                .insert(segment.segment_no, Arc::new(dead));
        }
    }
    Ok(())
}

/// The rows whose codes are among those wanted, which ascend. All rows are looked at, so a look must be short: codes that lie
/// close together, as those of traces deleted together do, are asked for in a set of bits.
fn rows_with(codes: &Codes, rows: usize, wanted: &[u64]) -> Bitmap {
    const SPREAD_MAX: u64 = 1 << 20;
    let (Some(first), Some(last)) = (wanted.first().copied(), wanted.last()) else {
        return Bitmap::none(rows);
    };
    let spread = last - first;
    if spread > SPREAD_MAX {
        return codes.select(0, rows, |code| wanted.binary_search(&code).is_ok());
    }
    let mut set = Bitmap::none(spread as usize + 1);
    for code in wanted {
        set.insert((code - first) as usize);
    }
    codes.select(0, rows, |code| {
        let place = code.wrapping_sub(first);
        place <= spread && set.contains(place as usize)
    })
}

/// The latest start of an experiment's traces as this transaction leaves them. No index on the start is needed for it: the
/// tail is in memory, and the first living row of an experiment in a segment is its newest.
pub(super) async fn newest_start(
    connection: &mut SqliteConnection,
    shared: &Shared,
    changes: &Changes,
    experiment: ExperimentId,
) -> StoreResult<Option<i64>> {
    let (mut newest, segments) = {
        let live = shared.live.read();
        let changed = changes.traces.values().flatten();
        let unchanged = live
            .tail
            .iter()
            .filter(|(no, _)| !changes.traces.contains_key(no));
        let traces = changed.chain(unchanged.map(|(_, trace)| trace));
        let of_experiment = traces.filter(|trace| trace.info.experiment_id == experiment);
        (
            of_experiment.map(|trace| trace.info.request_time.0).max(),
            live.segments.clone(),
        )
    };
    let mut reader = PartReader {
        connection,
        cache: &shared.parts,
    };
    for LiveSegment { segment, dead } in &segments {
        let Some(rows) = segment.rows_of(experiment) else {
            continue;
        };
        if newest.is_some_and(|newest| newest >= rows.newest) {
            continue;
        }
        let dead = changes.index.dead.get(&segment.segment_no).unwrap_or(dead);
        if let Some(row) = (rows.start..rows.end).find(|row| !dead.contains(*row)) {
            let starts = reader.codes(segment, segment.start.part).await?;
            newest = newest.max(segment.start.number(starts.get(row)));
        }
    }
    Ok(newest)
}

/// The rows of a new segment whose traces changed while it was made or await a recount, which would change them.
fn changed_since(
    shared: &Shared,
    changes: &Changes,
    trace_nos: &[i64],
    snapshot: &HashMap<i64, Arc<TailTrace>>,
) -> Bitmap {
    let live = shared.live.read();
    Bitmap::from_fn(trace_nos.len(), |row| {
        let no = &trace_nos[row];
        let is_same = match (live.tail.get(no), snapshot.get(no)) {
            (Some(now), Some(then)) => Arc::ptr_eq(now, then),
            _ => false,
        };
        !is_same || live.stale.contains(no) || changes.traces.contains_key(no)
    })
}

/// The traces of dead rows that have changed but not gone.
fn still_there(shared: &Shared, changes: &Changes, trace_nos: &[i64], dead: &Bitmap) -> Vec<i64> {
    let live = shared.live.read();
    let is_there = |no: &i64| match changes.traces.get(no) {
        Some(trace) => trace.is_some(),
        None => live.tail.contains_key(no),
    };
    dead.iter()
        .map(|row| trace_nos[row])
        .filter(is_there)
        .collect()
}

/// Notes which traces the new segment holds and which changed meanwhile.
async fn take_over(
    connection: &mut SqliteConnection,
    trace_nos: &[i64],
    changed: Vec<i64>,
    indexed_to: i64,
) -> StoreResult<()> {
    // All changed traces were in the tail and so are in the segment, dead or alive.
    sqlx::query("delete from changed_trace where trace_no in (select value from json_each(?1))")
        .bind(json_list(trace_nos.iter().copied()))
        .execute(&mut *connection)
        .await
        .map_err(database)?;
    insert_changed(connection, changed.into_iter()).await?;
    set_number(connection, "indexed_to", indexed_to).await
}

fn json_list(numbers: impl Iterator<Item = i64>) -> String {
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    format!("[{}]", numbers.join(","))
}

/// Notes traces that must be in the tail.
async fn insert_changed(
    connection: &mut SqliteConnection,
    trace_nos: impl Iterator<Item = i64>,
) -> StoreResult<()> {
    let head = "insert or ignore into changed_trace (trace_no) ";
    insert_rows(connection, head, trace_nos, |values, trace_no| {
        values.push_bind(trace_no);
    })
    .await
}

/// The numbers of traces whose rows died while segments were merged, ascending.
async fn died_since(
    connection: &mut SqliteConnection,
    shared: &Shared,
    changes: &Changes,
    segments: &[LiveSegment],
    inputs: &[LiveSegment],
) -> StoreResult<Vec<i64>> {
    let mut gone = Vec::new();
    let mut reader = PartReader {
        connection,
        cache: &shared.parts,
    };
    for input in inputs {
        let segment = &input.segment;
        let now = segments
            .iter()
            .find(|live| live.segment.segment_no == segment.segment_no);
        let now = changes
            .index
            .dead
            .get(&segment.segment_no)
            .or(now.map(|live| &live.dead));
        let Some(now) = now else { continue };
        let died = Bitmap::clone(now).and_not(&input.dead);
        if died.is_empty() {
            continue;
        }
        let codes = reader.codes(segment, segment.trace_no.part).await?;
        gone.extend(
            died.iter()
                .filter_map(|row| segment.trace_no.number(codes.get(row))),
        );
    }
    gone.sort_unstable();
    Ok(gone)
}

async fn insert_segment(connection: &mut SqliteConnection, live: &LiveSegment) -> StoreResult<()> {
    sqlx::query("insert into segment (segment_no, meta, dead) values (?1, ?2, ?3)")
        .bind(live.segment.segment_no)
        .bind(live.segment.encode())
        .bind(encoded(&live.dead))
        .execute(connection)
        .await
        .map_err(database)?;
    Ok(())
}

fn encoded(dead: &Bitmap) -> Vec<u8> {
    let mut out = Vec::new();
    dead.put(&mut out);
    out
}
