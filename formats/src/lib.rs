//! Readers of what traces are sent and kept in: OTLP in both encodings, `traces.json` in all its dialects, files of any of these.
//!
//! Pure and compiled for the server and for the browser: no clock, no files, no HTTP. Turns bytes into the spans of `domain`
//! and says where they stop being what they should be; what is done with the spans is for others. Writers are in `server`.

pub mod file;
pub mod json_scan;
pub mod otlp;
pub mod tag_key;
pub mod traces_json;
