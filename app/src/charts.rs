//! The chart kit: columns of counts, lines over time, strips and histories for table rows.
//!
//! What is drawn where is computed by plain functions with tests (`axis`, `value_scale`, `time_ticks`, `layout`); the components
//! only write it down, on the server and in the browser alike. Drawings stretch with the page: lines and columns are SVG without
//! an aspect ratio of its own, words are HTML at their side. Nothing is smoothed; where there is no data there is a gap, not
//! a zero. Every chart is one image with a sentence for a name, and the same figures stand in a table behind “Table”.
//!
//! A page without script, and every page until it is alive, reads moments in UTC; after that in the reader's zone ([`zone()`]).

pub mod axis;
pub mod column_chart;
pub mod history;
mod layout;
pub mod line_chart;
mod parts;
pub mod strip;
pub mod time_ticks;
pub mod value_scale;

use leptos::prelude::*;

pub use axis::Axis;
pub use column_chart::{Column, ColumnChart};
pub use history::History;
#[cfg(feature = "ssr")]
pub use history::history_line;
pub use line_chart::{Line, LineChart, Slot};
pub use strip::Strip;
pub use time_ticks::bucket_for;
pub use value_scale::{Unit, ValueScale};

use crate::widgets::time::IsAlive;

/// What to add to UTC at a moment, in milliseconds.
pub type Zone = fn(i64) -> i64;

/// A mark of an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Where it stands, 0 at the axis' begin, 1 at its end.
    pub at: f64,
    /// What it says.
    pub label: String,
}

/// UTC.
pub fn utc(_: i64) -> i64 {
    0
}

/// The zone to write moments in: UTC until the page is alive, then the reader's. Follows the change where it is read reactively.
pub fn zone() -> Zone {
    let is_alive = use_context::<IsAlive>().is_some_and(|IsAlive(is_alive)| is_alive.get());
    if is_alive { local() } else { utc }
}

#[cfg(feature = "hydrate")]
fn local() -> Zone {
    crate::browser::zone_offset_millis
}

#[cfg(not(feature = "hydrate"))]
fn local() -> Zone {
    utc
}
