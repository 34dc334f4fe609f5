//! What Spanfall is about, without any IO: the types of the field, the filter language, the rules by which trace
//! information is derived from spans, the span table that the viewer draws, and the traits a store implements.
//!
//! This crate is compiled for the server and for the browser. It may not read clocks, files, sockets or random
//! numbers; it knows nothing of SQL, HTTP or Leptos. Wire formats (MLflow JSON, OTLP) live in `server`.

pub mod ids;
pub mod time;
pub mod json;
pub mod span;
pub mod span_row;
mod parents;
pub mod usage;
pub mod experiment;
pub mod run;
pub mod assessment;
pub mod trace;
pub mod ingest;
pub mod translate;
pub mod preview;
pub mod derive;
pub mod span_table;
pub mod timeline;
pub mod chat;
pub mod page;
pub mod filter;
#[cfg(feature = "store")]
pub mod store;
