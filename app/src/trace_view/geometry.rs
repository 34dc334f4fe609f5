//! Where rows and bars stand, without pixels: `domain::timeline` in a window of a thousand units, so that the server can place
//! bars for a browser whose width it does not know and a resize moves nothing.

use std::sync::Arc;

use domain::timeline::{Gaps, Viewport};

/// The width of the window in units; a unit is a tenth of a per cent.
pub const UNITS: f64 = 1_000.0;
/// The least distance of two marks on the axis, in units.
pub const TICK_GAP: f64 = 130.0;
/// The room a duration's text needs, in units.
const LABEL: f64 = 120.0;
/// The same on a phone, where a unit is narrower.
const NARROW_LABEL: f64 = 290.0;

/// Where a bar's label stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelPlace {
    /// Right of the bar.
    After,
    /// Left of the bar.
    Before,
    /// Within the bar.
    Inside,
}

/// A bar in shares of the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Left edge; a little less than 0 if the bar begins before the window.
    pub left: f64,
    /// Width; a little more than 1 if it covers the window.
    pub width: f64,
    /// Where the label finds room.
    pub label: LabelPlace,
    /// Where it finds room on a phone.
    pub narrow_label: LabelPlace,
}

/// All of a trace of so many nanoseconds.
pub fn whole(extent: i64) -> Viewport {
    Viewport {
        from: 0,
        to: extent.max(1),
        width: UNITS,
        first_line: 0,
        line_count: 0,
    }
}

/// The bar of a span, `None` if it lies outside the window.
pub fn bar(view: &Viewport, start: i64, duration: i64) -> Option<Bar> {
    let end = start.saturating_add(duration);
    if start > view.to || end < view.from {
        return None;
    }
    // Cut to a little more than the window: browsers lose precision in boxes of millions of pixels.
    let edge = |time: i64| view.x_of(time).clamp(-UNITS / 50.0, UNITS * 1.02);
    let (left, right) = (edge(start), edge(end));
    Some(Bar {
        left: left / UNITS,
        width: (right - left) / UNITS,
        label: label_place(left, right, LABEL),
        narrow_label: label_place(left, right, NARROW_LABEL),
    })
}

/// Where a label that needs so much room stands. As it needs less than a third of the window, one of the places has room.
fn label_place(left: f64, right: f64, room: f64) -> LabelPlace {
    if right + room <= UNITS {
        LabelPlace::After
    } else if right - left >= room || left < room {
        LabelPlace::Inside
    } else {
        LabelPlace::Before
    }
}

/// What is on the screen: a window, and the gaps that its axis folds.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The window, in places of the axis.
    pub view: Viewport,
    /// What the axis folds.
    pub axis: Arc<Gaps>,
}

impl Scene {
    /// The bar of a span.
    pub fn bar(&self, start: i64, duration: i64) -> Option<Bar> {
        let (from, to) = (
            self.axis.fold(start),
            self.axis.fold(start.saturating_add(duration)),
        );
        bar(&self.view, from, to.saturating_sub(from))
    }
}

/// The height of a row in CSS pixels; `--row-span` of the style sheet.
pub const ROW_HEIGHT: f64 = 26.0;
/// The window of drawn rows moves in steps of so many rows, so that most scroll events change nothing.
const CHUNK: usize = 8;

/// Which rows of `total` to draw for a scroll position: the rows in view and some on both sides.
pub fn drawn_rows(scroll_top: f64, height: f64, total: usize) -> (usize, usize) {
    let first = (scroll_top.max(0.0) / ROW_HEIGHT) as usize / CHUNK * CHUNK;
    let count = (height / ROW_HEIGHT).ceil() as usize + 2 * CHUNK;
    (
        first.saturating_sub(CHUNK).min(total),
        (first + count).min(total),
    )
}

/// The scroll position at which a row is in view, or `None` if it is already.
pub fn scroll_to(position: usize, scroll_top: f64, height: f64) -> Option<f64> {
    let top = position as f64 * ROW_HEIGHT;
    if top < scroll_top {
        Some(top)
    } else if top + ROW_HEIGHT > scroll_top + height {
        Some(top + ROW_HEIGHT - height)
    } else {
        None
    }
}

/// How far a row's name stands in, in CSS pixels: evenly at first, then ever less, so that a depth of 2,000 stays readable.
pub fn indent(depth: u32) -> f64 {
    const EVEN: u32 = 12;
    const STEP: f64 = 14.0;
    let even = f64::from(depth.min(EVEN)) * STEP;
    if depth <= EVEN {
        even
    } else {
        even + f64::from(depth - EVEN + 1).ln() * STEP / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_outside_the_window_are_not_drawn() {
        let view = Viewport {
            from: 500,
            to: 600,
            ..whole(1_000)
        };
        assert_eq!(bar(&view, 0, 10), None);
        assert_eq!(bar(&view, 900, 10), None);
        let covering = bar(&view, 0, i64::MAX).unwrap();
        assert!(covering.left < 0.0 && covering.width > 1.0 && covering.width < 1.1);
    }

    #[test]
    fn labels_go_where_there_is_room() {
        let place = |start, duration| bar(&whole(100), start, duration).unwrap().label;
        assert_eq!(place(0, 10), LabelPlace::After);
        assert_eq!(place(95, 5), LabelPlace::Before);
        assert_eq!(place(0, 100), LabelPlace::Inside);
    }

    #[test]
    fn labels_need_more_of_a_narrow_window() {
        let place = |start, duration| bar(&whole(100), start, duration).unwrap();
        assert_eq!(place(75, 5).label, LabelPlace::After);
        assert_eq!(place(75, 5).narrow_label, LabelPlace::Before);
        assert_eq!(place(60, 20).narrow_label, LabelPlace::Before);
        assert_eq!(place(10, 80).narrow_label, LabelPlace::Inside);
        assert_eq!(place(10, 20).narrow_label, LabelPlace::After);
    }

    #[test]
    fn drawn_rows_cover_what_is_seen() {
        assert_eq!(drawn_rows(0.0, 520.0, 10), (0, 10));
        let (start, end) = drawn_rows(26_000.0, 520.0, 100_000);
        assert!(start < 1_000 && end > 1_020 && end - start < 80);
        assert_eq!(drawn_rows(1e9, 520.0, 100), (100, 100));
    }

    #[test]
    fn rows_in_view_need_no_scrolling() {
        assert_eq!(scroll_to(3, 0.0, 520.0), None);
        assert_eq!(scroll_to(0, 100.0, 520.0), Some(0.0));
        assert_eq!(scroll_to(100, 0.0, 520.0), Some(101.0 * 26.0 - 520.0));
    }

    #[test]
    fn indent_grows_but_stays_small() {
        assert_eq!(indent(0), 0.0);
        assert_eq!(indent(3), 42.0);
        assert!(indent(2_000) < 240.0 && indent(2_000) > indent(100));
    }
}
