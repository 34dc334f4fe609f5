//! The `spanfall` binary as a library, so that tests use the real application.
//!
//! Wires the store, the MLflow REST API, OTLP and the viewer together; the only crate that knows status
//! codes, wire formats, clocks and the command line.

pub mod admin;
pub mod api;
pub mod artifacts;
pub mod assets;
pub mod body;
pub mod check;
pub mod cli;
pub mod clock;
pub mod config;
pub mod deletion;
pub mod demo;
pub mod error;
pub mod gc;
pub mod http;
pub mod inputs;
pub mod limits;
pub mod prices;
pub mod retention;
pub mod router;
pub mod security;
pub mod serve;
pub mod shutdown;
pub mod state;
pub mod ui;

pub use router::router;
