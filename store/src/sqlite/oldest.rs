//! Which traces are the oldest. The columns of the index and the tail tell it without a look at rows: rows of a segment are in
//! order of their starts within an experiment, so only those that are asked for are touched.

use domain::ids::ExperimentId;
use domain::store::StoreResult;
use domain::time::UnixMillis;

use super::SqliteStore;
use super::live::LiveSegment;
use super::parts::PartReader;
use crate::index::segment::ExperimentRows;

/// When a trace began, and its number.
type Start = (i64, i64);

impl SqliteStore {
    /// The numbers of an experiment's traces that began at a time or before: the oldest, at most `limit` of them, in no
    /// particular order.
    pub(super) async fn oldest(
        &self,
        experiment: ExperimentId,
        time: i64,
        limit: usize,
    ) -> StoreResult<Vec<i64>> {
        let found = self.oldest_starts(Some(experiment), time, limit).await?;
        Ok(found.into_iter().map(|(_, trace_no)| trace_no).collect())
    }

    /// When the `rank`-th oldest trace of all experiments began, counted from 1; the newest of all if there are fewer.
    pub(super) async fn nth_oldest(&self, rank: usize) -> StoreResult<Option<UnixMillis>> {
        let found = self.oldest_starts(None, i64::MAX, rank).await?;
        Ok(found.iter().map(|(start, _)| UnixMillis(*start)).max())
    }

    async fn oldest_starts(
        &self,
        experiment: Option<ExperimentId>,
        time: i64,
        limit: usize,
    ) -> StoreResult<Vec<Start>> {
        let is_asked = |other: ExperimentId| experiment.is_none_or(|asked| asked == other);
        let mut reader = self.reader().await?;
        let (mut found, segments) = {
            let live = self.shared.live.read();
            let tail = live.tail.iter().map(|(no, trace)| (*no, &trace.info));
            let tail = tail
                .filter(|(_, info)| is_asked(info.experiment_id) && info.request_time.0 <= time);
            let found: Vec<Start> = tail.map(|(no, info)| (info.request_time.0, no)).collect();
            (found, live.segments.clone())
        };
        keep_oldest(&mut found, limit);
        let mut parts = PartReader {
            connection: &mut reader,
            cache: &self.shared.parts,
        };
        for live in &segments {
            let asked = live.segment.experiments.iter();
            for rows in asked.filter(|rows| is_asked(rows.experiment) && rows.oldest <= time) {
                found.extend(of_segment(&mut parts, live, rows, time, limit).await?);
                keep_oldest(&mut found, limit);
            }
        }
        Ok(found)
    }
}

async fn of_segment(
    parts: &mut PartReader<'_>,
    live: &LiveSegment,
    rows: &ExperimentRows,
    time: i64,
    limit: usize,
) -> StoreResult<Vec<Start>> {
    let segment = &live.segment;
    let starts = parts.codes(segment, segment.start.part).await?;
    let numbers = parts.codes(segment, segment.trace_no.part).await?;
    // The newest row is the first.
    let living = (rows.start..rows.end)
        .rev()
        .filter(|row| !live.dead.contains(*row));
    let oldest = living.filter_map(|row| {
        let start = segment.start.number(starts.get(row))?;
        Some((start, segment.trace_no.number(numbers.get(row))?))
    });
    Ok(oldest
        .take_while(|(start, _)| *start <= time)
        .take(limit)
        .collect())
}

/// Keeps the first in time, at most so many.
fn keep_oldest(found: &mut Vec<Start>, limit: usize) {
    if found.len() > limit {
        found.select_nth_unstable(limit);
        found.truncate(limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_in_time_are_kept() {
        let mut found = vec![(5, 1), (2, 2), (9, 3), (2, 4)];
        keep_oldest(&mut found, 2);
        found.sort_unstable();
        assert_eq!(found, [(2, 2), (2, 4)]);
        keep_oldest(&mut found, 0);
        assert!(found.is_empty());
    }
}
