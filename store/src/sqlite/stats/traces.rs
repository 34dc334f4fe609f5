//! Metrics of traces: groups by bucket, name and state, all read from columns.

use std::collections::{BTreeMap, HashMap};

use domain::stats::{Aggregation, Dimension, Group, Metric, MetricPoint, MetricQuery, Metrics};
use domain::store::StoreResult;
use domain::trace::{TraceInfo, TraceState, keys};

use super::sessions;
use crate::index::ColumnId;
use crate::index::codes::Codes;
use crate::index::measure::{self, Measure};
use crate::index::segment::{NumberColumn, TextColumn};
use crate::sqlite::SqliteStore;
use crate::sqlite::parts::PartReader;
use crate::sqlite::search::SegmentMatches;

/// Bucket and texts of the dimensions.
pub(super) type Key = (Option<i64>, Vec<String>);

/// The groups of an answer.
pub(super) struct Groups<'q> {
    query: &'q MetricQuery,
    groups: BTreeMap<Key, Group>,
}

impl<'q> Groups<'q> {
    pub(super) fn new(query: &'q MetricQuery) -> Self {
        Self {
            query,
            groups: BTreeMap::new(),
        }
    }

    /// The group of a key.
    pub(super) fn group(&mut self, key: Key) -> &mut Group {
        let aggregations = &self.query.aggregations;
        self.groups
            .entry(key)
            .or_insert_with(|| Group::new(aggregations))
    }

    /// The points, in order, no more than asked for. Of nothing at all there is one count, which is zero, if nothing else was
    /// asked: MLflow's clients know it so.
    pub(super) fn finish(self) -> Vec<MetricPoint> {
        let aggregations = &self.query.aggregations;
        let only_counts = aggregations
            .iter()
            .all(|other| *other == Aggregation::Count);
        let is_one = self.query.dimensions.is_empty() && self.query.bucket_ms.is_none();
        if self.groups.is_empty() && only_counts && is_one && self.query.limit > 0 {
            return vec![MetricPoint {
                bucket: None,
                dimensions: Vec::new(),
                values: vec![0.0; aggregations.len()],
            }];
        }
        let points = self.groups.into_iter().filter_map(|(key, group)| {
            Some(MetricPoint {
                bucket: key.0,
                dimensions: key.1,
                values: group.finish(aggregations)?,
            })
        });
        points.take(self.query.limit).collect()
    }
}

pub(super) async fn metrics(store: &SqliteStore, query: MetricQuery) -> StoreResult<Metrics> {
    let mut reader = store.reader().await?;
    let matches = store.matches(&query.scope, u64::MAX, &mut reader).await?;
    let mut parts = PartReader {
        connection: &mut reader,
        cache: &store.shared.parts,
    };
    let groups = if query.metric == Metric::SessionCount {
        sessions::sessions(&query, &matches, &mut parts).await?
    } else {
        let mut groups = Groups::new(&query);
        for found in &matches.segments {
            add_segment(&mut groups, found, &mut parts).await?;
        }
        for (_, trace) in &matches.tail {
            add_trace(&mut groups, &trace.info);
        }
        groups
    };
    Ok(Metrics {
        counted: matches.counted,
        points: groups.finish(),
    })
}

/// The number of a trace that a metric is about; `None` if it has none. Counts have 0.
fn number(metric: Metric, info: &TraceInfo) -> Option<i64> {
    match metric {
        Metric::TraceLatency => info.duration_ms,
        _ => match measure_of(metric) {
            Some(measure) => measure::of(info)[measure as usize],
            None => Some(0),
        },
    }
}

fn measure_of(metric: Metric) -> Option<Measure> {
    match metric {
        Metric::InputTokens => Some(Measure::InputTokens),
        Metric::OutputTokens => Some(Measure::OutputTokens),
        Metric::TotalTokens => Some(Measure::TotalTokens),
        Metric::CacheReadTokens => Some(Measure::CacheReadTokens),
        Metric::CacheCreationTokens => Some(Measure::CacheCreationTokens),
        _ => None,
    }
}

