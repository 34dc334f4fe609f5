//! Finding given traces among the matches: those with ratings, those with links to runs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::store::StoreResult;

use crate::index::bitmap::Bitmap;
use crate::sqlite::parts::PartReader;
use crate::sqlite::search::{Matches, SegmentMatches};

/// The rows of those of these traces that match, with their numbers.
pub(super) async fn of_traces(
    found: &SegmentMatches,
    wanted: impl Iterator<Item = i64>,
    parts: &mut PartReader<'_>,
) -> StoreResult<Vec<(usize, i64)>> {
    let segment = Arc::clone(&found.segment);
    let (least, greatest) = segment.trace_nos;
    let mut rows = Vec::new();
    let place = |no: i64| usize::try_from(no.checked_sub(least)?).ok();
    let mut here = Bitmap::none(place(greatest).map_or(0, |last| last + 1));
    // A test a row must be quick; numbers of traces are dense.
    wanted
        .filter_map(place)
        .for_each(|place| here.insert(place));
    if here.is_empty() {
        return Ok(rows);
    }
    let column = segment.trace_no;
    let codes = parts.codes(&segment, column.part).await?;
    codes.visit(found.first_row, &found.rows, |bit, code| {
        let trace_no = column.number(code).unwrap_or(0);
        if place(trace_no).is_some_and(|place| here.contains(place)) {
            rows.push((found.first_row + bit, trace_no));
        }
    });
    Ok(rows)
}

/// When those of these traces began that match.
pub(super) async fn starts(
    matches: &Matches,
    wanted: &HashSet<i64>,
    parts: &mut PartReader<'_>,
) -> StoreResult<HashMap<i64, i64>> {
    let mut starts = HashMap::new();
    for found in &matches.segments {
        let segment = &found.segment;
        let rows = of_traces(found, wanted.iter().copied(), parts).await?;
        if rows.is_empty() {
            continue;
        }
        let codes = parts.codes(segment, segment.start.part).await?;
        for (row, trace_no) in rows {
            starts.insert(trace_no, segment.start.number(codes.get(row)).unwrap_or(0));
        }
    }
    for (trace_no, trace) in &matches.tail {
        starts.insert(*trace_no, trace.info.request_time.0);
    }
    Ok(starts)
}
