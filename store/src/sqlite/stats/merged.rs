//! Counts of facets with very many values, brought together from all segments that match as a whole and kept in memory: to walk
//! through a hundred thousand values in twenty dictionaries takes longer than all else. They hold until a segment comes or goes,
//! or a trace of one dies.

use std::sync::{Arc, Mutex, PoisonError};

use domain::stats::Facet;
use domain::store::StoreResult;

use super::counts::Counts;
use super::merge::{Packed, Run, Values, merge};
use crate::sqlite::parts::PartReader;
use crate::sqlite::search::SegmentMatches;

/// So many facets are kept.
const KEPT: usize = 3;
/// With less than this many values in all segments together, merging is quick.
const VALUES_MIN: usize = 8192;
/// Values with more bytes than this are not kept.
const BYTES_MAX: usize = 4 << 20;

/// What counts are of.
#[derive(PartialEq, Eq)]
pub(super) struct Key {
    facet: Facet,
    version: u64,
    /// Segments, the first rows in them, and how many rows are alive: rows only ever die.
    segments: Vec<(i64, usize, usize)>,
}

impl Key {
    pub(super) fn new<'a>(
        facet: &Facet,
        version: u64,
        whole: impl Iterator<Item = &'a SegmentMatches>,
    ) -> Self {
        let segment = |found: &SegmentMatches| {
            (
                found.segment.segment_no,
                found.first_row,
                found.rows.count(),
            )
        };
        Self {
            facet: facet.clone(),
            version,
            segments: whole.map(segment).collect(),
        }
    }
}

/// What was merged last, the newest last.
#[derive(Default)]
pub(crate) struct MergedCache(Mutex<Vec<(Key, Arc<Counts>)>>);

impl MergedCache {
    /// The counts, if they are kept.
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Counts>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(known, _)| known == key);
        found.map(|(_, counts)| Arc::clone(counts))
    }

    fn keep(&self, key: Key, counts: &Arc<Counts>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| known.facet != key.facet);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((key, Arc::clone(counts)));
    }

    /// Merges the counts of segments if that is worth it, and keeps what comes out.
    pub(super) async fn merge(
        &self,
        key: Key,
        counts: Vec<Arc<Counts>>,
        parts: &mut PartReader<'_>,
    ) -> StoreResult<Vec<Arc<Counts>>> {
        let values: usize = counts.iter().map(|counts| counts.run.items.len()).sum();
        if values < VALUES_MIN {
            return Ok(counts);
        }
        let runs: Vec<&Run<u32>> = counts.iter().map(|counts| &counts.run).collect();
        let (mut texts, mut items) = (Packed::default(), Vec::new());
        merge(&runs, parts, |value, places| {
            let count = places.iter().map(|(run, item)| runs[*run].items[*item].1);
            if texts.bytes() <= BYTES_MAX {
                texts.push(value);
                items.push((items.len() as u32, count.sum()));
            }
        })
        .await?;
        if texts.bytes() > BYTES_MAX {
            return Ok(counts);
        }
        items.shrink_to_fit();
        let merged = Arc::new(Counts {
            run: Run {
                segment: None,
                values: Values::Packed(texts),
                items,
            },
            is_partial: counts.iter().any(|counts| counts.is_partial),
        });
        self.keep(key, &merged);
        Ok(vec![merged])
    }
}
