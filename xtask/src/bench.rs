//! Measures the real binary from outside, over HTTP, on an empty data folder, and prints figures against the bounds the
//! project holds itself to. With `--reference` the same bodies go to a real `mlflow server` beside it.

pub mod client;
mod gc;
mod ingest;
mod null_server;
pub mod reference;
mod rng;
mod sdk;
mod search;
pub mod server;
mod ui;
mod workload;

pub use gc::{GcOptions, gc};
pub use ingest::{IngestOptions, ingest};
pub use sdk::{SdkOptions, sdk};
pub use search::{SearchOptions, search};
pub use ui::{UiOptions, ui};
