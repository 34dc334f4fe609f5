//! Which time a row's number stands for: counts of traces by time, added up. Pages of a store follow one another by key and cannot be
//! jumped to by number; with this a number becomes a time to begin at and a few rows to pass over.

/// Slots of more rows are split before a page is read from their middle.
const SPLIT: u64 = 600;

/// A stretch of time and the rows that began in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The number of its first row.
    first: u64,
    /// How many rows.
    count: u64,
    /// The earliest millisecond.
    pub from: i64,
    /// The latest millisecond.
    pub to: i64,
}

/// Where a row is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// So many rows behind the first that began at this time or further on in the list.
    At {
        /// The edge of the slot where the list enters it.
        edge: i64,
        /// Rows to pass over.
        skip: u64,
    },
    /// In a slot with too many rows; count them in shorter stretches first.
    Within(Slot),
}

/// The slots of a list in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeIndex {
    slots: Vec<Slot>,
    is_newest_first: bool,
}

impl TimeIndex {
    /// From counts in the order of time: the first slot's beginning, the length of a slot, and for each slot with traces how many
    /// slots lie between it and the one before, and its count.
    pub fn new(start: i64, length: i64, counts: &[(u32, u32)], is_newest_first: bool) -> Self {
        let mut index = Self {
            slots: slots(start, length, counts),
            is_newest_first,
        };
        if is_newest_first {
            index.slots.reverse();
        }
        index.number();
        index
    }

    /// How many rows there are.
    pub fn total(&self) -> u64 {
        self.slots.last().map_or(0, |last| last.first + last.count)
    }

    /// Where a row is found; `None` beyond the last.
    pub fn find(&self, row: u64) -> Option<Found> {
        let after = self.slots.partition_point(|slot| slot.first <= row);
        let slot = self.slots.get(after.checked_sub(1)?)?;
        let skip = row - slot.first;
        if skip >= slot.count {
            return None;
        }
        if slot.count > SPLIT && skip > 0 && slot.from < slot.to {
            return Some(Found::Within(*slot));
        }
        let edge = if self.is_newest_first {
            slot.to
        } else {
            slot.from
        };
        Some(Found::At { edge, skip })
    }

    /// Puts finer counts in a slot's place.
    pub fn split(&mut self, slot: Slot, start: i64, length: i64, counts: &[(u32, u32)]) {
        let place = self
            .slots
            .iter()
            .position(|old| (old.from, old.to) == (slot.from, slot.to));
        let Some(place) = place else { return };
        let mut finer = slots(start, length, counts);
        for part in &mut finer {
            part.from = part.from.max(slot.from);
            part.to = part.to.min(slot.to);
        }
        if self.is_newest_first {
            finer.reverse();
        }
        self.slots.splice(place..=place, finer);
        self.number();
    }

    fn number(&mut self) {
        let mut first = 0;
        for slot in &mut self.slots {
            slot.first = first;
            first += slot.count;
        }
    }
}

fn slots(start: i64, length: i64, counts: &[(u32, u32)]) -> Vec<Slot> {
    let length = length.max(1);
    let mut from = start;
    let mut out = Vec::with_capacity(counts.len());
    for (gap, count) in counts {
        from += i64::from(*gap) * length;
        out.push(Slot {
            first: 0,
            count: u64::from(*count),
            from,
            to: from + length - 1,
        });
        from += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten traces at 0 to 9, then after two empty slots 1,000 at 30 to 39.
    fn index(is_newest_first: bool) -> TimeIndex {
        TimeIndex::new(0, 10, &[(0, 10), (2, 1_000)], is_newest_first)
    }

    #[test]
    fn rows_are_found_from_the_edge_of_their_slot() {
        let oldest = index(false);
        assert_eq!(oldest.total(), 1_010);
        assert_eq!(oldest.find(3), Some(Found::At { edge: 0, skip: 3 }));
        assert_eq!(oldest.find(10), Some(Found::At { edge: 30, skip: 0 }));
        let newest = index(true);
        assert_eq!(newest.find(0), Some(Found::At { edge: 39, skip: 0 }));
        assert_eq!(newest.find(1_009), Some(Found::At { edge: 9, skip: 9 }));
        assert_eq!(newest.find(1_010), None);
        assert_eq!(TimeIndex::default().find(0), None);
    }

    #[test]
    fn full_slots_are_split_and_found_again() {
        let mut newest = index(true);
        let Some(Found::Within(slot)) = newest.find(500) else {
            panic!("the slot is full");
        };
        assert_eq!((slot.from, slot.to), (30, 39));
        newest.split(slot, 30, 5, &[(0, 400), (0, 601)]);
        assert_eq!(newest.total(), 1_011);
        assert_eq!(newest.find(601), Some(Found::At { edge: 34, skip: 0 }));
        assert_eq!(newest.find(1_001), Some(Found::At { edge: 9, skip: 0 }));
    }

    #[test]
    fn a_slot_of_one_millisecond_is_not_split() {
        let index = TimeIndex::new(7, 1, &[(0, 5_000)], true);
        assert_eq!(
            index.find(4_000),
            Some(Found::At {
                edge: 7,
                skip: 4_000
            })
        );
    }
}
