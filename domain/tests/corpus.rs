//! Replays the committed corpus of the fuzz target `filter`.

#![allow(missing_docs, reason = "a test")]

#[path = "../../fuzz/checks/filter.rs"]
mod filter;
#[path = "../../fuzz/checks/replay.rs"]
mod replay;

#[test]
fn filters() {
    replay::replay("filter", filter::check);
}
