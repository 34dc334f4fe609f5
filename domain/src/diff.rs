//! What differs between traces: their steps aligned as trees, and the texts of a step word by word.
//!
//! Everything here is bounded: siblings are aligned at anchors and then within a band, texts by lines first, so traces of 20,000
//! spans and texts of megabytes take milliseconds. Nothing recurses over spans.

mod align;
mod fields;
mod normal;
mod readable;
mod retries;
mod sequence;
mod steps;
mod text;
mod usual;

pub use align::{Node, Pair, align};
pub use fields::{Field, FieldKind, FieldValue, fields};
pub use normal::{Ignoring, normalised};
pub use readable::readable;
pub use retries::retries;
pub use steps::{Aligned, Change, Content, Mark, Row, Steps};
pub use text::{Hunk, Op, Piece, diff_texts};
pub use usual::{Usual, UsualStep, middle};

#[cfg(test)]
mod tests;
