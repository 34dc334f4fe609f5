//! What is drawn, as paths in a box of [`WIDTH`] by [`HEIGHT`] that the page stretches.

use std::fmt::Write;

use super::axis::Axis;
use super::column_chart::Column;
use super::value_scale::ValueScale;

/// The drawing's width, in its own units.
pub(super) const WIDTH: f64 = 10_000.0;
/// Its height.
pub(super) const HEIGHT: f64 = 1_000.0;
/// What is not nothing is at least so high.
const LEAST: f64 = 25.0;
/// Which part of a column's place stays free.
const GAP: f64 = 0.14;

/// Columns as two shapes: what went well, and on top of it what failed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shapes {
    pub(super) volume: String,
    pub(super) errors: String,
}

/// The shapes of columns on an axis.
pub(super) fn columns(columns: &[Column], axis: Axis, scale: ValueScale) -> Shapes {
    let mut shapes = Shapes::default();
    for column in columns {
        let (left, right) = (axis.share(column.from), axis.share(column.to));
        shapes.add((left, right), column.total, column.errors, scale);
    }
    shapes
}

/// The shapes of a strip: every pair of counts, traces and errors, has a place, the first at the left.
pub(super) fn strip(counts: &[(u64, u64)]) -> Shapes {
    let scale = ValueScale::Linear {
        top: counts
            .iter()
            .map(|(total, _)| *total)
            .max()
            .unwrap_or(0)
            .max(1) as f64,
        step: 1.0,
    };
    let places = counts.len().max(1) as f64;
    let mut shapes = Shapes::default();
    for (place, (total, errors)) in counts.iter().enumerate() {
        let ends = (place as f64 / places, (place + 1) as f64 / places);
        shapes.add(ends, *total, *errors, scale);
    }
    shapes
}

impl Shapes {
    fn add(&mut self, (left, right): (f64, f64), total: u64, errors: u64, scale: ValueScale) {
        if total == 0 || right <= left {
            return;
        }
        let gap = (right - left) * GAP;
        let x = ((left + gap / 2.0) * WIDTH).round() as i64;
        let width = (((right - left - gap) * WIDTH).round() as i64).max(1);
        let mut height = (scale.share(total as f64) * HEIGHT).max(LEAST);
        let failed = if errors == 0 {
            0.0
        } else {
            (height * errors as f64 / total as f64).max(LEAST)
        };
        // A column that both stand in shows both.
        if errors > 0 && errors < total {
            height = height.max(failed + LEAST);
        }
        let top = HEIGHT - height;
        rectangle(&mut self.errors, x, top, width, failed);
        rectangle(&mut self.volume, x, top + failed, width, height - failed);
    }
}

fn rectangle(out: &mut String, x: i64, y: f64, width: i64, height: f64) {
    let (y, height) = (y.round() as i64, height.round() as i64);
    if height > 0 {
        // Writing to a string does not fail.
        let _ = write!(out, "M{x} {y}h{width}v{height}h-{width}z");
    }
}

/// A line through the middles of buckets, broken off where buckets are missing, and the points that stand alone.
pub(super) fn line(
    points: &[(i64, f64)],
    bucket_ms: i64,
    axis: Axis,
    scale: ValueScale,
) -> (String, String) {
    let (mut lines, mut dots) = (String::new(), String::new());
    let is_next = |earlier: i64, later: i64| later.saturating_sub(earlier) <= bucket_ms;
    for (place, (time, value)) in points.iter().enumerate() {
        let x = (axis.share(time.saturating_add(bucket_ms / 2)) * WIDTH).round() as i64;
        let y = ((1.0 - scale.share(*value)) * HEIGHT).round() as i64;
        let follows = place > 0 && is_next(points[place - 1].0, *time);
        let goes_on = points
            .get(place + 1)
            .is_some_and(|(next, _)| is_next(*time, *next));
        let _ = match (follows, goes_on) {
            (true, _) => write!(lines, "L{x} {y}"),
            (false, true) => write!(lines, "M{x} {y}"),
            (false, false) => write!(dots, "M{x} {y}h0"),
        };
    }
    (lines, dots)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AXIS: Axis = Axis::Time { from: 0, to: 100 };

    fn column(from: i64, total: u64, errors: u64) -> Column {
        Column {
            from,
            to: from + 10,
            total,
            errors,
            href: None,
        }
    }

    #[test]
    fn errors_stand_on_top_of_the_rest() {
        let drawn = columns(&[column(0, 4, 1)], AXIS, ValueScale::counts(4));
        // The scale ends at 4.
        assert_eq!(drawn.errors, "M70 0h860v250h-860z");
        assert_eq!(drawn.volume, "M70 250h860v750h-860z");
    }

    #[test]
    fn few_errors_among_many_are_seen_and_none_are_not() {
        let drawn = columns(
            &[column(0, 1_000_000, 1)],
            AXIS,
            ValueScale::counts(1_000_000),
        );
        assert!(drawn.errors.contains("v25h"), "{drawn:?}");
        let drawn = columns(
            &[column(0, 10, 0), column(10, 0, 0)],
            AXIS,
            ValueScale::counts(10),
        );
        assert_eq!(drawn.errors, "");
        assert_eq!(drawn.volume.matches('M').count(), 1);
        let drawn = columns(&[column(0, 3, 3)], AXIS, ValueScale::counts(3));
        assert_eq!(drawn.volume, "");
    }

    #[test]
    fn strips_keep_a_place_for_what_is_missing() {
        let drawn = strip(&[(0, 0), (2, 0)]);
        assert_eq!(drawn.volume, "M5350 0h4300v1000h-4300z");
        assert_eq!(strip(&[]), Shapes::default());
    }

    #[test]
    fn lines_break_where_data_is_missing() {
        let scale = ValueScale::Linear {
            top: 1.0,
            step: 1.0,
        };
        let points = [(0, 0.0), (10, 1.0), (40, 0.5), (60, 1.0), (70, 1.0)];
        assert_eq!(
            line(&points, 10, AXIS, scale),
            (
                "M500 1000L1500 0M6500 0L7500 0".to_owned(),
                "M4500 500h0".to_owned()
            )
        );
    }
}
