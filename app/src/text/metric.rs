//! Values of metrics.

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

/// Whether a value has a place in a drawing.
pub fn is_drawn(value: f64) -> bool {
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
}
