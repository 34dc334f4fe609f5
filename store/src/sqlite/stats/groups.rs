//! Traces gathered by the values of a facet. First every group is weighed, by nothing but what its order asks; then the groups
//! of the page are added up in full. So memory holds a few bytes a group, however many there are.

mod details;
mod weights;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use domain::stats::{GroupQuery, Groups};
use domain::store::{StoreError, StoreResult};

use super::labels::Labeller;
use super::merge::{Run, merge};
use super::ratings::{RATINGS_MAX, ratings};
use crate::sqlite::SqliteStore;
use crate::sqlite::parts::PartReader;
use weights::{Weight, weigh};

pub(super) async fn groups(store: &SqliteStore, query: GroupQuery) -> StoreResult<Groups> {
    if query.offset > GroupQuery::OFFSET_MAX {
        return Err(StoreError::Refused(format!(
            "no more than {} groups can be passed over; narrow the search instead",
            GroupQuery::OFFSET_MAX
        )));
    }
    let mut reader = store.reader().await?;
    let matches = store.matches(&query.scope, u64::MAX, &mut reader).await?;
    let mut parts = PartReader {
        connection: &mut reader,
        cache: &store.shared.parts,
    };
    let labeller = Labeller::new(&query.by, &store.shared, parts.connection).await?;
    let weighed = weigh(&query, &labeller, &matches, &mut parts).await?;
    let (total, page) = page(&query, &weighed.runs, &mut parts).await?;
    drop(weighed.runs);
    let (ratings, has_more) = ratings(parts.connection).await?;
    let groups = details::groups(&query, &labeller, &matches, &page, ratings, &mut parts).await?;
    Ok(Groups {
        counted: matches.counted,
        total,
        groups,
        is_sampled: weighed.is_sampled,
        ratings_capped: has_more.then_some(RATINGS_MAX),
    })
}

/// A group of the page.
struct Chosen {
    rank: i64,
    value: Vec<u8>,
    /// Segments that have it, by their place among the matches, with its code.
    codes: Vec<(usize, u32)>,
}

impl Ord for Chosen {
    /// The greatest comes first.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let by_rank = self.rank.cmp(&other.rank);
        by_rank.then_with(|| other.value.cmp(&self.value))
    }
}

impl PartialOrd for Chosen {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Chosen {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Chosen {}

/// How many groups there are, and those of the page in order.
async fn page(
    query: &GroupQuery,
    runs: &[Run<Weight>],
    parts: &mut PartReader<'_>,
) -> StoreResult<(u64, Vec<Chosen>)> {
    let limit = query.limit.clamp(1, GroupQuery::LIMIT_MAX);
    let count = query.offset + limit;
    let wanted = query.containing.as_deref().map(str::to_ascii_lowercase);
    let mut first: BinaryHeap<Reverse<Chosen>> = BinaryHeap::new();
    let mut total = 0;
    merge(runs, parts, |value, places| {
        if wanted
            .as_deref()
            .is_some_and(|wanted| !contains(value, wanted))
        {
            return;
        }
        total += 1;
        let mut weight = Weight::default();
        for (run, item) in places {
            weight.merge(runs[*run].items[*item].1, query.order);
        }
        let rank = weight.rank(query.order);
        if first.len() >= count {
            // Values ascend: of equal rank the ones before come first.
            if first.peek().is_none_or(|last| last.0.rank >= rank) {
                return;
            }
            first.pop();
        }
        let codes = places
            .iter()
            .filter(|(run, _)| runs[*run].segment.is_some());
        first.push(Reverse(Chosen {
            rank,
            value: value.to_vec(),
            codes: codes
                .map(|(run, item)| (*run, runs[*run].items[*item].0))
                .collect(),
        }));
    })
    .await?;
    let mut first: Vec<Chosen> = first.into_iter().map(|chosen| chosen.0).collect();
    first.sort_unstable_by(|a, b| b.cmp(a));
    Ok((total, first.split_off(query.offset.min(first.len()))))
}

/// Whether a value contains a text that has no capitals of ASCII.
fn contains(value: &[u8], wanted: &str) -> bool {
    let value = value.to_ascii_lowercase();
    String::from_utf8_lossy(&value).contains(wanted)
}
