//! Replays the committed corpus of the fuzz target `trace_file`, and those of what may stand in such a file.

#![allow(missing_docs, reason = "a test")]

#[path = "../../fuzz/checks/replay.rs"]
mod replay;
#[path = "../../fuzz/checks/trace_file.rs"]
mod trace_file;

#[test]
fn opened_files() {
    for target in ["trace_file", "otlp_json", "otlp_protobuf", "traces_json"] {
        replay::replay(target, trace_file::check);
    }
}
