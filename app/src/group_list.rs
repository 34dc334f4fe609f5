//! The parts of the lists of sessions and users.

pub mod by;
pub mod parts;
pub mod sessions;
pub mod state;
pub mod users;
