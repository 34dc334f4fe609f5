//! Metrics of spans. The only ones that open traces: the heads of their blocks are read, the newest traces' only.

use std::collections::HashMap;
use std::ops::Range;

use domain::filter::matcher::TextMatcher;
use domain::filter::predicate::TextTest;
use domain::json;
use domain::span::keys;
use domain::span_row::SpanRow;
use domain::stats::{Dimension, Metric, MetricQuery, Metrics, SpanPart, StatsScope, TimeRange};
use domain::store::{StoreError, StoreResult};
use domain::time::UnixMillis;
use sqlx::{Row, SqliteConnection};

use super::traces::Groups;
use crate::block::decode;
use crate::error::{At, database};
use crate::sqlite::SqliteStore;
use crate::sqlite::parts::PartReader;
use crate::sqlite::search::Matches;
use crate::sqlite::spans::{all_spans, block_keys, last_of_each};

/// The most traces whose spans are read: a trace of twelve takes some ten microseconds.
const TRACES_MAX: u64 = 20_000;
/// Traces read in one statement at most.
const TRACES_A_READ: usize = 256;
/// Traces between two wanted ones that are read along rather than asked around.
const GAP_MAX: i64 = 4;

pub(super) async fn metrics(store: &SqliteStore, query: MetricQuery) -> StoreResult<Metrics> {
    let mut reader = store.reader().await?;
    let by_own_time = matches!(
        query.metric,
        Metric::InputCost | Metric::OutputCost | Metric::TotalCost
    );
    let scope = if by_own_time {
        // A trace begins no later than its spans.
        let range = TimeRange {
            from: None,
            to: query.scope.range.to,
        };
        StatsScope {
            range,
            ..query.scope.clone()
        }
    } else {
        query.scope.clone()
    };
    let matches = store.matches(&scope, TRACES_MAX, &mut reader).await?;
    let trace_nos = trace_nos(store, &matches, &mut reader).await?;
    let texts = TextMatcher::new(query.spans.iter().map(|(_, test)| test))
        .map_err(|error| StoreError::Refused(error.to_string()))?;
    let times = if by_own_time {
        query.scope.range
    } else {
        TimeRange::default()
    };
    let mut counter = Counter {
        groups: Groups::new(&query),
        query: &query,
        texts,
        times: times.bounds(),
    };
    if query.dimensions.contains(&Dimension::SpanProvider) {
        for trace_no in trace_nos {
            for span in all_spans(&mut reader, trace_no).await? {
                let provider = span
                    .attribute(keys::MODEL_PROVIDER)
                    .and_then(json::as_string);
                counter.add(&SpanRow::of(&span), provider.as_deref());
            }
        }
    } else {
        for range in ranges(&trace_nos) {
            counter.read(&trace_nos[range], &mut reader).await?;
        }
    }
    Ok(Metrics {
        counted: matches.counted,
        points: counter.groups.finish(),
    })
}

/// The numbers of the matches, ascending.
async fn trace_nos(
    store: &SqliteStore,
    matches: &Matches,
    reader: &mut SqliteConnection,
) -> StoreResult<Vec<i64>> {
    let mut parts = PartReader {
        connection: reader,
        cache: &store.shared.parts,
    };
    let mut all: Vec<i64> = matches.tail.iter().map(|(no, _)| *no).collect();
    for found in &matches.segments {
        let column = found.segment.trace_no;
        let codes = parts.codes(&found.segment, column.part).await?;
        codes.visit(found.first_row, &found.rows, |_, code| {
            all.extend(column.number(code));
        });
    }
    all.sort_unstable();
    Ok(all)
}

/// Cuts ascending numbers into groups that are read with one statement each.
fn ranges(trace_nos: &[i64]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut first = 0;
    for place in 1..=trace_nos.len() {
        let is_end = match trace_nos.get(place) {
            None => true,
            Some(next) => next - trace_nos[place - 1] > GAP_MAX || place - first >= TRACES_A_READ,
        };
        if is_end {
            ranges.push(first..place);
            first = place;
        }
    }
    ranges
}

