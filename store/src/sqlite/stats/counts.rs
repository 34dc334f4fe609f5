//! How often values occur in a segment, kept in memory: segments never change, so most of what a facet without a filter counts
//! was counted before. Only what is slow to count is kept, and little of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::stats::Facet;

use super::merge::{Run, Values};
use crate::sqlite::search::SegmentMatches;

/// Values of a segment, beyond which they are not kept.
const VALUES_MAX: usize = 4096;
/// What is kept in all, about.
const BYTES_MAX: usize = 8 << 20;
/// What a value takes beside its text.
const VALUE_BYTES: usize = 48;

/// The counts of a segment.
pub(super) struct Counts {
    pub run: Run<u32>,
    /// Rows may have values that are not here.
    pub is_partial: bool,
}

/// Rows only ever die: of one stretch of rows so many are alive in one way.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    segment_no: i64,
    first_row: usize,
    alive: usize,
    facet: Facet,
    /// Of the tables that the facet looks at beside the index.
    version: u64,
}

/// The counts that are kept.
#[derive(Default)]
pub(crate) struct CountCache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    counts: HashMap<Key, Arc<Counts>>,
    bytes: usize,
}

impl CountCache {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The counts of these matches, if they are kept.
    pub(super) fn get(
        &self,
        facet: &Facet,
        version: u64,
        found: &SegmentMatches,
    ) -> Option<Arc<Counts>> {
        let key = key(facet, version, found)?;
        self.kept().counts.get(&key).cloned()
    }

    /// Keeps counts that are worth it.
    pub(super) fn keep(
        &self,
        facet: &Facet,
        version: u64,
        found: &SegmentMatches,
        counts: &Arc<Counts>,
    ) {
        let key = key(facet, version, found);
        let Some(key) = key.filter(|_| counts.run.items.len() <= VALUES_MAX) else {
            return;
        };
        let mut kept = self.kept();
        if kept.bytes > BYTES_MAX {
            *kept = Kept::default();
        }
        kept.bytes += counts.bytes();
        kept.counts.insert(key, Arc::clone(counts));
    }

    /// Forgets the counts of a segment.
    pub(crate) fn forget(&self, segment_no: i64) {
        let mut kept = self.kept();
        let mut freed = 0;
        kept.counts.retain(|key, counts| {
            let stays = key.segment_no != segment_no;
            freed += if stays { 0 } else { counts.bytes() };
            stays
        });
        kept.bytes -= freed.min(kept.bytes);
    }
}

impl Counts {
    fn bytes(&self) -> usize {
        let texts: usize = match &self.run.values {
            Values::List(values) => values.iter().map(Vec::len).sum(),
            Values::Packed(values) => values.bytes(),
            Values::Dictionary(_) => 0,
        };
        texts + (self.run.values.count() + 1) * VALUE_BYTES
    }
}

/// Nothing for what is not kept: facets that are counted quickly, and parts of segments.
fn key(facet: &Facet, version: u64, found: &SegmentMatches) -> Option<Key> {
    let is_slow = matches!(
        facet,
        Facet::SpanType
            | Facet::SpanName
            | Facet::Tool
            | Facet::Model
            | Facet::TagKey
            | Facet::Run
            | Facet::FeedbackName
            | Facet::Feedback(_)
    );
    (is_slow && found.is_whole).then(|| Key {
        segment_no: found.segment.segment_no,
        first_row: found.first_row,
        alive: found.rows.count(),
        facet: facet.clone(),
        version,
    })
}
