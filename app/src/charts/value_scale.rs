//! The scale up the side of a chart, and how its values are written.

use domain::time::human_duration;

use super::Tick;
use super::axis::round_duration;
use crate::text::number;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A count.
    Count,
    /// A duration in milliseconds.
    Millis,
    /// US dollars.
    Dollars,
    /// A share, 0 to 1, written in per cent.
    Share,
    /// A number of no unit.
    Plain,
}

impl Unit {
    /// A value in full.
    pub fn text(self, value: f64) -> String {
        match self {
            Self::Count => number::grouped(value.max(0.0).round() as u64),
            Self::Millis => human_duration((value * 1e6).round() as i64),
            Self::Dollars => number::dollars(value),
            Self::Share => format!("{:.1} %", value * 100.0),
            Self::Plain => number::plain(value),
        }
    }

    /// A round value of a scale, short.
    fn label(self, value: f64) -> String {
        match self {
            Self::Count => number::short(value.round() as i64),
            Self::Millis => round_duration(value.round() as i64),
            Self::Share => format!("{} %", number::plain((value * 1e4).round() / 100.0)),
            Self::Dollars if value >= 10.0 => format!("${}", number::short(value.round() as i64)),
            Self::Dollars => number::dollars(value),
            Self::Plain => number::plain(value),
        }
    }
}

/// How values become heights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueScale {
    /// From 0 to a round value.
    Linear {
        /// The upper end.
        top: f64,
        /// From mark to mark.
        step: f64,
    },
    /// Logarithmic.
    Log {
        /// The lower end; what is smaller stands on it.
        bottom: f64,
        /// The upper end.
        top: f64,
    },
}

/// Where logarithmic scales of durations may end, in milliseconds.
const DURATION_TOPS: [f64; 5] = [
    60_000.0,
    600_000.0,
    3_600_000.0,
    36_000_000.0,
    360_000_000.0,
];

impl ValueScale {
    /// From 0 to a round value of at least `max`.
    pub fn linear(max: f64) -> Self {
        let max = if max.is_finite() && max > 0.0 {
            max
        } else {
            1.0
        };
        let step = round_up(max / 3.0);
        Self::Linear {
            top: (max / step).ceil() * step,
            step,
        }
    }

    /// [`Self::linear`] for counts: no marks between whole numbers.
    pub fn counts(max: u64) -> Self {
        let step = round_up(max.max(1) as f64 / 3.0).max(1.0);
        Self::Linear {
            top: (max.max(1) as f64 / step).ceil() * step,
            step,
        }
    }

    /// Durations in milliseconds from 10 ms to 60 s, so that charts compare; longer only if `max` is.
    pub fn durations(max: f64) -> Self {
        let top = DURATION_TOPS.into_iter().find(|top| *top >= max);
        Self::Log {
            bottom: 10.0,
            top: top.unwrap_or(max),
        }
    }

    /// How high a value stands, 0 to 1.
    pub fn share(self, value: f64) -> f64 {
        let share = match self {
            Self::Linear { top, .. } => value / top,
            Self::Log { bottom, top } => (value.max(bottom) / bottom).ln() / (top / bottom).ln(),
        };
        share.clamp(0.0, 1.0)
    }

    /// The marks, from the bottom up.
    pub fn ticks(self, unit: Unit) -> Vec<Tick> {
        let values: Vec<f64> = match self {
            Self::Linear { top, step } => (0..=(top / step).round() as u32)
                .map(|count| f64::from(count) * step)
                .collect(),
            Self::Log { bottom, top } => {
                std::iter::successors(Some(bottom), |value| Some(value * 10.0))
                    .take_while(|value| value * 2.0 < top)
                    .chain([top])
                    .collect()
            }
        };
        values
            .into_iter()
            .map(|value| Tick {
                at: self.share(value),
                label: unit.label(value),
            })
            .collect()
    }
}

/// 1, 2 or 5 times a power of ten, at least `value`.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let times = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|times| times * power >= value * (1.0 - 1e-9));
    times.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: ValueScale, unit: Unit) -> Vec<String> {
        let ticks = scale.ticks(unit);
        assert!(ticks.is_sorted_by(|a, b| a.at < b.at), "{ticks:?}");
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn scales_end_at_round_values() {
        let count = |max| labels(ValueScale::counts(max), Unit::Count);
        assert_eq!(count(0), ["0", "1"]);
        assert_eq!(count(2), ["0", "1", "2"]);
        assert_eq!(count(149), ["0", "50", "100", "150"]);
        assert_eq!(count(12_408), ["0", "5.0k", "10k", "15k"]);
        let dollars = labels(ValueScale::linear(0.021), Unit::Dollars);
        assert_eq!(dollars, ["$0", "$0.01", "$0.02", "$0.03"]);
    }

    #[test]
    fn durations_share_one_scale_until_they_exceed_it() {
        let usual = ValueScale::durations(9_000.0);
        assert_eq!(
            labels(usual, Unit::Millis),
            ["10 ms", "100 ms", "1 s", "10 s", "1 min"]
        );
        assert_eq!(usual.share(3.0), 0.0);
        assert!((usual.share(775.0) - 0.5).abs() < 0.01);
        let long = ValueScale::durations(90_000.0);
        assert!(long.share(90_000.0) < 1.0);
    }

    #[test]
    fn values_are_written_in_their_unit() {
        assert_eq!(Unit::Count.text(12_408.0), "12,408");
        assert_eq!(Unit::Millis.text(2_040.0), "2.04 s");
        assert_eq!(Unit::Share.text(0.0123), "1.2 %");
        assert_eq!(Unit::Plain.text(0.25), "0.25");
    }
}
