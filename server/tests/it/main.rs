//! The whole application over a store in a temporary folder, spoken to without a socket. Modules mirror
//! the routes.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails loudly and explains itself"
)]

mod app;
mod artifacts;
mod assessments;
mod experiments;
mod general;
mod issues;
mod logged_models;
mod otlp;
mod runs;
mod search;
mod security;
mod traces;
mod traces_2;
mod viewer;
