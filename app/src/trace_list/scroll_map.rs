//! Where rows stand under a scroll position. Browsers end a scroll area at some 33 million pixels, which a million rows exceed: beyond
//! [`HEIGHT_MAX`] the area stands for a longer one. Small steps then move the rows pixel by pixel, large ones in proportion.

/// The highest scroll area that is drawn, in CSS pixels; well below what any browser allows.
pub const HEIGHT_MAX: f64 = 8_000_000.0;
/// The window of drawn rows moves in steps of so many rows, so that most scroll events change nothing.
const CHUNK: u64 = 8;

/// Rows of one height in a window of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScrollMap {
    /// How many rows there are.
    pub rows: u64,
    /// The height of a row in CSS pixels.
    pub row: f64,
    /// The height of what is seen of them.
    pub view: f64,
}

/// A place in the list: the scroll position, and the pixel of the whole list at the upper edge.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Place {
    /// As the browser has it.
    pub top: f64,
    /// Of the rows, were they all there.
    pub position: f64,
}

impl ScrollMap {
    /// The height of all rows.
    fn content(&self) -> f64 {
        self.rows as f64 * self.row
    }

    /// The height of the scroll area.
    pub fn height(&self) -> f64 {
        self.content().min(HEIGHT_MAX)
    }

    fn last_position(&self) -> f64 {
        (self.content() - self.view).max(0.0)
    }

    fn last_top(&self) -> f64 {
        (self.height() - self.view).max(0.0)
    }

    /// Whether the scroll area stands for a longer one.
    pub fn is_scaled(&self) -> bool {
        self.content() > HEIGHT_MAX
    }

    /// The scroll position that stands for a position.
    pub fn top_of(&self, position: f64) -> f64 {
        match self.is_scaled() {
            true => position * self.last_top() / self.last_position(),
            false => position,
        }
    }

    /// The place after a scroll event from `before` to `top`.
    pub fn moved(&self, before: Place, top: f64) -> Place {
        let step = top - before.top;
        let position = if !self.is_scaled() {
            top
        } else if top <= 0.0 {
            0.0
        } else if top >= self.last_top() - 1.0 {
            self.last_position()
        } else if step.abs() <= self.view * 1.5 {
            before.position + step
        } else {
            top * self.last_position() / self.last_top()
        };
        Place {
            top,
            position: position.clamp(0.0, self.last_position()),
        }
    }

    /// The rows to draw, from the first to the one after the last: those in view and some on both sides.
    pub fn drawn(&self, place: Place) -> (u64, u64) {
        let first = (place.position / self.row) as u64 / CHUNK * CHUNK;
        let count = (self.view / self.row).ceil() as u64 + 2 * CHUNK;
        (
            first.saturating_sub(CHUNK).min(self.rows),
            (first + count).min(self.rows),
        )
    }

    /// The rows in view, from the first to the one after the last.
    pub fn seen(&self, place: Place) -> (u64, u64) {
        let first = (place.position / self.row) as u64;
        let end = ((place.position + self.view) / self.row).ceil() as u64;
        (first.min(self.rows), end.min(self.rows))
    }

    /// The position at which a row is in view, moving no more than needed; `None` if it is already.
    pub fn reveal(&self, row: u64, place: Place) -> Option<f64> {
        let top = row as f64 * self.row;
        if top < place.position {
            Some(top)
        } else if top + self.row > place.position + self.view {
            Some((top + self.row - self.view).max(0.0))
        } else {
            None
        }
    }

    /// How far the row with this number, which others are counted from, is moved down.
    pub fn offset(&self, first: u64, place: Place) -> f64 {
        place.top - place.position + first as f64 * self.row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(rows: u64) -> ScrollMap {
        ScrollMap {
            rows,
            row: 48.0,
            view: 600.0,
        }
    }

    #[test]
    fn short_lists_are_drawn_as_they_are() {
        let map = map(1_000);
        let place = map.moved(Place::default(), 4_800.0);
        assert_eq!(place.position, 4_800.0);
        assert_eq!(map.seen(place), (100, 113));
        let (first, end) = map.drawn(place);
        assert!(first <= 92 && end >= 113 && end - first < 40);
        assert_eq!(map.offset(first, place), first as f64 * 48.0);
    }

    #[test]
    fn long_lists_move_by_pixels_in_small_steps_and_in_proportion_in_large_ones() {
        let map = map(1_000_000);
        assert_eq!(map.height(), HEIGHT_MAX);
        let near = map.moved(Place::default(), 120.0);
        assert_eq!(near.position, 120.0);
        let far = map.moved(near, 4_000_000.0);
        assert!((far.position / 48.0 - 500_000.0).abs() < 50.0);
        let back = map.moved(far, 4_000_100.0);
        assert_eq!(back.position, far.position + 100.0);
    }

    #[test]
    fn both_ends_are_reached() {
        let map = map(1_000_000);
        let end = map.moved(Place::default(), HEIGHT_MAX - 600.0);
        assert_eq!(map.seen(end).1, 1_000_000);
        assert_eq!(map.moved(end, 0.0), Place::default());
        assert_eq!(map.top_of(end.position).round(), HEIGHT_MAX - 600.0);
    }

    #[test]
    fn rows_are_revealed_with_the_least_movement() {
        let map = map(1_000);
        assert_eq!(map.reveal(3, Place::default()), None);
        assert_eq!(
            map.reveal(100, Place::default()),
            Some(101.0 * 48.0 - 600.0)
        );
        let below = map.moved(Place::default(), 4_800.0);
        assert_eq!(map.reveal(2, below), Some(96.0));
    }
}
