//! What is gathered of many traces, be it for a bucket of time or for a group.

use std::collections::BTreeMap;

use domain::sketch::{self, Sketch};
use domain::stats::{DurationStats, RatingStats, SeriesPoint};
use domain::time::UnixMillis;
use domain::usage::TokenUsage;

use crate::index::measure::{Measure, Measured, NANOS_A_DOLLAR};

/// What is gathered of traces.
#[derive(Default)]
pub(super) struct Sums {
    pub traces: u64,
    pub errors: u64,
    /// Durations in milliseconds, by bucket of the sketch.
    durations: Vec<u32>,
    measures: Measured,
    pub ratings: BTreeMap<String, RatingStats>,
}

impl Sums {
    pub(super) fn add_duration(&mut self, ms: Option<i64>) {
        let Some(ms) = ms else { return };
        let bucket = usize::from(sketch::bucket_of(ms));
        if bucket >= self.durations.len() {
            self.durations.resize(bucket + 1, 0);
        }
        self.durations[bucket] += 1;
    }

    pub(super) fn add_measure(&mut self, measure: Measure, number: Option<i64>) {
        if let Some(number) = number {
            let sum = &mut self.measures[measure as usize];
            *sum = Some(sum.unwrap_or(0).saturating_add(number));
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.traces += other.traces;
        self.errors += other.errors;
        if self.durations.len() < other.durations.len() {
            self.durations.resize(other.durations.len(), 0);
        }
        for (mine, other) in self.durations.iter_mut().zip(&other.durations) {
            *mine += other;
        }
        for (measure, number) in Measure::ALL.iter().zip(other.measures) {
            self.add_measure(*measure, number);
        }
        for (name, ratings) in &other.ratings {
            let mine = self.ratings.entry(name.clone()).or_default();
            mine.count += ratings.count;
            mine.sum += ratings.sum;
        }
    }

    pub(super) fn finish(self, start: i64) -> SeriesPoint {
        let counts = (0..).zip(self.durations.iter().map(|count| u64::from(*count)));
        let measured = |measure: Measure| self.measures[measure as usize];
        let tokens = measured(Measure::TotalTokens).map(|total_tokens| TokenUsage {
            input_tokens: measured(Measure::InputTokens).unwrap_or(0),
            output_tokens: measured(Measure::OutputTokens).unwrap_or(0),
            total_tokens,
            cache_read_input_tokens: measured(Measure::CacheReadTokens),
            cache_creation_input_tokens: measured(Measure::CacheCreationTokens),
        });
        SeriesPoint {
            start: UnixMillis(start),
            traces: self.traces,
            errors: self.errors,
            durations: DurationStats::of(&Sketch::from_counts(counts)),
            tokens,
            cost: measured(Measure::CostNanos).map(|nanos| nanos as f64 / NANOS_A_DOLLAR),
            ratings: self.ratings,
        }
    }
}
