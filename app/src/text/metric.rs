//! Values of metrics, and their history as a line.

use std::fmt::Write;

/// A value of a metric. MLflow stores infinities as the largest finite numbers.
pub fn value(value: f64) -> String {
    match value {
        _ if value.is_nan() => "NaN".to_owned(),
        f64::MAX => "∞".to_owned(),
        f64::MIN => "−∞".to_owned(),
        _ if value.abs() >= 1e15 => format!("{value:e}"),
        _ => super::number::plain(value),
    }
}

/// The least and the greatest finite value, if there are any.
pub fn range(values: &[(i64, f64)]) -> Option<(f64, f64)> {
    let drawn = values
        .iter()
        .map(|(_, value)| *value)
        .filter(|v| is_drawn(*v));
    drawn.fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((least, greatest)) => Some((value.min(least), value.max(greatest))),
    })
}

/// Values by step as an SVG path in a box of 100 by 100. What is no number is a gap. Empty with fewer than two points.
pub fn path(values: &[(i64, f64)]) -> String {
    let (Some((least, greatest)), Some(first), Some(last)) =
        (range(values), values.first(), values.last())
    else {
        return String::new();
    };
    if values.len() < 2 {
        return String::new();
    }
    let steps = last.0.saturating_sub(first.0);
    let mut path = String::new();
    let mut is_down = false;
    for (place, (step, value)) in values.iter().enumerate() {
        if !is_drawn(*value) {
            is_down = false;
            continue;
        }
        // Values logged without steps stand side by side in their order.
        let x = if steps == 0 {
            place as f64 / (values.len() - 1) as f64
        } else {
            step.saturating_sub(first.0) as f64 / steps as f64
        };
        let y = if greatest > least {
            (value - least) / (greatest - least)
        } else {
            0.5
        };
        let command = if is_down { 'L' } else { 'M' };
        is_down = true;
        // Writing to a text cannot fail.
        let _ = write!(path, "{command}{:.1} {:.1}", x * 100.0, 100.0 - y * 100.0);
    }
    path
}

fn is_drawn(value: f64) -> bool {
    value.is_finite() && value.abs() < f64::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_no_numbers_have_words() {
        let cases = [
            (0.75, "0.75"),
            (f64::NAN, "NaN"),
            (f64::MAX, "∞"),
            (f64::MIN, "−∞"),
            (2e20, "2e20"),
        ];
        for (number, text) in cases {
            assert_eq!(value(number), text);
        }
    }

    #[test]
    fn histories_are_lines_with_gaps() {
        assert_eq!(path(&[(0, 1.0)]), "");
        assert_eq!(path(&[(0, f64::NAN), (1, f64::NAN)]), "");
        assert_eq!(path(&[(0, 1.0), (10, 3.0)]), "M0.0 100.0L100.0 0.0");
        let gap = [(0, 1.0), (1, f64::NAN), (2, 1.0)];
        assert_eq!(path(&gap), "M0.0 50.0M100.0 50.0");
        assert_eq!(path(&[(0, 1.0), (0, 2.0)]), "M0.0 100.0L100.0 0.0");
    }
}
