//! Sorted distinct byte strings in chunks. The place of a string is its code. Chunks are parts of their own and compressed;
//! the directory, which stays in memory, knows with what each begins, so that looking a value up opens one chunk.

use crate::bytes::{Damaged, Put, Reader};
use crate::compress::{pack, unpack};

/// A chunk is closed when its values take this many bytes: quick to open, and few of them.
const CHUNK_BYTES: usize = 32 * 1024;

/// Where parts go. The number returned is how the part is found again.
pub(crate) trait PartSink {
    /// Takes a part.
    fn put(&mut self, bytes: Vec<u8>) -> Result<u32, Damaged>;
}

/// The directory of a dictionary.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Dictionary {
    /// How many values.
    pub count: u32,
    chunks: Vec<ChunkEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct ChunkEntry {
    /// Greater than all before the chunk, not greater than any in it.
    separator: Vec<u8>,
    /// The code of its first value.
    first: u32,
    part: u32,
}

/// An opened chunk.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// The code of the first value.
    pub first: u32,
    bytes: Vec<u8>,
    /// Where each value ends.
    ends: Vec<u32>,
}

impl Dictionary {
    /// The part that holds a chunk.
    pub(crate) fn part(&self, chunk: usize) -> Option<u32> {
        self.chunks.get(chunk).map(|entry| entry.part)
    }

    /// The chunk that holds a value if the dictionary does; `None` if it does not for certain.
    pub(crate) fn chunk_of(&self, value: &[u8]) -> Option<usize> {
        let behind = self
            .chunks
            .partition_point(|entry| entry.separator.as_slice() <= value);
        behind.checked_sub(1)
    }

    /// The chunk that holds a code.
    pub(crate) fn chunk_of_code(&self, code: u32) -> Option<usize> {
        let behind = self.chunks.partition_point(|entry| entry.first <= code);
        behind.checked_sub(1).filter(|_| code < self.count)
    }

    /// Opens a chunk from its part.
    pub(crate) fn open(&self, chunk: usize, part: &[u8]) -> Result<Chunk, Damaged> {
        let entry = self.chunks.get(chunk).ok_or(Damaged("no such chunk"))?;
        let end = self
            .chunks
            .get(chunk + 1)
            .map_or(self.count, |next| next.first);
        let raw = unpack(part)?;
        let mut reader = Reader::new(&raw);
        let mut bytes = Vec::with_capacity(2 * raw.len());
        let mut ends: Vec<u32> = Vec::new();
        let mut last = 0..0;
        while !reader.rest().is_empty() {
            let shared = reader.size()?;
            if shared > last.len() {
                return Err(Damaged("dictionary chunk"));
            }
            let start = bytes.len();
            bytes.extend_from_within(last.start..last.start + shared);
            bytes.extend_from_slice(reader.bytes()?);
            last = start..bytes.len();
            ends.push(u32::try_from(bytes.len()).map_err(|_| Damaged("dictionary chunk"))?);
        }
        if Some(ends.len()) != end.checked_sub(entry.first).map(|count| count as usize) {
            return Err(Damaged("dictionary chunk"));
        }
        bytes.shrink_to_fit();
        ends.shrink_to_fit();
        Ok(Chunk {
            first: entry.first,
            bytes,
            ends,
        })
    }

    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        out.put_uint(u64::from(self.count));
        out.put_uint(self.chunks.len() as u64);
        for entry in &self.chunks {
            out.put_bytes(&entry.separator);
            out.put_uint(u64::from(entry.first));
            out.put_uint(u64::from(entry.part));
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let count = reader.uint32()?;
        let mut chunks = Vec::new();
        for _ in 0..reader.count()? {
            let separator = reader.bytes()?.to_vec();
            chunks.push(ChunkEntry {
                separator,
                first: reader.uint32()?,
                part: reader.uint32()?,
            });
        }
        Ok(Self { count, chunks })
    }
}

