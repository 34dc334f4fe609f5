//! The parts of a trace page: header, timeline, the opened span, tags and feedback.

pub mod assessments;
pub mod attributes;
pub mod axis;
pub mod body;
pub mod chat;
pub mod detail;
pub mod documents;
pub mod events;
pub mod flame;
pub mod geometry;
pub mod header;
pub mod keyboard;
pub mod layout;
pub mod name_table;
pub mod notes;
pub mod page_keys;
mod pointer;
pub mod rating;
pub mod row;
pub mod rows;
pub mod spans;
pub mod story;
pub mod tags;
pub mod timeline;
pub mod tree_state;
pub mod values;
