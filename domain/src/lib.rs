//! What Spanfall is about, without any IO: the types of the field, the filter language, the rules by which trace
//! information is derived from spans, the span table that the viewer draws, and the traits a store implements.
//!
//! This crate is compiled for the server and for the browser. It may not read clocks, files, sockets or random
//! numbers; it knows nothing of SQL, HTTP or Leptos. Wire formats (MLflow JSON, OTLP) are read in `formats` and
//! written in `server`.

pub mod assessment;
pub mod blobs;
pub mod chat;
pub mod conversation;
pub mod correlation;
pub mod derive;
pub mod diff;
pub mod documents;
pub mod experiment;
pub mod filter;
pub mod ids;
pub mod ingest;
pub mod issue;
pub mod json;
pub mod markdown;
pub mod model;
pub mod page;
mod parents;
pub mod passage;
pub mod preview;
pub mod pricing;
pub mod run;
pub mod saved_view;
pub mod sketch;
pub mod span;
pub mod span_row;
pub mod span_table;
pub mod stats;
#[cfg(feature = "store")]
pub mod store;
pub mod time;
pub mod timeline;
pub mod trace;
pub mod translate;
pub mod usage;
