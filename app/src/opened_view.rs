//! What the page of an opened file shows besides the trace: the way to choose a file, the list of its traces, where it is.

pub mod door;
pub mod list;
pub mod note;
pub mod save;
