//! Different sessions over time.
//!
//! Segments follow each other in time for the most part, so most buckets are in one segment alone, where sessions are told apart by
//! their codes. Only those of buckets that several share are told apart by their texts.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use domain::stats::MetricQuery;
use domain::store::StoreResult;

use super::merge::{Run, Values, merge};
use super::traces::Groups;
use crate::index::ColumnId;
use crate::index::dictionary::Dictionary;
use crate::index::segment::Segment;
use crate::sqlite::parts::PartReader;
use crate::sqlite::search::{Matches, SegmentMatches};

/// A session's code and a bucket in which it has a trace; 0 where there are no buckets.
type Item = (u32, i64);

/// The sessions of a segment.
struct Source {
    segment: Arc<Segment>,
    dictionary: Dictionary,
    /// In the order of rows: the newest first, unless rows are of several experiments.
    items: Vec<Item>,
}

impl Source {
    async fn read(
        query: &MetricQuery,
        found: &SegmentMatches,
        parts: &mut PartReader<'_>,
    ) -> StoreResult<Option<Self>> {
        let segment = &found.segment;
        let Some(column) = segment.columns.get(&ColumnId::Session) else {
            return Ok(None);
        };
        let starts = parts.codes(segment, segment.start.part).await?;
        let codes = parts.codes(segment, column.codes).await?;
        let mut items: Vec<Item> = Vec::new();
        codes.visit(found.first_row, &found.rows, |bit, code| {
            let code = code
                .checked_sub(1)
                .and_then(|code| u32::try_from(code).ok());
            if let Some(code) = code {
                let start = segment.start.number(starts.get(found.first_row + bit));
                items.push((code, query.bucket(start.unwrap_or(0)).unwrap_or(0)));
            }
        });
        Ok(Some(Self {
            segment: Arc::clone(segment),
            dictionary: column.dictionary.clone(),
            items,
        }))
    }

    fn range(&self) -> Option<RangeInclusive<i64>> {
        range(self.items.iter().map(|(_, bucket)| *bucket))
    }

    /// Counts what is in buckets of its own; the rest stays.
    fn count_own(&mut self, is_shared: impl Fn(i64) -> bool, counts: &mut BTreeMap<i64, u64>) {
        if self
            .items
            .is_sorted_by_key(|(_, bucket)| std::cmp::Reverse(*bucket))
        {
            // Each session's last bucket is enough to tell whether it was counted there.
            let mut last = vec![None; self.dictionary.count as usize];
            self.items.retain(|(code, bucket)| {
                if is_shared(*bucket) {
                    return true;
                }
                if let Some(last) = last.get_mut(*code as usize)
                    && *last != Some(*bucket)
                {
                    *last = Some(*bucket);
                    *counts.entry(*bucket).or_default() += 1;
                }
                false
            });
        }
        self.items.sort_unstable();
        self.items.dedup();
    }

    fn run(self) -> Run<i64> {
        Run {
            segment: Some(self.segment),
            values: Values::Dictionary(self.dictionary),
            items: self.items,
        }
    }
}

/// From the least to the greatest; `None` for nothing.
fn range(mut buckets: impl Iterator<Item = i64>) -> Option<RangeInclusive<i64>> {
    let first = buckets.next()?;
    let (least, greatest) = buckets.fold((first, first), |(least, greatest), bucket| {
        (least.min(bucket), greatest.max(bucket))
    });
    Some(least..=greatest)
}

/// Different sessions, by bucket.
pub(super) async fn sessions<'q>(
    query: &'q MetricQuery,
    matches: &Matches,
    parts: &mut PartReader<'_>,
) -> StoreResult<Groups<'q>> {
    let mut sources = Vec::with_capacity(matches.segments.len());
    for found in &matches.segments {
        sources.extend(Source::read(query, found, parts).await?);
    }
    let tail = matches.tail.iter().filter_map(|(_, trace)| {
        let bucket = query.bucket(trace.info.request_time.0);
        Some((trace.info.session()?.to_owned(), bucket.unwrap_or(0)))
    });
    let tail: Vec<(String, i64)> = tail.collect();
    let in_tail = range(tail.iter().map(|(_, bucket)| *bucket));
    let ranges: Vec<_> = sources.iter().map(Source::range).chain([in_tail]).collect();
    let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
    for source in &mut sources {
        let is_shared = |bucket: i64| {
            let holders = ranges.iter().flatten();
            holders.filter(|range| range.contains(&bucket)).count() > 1
        };
        source.count_own(is_shared, &mut counts);
    }
    let mut runs: Vec<Run<i64>> = sources.into_iter().map(Source::run).collect();
    runs.push(Run::of_texts(tail));
    let mut buckets = Vec::new();
    merge(&runs, parts, |_, places| {
        buckets.clear();
        buckets.extend(places.iter().map(|(run, item)| runs[*run].items[*item].1));
        buckets.sort_unstable();
        buckets.dedup();
        for bucket in &buckets {
            *counts.entry(*bucket).or_default() += 1;
        }
    })
    .await?;
    let mut groups = Groups::new(query);
    for (bucket, count) in counts {
        let bucket = query.bucket_ms.map(|_| bucket);
        let group = groups.group((bucket, Vec::new()));
        (0..count).for_each(|_| group.add(0.0));
    }
    Ok(groups)
}
