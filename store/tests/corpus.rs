//! Replays the committed corpus of the fuzz target `page_token`.

#![allow(missing_docs, reason = "a test")]

#[path = "../../fuzz/checks/page_token.rs"]
mod page_token;
#[path = "../../fuzz/checks/replay.rs"]
mod replay;

#[test]
fn page_tokens() {
    replay::replay("page_token", page_token::check);
}
