//! Times and durations, their wire text, and their text for people.
//!
//! Trace information keeps milliseconds, spans keep nanoseconds; both count from 1970-01-01 UTC. Nanosecond values
//! exceed 2^53, so they cross to JavaScript only as offsets from the start of a trace or as text.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// Lengths of time that people count in, from ten seconds to a day, in seconds.
pub const CLOCK_STEPS_S: [i64; 15] = [
    10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
];

/// Milliseconds since 1970-01-01 UTC.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

/// Nanoseconds since 1970-01-01 UTC. OTLP allows 64 unsigned bits; later than the year 2262 is cut to the largest value.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixNanos(pub i64);

impl UnixNanos {
    /// From OTLP's unsigned field.
    pub fn from_unsigned(nanos: u64) -> Self {
        Self(i64::try_from(nanos).unwrap_or(i64::MAX))
    }

    /// The millisecond this instant lies in.
    pub fn to_millis(self) -> UnixMillis {
        UnixMillis(self.0.div_euclid(1_000_000))
    }
}

impl UnixMillis {
    /// RFC 3339 in UTC with no or three fraction digits, e.g. `2026-11-21T02:05:37.774Z`.
    pub fn to_rfc3339(self) -> String {
        let Some(time) = DateTime::<Utc>::from_timestamp_millis(self.0) else {
            return "1970-01-01T00:00:00Z".to_owned();
        };
        let format = if self.0 % 1000 == 0 {
            SecondsFormat::Secs
        } else {
            SecondsFormat::Millis
        };
        time.to_rfc3339_opts(format, true)
    }

    /// Reads RFC 3339 with any offset and any number of fraction digits; finer than a millisecond is cut off.
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|time| Self(time.timestamp_millis()))
    }
}

/// Protobuf's duration text, e.g. `0s`, `0.097s`, `1.500s`, for milliseconds.
pub fn duration_to_proto(millis: i64) -> String {
    let sign = if millis < 0 { "-" } else { "" };
    let millis = millis.unsigned_abs();
    match millis % 1000 {
        0 => format!("{sign}{}s", millis / 1000),
        rest => format!("{sign}{}.{rest:03}s", millis / 1000),
    }
}

/// Milliseconds of protobuf's duration text; finer than a millisecond is cut off. `None` if the text is no duration.
pub fn duration_from_proto(text: &str) -> Option<i64> {
    let number = text.strip_suffix('s')?;
    let (negative, number) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let mut millis = whole.parse::<i64>().ok()?.checked_mul(1000)?;
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    millis = millis.checked_add(digits.parse::<i64>().ok()?)?;
    Some(if negative { -millis } else { millis })
}

/// A duration for people: `412 µs`, `412 ms`, `2.04 s`, `1 m 41 s`, `3 h 02 m`.
pub fn human_duration(nanos: i64) -> String {
    let sign = if nanos < 0 { "−" } else { "" };
    let n = nanos.unsigned_abs();
    let text = match n {
        0 => "0 ms".to_owned(),
        1..1_000 => format!("{n} ns"),
        1_000..1_000_000 => format!("{} µs", n / 1_000),
        1_000_000..10_000_000 => format!("{:.1} ms", n as f64 / 1e6),
        10_000_000..1_000_000_000 => format!("{} ms", n / 1_000_000),
        1_000_000_000..10_000_000_000 => format!("{:.2} s", n as f64 / 1e9),
        10_000_000_000..60_000_000_000 => format!("{:.1} s", n as f64 / 1e9),
        60_000_000_000..3_600_000_000_000 => {
            format!("{} m {:02} s", n / 60_000_000_000, n / 1_000_000_000 % 60)
        }
        _ => format!(
            "{} h {:02} m",
            n / 3_600_000_000_000,
            n / 60_000_000_000 % 60
        ),
    };
    format!("{sign}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_has_no_or_three_digits() {
        assert_eq!(UnixMillis(0).to_rfc3339(), "1970-01-01T00:00:00Z");
        assert_eq!(UnixMillis(1_500).to_rfc3339(), "1970-01-01T00:00:01.500Z");
        assert_eq!(UnixMillis(-1).to_rfc3339(), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn rfc3339_accepts_offsets_and_nanoseconds() {
        let utc = UnixMillis::from_rfc3339("2026-11-21T02:05:37.774999Z");
        assert_eq!(
            utc,
            UnixMillis::from_rfc3339("2026-11-21T03:05:37.774+01:00")
        );
        assert_eq!(UnixMillis::from_rfc3339("yesterday"), None);
    }

    #[test]
    fn proto_durations_round_trip() {
        for (millis, text) in [(0, "0s"), (97, "0.097s"), (1500, "1.500s"), (-1, "-0.001s")] {
            assert_eq!(duration_to_proto(millis), text);
            assert_eq!(duration_from_proto(text), Some(millis));
        }
        assert_eq!(duration_from_proto("1.5s"), Some(1500));
        assert_eq!(duration_from_proto("1.123456789s"), Some(1123));
        for bad in ["1", "s", "1.x s", "abc", ".5s"] {
            assert_eq!(duration_from_proto(bad), None, "{bad}");
        }
    }

    #[test]
    fn human_durations_use_the_fitting_unit() {
        let cases = [
            (0, "0 ms"),
            (900, "900 ns"),
            (412_000, "412 µs"),
            (4_120_000, "4.1 ms"),
            (412_000_000, "412 ms"),
            (2_040_000_000, "2.04 s"),
            (101_000_000_000, "1 m 41 s"),
            (10_920_000_000_000, "3 h 02 m"),
            (-2_040_000_000, "−2.04 s"),
        ];
        for (nanos, text) in cases {
            assert_eq!(human_duration(nanos), text);
        }
    }
}
