//! A set of rows, one bit each: folded rows, selected rows, rows found.

/// A set of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowSet {
    words: Vec<u64>,
}

impl RowSet {
    /// Whether the row is in the set.
    pub fn contains(&self, row: u32) -> bool {
        self.words
            .get(row as usize / 64)
            .is_some_and(|word| word & bit(row) != 0)
    }

    /// Adds a row; true if it was not there.
    pub fn insert(&mut self, row: u32) -> bool {
        let at = row as usize / 64;
        if at >= self.words.len() {
            self.words.resize(at + 1, 0);
        }
        let is_new = self.words[at] & bit(row) == 0;
        self.words[at] |= bit(row);
        is_new
    }

    /// Removes a row; true if it was there.
    pub fn remove(&mut self, row: u32) -> bool {
        let was_there = self.contains(row);
        if was_there {
            self.words[row as usize / 64] &= !bit(row);
        }
        was_there
    }

    /// Removes all rows.
    pub fn clear(&mut self) {
        self.words.clear();
    }

    /// Whether no row is in the set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// How many rows are in the set.
    pub fn len(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }
}

impl FromIterator<u32> for RowSet {
    fn from_iter<I: IntoIterator<Item = u32>>(rows: I) -> Self {
        let mut set = Self::default();
        for row in rows {
            set.insert(row);
        }
        set
    }
}

fn bit(row: u32) -> u64 {
    1 << (row % 64)
}
