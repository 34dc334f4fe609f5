//! zstd with one context per thread: making a context costs more than compressing a small trace.

use std::cell::RefCell;

use crate::bytes::Damaged;
use crate::words::WORDS;

/// The longest uncompressed text that is believed; only damage claims more.
const RAW_BYTES_MAX: usize = 1 << 30;

/// Level 3 is slower and no smaller on span texts (2,867 against 2,870 bytes for twelve spans of 1 KB).
const LEVEL: i32 = 1;

type CompressorSlot = RefCell<Option<zstd::bulk::Compressor<'static>>>;
type DecompressorSlot = RefCell<Option<zstd::bulk::Decompressor<'static>>>;

thread_local! {
    static COMPRESSOR: CompressorSlot = const { RefCell::new(None) };
    static DECOMPRESSOR: DecompressorSlot = const { RefCell::new(None) };
    /// The same behind [`WORDS`].
    static WORDS_COMPRESSOR: CompressorSlot = const { RefCell::new(None) };
    static WORDS_DECOMPRESSOR: DecompressorSlot = const { RefCell::new(None) };
}

/// Compresses; `None` if zstd fails, which it does for want of memory only.
pub(crate) fn compress(raw: &[u8]) -> Option<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = zstd::bulk::Compressor::new(LEVEL).ok();
        }
        slot.as_mut()?.compress(raw).ok()
    })
}

fn compress_words(raw: &[u8]) -> Option<Vec<u8>> {
    WORDS_COMPRESSOR.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = zstd::bulk::Compressor::with_dictionary(LEVEL, WORDS.as_bytes()).ok();
        }
        slot.as_mut()?.compress(raw).ok()
    })
}

/// Restores what [`compress`] made of `raw_length` bytes.
pub(crate) fn decompress(compressed: &[u8], raw_length: usize) -> Result<Vec<u8>, Damaged> {
    DECOMPRESSOR.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = zstd::bulk::Decompressor::new().ok();
        }
        restore(slot.as_mut(), compressed, raw_length)
    })
}

fn decompress_words(compressed: &[u8], raw_length: usize) -> Result<Vec<u8>, Damaged> {
    WORDS_DECOMPRESSOR.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = zstd::bulk::Decompressor::with_dictionary(WORDS.as_bytes()).ok();
        }
        restore(slot.as_mut(), compressed, raw_length)
    })
}

fn restore(
    context: Option<&mut zstd::bulk::Decompressor<'static>>,
    compressed: &[u8],
    raw_length: usize,
) -> Result<Vec<u8>, Damaged> {
    const WRONG: Damaged = Damaged("compressed data");
    if raw_length > RAW_BYTES_MAX {
        return Err(WRONG);
    }
    let raw = context.and_then(|context| context.decompress(compressed, raw_length).ok());
    raw.filter(|raw| raw.len() == raw_length).ok_or(WRONG)
}

/// A byte string that says itself whether it is compressed: worth it from some hundred bytes on.
pub(crate) fn pack(raw: &[u8]) -> Vec<u8> {
    packed(raw, compress)
}

/// As [`pack`], for what is full of [`WORDS`].
pub(crate) fn pack_words(raw: &[u8]) -> Vec<u8> {
    packed(raw, compress_words)
}

fn packed(raw: &[u8], compress: fn(&[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    use crate::bytes::Put;
    if raw.len() >= 128
        && let Some(compressed) = compress(raw)
        && compressed.len() + 4 < raw.len()
    {
        let mut out = Vec::with_capacity(compressed.len() + 5);
        out.put_uint(raw.len() as u64);
        out.extend_from_slice(&compressed);
        return out;
    }
    let mut out = Vec::with_capacity(raw.len() + 1);
    out.push(0);
    out.extend_from_slice(raw);
    out
}

/// Restores what [`pack`] made.
pub(crate) fn unpack(packed: &[u8]) -> Result<Vec<u8>, Damaged> {
    unpacked(packed, decompress)
}

/// Restores what [`pack_words`] made.
pub(crate) fn unpack_words(packed: &[u8]) -> Result<Vec<u8>, Damaged> {
    unpacked(packed, decompress_words)
}

fn unpacked(
    packed: &[u8],
    decompress: fn(&[u8], usize) -> Result<Vec<u8>, Damaged>,
) -> Result<Vec<u8>, Damaged> {
    let mut reader = crate::bytes::Reader::new(packed);
    match reader.size()? {
        0 => Ok(reader.rest().to_vec()),
        raw_length => decompress(reader.rest(), raw_length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_round_trips() {
        for raw in [&b""[..], b"short", &[7; 10_000]] {
            assert_eq!(unpack(&pack(raw)).unwrap(), raw);
            assert_eq!(unpack_words(&pack_words(raw)).unwrap(), raw);
        }
        let some = &WORDS.as_bytes()[200..800];
        assert!(pack_words(some).len() < 40);
        assert_eq!(unpack_words(&pack_words(some)).unwrap(), some);
        assert!(unpack(&pack_words(some)).is_err());
        assert!(pack(&[7; 10_000]).len() < 100);
    }

    #[test]
    fn damage_is_an_error() {
        let mut packed = pack(&[7; 10_000]);
        packed.truncate(packed.len() - 1);
        assert!(unpack(&packed).is_err());
        assert!(unpack(&[]).is_err());
        assert!(unpack(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]).is_err());
    }
}
