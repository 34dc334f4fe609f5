//! One number a row, in as few bytes as hold the largest: the codes of a dictionary, or numbers above a least one. Zero
//! stands for nothing. Columns that few rows have are stored as a list of rows.

use std::ops::Range;
use std::sync::Arc;

use super::bitmap::Bitmap;
use crate::bytes::{Damaged, Put, Reader};

/// Rows without a value for each row with one, from which on a list is smaller.
const SPARSE: usize = 8;

mod form {
    pub(super) const BYTES_1: u8 = 1;
    pub(super) const BYTES_2: u8 = 2;
    pub(super) const BYTES_4: u8 = 4;
    pub(super) const BYTES_8: u8 = 8;
    pub(super) const LIST: u8 = 0;
}

/// Encodes numbers, one a row.
pub(crate) fn encode(numbers: &[u64]) -> Vec<u8> {
    let present = numbers.iter().filter(|number| **number != 0).count();
    let largest = numbers.iter().copied().max().unwrap_or(0);
    let mut out = Vec::new();
    if present * SPARSE < numbers.len() {
        out.push(form::LIST);
        out.put_uint(numbers.len() as u64);
        out.put_uint(present as u64);
        let mut last = 0;
        for (row, number) in numbers
            .iter()
            .enumerate()
            .filter(|(_, number)| **number != 0)
        {
            out.put_uint((row - last) as u64);
            out.put_uint(*number);
            last = row;
        }
        return out;
    }
    let width = match largest {
        0..=0xff => form::BYTES_1,
        0x100..=0xffff => form::BYTES_2,
        0x1_0000..=0xffff_ffff => form::BYTES_4,
        _ => form::BYTES_8,
    };
    out.reserve(1 + numbers.len() * usize::from(width));
    out.push(width);
    for number in numbers {
        out.extend_from_slice(&number.to_le_bytes()[..usize::from(width)]);
    }
    out
}

/// Encoded numbers, opened for reading.
#[derive(Debug, Clone)]
pub(crate) enum Codes {
    /// Bytes a row, and the bytes behind the first.
    Dense(u8, Arc<Vec<u8>>),
    /// Rows that have a number with it, ascending.
    List(Vec<(u32, u64)>),
}

impl Codes {
    /// Opens what [`encode`] made of `length` rows.
    pub(crate) fn open(bytes: &Arc<Vec<u8>>, length: usize) -> Result<Self, Damaged> {
        const WRONG: Damaged = Damaged("codes");
        let mut reader = Reader::new(bytes);
        match reader.byte()? {
            form::LIST => {
                if reader.size()? != length {
                    return Err(WRONG);
                }
                let mut list = Vec::new();
                let mut row = 0u64;
                for place in 0..reader.count()? {
                    let step = reader.uint()?;
                    if place > 0 && step == 0 {
                        return Err(WRONG);
                    }
                    row = row
                        .checked_add(step)
                        .filter(|row| *row < length as u64)
                        .ok_or(WRONG)?;
                    list.push((row as u32, reader.uint()?));
                }
                Ok(Self::List(list))
            }
            width @ (form::BYTES_1 | form::BYTES_2 | form::BYTES_4 | form::BYTES_8) => {
                if reader.rest().len() != length * usize::from(width) {
                    return Err(WRONG);
                }
                Ok(Self::Dense(width, Arc::clone(bytes)))
            }
            _ => Err(WRONG),
        }
    }

    /// Whether [`Codes::visit`] hands over all rows.
    pub(crate) fn is_dense(&self) -> bool {
        matches!(self, Self::Dense(..))
    }

    /// The number of a row; 0 if there is none.
    pub(crate) fn get(&self, row: usize) -> u64 {
        match self {
            Self::Dense(width, bytes) => {
                let width = usize::from(*width);
                let Some(number) = bytes.get(1 + row * width..1 + (row + 1) * width) else {
                    return 0;
                };
                let mut wide = [0; 8];
                wide[..width].copy_from_slice(number);
                u64::from_le_bytes(wide)
            }
            Self::List(list) => list
                .binary_search_by_key(&(row as u64), |(row, _)| u64::from(*row))
                .map_or(0, |place| list[place].1),
        }
    }

    /// Hands over the numbers of some rows, ascending; `rows` counts from `first`. Rows without a number come as 0, or not at
    /// all.
    pub(crate) fn visit(&self, first: usize, rows: &Bitmap, mut receive: impl FnMut(usize, u64)) {
        match self {
            Self::List(list) => {
                for (row, number) in list {
                    let bit = (*row as usize).checked_sub(first);
                    if let Some(bit) = bit.filter(|bit| rows.contains(*bit)) {
                        receive(bit, *number);
                    }
                }
            }
            Self::Dense(form::BYTES_1, bytes) => {
                let bytes = bytes.get(1 + first..).unwrap_or_default();
                for bit in rows.iter() {
                    receive(bit, u64::from(bytes[bit]));
                }
            }
            Self::Dense(form::BYTES_2, bytes) => {
                let bytes = bytes.get(1 + 2 * first..).unwrap_or_default();
                for bit in rows.iter() {
                    let number = u16::from_le_bytes([bytes[2 * bit], bytes[2 * bit + 1]]);
                    receive(bit, u64::from(number));
                }
            }
            Self::Dense(form::BYTES_4, bytes) => {
                let bytes = bytes.get(1 + 4 * first..).unwrap_or_default();
                for bit in rows.iter() {
                    let number = &bytes[4 * bit..4 * bit + 4];
                    let number = u32::from_le_bytes(number.try_into().unwrap_or_default());
                    receive(bit, u64::from(number));
                }
            }
            Self::Dense(_, bytes) => {
                let bytes = bytes.get(1 + 8 * first..).unwrap_or_default();
                for bit in rows.iter() {
                    let number = &bytes[8 * bit..8 * bit + 8];
                    receive(
                        bit,
                        u64::from_le_bytes(number.try_into().unwrap_or_default()),
                    );
                }
            }
        }
    }

