//! What every handler may reach.

use std::sync::Arc;

use domain::pricing::PriceTable;
use domain::store::Store;

use crate::api::span_table::PackedTables;
use crate::artifacts::ArtifactFolder;
use crate::body::Memory;
use crate::config::Config;

/// The parts of a running server; clones share them.
#[derive(Clone)]
pub struct AppState {
    /// Traces, runs and experiments.
    pub store: Arc<dyn Store>,
    /// Uploaded files.
    pub artifacts: Arc<ArtifactFolder>,
    /// The settings.
    pub config: Arc<Config>,
    /// Memory for request bodies.
    pub request_memory: Memory,
    /// What models cost.
    pub prices: Arc<PriceTable>,
    /// Tables of spans as the viewer fetches them.
    pub packed_tables: Arc<PackedTables>,
}

impl AppState {
    /// Over a store and a folder for files.
    pub fn new(store: Arc<dyn Store>, config: Config, prices: PriceTable) -> Self {
        Self {
            store,
            artifacts: Arc::new(ArtifactFolder::new(config.artifacts_destination.clone())),
            request_memory: Memory::new(config.request_memory_bytes),
            config: Arc::new(config),
            prices: Arc::new(prices),
            packed_tables: Arc::default(),
        }
    }
}
