//! What every store must do, written against the domain's traits. A second database joins by adding a factory to
//! [`support::open`]; what only one database can do is tested beside it.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod assessments;
mod attribute_values;
mod concurrency;
mod delete;
mod experiments;
mod ingest;
mod issues;
mod links;
mod models;
mod paging;
mod reopen;
mod runs;
mod saved_views;
mod search;
mod stats;
mod support;
mod tags;
