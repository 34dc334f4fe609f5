//! Small parts that more than one page uses. None of them reads the address or the server.

pub mod badge;
pub mod copy;
pub mod duration_bar;
pub mod icon;
pub mod json_tree;
pub mod key_figure;
pub mod later;
pub mod long_text;
pub mod markdown;
pub mod notices;
pub mod page_links;
pub mod post_form;
pub mod problem;
pub mod snippet;
pub mod tag_editor;
pub mod time;
pub mod undo;
