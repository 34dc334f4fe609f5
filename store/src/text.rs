//! The full-text index over what spans say: for groups of a few thousand traces, which traces have which short pieces of text.
//!
//! A piece is three bytes in a row, kept exactly, or six in a row, kept as a hash of 13 bits. The former tell rare words, the
//! latter rare phrases of common words. A pattern is cut into its pieces; a trace that lacks one cannot match, the others are
//! looked at. ASCII letters are folded to lower case, so that one index serves `LIKE` and `ILIKE`.
//!
//! * [`gram`]: from texts and patterns to pieces. [`build`]: from traces to a group. [`group`]: a group as it is stored.
//!
//! Nothing here knows of SQL. That a piece is there never proves a match, so traces that changed may stay in an old group.

pub(crate) mod build;
pub(crate) mod gram;
pub(crate) mod group;
