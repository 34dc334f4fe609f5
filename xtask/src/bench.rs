//! Measures the real binary from outside, over HTTP, on an empty data folder, and prints figures against the bounds the
//! project holds itself to. With `--reference` the same bodies go to a real `mlflow server` beside it.

mod client;
mod ingest;
mod reference;
mod rng;
mod search;
mod server;
mod workload;

pub use ingest::{IngestOptions, ingest};
pub use search::{SearchOptions, search};
