//! The parts of the lists of sessions and users, and of the traces of a list gathered by what they have in common.

pub mod by;
pub mod parts;
pub mod sessions;
pub mod state;
pub mod users;
