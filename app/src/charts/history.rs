//! The history of a metric as a line as high as a line of text, for rows of tables. Its figures are in its name.

use leptos::prelude::*;

/// A metric's values from the first to the last.
#[component]
pub fn History(
    /// The line, as [`history_line`] draws it.
    line: String,
    /// What it shows and the gist of it, in one sentence.
    summary: String,
) -> impl IntoView {
    view! {
        <svg class="history" role="img" aria-label=summary preserveAspectRatio="none" viewBox="0 0 100 100">
            <path class="chart__series" data-line="1" d=line></path>
        </svg>
    }
    .into_any()
}

/// Values by step as an SVG path in a box of 100 by 100. What is no number is a gap. Empty with fewer than two points.
#[cfg(feature = "ssr")]
pub fn history_line(values: &[(i64, f64)]) -> String {
    use std::fmt::Write;

    use crate::text::metric::{is_drawn, range};

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

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::history_line as path;

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
