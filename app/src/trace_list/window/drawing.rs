//! Which rows stand in the document, on the way from those that did to those that should.
//!
//! The way goes in steps. Rows cost time to draw, so of those in memory only a few are drawn a frame: a page that arrives while
//! the reader scrolls would else make one long frame. And rows join at the ends one by one, rows that leave go before
//! others come: the keyed list of the framework then knows that none of those in between moved. A row that is moved in the document is
//! styled and laid out anew, and loses the focus.

use std::collections::BTreeSet;

/// So many rows may be drawn anew in a frame.
const A_FRAME: usize = 6;

/// What should stand in the document.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The rows in the window, from the first to the one after the last.
    pub rows: (u64, u64),
    /// Those of them that are seen.
    pub seen: (u64, u64),
    /// The row that Tab leads to, wherever it is.
    pub cursor: Option<u64>,
    /// How often rows got other numbers.
    pub shift: u32,
}

/// What follows a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Nothing, or it is on its way already.
    Rest,
    /// The next step, at once.
    Step,
    /// The next step with the next frame, which [`Drawing::next_frame`] begins.
    Frame,
    /// The next step with the frame after the next one: that belongs to the page around, which is new too.
    SecondFrame,
}

/// The rows in the document.
#[derive(Debug, Default)]
pub struct Drawing {
    rows: (u64, u64),
    /// Those that are drawn in full; others are on their way.
    full: BTreeSet<u64>,
    cursor: Option<u64>,
    /// `None` before the first step.
    shift: Option<u32>,
    /// So many more may be drawn in this frame.
    left: usize,
    is_frame_asked: bool,
    /// The page is drawn with the first step.
    is_page_new: bool,
}

impl Drawing {
    /// Goes a step. `has_row` tells which rows are in memory.
    pub fn step(&mut self, wanted: Wanted, has_row: impl Fn(u64) -> bool) -> Then {
        let is_done = self.advance(wanted, &has_row);
        self.cursor = wanted.cursor;
        if let Some(cursor) = self.cursor.filter(|row| has_row(*row)) {
            self.full.insert(cursor);
        }
        let (rows, cursor) = (self.rows, self.cursor);
        let stands = |row: &u64| (rows.0..rows.1).contains(row) || cursor == Some(*row);
        self.full.retain(|row| stands(row) && has_row(*row));
        if is_done == Some(true) || is_done.is_none() || self.left == 0 {
            let wants_frame = is_done != Some(true) || self.left != A_FRAME;
            let is_new = wants_frame && !std::mem::replace(&mut self.is_frame_asked, true);
            let is_page_new = std::mem::take(&mut self.is_page_new);
            return match is_new {
                true if is_page_new => Then::SecondFrame,
                true => Then::Frame,
                false => Then::Rest,
            };
        }
        Then::Step
    }

    /// The next part of the way: true at its end, `None` if it goes on in another frame.
    fn advance(&mut self, wanted: Wanted, has_row: &impl Fn(u64) -> bool) -> Option<bool> {
        let (first, end) = wanted.rows;
        let seen = (
            wanted.seen.0.clamp(first, end),
            wanted.seen.1.clamp(first, end),
        );
        let is_first = self.shift != Some(wanted.shift);
        let is_elsewhere = self.rows.1 <= first || self.rows.0 >= end;
        if is_first || self.left == usize::MAX {
            // Rows that change their numbers stay as long as they are seen.
            let is_begun = self.shift.replace(wanted.shift).is_some();
            let most = match self.left {
                left if !is_begun && left != usize::MAX && left > 0 => {
                    std::mem::take(&mut self.left)
                }
                _ => usize::MAX,
            };
            self.rows = if self.left == usize::MAX {
                wanted.rows
            } else {
                seen
            };
            let rows = (self.rows.0..self.rows.1).filter(|row| has_row(*row));
            self.full = rows.take(most).collect();
            return Some(self.rows == wanted.rows && self.full.len() < most);
        }
        if is_elsewhere {
            self.rows = (seen.0, seen.0);
        }
        let kept = (self.rows.0.max(first), self.rows.1.min(end));
        if kept != self.rows {
            self.rows = kept;
            return Some(false);
        }
        let is_late = |row: &u64| has_row(*row) && !self.full.contains(row);
        let mut late: Vec<u64> = (kept.0..kept.1).filter(is_late).collect();
        if !late.is_empty() {
            late.sort_by_key(|row| !(seen.0..seen.1).contains(row));
            late.truncate(self.left);
            self.left -= late.len();
            self.full.extend(&late);
            return (!late.is_empty()).then_some(false);
        }
        let next = if kept.1 < seen.1 || (kept.0 <= seen.0 && kept.1 < end) {
            kept.1
        } else if kept.0 > first {
            kept.0 - 1
        } else if kept.1 < end {
            kept.1
        } else {
            return Some(true);
        };
        if has_row(next) && self.full.insert(next) {
            let Some(left) = self.left.checked_sub(1) else {
                self.full.remove(&next);
                return None;
            };
            self.left = left;
        }
        self.rows = (kept.0.min(next), kept.1.max(next + 1));
        Some(self.rows == wanted.rows)
    }

