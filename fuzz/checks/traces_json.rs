//! What must hold for any uploaded `traces.json`.

use domain::ids::TraceId;
use serde::de::IgnoredAny;
use server::inputs;

/// Any bytes as the file.
pub fn check(data: &[u8]) {
    let trace = TraceId::from_otel([1; 16]);
    for span in inputs::traces_json(data).unwrap_or_default() {
        let json = inputs::span_as_json(&trace, &span);
        let is_json = serde_json::from_slice::<IgnoredAny>(&json).is_ok();
        assert!(is_json, "{}", String::from_utf8_lossy(&json));
        let mut again = span.clone();
        domain::translate::translate(&mut again);
        assert_eq!(again, span, "translating twice changes nothing");
    }
}
