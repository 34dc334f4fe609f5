//! Differences of figures as text, with their sign.

use domain::time::human_duration;

use crate::text::number;

/// A minus as wide as a plus.
const MINUS: &str = "−";

fn signed(is_less: bool, text: &str) -> String {
    format!("{}{text}", if is_less { MINUS } else { "+" })
}

/// Of two durations in nanoseconds; `=` if they are the same to people.
pub fn duration(from: i64, to: i64) -> String {
    let (low, high) = (human_duration(from), human_duration(to));
    if low == high {
        return "=".to_owned();
    }
    let nanos = i64::try_from(to.abs_diff(from)).unwrap_or(i64::MAX);
    signed(to < from, &human_duration(nanos))
}

/// Of two counts.
pub fn count(from: i64, to: i64) -> String {
    if from == to {
        return "=".to_owned();
    }
    signed(to < from, &number::grouped(to.abs_diff(from)))
}

/// Of two amounts of dollars.
pub fn dollars(from: f64, to: f64) -> String {
    if from == to {
        return "=".to_owned();
    }
    signed(to < from, &number::dollars((to - from).abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_have_a_sign() {
        assert_eq!(duration(1_000_000_000, 3_000_000_000), "+2.00 s");
        assert_eq!(duration(3_000_000_000, 1_000_000_000), "−2.00 s");
        assert_eq!(duration(5_000_000_000, 5_000_000_001), "=");
        assert_eq!(count(1_000, 3_500), "+2,500");
        assert_eq!(count(3, 3), "=");
        assert_eq!(dollars(0.5, 0.25), "−$0.25");
    }
}
