//! The parts of a trace list: filter box, table, pager, and what stands there when it is empty.

pub mod completion;
pub mod empty;
pub mod filter_box;
pub mod filter_problem;
pub mod neighbours;
pub mod pager;
pub mod table;
