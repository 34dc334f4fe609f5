//! Spans of time between moments, for people.

use domain::time::human_duration;

const DAY: u64 = 86_400_000;

/// Milliseconds in words: up to a day as durations are, `3 days 4 h` beyond.
pub fn millis_words(millis: i64) -> String {
    match millis.unsigned_abs() {
        span if span >= DAY => {
            let (days, hours) = (span / DAY, span % DAY / 3_600_000);
            let days = super::number::counted(days, "day", "days");
            if hours == 0 {
                days
            } else {
                format!("{days} {hours} h")
            }
        }
        _ => human_duration(millis.saturating_mul(1_000_000)),
    }
}

/// The gap before a turn: `4 min later`. `None` if it came within a second.
pub fn gap(millis: i64) -> Option<String> {
    let (count, one, many) = match millis {
        ..0 => return Some("asked while the turn before was running".to_owned()),
        0..1_000 => return None,
        1_000..60_000 => (millis / 1_000, "s", "s"),
        60_000..3_600_000 => (millis / 60_000, "min", "min"),
        3_600_000..86_400_000 => (millis / 3_600_000, "h", "h"),
        _ => (millis / 86_400_000, "day", "days"),
    };
    let unit = if count == 1 { one } else { many };
    Some(format!("{count} {unit} later"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_told_in_the_largest_unit() {
        let cases = [
            (-5, Some("asked while the turn before was running")),
            (999, None),
            (4_200, Some("4 s later")),
            (240_000, Some("4 min later")),
            (7_300_000, Some("2 h later")),
            (90_000_000, Some("1 day later")),
            (200_000_000, Some("2 days later")),
        ];
        for (millis, text) in cases {
            assert_eq!(gap(millis).as_deref(), text);
        }
    }

    #[test]
    fn long_spans_are_told_in_days() {
        assert_eq!(millis_words(2_040), "2.04 s");
        assert_eq!(millis_words(86_400_000), "1 day");
        assert_eq!(millis_words(86_400_000 * 3 + 3_600_000 * 4), "3 days 4 h");
    }
}
