//! The parts of a session's page: a conversation across traces, which are its turns.

pub mod head;
pub mod keys;
pub mod outline;
pub mod steps;
pub mod thumbs;
pub mod turn;
