//! `traces.json`, the file in which MLflow's clients keep the spans of a trace.
//!
//! Five dialects are about (clients 2.14 to 2.22, 3.0 to 3.4, 3.5.0, 3.5.1 and later, TypeScript); what they say is the same.

mod span;
mod walk;

pub use span::{Dialected, FileSpan};
pub use walk::each_span;