fn add_trace(groups: &mut Groups<'_>, info: &TraceInfo) {
    let query = groups.query;
    let Some(number) = number(query.metric, info) else {
        return;
    };
    let texts = query.dimensions.iter().map(|dimension| match dimension {
        Dimension::TraceName => info.name().map(str::to_owned),
        Dimension::TraceState => Some(info.state.as_str().to_owned()),
        _ => None,
    });
    if let Some(texts) = texts.collect() {
        let key = (query.bucket(info.request_time.0), texts);
        groups.group(key).add(number as f64);
    }
}

/// Where the numbers of a metric are.
enum Numbers {
    /// Every row has one, whatever it is.
    Any,
    Column(NumberColumn, Codes),
}

/// A group of a segment: bucket, code of the name, code of the state; 0 for what is not asked for.
type RowKey = (i64, u64, u64);

async fn add_segment(
    groups: &mut Groups<'_>,
    found: &SegmentMatches,
    parts: &mut PartReader<'_>,
) -> StoreResult<()> {
    let (query, segment) = (groups.query, &found.segment);
    let numbers = match (query.metric, measure_of(query.metric)) {
        (Metric::TraceLatency, _) => {
            let codes = parts.codes(segment, segment.duration.part).await?;
            Numbers::Column(segment.duration, codes)
        }
        (_, Some(measure)) => match segment.measures.get(&measure) {
            None => return Ok(()),
            Some(column) => Numbers::Column(*column, parts.codes(segment, column.part).await?),
        },
        _ => Numbers::Any,
    };
    let by_name = query.dimensions.contains(&Dimension::TraceName);
    let by_state = query.dimensions.contains(&Dimension::TraceState);
    let names: Option<(&TextColumn, Codes)> = match name_column(found) {
        Some(column) if by_name => Some((column, parts.codes(segment, column.codes).await?)),
        None if by_name => return Ok(()),
        _ => None,
    };
    let starts = parts.codes(segment, segment.start.part).await?;
    let states = parts.codes(segment, segment.state.part).await?;
    let mut places: HashMap<RowKey, usize> = HashMap::new();
    let mut open: Vec<(RowKey, Group)> = Vec::new();
    let mut last = 0;
    for bit in found.rows.iter() {
        let row = found.first_row + bit;
        let number = match &numbers {
            Numbers::Any => Some(0),
            Numbers::Column(column, codes) => column.number(codes.get(row)),
        };
        let Some(number) = number else { continue };
        let start = match query.bucket_ms {
            None => 0,
            Some(_) => segment.start.number(starts.get(row)).unwrap_or(0),
        };
        let key = (
            query.bucket(start).unwrap_or(0),
            names.as_ref().map_or(0, |(_, codes)| codes.get(row)),
            if by_state { states.get(row) } else { 0 },
        );
        if open.get(last).is_none_or(|(known, _)| *known != key) {
            last = *places.entry(key).or_insert_with(|| {
                open.push((key, Group::new(&query.aggregations)));
                open.len() - 1
            });
        }
        open[last].1.add(number as f64);
    }
    for ((bucket, name, state), group) in open {
        let mut texts = Vec::with_capacity(query.dimensions.len());
        for dimension in &query.dimensions {
            texts.push(match (dimension, &names) {
                (Dimension::TraceName, Some((column, _))) => {
                    match name
                        .checked_sub(1)
                        .and_then(|code| u32::try_from(code).ok())
                    {
                        None => None,
                        Some(code) => Some(parts.value(segment, &column.dictionary, code).await?),
                    }
                }
                (Dimension::TraceState, _) => segment
                    .state
                    .number(state)
                    .and_then(|place| TraceState::ALL.get(usize::try_from(place).ok()?))
                    .map(|state| state.as_str().to_owned()),
                _ => None,
            });
        }
        if let Some(texts) = texts.into_iter().collect() {
            let bucket = query.bucket_ms.map(|_| bucket);
            groups.group((bucket, texts)).merge(group);
        }
    }
    Ok(())
}

fn name_column(found: &SegmentMatches) -> Option<&TextColumn> {
    let id = ColumnId::Tag(keys::NAME.to_owned());
    found.segment.columns.get(&id)
}
