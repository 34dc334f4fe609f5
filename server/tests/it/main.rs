//! The whole application over a store in a temporary folder, spoken to without a socket but where a
//! client needs one. Modules mirror the routes.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails loudly and explains itself"
)]

mod app;
mod artifacts;
mod assessments;
mod cost;
mod experiments;
mod general;
mod import;
mod issues;
mod logged_models;
mod otlp;
mod otlp_exporter;
mod runs;
mod search;
mod security;
mod sweep;
mod trace_correlation;
mod trace_metrics;
mod traces;
mod traces_2;
mod viewer;
