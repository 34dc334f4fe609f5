//! Where a reader left a list: kept with the entry of the history, so that Back leads to the same rows and not to the top.

/// Where a reader left a list. Nobody does on the server.
#[cfg(any(test, feature = "hydrate"))]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct LeftAt {
    /// The row of the cursor.
    cursor: u64,
    /// The one after the last row in view.
    end: u64,
    /// How far the rows were scrolled, in CSS pixels.
    position: u64,
}

#[cfg(any(test, feature = "hydrate"))]
impl LeftAt {
    /// As a history keeps it.
    fn write(self) -> String {
        format!("{} {} {}", self.cursor, self.end, self.position)
    }

    /// The inverse of [`Self::write`].
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        Some(Self {
            cursor: parts.next()?.parse().ok()?,
            end: parts.next()?.parse().ok()?,
            position: parts.next()?.parse().ok()?,
        })
    }
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use leptos::prelude::*;

    use super::LeftAt;
    use crate::browser::list;
    use crate::trace_list::scroll_map::Place;
    use crate::trace_list::window::Window;

    impl Window {
        /// Notes where the list stands, for when the reader comes back to it by the history.
        pub(in crate::trace_list) fn note_place(&self) {
            let place = self.place.get_untracked();
            let left = LeftAt {
                cursor: self.cursor.get_untracked(),
                end: self.map.get_untracked().seen(place).1,
                position: place.position.round() as u64,
            };
            list::note_place(&left.write());
        }

        /// Goes to where the reader left the list, as soon as rows reach that far.
        pub(in crate::trace_list) fn come_back(&self) {
            let Some(left) = self.left.get_value() else {
                return;
            };
            let rows = self.feed.count.get_untracked();
            let is_whole = self.feed.total.get_untracked().is_some();
            if left.end > rows && !is_whole {
                self.feed.want(rows.saturating_sub(1), rows);
                return;
            }
            self.left.set_value(None);
            self.cursor.set(left.cursor.min(rows.saturating_sub(1)));
            let (map, position) = (self.map.get_untracked(), left.position as f64);
            if let Some(top) = list::scroll_to(self.scroller, map.top_of(position)) {
                let position = if map.is_scaled() { position } else { top };
                self.place.set(Place { top, position });
                self.tell();
            }
            if left != LeftAt::default() && list::has_focus(self.scroller) {
                self.wants_focus.set(true);
            }
        }

        /// Takes up where the reader left this list, if the history knows; else its top: what scrolls may be that of the list before.
        pub(in crate::trace_list) fn recall_place(&self) {
            let left = list::noted_place().as_deref().and_then(LeftAt::read);
            self.left.set_value(Some(left.unwrap_or_default()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LeftAt;

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let left = LeftAt {
            cursor: 120,
            end: 131,
            position: 5_760,
        };
        assert_eq!(LeftAt::read(&left.write()), Some(left));
        for text in ["", "1 2", "a b c"] {
            assert_eq!(LeftAt::read(text), None, "{text}");
        }
    }
}