impl Chunk {
    /// Bytes it takes in memory.
    pub(crate) fn size(&self) -> usize {
        self.bytes.capacity() + 4 * self.ends.capacity()
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A value by its place in the chunk.
    pub(crate) fn value(&self, place: usize) -> &[u8] {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.bytes[start as usize..self.ends[place] as usize]
    }

    /// A value by its code; `None` if it is not in this chunk.
    pub(crate) fn value_of_code(&self, code: u32) -> Option<&[u8]> {
        let place = code.checked_sub(self.first)? as usize;
        (place < self.len()).then(|| self.value(place))
    }

    /// The code of the first value that is not less, and whether it is equal.
    pub(crate) fn lower_bound(&self, value: &[u8]) -> (u32, bool) {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.value(middle) < value {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let is_equal = low < self.len() && self.value(low) == value;
        (self.first + low as u32, is_equal)
    }
}

/// Writes a dictionary from values in ascending order.
#[derive(Default)]
pub(crate) struct DictionaryWriter {
    out: Dictionary,
    open: Vec<u8>,
    last: Vec<u8>,
    separator: Vec<u8>,
    first: u32,
}

impl DictionaryWriter {
    /// Adds a value greater than all before and returns its code.
    pub(crate) fn push(&mut self, value: &[u8], sink: &mut dyn PartSink) -> Result<u32, Damaged> {
        let code = self.out.count;
        if self.open.len() >= CHUNK_BYTES {
            self.close(sink)?;
        }
        let is_first = self.open.is_empty();
        let same = self
            .last
            .iter()
            .zip(value)
            .take_while(|(a, b)| a == b)
            .count();
        if is_first {
            // The shortest beginning of the value that is still greater than the last of the chunk before.
            self.separator = if code == 0 {
                Vec::new()
            } else {
                value[..value.len().min(same + 1)].to_vec()
            };
            self.first = code;
        }
        let shared = if is_first { 0 } else { same };
        self.open.put_uint(shared as u64);
        self.open.put_bytes(&value[shared..]);
        self.last.truncate(same);
        self.last.extend_from_slice(&value[same..]);
        self.out.count = code.checked_add(1).ok_or(Damaged("too many values"))?;
        Ok(code)
    }

    fn close(&mut self, sink: &mut dyn PartSink) -> Result<(), Damaged> {
        if !self.open.is_empty() {
            let part = sink.put(pack(&self.open))?;
            let separator = std::mem::take(&mut self.separator);
            self.out.chunks.push(ChunkEntry {
                separator,
                first: self.first,
                part,
            });
            self.open.clear();
        }
        Ok(())
    }

    /// Ends the dictionary.
    pub(crate) fn finish(mut self, sink: &mut dyn PartSink) -> Result<Dictionary, Damaged> {
        self.close(sink)?;
        Ok(self.out)
    }
}

impl PartSink for Vec<Vec<u8>> {
    fn put(&mut self, bytes: Vec<u8>) -> Result<u32, Damaged> {
        self.push(bytes);
        u32::try_from(self.len() - 1).map_err(|_| Damaged("too many parts"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn check(values: &BTreeSet<Vec<u8>>) {
        let mut parts: Vec<Vec<u8>> = Vec::new();
        let mut writer = DictionaryWriter::default();
        for (code, value) in values.iter().enumerate() {
            assert_eq!(writer.push(value, &mut parts).unwrap() as usize, code);
        }
        let dictionary = writer.finish(&mut parts).unwrap();
        let mut bytes = Vec::new();
        dictionary.put(&mut bytes);
        assert_eq!(
            Dictionary::read(&mut Reader::new(&bytes)).unwrap(),
            dictionary
        );
        let open = |chunk: usize| {
            let part = dictionary.part(chunk).unwrap() as usize;
            dictionary.open(chunk, &parts[part]).unwrap()
        };
        for (code, value) in values.iter().enumerate() {
            let chunk = open(dictionary.chunk_of(value).unwrap());
            assert_eq!(chunk.lower_bound(value), (code as u32, true));
            let chunk = open(dictionary.chunk_of_code(code as u32).unwrap());
            assert_eq!(chunk.value_of_code(code as u32), Some(value.as_slice()));
            let mut greater = value.clone();
            greater.push(0);
            if !values.contains(&greater) {
                let chunk = open(dictionary.chunk_of(&greater).unwrap());
                assert_eq!(chunk.lower_bound(&greater), (code as u32 + 1, false));
            }
        }
        assert_eq!(dictionary.chunk_of_code(values.len() as u32), None);
    }

    #[test]
    fn values_are_found_by_value_and_by_code() {
        check(&BTreeSet::new());
        check(&BTreeSet::from([
            b"".to_vec(),
            b"\0".to_vec(),
            b"a".to_vec(),
        ]));
        check(
            &(0..3000)
                .map(|n| format!("session-{:06}", n * 7919 % 100_000).into_bytes())
                .collect(),
        );
        check(&(0..20).map(|n| vec![n; 20_000]).collect());
    }

    #[test]
    fn damage_is_an_error() {
        let mut parts: Vec<Vec<u8>> = Vec::new();
        let mut writer = DictionaryWriter::default();
        writer.push(b"a", &mut parts).unwrap();
        let dictionary = writer.finish(&mut parts).unwrap();
        assert!(dictionary.open(0, &[]).is_err());
        assert!(dictionary.open(0, &[0, 9, 1]).is_err());
        assert!(dictionary.open(1, &parts[0]).is_err());
    }
}
