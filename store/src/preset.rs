//! What nearly all traces of a store say: a beginning that its blocks and summaries are compressed behind, so that a prompt, a
//! question's frame or the name of a tool is not spelled out in each of them. It begins with the known [`WORDS`]; the rest is
//! learned from the store's own traces ([`learn`]) and kept in the store (`crate::sqlite::presets`).
//!
//! What was compressed names its preset by number. Presets never change and are found by their number alone, wherever in the
//! process something is opened: the number is made of the content, so stores do not get in each other's way.

pub(crate) mod learn;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::bytes::Damaged;
use crate::words::WORDS;

/// The number of a preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PresetId(u32);

/// Those that were learned, each with the words before it.
static KNOWN: RwLock<BTreeMap<u32, Arc<[u8]>>> = RwLock::new(BTreeMap::new());

impl PresetId {
    /// The known words and no more.
    pub(crate) const WORDS: Self = Self(0);

    /// Makes known what was learned. `None` in the rare case that something else has the same number.
    pub(crate) fn register(learned: &[u8]) -> Option<Self> {
        let id = Self::of(learned);
        let content = [WORDS.as_bytes(), learned].concat();
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        let here = known.entry(id.0).or_insert_with(|| content.clone().into());
        (**here == *content).then_some(id)
    }

    /// The number of what was learned: FNV-1a, never that of the words alone.
    fn of(learned: &[u8]) -> Self {
        let hash = learned.iter().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        });
        Self(hash.max(1))
    }

    /// The number as it is stored.
    pub(crate) fn to_bytes(self) -> [u8; 4] {
        self.0.to_le_bytes()
    }

    /// Takes a number off the beginning of what is stored.
    pub(crate) fn split(bytes: &[u8]) -> Result<(Self, &[u8]), Damaged> {
        let (number, rest) = bytes
            .split_first_chunk()
            .ok_or(Damaged("no number of a preset"))?;
        Ok((Self(u32::from_le_bytes(*number)), rest))
    }

    /// What it stands for.
    pub(crate) fn content(self) -> Result<Arc<[u8]>, Damaged> {
        if self == Self::WORDS {
            return Ok(WORDS.as_bytes().into());
        }
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(&self.0).map(Arc::clone);
        found.ok_or(Damaged("an unknown preset"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_found_by_number() {
        let id = PresetId::register(b"what all traces of this test say").unwrap();
        assert_eq!(
            PresetId::register(b"what all traces of this test say"),
            Some(id)
        );
        let stored = [&id.to_bytes()[..], b"rest"].concat();
        assert_eq!(PresetId::split(&stored).unwrap(), (id, &b"rest"[..]));
        let content = id.content().unwrap();
        assert!(content.starts_with(WORDS.as_bytes()) && content.ends_with(b"this test say"));
        assert_eq!(&*PresetId::WORDS.content().unwrap(), WORDS.as_bytes());
        let (unknown, _) = PresetId::split(&[9, 9, 9, 9]).unwrap();
        assert!(unknown.content().is_err());
        assert!(PresetId::split(&[1, 2, 3]).is_err());
    }
}
