//! Everything that is spoken over HTTP besides the viewer's own pages, by client.

pub mod export;
pub mod health;
pub mod import;
pub mod mlflow;
pub mod otlp;
mod path;
pub mod span_table;
pub mod ui;