struct Counter<'q> {
    groups: Groups<'q>,
    query: &'q MetricQuery,
    texts: TextMatcher,
    /// Spans that begin outside of this do not count, both ends included.
    times: (i64, i64),
}

impl Counter<'_> {
    /// Reads the spans of traces that lie close together.
    async fn read(&mut self, trace_nos: &[i64], reader: &mut SqliteConnection) -> StoreResult<()> {
        let (Some(first), Some(last)) = (trace_nos.first(), trace_nos.last()) else {
            return Ok(());
        };
        let select = "select block_key, head from span_head
            where block_key >= ?1 and block_key < ?2 order by block_key";
        let rows = sqlx::query(select)
            .bind(block_keys(*first).0)
            .bind(block_keys(*last).1)
            .fetch_all(reader)
            .await
            .map_err(database)?;
        let mut spans: HashMap<i64, Vec<SpanRow>> = HashMap::with_capacity(trace_nos.len());
        for row in rows {
            let key: i64 = row.try_get(0).map_err(database)?;
            let trace_no = crate::sqlite::spans::trace_no_of(key);
            if trace_nos.binary_search(&trace_no).is_ok() {
                let bytes: &[u8] = row.try_get(1).map_err(database)?;
                let head = decode::head(bytes).at("span_head", "head", key)?;
                spans.entry(trace_no).or_default().extend(head.rows);
            }
        }
        for spans in spans.into_values() {
            for span in last_of_each(spans, |span| span.span_id) {
                self.add(&span, None);
            }
        }
        Ok(())
    }

    fn add(&mut self, span: &SpanRow, provider: Option<&str>) {
        let start = span.start.to_millis();
        let is_in_time = (self.times.0..=self.times.1).contains(&start.0);
        let Some(number) = number(self.query.metric, span).filter(|_| is_in_time) else {
            return;
        };
        if !self.passes(span) {
            return;
        }
        let texts = self.query.dimensions.iter().map(|dimension| {
            let text = match dimension {
                Dimension::SpanName => Some(span.name.as_str()),
                Dimension::SpanType => Some(span.span_type.as_str()),
                Dimension::SpanStatus => Some(span.status.as_str()),
                Dimension::SpanModel => span.model.as_deref(),
                Dimension::SpanProvider => provider,
                _ => None,
            };
            text.map(str::to_owned)
        });
        if let Some(texts) = texts.collect() {
            let UnixMillis(start) = start;
            self.groups
                .group((self.query.bucket(start), texts))
                .add(number);
        }
    }

    fn passes(&self, span: &SpanRow) -> bool {
        let passes = |part: SpanPart, test: &TextTest| {
            let text = match part {
                SpanPart::Name => &span.name,
                SpanPart::Type => &span.span_type,
                SpanPart::Status => span.status.as_str(),
            };
            self.texts.matches(test, text)
        };
        self.query
            .spans
            .iter()
            .all(|(part, test)| passes(*part, test))
    }
}

fn number(metric: Metric, span: &SpanRow) -> Option<f64> {
    match metric {
        Metric::SpanCount => Some(0.0),
        Metric::SpanLatency => {
            let nanos = span.end?.0.saturating_sub(span.start.0);
            Some(nanos.div_euclid(1_000_000) as f64)
        }
        Metric::InputCost => span.cost.map(|cost| cost.input_cost),
        Metric::OutputCost => span.cost.map(|cost| cost.output_cost),
        Metric::TotalCost => span.cost.map(|cost| cost.total_cost),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_read_together() {
        assert!(ranges(&[]).is_empty());
        assert_eq!(ranges(&[7, 8, 99]), [0..2, 2..3]);
        assert_eq!(ranges(&[1, 2, 6, 11, 12, 900]), [0..3, 3..5, 5..6]);
        let many: Vec<i64> = (0..600).collect();
        assert_eq!(ranges(&many), [0..256, 256..512, 512..600]);
    }
}
