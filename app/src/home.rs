//! The parts of the list of experiments: tools, table, and what happened lately.

pub mod activity;
pub mod table;
pub mod tools;
