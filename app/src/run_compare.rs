//! The parts of the comparison of two runs.

pub mod pair;
