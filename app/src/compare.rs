//! The parts of a comparison: its address, the head with what differs, the aligned steps, the texts of a step, one trace against many,
//! and the choice of what to compare with.

pub mod address;
pub mod choose;
pub mod cursor;
pub mod delta;
#[cfg(feature = "hydrate")]
pub mod keys;
pub mod list;
pub mod panel;
pub mod row;
pub mod set;
pub mod table;