    /// The rows in their order: number, whether it is drawn in full, and how often all numbers changed. The cursor's row stands
    /// before or after the others if it is not among them.
    pub fn keys(&self) -> Vec<(u64, bool, u32)> {
        let (first, end) = self.rows;
        let apart = |is_there: fn(u64, (u64, u64)) -> bool| {
            self.cursor.filter(|row| is_there(*row, (first, end)))
        };
        let before = apart(|row, (first, _)| row < first);
        let after = apart(|row, (first, end)| row >= end && row >= first);
        let rows = before.into_iter().chain(first..end).chain(after);
        let shift = self.shift.unwrap_or_default();
        rows.map(|row| (row, self.full.contains(&row), shift))
            .collect()
    }
}

#[cfg(any(feature = "hydrate", test))]
impl Drawing {
    /// Begins in a document that is drawn already: of the first rows too only a few are drawn in a frame. The default is for the server
    /// and for what it drew, where all that is seen stands at once.
    pub fn in_frames() -> Self {
        Self {
            left: A_FRAME,
            is_page_new: true,
            ..Self::default()
        }
    }

    /// A frame later more may be drawn.
    pub fn next_frame(&mut self) {
        self.is_frame_asked = false;
        self.left = A_FRAME;
    }

    /// All rows are drawn at once: for paper.
    pub fn all_at_once(&mut self) {
        self.left = usize::MAX;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(rows: (u64, u64), seen: (u64, u64)) -> Wanted {
        Wanted {
            rows,
            seen,
            cursor: Some(0),
            shift: 0,
        }
    }

    fn rows(drawing: &Drawing) -> Vec<u64> {
        drawing.keys().into_iter().map(|(row, _, _)| row).collect()
    }

    /// Goes all steps that a frame allows, and looks that rows join one by one.
    fn frame(drawing: &mut Drawing, wanted: Wanted, has_row: impl Fn(u64) -> bool) -> Then {
        drawing.next_frame();
        loop {
            let before = rows(drawing);
            let then = drawing.step(wanted, &has_row);
            let after = rows(drawing);
            let came = after.iter().filter(|row| !before.contains(row)).count();
            let went = before.iter().filter(|row| !after.contains(row)).count();
            let is_elsewhere = before.iter().skip(1).all(|row| !after.contains(row));
            assert!(
                came <= 1 && (came == 0 || went == 0) || is_elsewhere,
                "{before:?} {after:?}"
            );
            if then != Then::Step {
                return then;
            }
        }
    }

    #[test]
    fn first_what_is_seen_then_the_rest_a_few_a_frame() {
        let mut drawing = Drawing::default();
        let all = wanted((0, 30), (0, 12));
        assert_eq!(drawing.step(all, |_| true), Then::Frame);
        assert_eq!(rows(&drawing), (0..12).collect::<Vec<_>>());
        frame(&mut drawing, all, |_| true);
        assert_eq!(rows(&drawing), (0..12 + A_FRAME as u64).collect::<Vec<_>>());
        for _ in 0..3 {
            frame(&mut drawing, all, |_| true);
        }
        assert_eq!(rows(&drawing), (0..30).collect::<Vec<_>>());
        drawing.next_frame();
        assert_eq!(drawing.step(all, |_| true), Then::Rest);
    }

    #[test]
    fn a_list_drawn_anew_begins_with_a_few() {
        let mut drawing = Drawing::in_frames();
        let all = wanted((0, 30), (0, 12));
        assert_eq!(drawing.step(all, |_| true), Then::SecondFrame);
        let full = |drawing: &Drawing| drawing.keys().iter().filter(|(_, full, _)| *full).count();
        assert_eq!((drawing.keys().len(), full(&drawing)), (12, A_FRAME));
        frame(&mut drawing, all, |_| true);
        assert_eq!((drawing.keys().len(), full(&drawing)), (12, 2 * A_FRAME));
        for _ in 0..4 {
            frame(&mut drawing, all, |_| true);
        }
        assert_eq!((drawing.keys().len(), full(&drawing)), (30, 30));
        let mut short = Drawing::in_frames();
        short.step(wanted((0, 3), (0, 3)), |_| true);
        assert_eq!(full(&short), 3);
    }

    #[test]
    fn a_window_that_moves_keeps_its_rows_and_the_cursor() {
        let mut drawing = Drawing::default();
        drawing.step(wanted((0, 30), (0, 30)), |_| true);
        for first in [8, 16, 24, 16, 8, 0] {
            let next = wanted((first, first + 30), (first + 8, first + 20));
            for _ in 0..5 {
                frame(&mut drawing, next, |_| true);
            }
            let mut expected: Vec<u64> = (first..first + 30).collect();
            if first > 0 {
                expected.insert(0, 0);
            }
            assert_eq!(rows(&drawing), expected);
            assert!(drawing.keys().iter().all(|(_, is_full, _)| *is_full));
        }
    }

    #[test]
    fn rows_that_are_not_there_yet_cost_nothing_and_come_in_the_frames_after_they_are() {
        let mut drawing = Drawing::default();
        drawing.step(wanted((0, 30), (0, 30)), |_| true);
        let far = wanted((500, 530), (508, 520));
        frame(&mut drawing, far, |row| row == 0);
        let full = |drawing: &Drawing| drawing.keys().iter().filter(|(_, full, _)| *full).count();
        assert_eq!((drawing.keys().len(), full(&drawing)), (31, 1));
        frame(&mut drawing, far, |_| true);
        assert_eq!(full(&drawing), 1 + A_FRAME);
        let seen = drawing
            .keys()
            .into_iter()
            .filter(|(row, full, _)| *full && *row > 0);
        assert!(
            seen.into_iter()
                .all(|(row, _, _)| (508..520).contains(&row))
        );
    }

    #[test]
    fn new_numbers_leave_what_is_seen() {
        let mut drawing = Drawing::default();
        let before = wanted((0, 30), (0, 12));
        drawing.step(before, |_| true);
        drawing.step(Wanted { shift: 1, ..before }, |_| true);
        assert_eq!(drawing.keys()[11], (11, true, 1));
    }

    #[test]
    fn paper_gets_all() {
        let mut drawing = Drawing::default();
        drawing.step(wanted((0, 30), (0, 12)), |_| true);
        drawing.next_frame();
        drawing.all_at_once();
        let paper = drawing.step(wanted((0, 500), (0, 12)), |_| true);
        assert_eq!((drawing.keys().len(), paper), (500, Then::Frame));
        // And the screen as little as before.
        frame(&mut drawing, wanted((0, 30), (0, 12)), |_| true);
        frame(&mut drawing, wanted((20, 50), (20, 32)), |_| true);
        assert_eq!(rows(&drawing).last(), Some(&(29 + A_FRAME as u64)));
    }
}
