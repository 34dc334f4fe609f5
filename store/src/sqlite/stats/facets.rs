//! Facets: values counted by the codes of columns.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use domain::stats::{Facet, FacetList, FacetQuery, FacetValue, Facets};
use domain::store::StoreResult;

use super::counts::Counts;
use super::labels::Labeller;
use super::merge::{Run, merge};
use super::merged::Key;
use crate::sqlite::parts::PartReader;
use crate::sqlite::search::{Matches, SegmentMatches};
use crate::sqlite::{Shared, SqliteStore};

/// The most values of a facet.
const LIMIT_MAX: usize = 1000;

pub(super) async fn facets(store: &SqliteStore, query: FacetQuery) -> StoreResult<Facets> {
    let mut reader = store.reader().await?;
    let matches = store.matches(&query.scope, u64::MAX, &mut reader).await?;
    let limit = query.limit.clamp(1, LIMIT_MAX);
    let mut parts = PartReader {
        connection: &mut reader,
        cache: &store.shared.parts,
    };
    let mut lists = Vec::with_capacity(query.facets.len());
    for facet in query.facets {
        lists.push(list(facet, limit, &matches, &store.shared, &mut parts).await?);
    }
    Ok(Facets {
        counted: matches.counted,
        lists,
    })
}

async fn list(
    facet: Facet,
    limit: usize,
    matches: &Matches,
    shared: &Shared,
    parts: &mut PartReader<'_>,
) -> StoreResult<FacetList> {
    let labeller = Labeller::new(&facet, shared, parts.connection).await?;
    let version = labeller.version();
    let whole = || matches.segments.iter().filter(|found| found.is_whole);
    let key = Key::new(&facet, version, whole());
    let mut runs = match shared.merged.get(&key) {
        Some(merged) => vec![merged],
        None => {
            let mut counts = Vec::with_capacity(matches.segments.len());
            for found in whole() {
                let known = shared.counts.get(&facet, version, found);
                counts.push(match known {
                    Some(known) => known,
                    None => {
                        let counted = Arc::new(count(&labeller, found, parts).await?);
                        shared.counts.keep(&facet, version, found, &counted);
                        counted
                    }
                });
            }
            shared.merged.merge(key, counts, parts).await?
        }
    };
    for found in matches.segments.iter().filter(|found| !found.is_whole) {
        runs.push(Arc::new(count(&labeller, found, parts).await?));
    }
    let mut is_sampled = labeller.is_cut() || runs.iter().any(|counts| counts.is_partial);
    let mut others = Vec::new();
    for (trace_no, trace) in &matches.tail {
        let (values, is_partial) = labeller.of_trace(*trace_no, trace);
        is_sampled |= is_partial;
        others.extend(values.into_iter().map(|value| (value, 1)));
    }
    runs.push(Arc::new(Counts {
        run: Run::of_texts(others),
        is_partial: false,
    }));
    let (values, is_capped) = commonest(limit, &runs, parts).await?;
    Ok(FacetList {
        facet,
        values,
        is_capped,
        is_sampled,
    })
}

async fn count(
    labeller: &Labeller<'_>,
    found: &SegmentMatches,
    parts: &mut PartReader<'_>,
) -> StoreResult<Counts> {
    let labels = labeller.labels(found, parts).await?;
    let mut counts = vec![0u32; labels.values.count()];
    labels.visit(found, |_, place| {
        if let Some(count) = counts.get_mut(place as usize) {
            *count += 1;
        }
    })?;
    let items = (0..).zip(counts).filter(|(_, count)| *count > 0);
    Ok(Counts {
        run: Run {
            segment: Some(Arc::clone(&found.segment)),
            items: items.collect(),
            values: labels.values,
        },
        is_partial: labels.is_partial,
    })
}

/// The commonest values, equally common ones by text, and whether there are more.
async fn commonest(
    limit: usize,
    counts: &[Arc<Counts>],
    parts: &mut PartReader<'_>,
) -> StoreResult<(Vec<FacetValue>, bool)> {
    // The least of the commonest is on top.
    let mut first: BinaryHeap<Reverse<(u64, Reverse<Vec<u8>>)>> = BinaryHeap::new();
    let mut is_capped = false;
    let runs: Vec<&Run<u32>> = counts.iter().map(|counts| &counts.run).collect();
    merge(&runs, parts, |value, places| {
        let counts = places.iter().map(|(run, item)| runs[*run].items[*item].1);
        let count = counts.map(u64::from).sum();
        if first.len() >= limit {
            is_capped = true;
            // Values ascend: of equally common ones those before come first.
            if first.peek().is_none_or(|least| least.0.0 >= count) {
                return;
            }
            first.pop();
        }
        first.push(Reverse((count, Reverse(value.to_vec()))));
    })
    .await?;
    let values = first.into_sorted_vec().into_iter().map(|found| {
        let (traces, Reverse(value)) = found.0;
        FacetValue {
            value: String::from_utf8_lossy(&value).into_owned(),
            traces,
        }
    });
    Ok((values.collect(), is_capped))
}
