//! Counting values over many segments, each of which has codes and a dictionary of its own.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::stats::{FacetList, FacetValue};
use domain::store::StoreResult;

use crate::index::dictionary::Dictionary;
use crate::index::segment::Segment;
use crate::sqlite::parts::PartReader;

/// When segments have more different values than this together, only those that are common somewhere are compared.
const VALUES_MAX: usize = 300_000;

/// The values of a facet as they are counted.
#[derive(Default)]
pub(super) struct Tally {
    segments: Vec<Counts>,
    others: HashMap<Vec<u8>, u64>,
    /// Something was not counted.
    pub is_sampled: bool,
}

/// Counts of one segment by code.
struct Counts {
    segment: Arc<Segment>,
    dictionary: Dictionary,
    by_code: Vec<u32>,
    /// Codes that occur.
    used: usize,
}

impl Tally {
    /// Adds the counts of a segment, by code of the dictionary.
    pub(super) fn add_codes(
        &mut self,
        segment: &Arc<Segment>,
        dictionary: &Dictionary,
        by_code: Vec<u32>,
    ) {
        let used = by_code.iter().filter(|count| **count > 0).count();
        if used > 0 {
            self.segments.push(Counts {
                segment: Arc::clone(segment),
                dictionary: dictionary.clone(),
                by_code,
                used,
            });
        }
    }

    /// Adds to one value.
    pub(super) fn add(&mut self, value: &str, count: u64) {
        if count == 0 {
            return;
        }
        match self.others.get_mut(value.as_bytes()) {
            Some(known) => *known += count,
            None => {
                self.others.insert(value.as_bytes().to_vec(), count);
            }
        }
    }

    /// The commonest values.
    pub(super) async fn finish(
        mut self,
        facet: domain::stats::Facet,
        limit: usize,
        reader: &mut PartReader<'_>,
    ) -> StoreResult<FacetList> {
        let values: usize = self.segments.iter().map(|counts| counts.used).sum();
        if values > VALUES_MAX {
            let keep = limit.saturating_mul(8).max(1000);
            self.thin_out(keep, reader).await?;
        }
        let mut all = std::mem::take(&mut self.others);
        for counts in &self.segments {
            counts
                .each(reader, |_, value, count| match all.get_mut(value) {
                    Some(known) => *known += count,
                    None => {
                        all.insert(value.to_vec(), count);
                    }
                })
                .await?;
        }
        let is_capped = all.len() > limit || (self.is_sampled && values > VALUES_MAX);
        let mut all: Vec<(Vec<u8>, u64)> = all.into_iter().collect();
        let commonest_first =
            |a: &(Vec<u8>, u64), b: &(Vec<u8>, u64)| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0));
        if all.len() > limit {
            all.select_nth_unstable_by(limit, commonest_first);
            all.truncate(limit);
        }
        all.sort_unstable_by(commonest_first);
        let values = all.into_iter().map(|(value, traces)| FacetValue {
            value: String::from_utf8_lossy(&value).into_owned(),
            traces,
        });
        Ok(FacetList {
            facet,
            values: values.collect(),
            is_capped,
            is_sampled: self.is_sampled,
        })
    }

    /// Leaves of each segment only values that are common in one of them, and those that are counted outside of segments: so
    /// that the counts of what is left are complete.
    async fn thin_out(&mut self, keep: usize, reader: &mut PartReader<'_>) -> StoreResult<()> {
        self.is_sampled = true;
        let mut kept: HashSet<Vec<u8>> = self.others.keys().cloned().collect();
        for counts in &self.segments {
            let mut common: Vec<u32> = counts.by_code.iter().copied().filter(|c| *c > 0).collect();
            let mut least = 0;
            if common.len() > keep {
                let place = common.len() - keep;
                least = *common.select_nth_unstable(place).1;
            }
            let mut taken = 0;
            counts
                .each(reader, |_, value, count| {
                    if count >= u64::from(least) && taken < keep {
                        taken += 1;
                        kept.insert(value.to_vec());
                    }
                })
                .await?;
        }
        for counts in &mut self.segments {
            let mut only = vec![0; counts.by_code.len()];
            let by_code = &counts.by_code;
            counts
                .each(reader, |code, value, _| {
                    if kept.contains(value) {
                        only[code] = by_code[code];
                    }
                })
                .await?;
            counts.by_code = only;
        }
        Ok(())
    }
}

impl Counts {
    /// Hands over the values that occur with their codes and counts, ascending.
    async fn each(
        &self,
        reader: &mut PartReader<'_>,
        mut receive: impl FnMut(usize, &[u8], u64),
    ) -> StoreResult<()> {
        let mut code = 0;
        while let Some(ahead) = self.by_code[code..].iter().position(|count| *count > 0) {
            code += ahead;
            let Some(number) = self.dictionary.chunk_of_code(code as u32) else {
                break;
            };
            let chunk = reader
                .chunk(&self.segment, &self.dictionary, number)
                .await?;
            let end = (chunk.first as usize + chunk.len()).min(self.by_code.len());
            if end <= code {
                break;
            }
            for code in code..end {
                let count = self.by_code[code];
                if count > 0
                    && let Some(value) = chunk.value_of_code(code as u32)
                {
                    receive(code, value, u64::from(count));
                }
            }
            code = end;
        }
        Ok(())
    }
}
