//! The parts of a run list: what its address says, its table, and the form that chooses columns.

pub mod columns;
pub mod search;
pub mod state;
pub mod table;
