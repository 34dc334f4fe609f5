//! The parts of a trace list: filter box, table, pager, and what stands there when it is empty.

pub mod bulk;
pub mod bulk_work;
pub mod cell;
pub mod completion;
pub mod desk;
pub mod empty;
pub mod feed;
pub mod filter_box;
pub mod filter_problem;
pub mod live;
pub mod neighbours;
pub mod pager;
pub mod peek;
pub mod place;
pub mod row;
pub mod rows;
pub mod scroll_map;
pub mod selection;
pub mod table;
pub mod time_index;
pub mod window;
