//! The viewer's calls to the server, a folder for each topic and a file for each call: what a page reads and what a form changes.
//!
//! These are public endpoints under `/ui-api`, so each checks what it is given. They reach the store through context
//! and know no SQL. The body of a large trace is not here: the page fetches it as one binary table.

#[macro_use]
mod functions;

mod comparisons;
mod experiments;
pub mod feedback_names;
mod frame;
mod lists;
mod runs;
#[cfg(feature = "ssr")]
mod scope;
#[cfg(feature = "ssr")]
mod server;
mod sessions;
mod traces;

pub use comparisons::*;
pub use experiments::*;
pub use frame::*;
pub use lists::*;
pub use runs::*;
#[cfg(feature = "ssr")]
pub use server::{Demo, ServerClock, preference_cookie};
pub use sessions::*;
pub use traces::*;

/// The addresses of the functions.
pub mod paths {
    pub use super::comparisons::paths::*;
    pub use super::experiments::paths::*;
    pub use super::frame::paths::*;
    pub use super::lists::paths::*;
    pub use super::runs::paths::*;
    pub use super::sessions::paths::*;
    pub use super::traces::paths::*;
}
