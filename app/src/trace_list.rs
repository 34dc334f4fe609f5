//! The parts of a trace list: filter box, table, pager, and what stands there when it is empty.

pub mod beside;
mod brush;
pub mod completion;
pub mod copy_menu;
pub mod empty;
pub mod example_menu;
pub mod facets;
pub mod feed;
pub mod filter_box;
pub mod filter_problem;
pub mod histogram;
pub mod neighbours;
pub mod pager;
pub mod place;
pub mod plain_words;
pub mod range;
pub mod range_control;
pub mod rows;
pub mod scroll_map;
pub mod table;
pub mod time_index;
pub mod tools;
pub mod values;
pub mod views_menu;
pub mod window;
