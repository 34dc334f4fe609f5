//! Replays the committed corpus of the fuzz targets for what clients upload.

#![allow(missing_docs, reason = "a test")]

#[path = "../../fuzz/checks/otlp.rs"]
mod otlp;
#[path = "../../fuzz/checks/replay.rs"]
mod replay;
#[path = "../../fuzz/checks/traces_json.rs"]
mod traces_json;

use replay::replay;

#[test]
fn export_requests() {
    replay("otlp_protobuf", otlp::check_protobuf);
    replay("otlp_json", otlp::check_json);
}

#[test]
fn uploaded_span_files() {
    replay("traces_json", traces_json::check);
}
