//! Sets of rows, one bit a row.

use crate::bytes::{Damaged, Put, Reader};

/// A set of numbers below its length.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Bitmap {
    length: usize,
    words: Vec<u64>,
}

impl Bitmap {
    pub(crate) fn none(length: usize) -> Self {
        Self {
            length,
            words: vec![0; length.div_ceil(64)],
        }
    }

    pub(crate) fn all(length: usize) -> Self {
        let mut out = Self {
            length,
            words: vec![u64::MAX; length.div_ceil(64)],
        };
        out.trim();
        out
    }

    /// Those for which a test holds, asked in order.
    pub(crate) fn from_fn(length: usize, mut test: impl FnMut(usize) -> bool) -> Self {
        let mut words = Vec::with_capacity(length.div_ceil(64));
        for first in (0..length).step_by(64) {
            let mut word = 0;
            for bit in 0..(length - first).min(64) {
                word |= u64::from(test(first + bit)) << bit;
            }
            words.push(word);
        }
        Self { length, words }
    }

    /// Those whose bits are set in words; missing words are zero, bits beyond the length are dropped.
    pub(crate) fn from_words(length: usize, mut words: Vec<u64>) -> Self {
        words.resize(length.div_ceil(64), 0);
        let mut out = Self { length, words };
        out.trim();
        out
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn contains(&self, row: usize) -> bool {
        self.words
            .get(row / 64)
            .is_some_and(|word| word >> (row % 64) & 1 != 0)
    }

    /// Adds a row; rows beyond the length are passed over.
    pub(crate) fn insert(&mut self, row: usize) {
        if row < self.length {
            self.words[row / 64] |= 1 << (row % 64);
        }
    }

    /// Takes a row out.
    pub(crate) fn remove(&mut self, row: usize) {
        if row < self.length {
            self.words[row / 64] &= !(1 << (row % 64));
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.zip(other, |a, b| a & b);
        self
    }

    pub(crate) fn or(mut self, other: &Self) -> Self {
        self.zip(other, |a, b| a | b);
        self
    }

    pub(crate) fn and_not(mut self, other: &Self) -> Self {
        self.zip(other, |a, b| a & !b);
        self
    }

    pub(crate) fn not(mut self) -> Self {
        for word in &mut self.words {
            *word = !*word;
        }
        self.trim();
        self
    }

    fn zip(&mut self, other: &Self, op: impl Fn(u64, u64) -> u64) {
        debug_assert_eq!(self.length, other.length);
        for (mine, other) in self.words.iter_mut().zip(&other.words) {
            *mine = op(*mine, *other);
        }
    }

    fn trim(&mut self) {
        if let Some(last) = self.words.last_mut()
            && !self.length.is_multiple_of(64)
        {
            *last &= (1 << (self.length % 64)) - 1;
        }
    }

    /// The rows in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(place, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(place * 64 + bit)
            })
        })
    }

    /// The part from `start` to `end`, renumbered from 0.
    pub(crate) fn slice(&self, start: usize, end: usize) -> Self {
        if start == 0 && end == self.length {
            return self.clone();
        }
        Self::from_fn(end - start, |row| self.contains(start + row))
    }

    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        out.put_uint(self.length as u64);
        for word in &self.words {
            out.extend_from_slice(&word.to_le_bytes());
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let length = reader.size()?;
        let bytes = length
            .div_ceil(64)
            .checked_mul(8)
            .ok_or(Damaged("bitmap"))?;
        let words = reader.take(bytes)?.chunks_exact(8);
        let words = words.map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default()));
        let mut out = Self {
            length,
            words: words.collect(),
        };
        out.trim();
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_agree_with_sets() {
        for length in [0, 1, 63, 64, 65, 200] {
            let thirds = Bitmap::from_fn(length, |row| row % 3 == 0);
            let fifths = Bitmap::from_fn(length, |row| row % 5 == 0);
            let expect = |test: &dyn Fn(usize) -> bool| -> Vec<usize> {
                (0..length).filter(|row| test(*row)).collect()
            };
            let rows = |bitmap: &Bitmap| bitmap.iter().collect::<Vec<_>>();
            assert_eq!(rows(&thirds.clone().and(&fifths)), expect(&|r| r % 15 == 0));
            assert_eq!(
                rows(&thirds.clone().or(&fifths)),
                expect(&|r| r % 3 == 0 || r % 5 == 0)
            );
            assert_eq!(
                rows(&thirds.clone().and_not(&fifths)),
                expect(&|r| r % 3 == 0 && r % 5 != 0)
            );
            assert_eq!(rows(&thirds.clone().not()), expect(&|r| r % 3 != 0));
            assert_eq!(Bitmap::all(length).count(), length);
            let mut bytes = Vec::new();
            thirds.put(&mut bytes);
            assert_eq!(Bitmap::read(&mut Reader::new(&bytes)).unwrap(), thirds);
        }
        let some = Bitmap::from_fn(200, |row| row % 7 == 0);
        assert_eq!(
            some.slice(70, 150).iter().collect::<Vec<_>>(),
            [0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77]
        );
    }
}
