//! The parts of a run's page.

pub mod acts;
pub mod data;
pub mod files;
pub mod head;
pub mod links;
