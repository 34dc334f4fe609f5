#![no_main]

#[path = "../checks/otlp.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::check_protobuf(data));
