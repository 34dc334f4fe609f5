//! The axis along the bottom of a chart: moments, or durations on a logarithmic scale.

use domain::time::human_duration;

use super::time_ticks::{span_words, time_ticks};
use super::{Tick, Zone};

/// What runs along the bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Moments, in milliseconds since 1970; the end is not included.
    Time {
        /// The left end.
        from: i64,
        /// The right end.
        to: i64,
    },
    /// Durations in milliseconds, logarithmic.
    Duration {
        /// The left end, at least 1.
        from: i64,
        /// The right end.
        to: i64,
    },
}

/// Durations that are marked, if they are on the axis.
const DURATIONS: [i64; 12] = [
    1,
    10,
    100,
    1_000,
    10_000,
    60_000,
    600_000,
    3_600_000,
    36_000_000,
    360_000_000,
    3_600_000_000,
    36_000_000_000,
];

impl Axis {
    /// Where a value stands, from 0 to 1.
    pub fn share(self, value: i64) -> f64 {
        let share = match self {
            Self::Time { from, to } => {
                value.saturating_sub(from) as f64 / to.saturating_sub(from).max(1) as f64
            }
            Self::Duration { from, to } => {
                (value.max(1) as f64 / from.max(1) as f64).ln() / logarithm(from, to)
            }
        };
        share.clamp(0.0, 1.0)
    }

    /// The value that stands at a share.
    pub fn value(self, share: f64) -> i64 {
        let share = share.clamp(0.0, 1.0);
        match self {
            Self::Time { from, to } => {
                from.saturating_add((share * to.saturating_sub(from) as f64).round() as i64)
            }
            Self::Duration { from, to } => {
                (from.max(1) as f64 * (share * logarithm(from, to)).exp()).round() as i64
            }
        }
    }

    /// The marks, at most about `most`.
    pub fn ticks(self, most: usize, zone: Zone) -> Vec<Tick> {
        match self {
            Self::Time { from, to } => time_ticks(from, to, most, zone)
                .into_iter()
                .map(|(time, label)| Tick {
                    at: self.share(time),
                    label,
                })
                .collect(),
            Self::Duration { from, to } => DURATIONS
                .into_iter()
                .filter(|duration| (from..=to).contains(duration))
                .map(|duration| Tick {
                    at: self.share(duration),
                    label: round_duration(duration),
                })
                .collect(),
        }
    }

    /// The marks that have room: a label at the very edge would be cut, and the left end's would stand in the gutter of the values.
    /// So short a time that none is left is said whole in the middle.
    pub fn marks(self, most: usize, zone: Zone) -> Vec<Tick> {
        let mut marks = self.ticks(most, zone);
        marks.retain(|tick| (0.06..=0.97).contains(&tick.at));
        match self {
            Self::Time { from, to } if marks.is_empty() && from < to => vec![Tick {
                at: 0.5,
                label: self.words(from, to, zone),
            }],
            _ => marks,
        }
    }

    /// A part of the axis in words: `21 Nov 14:00 to 15:00`, `1.00 s to 1.20 s`.
    pub fn words(self, from: i64, to: i64, zone: Zone) -> String {
        match self {
            Self::Time { .. } => span_words(from, to, zone),
            Self::Duration { from: least, .. } if from < least => {
                format!("under {}", human_duration(to.saturating_mul(1_000_000)))
            }
            Self::Duration { to: most, .. } if to > most => {
                format!(
                    "{} and more",
                    human_duration(from.saturating_mul(1_000_000))
                )
            }
            Self::Duration { .. } => format!(
                "{} to {}",
                human_duration(from.saturating_mul(1_000_000)),
                human_duration(to.saturating_mul(1_000_000))
            ),
        }
    }
}

fn logarithm(from: i64, to: i64) -> f64 {
    (to as f64 / from.max(1) as f64).ln().max(f64::MIN_POSITIVE)
}

/// A round duration without digits that say nothing: `10 ms`, `1 s`, `10 min`.
pub(super) fn round_duration(millis: i64) -> String {
    match millis {
        ..1_000 => format!("{millis} ms"),
        1_000..60_000 => format!("{} s", millis / 1_000),
        60_000..3_600_000 => format!("{} min", millis / 60_000),
        _ => format!("{} h", millis / 3_600_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::utc;

    const DURATION: Axis = Axis::Duration {
        from: 10,
        to: 60_000,
    };

    #[test]
    fn shares_and_values_are_inverse() {
        let time = Axis::Time { from: 0, to: 1_000 };
        for (axis, value) in [(time, 250), (DURATION, 775), (DURATION, 59_999)] {
            let back = axis.value(axis.share(value));
            assert!((back - value).abs() <= 1, "{axis:?} {value} {back}");
        }
        assert_eq!(DURATION.share(0), 0.0);
        assert_eq!(DURATION.share(i64::MAX), 1.0);
        assert_eq!(Axis::Time { from: 5, to: 5 }.share(5), 0.0);
    }

    #[test]
    fn durations_are_marked_at_round_values() {
        let labels: Vec<_> = DURATION
            .ticks(8, utc)
            .into_iter()
            .map(|t| t.label)
            .collect();
        assert_eq!(labels, ["10 ms", "100 ms", "1 s", "10 s", "1 min"]);
    }

    #[test]
    fn a_time_of_one_bucket_is_marked() {
        let labels = |length: i64| -> Vec<String> {
            let from = 1_795_219_200_000;
            let axis = Axis::Time {
                from,
                to: from + length,
            };
            let marks = axis.marks(9, utc);
            assert!(marks.iter().all(|mark| (0.06..=0.97).contains(&mark.at)));
            marks.into_iter().map(|mark| mark.label).collect()
        };
        assert_eq!(labels(1_000), ["21 Nov 00:00:00 to 00:00:01"]);
        assert_eq!(labels(2_000), ["00:00:01"]);
        assert!(labels(0).is_empty());
    }

    #[test]
    fn parts_of_durations_have_words() {
        assert_eq!(DURATION.words(0, 10, utc), "under 10 ms");
        assert_eq!(DURATION.words(60_000, i64::MAX, utc), "1 m 00 s and more");
        assert_eq!(DURATION.words(200, 250, utc), "200 ms to 250 ms");
    }
}
