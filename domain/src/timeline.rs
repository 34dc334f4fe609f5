//! Where the bars of the timeline stand: from a span table, the rows shown and a window of time to positions in pixels.
//!
//! Times are nanoseconds after the start of the trace, as in [`SpanTable`]; they become floating point only after the start of the
//! window is taken off, so that zooming into a microsecond of a long trace stays exact. Only rows on screen are laid out. Drawing,
//! fonts and pointers are the viewer's.

mod axis;
mod gaps;
mod minimap;

pub use axis::{Tick, ticks};
pub use gaps::{Gap, Gaps};
pub use minimap::{Bucket, minimap};

use crate::span_table::{Flags, Kind, SpanTable};

/// No bar is narrower, in pixels.
const WIDTH_MIN: f64 = 2.0;
/// Between a bar and a label beside it, and between a bar's ends and a label in it, in pixels.
const LABEL_GAP: f64 = 6.0;
/// How far bars reach beyond the edges of the window, in pixels, so that their ends are not seen.
const OVERHANG: f64 = 8.0;

/// What is on screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Viewport {
    /// The time at the left edge.
    pub from: i64,
    /// The time at the right edge, after `from`.
    pub to: i64,
    /// Pixels from edge to edge.
    pub width: f64,
    /// The first line on screen, counted in shown rows.
    pub first_line: u32,
    /// How many lines are on screen.
    pub line_count: u32,
}

/// One bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// The line it stands in, counted in shown rows.
    pub line: u32,
    /// The row of the span table.
    pub row: u32,
    /// Pixels from the left edge of the window to the left end; cut a little outside the window.
    pub x: f64,
    /// Pixels from end to end, at least 2; cut a little outside the window.
    pub width: f64,
    /// Decides the colour.
    pub kind: Kind,
    /// Whether the span failed.
    pub is_error: bool,
    /// Whether the span has not ended.
    pub is_running: bool,
    /// Where the label goes.
    pub label: LabelPlace,
}

/// Where a bar's label goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelPlace {
    /// In the bar, at the left end of what is seen of it; cut off if it is too long.
    Inside,
    /// After the bar.
    Right,
    /// Before the bar.
    Left,
}

impl Viewport {
    /// Pixels from the left edge to a time.
    pub fn x_of(&self, time: i64) -> f64 {
        time.saturating_sub(self.from) as f64 * self.width / self.nanos()
    }

    /// The time at so many pixels from the left edge.
    pub fn time_at(&self, x: f64) -> i64 {
        self.from
            .saturating_add((x * self.nanos() / self.width.max(1.0)) as i64)
    }

    /// The window made `factor` times as long, with what is at `x` staying there. Stays between 0 and `all` and is never shorter than
    /// 100 nanoseconds.
    pub fn zoomed(&self, factor: f64, x: f64, all: i64) -> Self {
        let share = (x / self.width.max(1.0)).clamp(0.0, 1.0);
        let nanos = (self.nanos() * factor).max(100.0);
        let fixed = self.time_at(x);
        let from = fixed.saturating_sub((share * nanos) as i64);
        Self {
            from,
            to: from.saturating_add(nanos as i64),
            ..*self
        }
        .within(all)
    }

    /// The window moved by so many pixels; positive shows later times. Stays between 0 and `all`.
    pub fn panned(&self, pixels: f64, all: i64) -> Self {
        let by = (pixels * self.nanos() / self.width.max(1.0)) as i64;
        let (from, to) = (self.from.saturating_add(by), self.to.saturating_add(by));
        Self { from, to, ..*self }.within(all)
    }

    /// The window that shows a stretch of time with a little room beside it, as far as `all` reaches.
    pub fn fit_stretch(&self, start: i64, end: i64, all: i64) -> Self {
        let room = (end.saturating_sub(start) / 20).max(50);
        let from = start.saturating_sub(room).max(0);
        let to = end.saturating_add(room).min(all);
        Self { from, to, ..*self }.within(all)
    }

    fn nanos(&self) -> f64 {
        self.to.saturating_sub(self.from).max(1) as f64
    }

    /// Moved, and shortened if need be, so as to show nothing before or after the trace.
    fn within(self, all: i64) -> Self {
        let all = all.max(1);
        let length = self.to.saturating_sub(self.from).clamp(1, all);
        let from = self.from.clamp(0, all - length);
        Self {
            from,
            to: from + length,
            ..self
        }
    }
}

/// The bars on screen, by line. `shown` are the rows that no fold hides, in order; `label_width` gives the pixels that the label of
/// a row takes. A span that lies outside the window has no bar.
pub fn bars(
    table: &SpanTable,
    shown: &[u32],
    viewport: &Viewport,
    label_width: impl Fn(u32) -> f64,
) -> Vec<Bar> {
    let lines = (0_u32..).zip(shown);
    lines
        .skip(viewport.first_line as usize)
        .take(viewport.line_count as usize)
        .filter_map(|(line, row)| bar(table, *row, line, viewport, &label_width))
        .collect()
}

fn bar(
    table: &SpanTable,
    row: u32,
    line: u32,
    viewport: &Viewport,
    label_width: impl Fn(u32) -> f64,
) -> Option<Bar> {
    let start = table.start(row);
    let end = start.saturating_add(table.span_duration(row));
    if start > viewport.to || end < viewport.from {
        return None;
    }
    let left = viewport.x_of(start).max(-OVERHANG);
    let right = viewport
        .x_of(end)
        .min(viewport.width + OVERHANG)
        .max(left + WIDTH_MIN);
    Some(Bar {
        line,
        row,
        x: left,
        width: right - left,
        kind: table.kind(row),
        is_error: table.is_error(row),
        is_running: table.flags(row).has(Flags::RUNNING),
        label: place_label(
            left.max(0.0),
            right.min(viewport.width),
            viewport.width,
            label_width(row),
        ),
    })
}

/// In the bar if it fits, else after it, else before it, else in the bar and cut off.
fn place_label(left: f64, right: f64, window: f64, label: f64) -> LabelPlace {
    if right - left >= label + 2.0 * LABEL_GAP {
        LabelPlace::Inside
    } else if right + LABEL_GAP + label <= window {
        LabelPlace::Right
    } else if left - LABEL_GAP - label >= 0.0 {
        LabelPlace::Left
    } else {
        LabelPlace::Inside
    }
}

#[cfg(test)]
mod tests;
