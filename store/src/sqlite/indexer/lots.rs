//! How a merge, which works on a thread that may block, reads and writes parts.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::super::Shared;
use super::super::parts::PartReader;
use crate::bytes::Damaged;
use crate::error::database;
use crate::index::dictionary::PartSink;
use crate::index::merge::PartSource;

/// Parts are handed to the writer in lots of this size.
const LOT_BYTES: usize = 1 << 20;

/// Reads parts for a thread that may block.
pub(super) struct BlockingSource {
    pub shared: Arc<Shared>,
    pub handle: Handle,
}

impl PartSource for BlockingSource {
    fn part(&mut self, segment_no: i64, part: u32) -> Result<Arc<Vec<u8>>, Damaged> {
        let shared = &self.shared;
        self.handle
            .block_on(async {
                let mut connection = shared.readers.acquire().await.map_err(database)?;
                let mut reader = PartReader {
                    connection: &mut connection,
                    cache: &shared.parts,
                };
                reader.part_once(segment_no, part).await
            })
            .map_err(|error| {
                tracing::error!("reading an index part: {error}");
                Damaged("a part that cannot be read")
            })
    }
}

/// Hands parts to the task in lots.
pub(super) struct LotSink {
    sender: mpsc::Sender<Lot>,
    lot: Vec<Vec<u8>>,
    bytes: usize,
    count: u32,
}

/// Parts, numbered from the first.
pub(super) type Lot = (u32, Vec<Vec<u8>>);

impl LotSink {
    pub(super) fn new(sender: mpsc::Sender<Lot>) -> Self {
        Self {
            sender,
            lot: Vec::new(),
            bytes: 0,
            count: 0,
        }
    }

    /// Hands on what is left.
    pub(super) fn send(&mut self) -> Result<(), Damaged> {
        if self.lot.is_empty() {
            return Ok(());
        }
        let lot = std::mem::take(&mut self.lot);
        let first = self.count - lot.len() as u32;
        self.bytes = 0;
        self.sender
            .blocking_send((first, lot))
            .map_err(|_| Damaged("the store is closed"))
    }
}

impl PartSink for LotSink {
    fn put(&mut self, bytes: Vec<u8>) -> Result<u32, Damaged> {
        self.bytes += bytes.len();
        self.lot.push(bytes);
        self.count += 1;
        if self.bytes >= LOT_BYTES {
            self.send()?;
        }
        Ok(self.count - 1)
    }
}