    /// The rows from `start` to `end` whose numbers pass, renumbered from 0. Zero never passes.
    pub(crate) fn select(
        &self,
        start: usize,
        end: usize,
        mut test: impl FnMut(u64) -> bool,
    ) -> Bitmap {
        match self {
            Self::List(list) => {
                let mut out = Bitmap::none(end - start);
                for (row, number) in list {
                    let row = *row as usize;
                    if row >= start && row < end && *number != 0 && test(*number) {
                        out.insert(row - start);
                    }
                }
                out
            }
            Self::Dense(form::BYTES_1, bytes) => {
                let bytes = &bytes[1..];
                // A test a possible number is less than a test a row.
                let passes: Vec<bool> = (0..=255)
                    .map(|number| number != 0 && test(number))
                    .collect();
                Bitmap::from_fn(end - start, |row| passes[usize::from(bytes[start + row])])
            }
            Self::Dense(form::BYTES_2, bytes) => select_in::<2>(bytes, start, end, |bytes| {
                let number = u16::from_le_bytes(*bytes);
                number != 0 && test(u64::from(number))
            }),
            Self::Dense(form::BYTES_4, bytes) => select_in::<4>(bytes, start, end, |bytes| {
                let number = u32::from_le_bytes(*bytes);
                number != 0 && test(u64::from(number))
            }),
            Self::Dense(_, bytes) => select_in::<8>(bytes, start, end, |bytes| {
                let number = u64::from_le_bytes(*bytes);
                number != 0 && test(number)
            }),
        }
    }

    /// As [`Codes::select`] for the numbers of a range, which takes half the time.
    pub(crate) fn select_range(&self, start: usize, end: usize, wanted: Range<u64>) -> Bitmap {
        let least = wanted.start.max(1);
        let in_range = |number: u64| wanted.contains(&number);
        match self {
            Self::Dense(form::BYTES_2, bytes) => {
                let beyond = wanted.end.min(1 << 16);
                let (least, span) = (least as u32, beyond.saturating_sub(least) as u32);
                select_in::<2>(bytes, start, end, |bytes| {
                    u32::from(u16::from_le_bytes(*bytes)).wrapping_sub(least) < span
                })
            }
            Self::Dense(form::BYTES_4, bytes) => {
                let beyond = wanted.end.min(1 << 32);
                // Zero is never wanted, so that all others together are no more than fit.
                let (least, span) = (least as u32, beyond.saturating_sub(least) as u32);
                select_in::<4>(bytes, start, end, |bytes| {
                    u32::from_le_bytes(*bytes).wrapping_sub(least) < span
                })
            }
            _ => self.select(start, end, in_range),
        }
    }
}

/// The rows from `start` to `end` of dense codes of so many bytes that pass. A check of bounds a row
/// would cost as much as the test.
fn select_in<const WIDTH: usize>(
    bytes: &[u8],
    start: usize,
    end: usize,
    mut test: impl FnMut(&[u8; WIDTH]) -> bool,
) -> Bitmap {
    let bytes = bytes.get(1 + WIDTH * start..1 + WIDTH * end);
    let (numbers, _) = bytes.unwrap_or_default().as_chunks::<WIDTH>();
    let mut words = Vec::with_capacity(numbers.len().div_ceil(64));
    for group in numbers.chunks(64) {
        let mut word = 0;
        for (bit, number) in group.iter().enumerate() {
            word |= u64::from(test(number)) << bit;
        }
        words.push(word);
    }
    Bitmap::from_words(end - start, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip_in_every_form() {
        let mut sparse = vec![0; 1000];
        (sparse[0], sparse[7], sparse[999]) = (5, 1 << 40, 1);
        let dense = |largest: u64| (0..200u64).map(|n| largest / 200 * n).collect::<Vec<_>>();
        let cases = [
            vec![],
            vec![0],
            vec![9],
            sparse,
            dense(255),
            dense(65535),
            dense(1 << 30),
            dense(1 << 60),
        ];
        for numbers in cases {
            let bytes = Arc::new(encode(&numbers));
            let codes = Codes::open(&bytes, numbers.len()).unwrap();
            let (start, end) = (numbers.len() / 3, numbers.len());
            let selected = codes.select(start, end, |number| number % 2 == 1);
            for wanted in [
                0..1,
                1..2,
                0..u64::MAX,
                7..100,
                255..70_000,
                1 << 33..1 << 61,
            ] {
                let in_range = codes.select_range(start, end, wanted.clone());
                let expected = codes.select(start, end, |number| wanted.contains(&number));
                assert_eq!(in_range, expected, "{wanted:?}");
            }
            let wanted = Bitmap::from_fn(end - start, |row| row % 3 == 0);
            let mut visited = vec![0; end - start];
            codes.visit(start, &wanted, |row, number| visited[row] = number);
            for (place, number) in numbers[start..end].iter().enumerate() {
                assert_eq!(visited[place], if place % 3 == 0 { *number } else { 0 });
            }
            for (row, number) in numbers.iter().enumerate() {
                assert_eq!(codes.get(row), *number);
            }
            for (place, number) in numbers[start..end].iter().enumerate() {
                assert_eq!(selected.contains(place), number % 2 == 1);
            }
            assert!(Codes::open(&bytes, numbers.len() + 1).is_err());
        }
        assert!(Codes::open(&Arc::new(vec![3, 1]), 1).is_err());
    }
}
