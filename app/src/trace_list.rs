//! The parts of a trace list: filter box, table, pager, and what stands there when it is empty.

pub mod completion;
pub mod empty;
pub mod feed;
pub mod filter_box;
pub mod filter_problem;
pub mod neighbours;
pub mod pager;
pub mod place;
pub mod rows;
pub mod scroll_map;
pub mod table;
pub mod time_index;
pub mod window;
