//! Span blocks: the spans of one trace that were committed together, in columns, compressed.
//!
//! A block has two halves. The **head** holds what a [`SpanRow`](domain::span_row::SpanRow) needs, so that a trace is drawn,
//! counted and searched by name, type and status without touching the rest. The **body** holds attributes, events, links and
//! long status messages in chunks that are compressed separately, so that one span of a large trace is read by
//! decompressing one chunk.
//!
//! Layout, all numbers of variable length (`crate::bytes`):
//!
//! ```text
//! head    version (3), the number of a preset (4 bytes), then packed behind it (crate::preset):
//!         n, n span ids, n flag bytes,
//!         n parents (0 none, 1 elsewhere, k+2 the k-th span here), the ids of the parents elsewhere,
//!         dictionary of texts, n names, n types, per flag: messages, models,
//!         first start, n start differences, per flag: durations, n event counts,
//!         per flag: usage (bits: which follow), cost (bit 0: the total follows; else it is the sum),
//!         dictionary of attribute keys and event names,
//!         chunks: span count, raw length, compressed length
//! body    the chunks one after the other, compressed behind the same preset; per span the length of its payload and the payload:
//!         message if too long for the head, attributes, events, links
//! ```
//!
//! An attribute is twice its key's number and its value; one more than that and no value if the head says the same
//! ([`derived`]): type, model, tokens and cost of a span.
//!
//! Nothing here knows of SQL. The order of spans is that of arrival; ids are unique within a block.

use std::sync::Arc;

pub(crate) mod decode;
mod derived;
pub(crate) mod encode;
#[cfg(test)]
mod tests;
mod value;

/// The first byte of every head that is written.
const VERSION: u8 = 3;
/// What was written before: the head behind the known words, the body behind nothing, and no preset named.
const VERSION_WORDS: u8 = 2;
/// What was written before that: packed without the words that are known, all totals and all attributes written out.
const VERSION_PLAIN: u8 = 1;

/// A chunk is closed when it holds this many bytes: large enough to compress well, small enough to open for one span.
const CHUNK_BYTES: usize = 256 * 1024;

/// More spans than this go into further blocks, so that no write is huge and no head slow to open.
pub(crate) const BLOCK_SPANS_MAX: usize = 8192;

/// The same in bytes of payload; one span may be larger.
pub(crate) const BLOCK_BYTES_MAX: usize = 4 << 20;

/// The flag byte of a span.
mod flag {
    /// Bits 0 and 1: the status.
    pub(super) const STATUS: u8 = 0b11;
    pub(super) const ENDED: u8 = 1 << 2;
    pub(super) const MESSAGE: u8 = 1 << 3;
    /// The message in the head is cut; the body has all of it.
    pub(super) const LONG_MESSAGE: u8 = 1 << 4;
    pub(super) const USAGE: u8 = 1 << 5;
    pub(super) const COST: u8 = 1 << 6;
    pub(super) const MODEL: u8 = 1 << 7;
}

/// One block as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EncodedBlock {
    /// The narrow half.
    pub head: Arc<Vec<u8>>,
    /// The wide half.
    pub body: Arc<Vec<u8>>,
}

impl EncodedBlock {
    /// Bytes it takes.
    pub(crate) fn size(&self) -> usize {
        self.head.len() + self.body.len()
    }
}
