//! Series over time. Rows of a segment lie in order of time, so a bucket is a range of rows, and each column is walked through
//! once.

use std::collections::{BTreeMap, HashSet};

use domain::stats::{Series, SeriesQuery};
use domain::store::{StoreError, StoreResult};
use domain::trace::TraceState;

use super::matched::starts;
use super::ratings::{RATINGS_MAX, ratings};
use super::sums::Sums;
use crate::index::build::state_number;
use crate::index::codes::Codes;
use crate::index::measure::{self, Measure};
use crate::index::segment::NumberColumn;
use crate::sqlite::SqliteStore;
use crate::sqlite::parts::PartReader;
use crate::sqlite::search::{Matches, SegmentMatches};

type Buckets = BTreeMap<i64, Sums>;

pub(super) async fn series(store: &SqliteStore, query: SeriesQuery) -> StoreResult<Series> {
    let mut reader = store.reader().await?;
    let matches = store.matches(&query.scope, u64::MAX, &mut reader).await?;
    let mut parts = PartReader {
        connection: &mut reader,
        cache: &store.shared.parts,
    };
    let mut buckets = Buckets::new();
    for found in &matches.segments {
        add_segment(&mut buckets, &query, found, &mut parts).await?;
    }
    for (_, trace) in &matches.tail {
        let info = &trace.info;
        let sums = sums_of(&mut buckets, query.bucket(info.request_time.0))?;
        sums.traces += 1;
        sums.errors += u64::from(info.state == TraceState::Error);
        sums.add_duration(info.duration_ms);
        for (measure, number) in Measure::ALL.iter().zip(measure::of(info)) {
            sums.add_measure(*measure, number);
        }
    }
    let is_cut = add_ratings(&mut buckets, &query, &matches, &mut parts).await?;
    let mut total = Sums::default();
    let mut points = Vec::with_capacity(buckets.len());
    for (start, sums) in buckets {
        total.merge(&sums);
        points.push(sums.finish(start));
    }
    let start = points.first().map_or(0, |point| point.start.0);
    Ok(Series {
        counted: matches.counted,
        total: total.finish(start),
        points,
        ratings_capped: is_cut.then_some(RATINGS_MAX),
    })
}

/// The sums of a bucket.
fn sums_of(buckets: &mut Buckets, start: i64) -> StoreResult<&mut Sums> {
    if buckets.len() >= SeriesQuery::POINTS_MAX && !buckets.contains_key(&start) {
        return Err(StoreError::Refused(format!(
            "the series would have more than {} buckets; choose longer buckets or a shorter time",
            SeriesQuery::POINTS_MAX
        )));
    }
    Ok(buckets.entry(start).or_default())
}

async fn add_segment(
    buckets: &mut Buckets,
    query: &SeriesQuery,
    found: &SegmentMatches,
    parts: &mut PartReader<'_>,
) -> StoreResult<()> {
    let segment = &found.segment;
    let mut open = OpenBuckets::default();
    let starts = parts.codes(segment, segment.start.part).await?;
    starts.visit(found.first_row, &found.rows, |bit, code| {
        let start = segment.start.number(code).unwrap_or(0);
        if open.starts.last().is_none_or(|least| start < *least) {
            // One more than may be is enough to find out that there are too many.
            if open.starts.len() <= SeriesQuery::POINTS_MAX {
                open.first_bits.push(bit);
                open.starts.push(query.bucket(start));
                open.sums.push(Sums::default());
            }
        }
        if let Some(sums) = open.sums.last_mut() {
            sums.traces += 1;
        }
    });
    let error = state_number(TraceState::Error);
    let states = parts.codes(segment, segment.state.part).await?;
    open.walk(found, segment.state, &states, |sums, state| {
        sums.errors += u64::from(state == error);
    });
    let durations = parts.codes(segment, segment.duration.part).await?;
    open.walk(found, segment.duration, &durations, |sums, ms| {
        sums.add_duration(Some(ms));
    });
    for (measure, column) in &segment.measures {
        let codes = parts.codes(segment, column.part).await?;
        open.walk(found, *column, &codes, |sums, number| {
            sums.add_measure(*measure, Some(number));
        });
    }
    for (start, sums) in open.starts.iter().zip(&open.sums) {
        sums_of(buckets, *start)?.merge(sums);
    }
    Ok(())
}

/// The buckets of one segment, the latest first as its rows are.
#[derive(Default)]
struct OpenBuckets {
    first_bits: Vec<usize>,
    starts: Vec<i64>,
    sums: Vec<Sums>,
}

impl OpenBuckets {
    /// Hands over the numbers of a column with the sums they belong to.
    fn walk(
        &mut self,
        found: &SegmentMatches,
        column: NumberColumn,
        codes: &Codes,
        add: impl Fn(&mut Sums, i64),
    ) {
        let mut place = 0;
        codes.visit(found.first_row, &found.rows, |bit, code| {
            while self
                .first_bits
                .get(place + 1)
                .is_some_and(|first| bit >= *first)
            {
                place += 1;
            }
            if let (Some(number), Some(sums)) = (column.number(code), self.sums.get_mut(place)) {
                add(sums, number);
            }
        });
    }
}

/// Adds the ratings of the matches, and says whether there are more than were read.
async fn add_ratings(
    buckets: &mut Buckets,
    query: &SeriesQuery,
    matches: &Matches,
    parts: &mut PartReader<'_>,
) -> StoreResult<bool> {
    let (ratings, has_more) = ratings(parts.connection).await?;
    let rated: HashSet<i64> = ratings.iter().map(|rating| rating.trace_no).collect();
    if rated.is_empty() {
        return Ok(false);
    }
    let starts = starts(matches, &rated, parts).await?;
    for rating in ratings {
        if let Some(start) = starts.get(&rating.trace_no) {
            let sums = sums_of(buckets, query.bucket(*start))?;
            sums.ratings
                .entry(rating.name)
                .or_default()
                .add(rating.score);
        }
    }
    Ok(has_more)
}
