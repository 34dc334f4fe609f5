//! zstd with one context per thread: making a context costs more than compressing a small trace.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

use crate::bytes::Damaged;
use crate::preset::PresetId;

/// The longest uncompressed text that is believed; only damage claims more.
const RAW_BYTES_MAX: usize = 1 << 30;

/// Level 3 is slower and no smaller on span texts (2,867 against 2,870 bytes for twelve spans of 1 KB).
const LEVEL: i32 = 1;

/// Presets that a thread can restore at once: a store has few, and old ones are asked for together with new ones.
const KEPT: usize = 4;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    /// What compresses behind the preset of the moment.
    static BEHIND: RefCell<Option<(PresetId, Compressor<'static>)>> = const { RefCell::new(None) };
    /// The last used last.
    static FROM_BEHIND: RefCell<Vec<(PresetId, Decompressor<'static>)>> = const { RefCell::new(Vec::new()) };
}

/// Compresses; `None` if zstd fails, which it does for want of memory only.
fn compress(raw: &[u8]) -> Option<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = Compressor::new(LEVEL).ok();
        }
        slot.as_mut()?.compress(raw).ok()
    })
}

/// The same behind a preset.
pub(crate) fn compress_behind(raw: &[u8], preset: PresetId) -> Option<Vec<u8>> {
    BEHIND.with_borrow_mut(|slot| {
        if slot.as_ref().is_none_or(|(id, _)| *id != preset) {
            let content = preset.content().ok()?;
            *slot = Some((preset, Compressor::with_dictionary(LEVEL, &content).ok()?));
        }
        slot.as_mut()?.1.compress(raw).ok()
    })
}

/// Restores `raw_length` bytes that were compressed behind nothing.
pub(crate) fn decompress(compressed: &[u8], raw_length: usize) -> Result<Vec<u8>, Damaged> {
    DECOMPRESSOR.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = Decompressor::new().ok();
        }
        restore(slot.as_mut(), compressed, raw_length)
    })
}

/// Restores what [`compress_behind`] made of `raw_length` bytes.
pub(crate) fn decompress_behind(
    compressed: &[u8],
    raw_length: usize,
    preset: PresetId,
) -> Result<Vec<u8>, Damaged> {
    FROM_BEHIND.with_borrow_mut(|kept| {
        match kept.iter().position(|(id, _)| *id == preset) {
            Some(place) => {
                let used = kept.remove(place);
                kept.push(used);
            }
            None => {
                let made = Decompressor::with_dictionary(&preset.content()?);
                let made = made.map_err(|_| Damaged("no memory for a preset"))?;
                if kept.len() >= KEPT {
                    kept.remove(0);
                }
                kept.push((preset, made));
            }
        }
        let last = kept.last_mut().map(|(_, decompressor)| decompressor);
        restore(last, compressed, raw_length)
    })
}

fn restore(
    context: Option<&mut Decompressor<'static>>,
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

/// As [`pack`], behind a preset.
pub(crate) fn pack_behind(raw: &[u8], preset: PresetId) -> Vec<u8> {
    packed(raw, |raw| compress_behind(raw, preset))
}

fn packed(raw: &[u8], compress: impl FnOnce(&[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
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

/// Restores what [`pack_behind`] made.
pub(crate) fn unpack_behind(packed: &[u8], preset: PresetId) -> Result<Vec<u8>, Damaged> {
    unpacked(packed, |bytes, length| {
        decompress_behind(bytes, length, preset)
    })
}

fn unpacked(
    packed: &[u8],
    decompress: impl FnOnce(&[u8], usize) -> Result<Vec<u8>, Damaged>,
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
    use crate::words::WORDS;

    #[test]
    fn packing_round_trips() {
        let presets: Vec<PresetId> = (0..2 * KEPT)
            .map(|number| PresetId::register(format!("learned {number}").as_bytes()).unwrap())
            .chain([PresetId::WORDS])
            .collect();
        for raw in [&b""[..], b"short", &[7; 10_000]] {
            assert_eq!(unpack(&pack(raw)).unwrap(), raw);
            for preset in presets.iter().chain(&presets) {
                let packed = pack_behind(raw, *preset);
                assert_eq!(unpack_behind(&packed, *preset).unwrap(), raw);
            }
        }
        let some = &WORDS.as_bytes()[200..800];
        for preset in presets {
            let packed = pack_behind(some, preset);
            assert!(packed.len() < 40);
            assert_eq!(unpack_behind(&packed, preset).unwrap(), some);
            assert!(unpack(&packed).is_err());
        }
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
