//! Numbers and times as text for people, the same on the server and in the browser.
//!
//! Nothing here knows the reader's zone: see `browser::local_time` for that half.

pub mod lapse;
#[cfg(feature = "ssr")]
pub mod metric;
pub mod moment;
pub mod number;
#[cfg(feature = "ssr")]
pub mod preview;
pub mod time;
