//! The parts of a trace page: header, timeline, the opened span, tags and feedback.

pub mod assessments;
pub mod attributes;
pub mod axis;
pub mod body;
pub mod chat;
pub mod detail;
pub mod events;
pub mod geometry;
pub mod header;
pub mod keyboard;
pub mod notes;
pub mod rating;
pub mod row;
pub mod tags;
pub mod timeline;
pub mod tree_state;
pub mod values;
