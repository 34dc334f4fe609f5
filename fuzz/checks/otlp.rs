//! What must hold for any body of an export request.

use domain::derive;
use domain::ids::ExperimentId;
use domain::ingest::SpanBatch;
use domain::span::Span;
use domain::store::StoredSpans;
use serde::de::IgnoredAny;
use serde_json::Value;
use server::inputs;

/// A body of type protobuf.
pub fn check_protobuf(data: &[u8]) {
    check(inputs::otlp_protobuf(data).unwrap_or_default());
}

/// A body of type JSON.
pub fn check_json(data: &[u8]) {
    check(inputs::otlp_json(data).unwrap_or_default());
}

fn check(batches: Vec<SpanBatch>) {
    for batch in batches {
        let Ok(facts) = derive::facts(&batch) else {
            continue;
        };
        let info = derive::new_trace(&batch.trace_id, ExperimentId::DEFAULT, &facts);
        for span in &batch.spans {
            let mut keys: Vec<&str> = span.attributes.iter().map(|(key, _)| &**key).collect();
            keys.sort_unstable();
            assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{keys:?}");
            let json = inputs::span_as_json(&batch.trace_id, span);
            let is_json = serde_json::from_slice::<IgnoredAny>(&json).is_ok();
            assert!(is_json, "{}", String::from_utf8_lossy(&json));
        }
        let spans = batch.spans;
        let file = inputs::spans_as_file(&StoredSpans {
            info,
            spans: spans.clone(),
        });
        let again = inputs::traces_json(&file).expect("the file that is written can be read");
        assert_eq!(again.len(), spans.len());
        for (again, span) in again.iter().zip(&spans) {
            assert_eq!(again.span_id, span.span_id);
            assert_eq!(again.parent_id, span.parent_id);
            assert_eq!(again.name, span.name);
            assert_eq!(values(again), values(span));
        }
    }
}

/// Attributes by their meaning: reading a file turns escaped characters into themselves. What is no strict JSON is text.
fn values(span: &Span) -> Vec<(&str, Value)> {
    let value = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    let attributes = span.attributes.iter();
    attributes
        .map(|(key, text)| (key.as_str(), value(text)))
        .collect()
}
