//! Blocks give back what went in, and damage never does worse than an error.

use domain::ids::SpanId;
use domain::span::{Span, SpanEvent, SpanLink, StatusCode, keys};
use domain::span_row::SpanRow;
use domain::time::UnixNanos;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::encode::{encode, last_of_each_id};
use super::{BLOCK_SPANS_MAX, decode};
use crate::preset::PresetId;

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(".{0,3}", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn attributes() -> impl Strategy<Value = Vec<(String, Value)>> {
    prop::collection::vec((".{0,5}", value()), 0..3)
}

prop_compose! {
    fn span()(
        id in 0u8..40,
        parent in prop::option::of(0u8..60),
        name in ".{0,6}",
        start in any::<i64>(),
        end in prop::option::of(any::<i64>()),
        status in 0usize..3,
        message in prop_oneof![Just(String::new()), ".{1,5}", Just("long ".repeat(200))],
        texts in prop::collection::btree_map(".{0,5}", ".{0,20}", 0..4),
        usage in prop::option::of(0i64..100),
        events in prop::collection::vec((".{0,5}", any::<i64>(), attributes()), 0..3),
        links in prop::collection::vec((".{0,5}", ".{0,5}", attributes()), 0..2),
    ) -> Span {
        let mut attributes: Vec<(String, String)> = texts.into_iter().collect();
        if let Some(tokens) = usage {
            let text = match tokens % 3 {
                0 => json!({"input_tokens": tokens, "output_tokens": 1, "cache_read_input_tokens": 2}).to_string(),
                1 => format!(r#"{{"input_tokens": {tokens}, "output_tokens": 1, "total_tokens": {}}}"#, tokens + 1),
                _ => format!(r#"{{"input_tokens": {tokens}, "output_tokens": 1, "total_tokens": 7}}"#),
            };
            attributes.push((keys::TOKEN_USAGE.to_owned(), text));
            let cost = match tokens % 3 {
                0 => json!({"input_cost": 0.1}).to_string(),
                1 => r#"{"input_cost": 0.1, "output_cost": 0.2, "total_cost": 0.30000000000000004}"#.to_owned(),
                _ => r#"{"input_cost": 0.1, "output_cost": 0.2, "total_cost": 1.0}"#.to_owned(),
            };
            attributes.push((keys::COST.to_owned(), cost));
            attributes.push((keys::MODEL.to_owned(), json!(["gpt", "g\u{e9}\"\\"][(tokens % 2) as usize]).to_string()));
            attributes.push((keys::SPAN_TYPE.to_owned(), json!("LLM").to_string()));
        }
        Span {
            span_id: SpanId([id; 8]),
            parent_id: parent.map(|id| SpanId([id; 8])),
            name,
            start: UnixNanos(start),
            end: end.map(UnixNanos),
            status: [StatusCode::Unset, StatusCode::Ok, StatusCode::Error][status],
            status_message: message,
            attributes,
            events: events
                .into_iter()
                .map(|(name, time, attributes)| SpanEvent { name, time: UnixNanos(time), attributes })
                .collect(),
            links: links
                .into_iter()
                .map(|(trace_id, span_id, attributes)| SpanLink { trace_id, span_id, attributes })
                .collect(),
        }
    }
}

fn round_trip(spans: &[Span]) {
    let rows: Vec<SpanRow> = spans.iter().map(SpanRow::of).collect();
    let expected: Vec<&Span> = last_of_each_id(spans)
        .into_iter()
        .map(|place| &spans[place])
        .collect();
    let mut found = Vec::new();
    for block in encode(spans, &rows, PresetId::WORDS).unwrap() {
        let head = decode::head(&block.head).unwrap();
        let all = head.spans(&block.body).unwrap();
        for (place, span) in all.iter().enumerate() {
            assert_eq!(&head.span(place, &block.body).unwrap(), span);
            assert_eq!(head.rows[place], SpanRow::of(span));
        }
        assert!(head.span(all.len(), &block.body).is_err());
        found.extend(all);
    }
    assert_eq!(found.iter().collect::<Vec<_>>(), expected);
}

proptest! {
    #[test]
    fn spans_come_back(spans in prop::collection::vec(span(), 1..30)) {
        round_trip(&spans);
    }

    #[test]
    fn garbage_is_an_error_or_something_else_but_no_panic(
        spans in prop::collection::vec(span(), 1..5),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let rows: Vec<SpanRow> = spans.iter().map(SpanRow::of).collect();
        let block = encode(&spans, &rows, PresetId::WORDS).unwrap().remove(0);
        let mut head = block.head.to_vec();
        let at = place.index(head.len());
        head[at] = byte;
        if let Ok(head) = decode::head(&head) {
            let _ = head.spans(&block.body);
        }
        let mut body = block.body.to_vec();
        let at = place.index(body.len());
        body[at] ^= byte;
        let whole = decode::head(&block.head).unwrap();
        let _ = whole.spans(&body);
        let _ = whole.span(0, &body[..at]);
        // An uncompressed head of noise reaches the inner decoder.
        let _ = decode::head(&[&[1, 0], &noise[..]].concat());
        let _ = decode::head(&[&[2, 0], &noise[..]].concat());
    }
}

#[test]
fn large_traces_are_several_blocks() {
    let spans: Vec<Span> = (0..BLOCK_SPANS_MAX as u64 + 10)
        .map(|n| Span {
            span_id: SpanId(n.to_be_bytes()),
            parent_id: (n > 0).then(|| SpanId((n - 1).to_be_bytes())),
            name: "step".to_owned(),
            start: UnixNanos(n as i64),
            end: None,
            status: StatusCode::Ok,
            status_message: String::new(),
            attributes: vec![("k".to_owned(), "x".repeat(n as usize % 200))],
            events: Vec::new(),
            links: Vec::new(),
        })
        .collect();
    let rows: Vec<SpanRow> = spans.iter().map(SpanRow::of).collect();
    let blocks = encode(&spans, &rows, PresetId::WORDS).unwrap();
    assert_eq!(blocks.len(), 2);
    let first = decode::head(&blocks[0].head).unwrap();
    // Several chunks: one span is read without opening all of them.
    assert_eq!(first.span(8000, &blocks[0].body).unwrap(), spans[8000]);
    let second = decode::head(&blocks[1].head).unwrap();
    assert_eq!(
        second.spans(&blocks[1].body).unwrap(),
        spans[BLOCK_SPANS_MAX..]
    );
}

#[test]
fn values_too_deep_for_the_binary_form_come_back() {
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    let mut span = Span {
        span_id: SpanId([1; 8]),
        parent_id: None,
        name: String::new(),
        start: UnixNanos(0),
        end: None,
        status: StatusCode::Unset,
        status_message: String::new(),
        attributes: Vec::new(),
        events: Vec::new(),
        links: Vec::new(),
    };
    span.links.push(SpanLink {
        trace_id: String::new(),
        span_id: String::new(),
        attributes: vec![("deep".to_owned(), deep)],
    });
    round_trip(&[span]);
}

/// Two spans as they were written before attributes were derived from heads.
const PLAIN: (&str, &str) = (
    "01fb0128b52ffd20fb950600840b020001000205e5000205056167656e74036c6c6d054147454e54034c4c4d066770742d34\
         6f00010203048080d0e2c6bfce972f8084af5f80a8d6b90780a0f8fa05000100140a1e2d431cebe236fa3e0a3f623255302a\
         a9133f080f6d6c666c6f772e7370616e5479706511496e7075747315747261636552657175657374496416636861742e746f\
         6b656e5573616765106c6c6d2e6d6f64656c6c6c6d2e636f737409657863657074696f6e0e2e7479706501029b02ca010900\
         5b258c81483a339833d79a7933d3f8b2320c186d006d",
    "28b52ffd601b00050600240a40030007224147454e5422010b7b2271223a20226869227d02252274722d3030313132323333\
         343435353636373738383939616162626363646465656666220000d801050005224c4c4d22033c7b22696e7075745f746f6b\
         656e73223a2031302c20226f7574352c2022746f74616c357d0408226770742d346f220552636f7374223a20322e35652d30\
         35372e353031652d30357d01068090bcfd020107060145000a00384e38196e3c2027819d0cd4b8958c04e6e392968acfc463\
         9a01",
);

fn unhex(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

#[test]
fn blocks_of_the_plain_version_are_read() {
    let head = decode::head(&unhex(PLAIN.0)).unwrap();
    let body = unhex(PLAIN.1);
    let spans = head.spans(&body).unwrap();
    assert_eq!(spans[0].attribute(keys::INPUTS), Some(r#"{"q": "hi"}"#));
    assert_eq!(spans[1].attribute(keys::MODEL), Some("\"gpt-4o\""));
    let cost =
        r#"{"input_cost": 2.5e-05, "output_cost": 5e-05, "total_cost": 7.500000000000001e-05}"#;
    assert_eq!(spans[1].attribute(keys::COST), Some(cost));
    assert_eq!(spans[1].events[0].name, "exception");
    assert_eq!(head.rows[1].usage.map(|usage| usage.total_tokens), Some(15));
    // Written anew they are smaller and say the same.
    let rows: Vec<SpanRow> = spans.iter().map(SpanRow::of).collect();
    let block = encode(&spans, &rows, PresetId::WORDS).unwrap().remove(0);
    assert!(
        block.size() < head_and_body(PLAIN) - 100,
        "{}",
        block.size()
    );
    let again = decode::head(&block.head).unwrap();
    assert_eq!(again.spans(&block.body).unwrap(), spans);
    let wanted = [keys::COST.to_owned(), keys::INPUTS.to_owned()];
    for (head, body) in [(&head, &body), (&again, &*block.body)] {
        for (some, whole) in head.spans_with(&wanted, body).unwrap().iter().zip(&spans) {
            assert_eq!(some.attribute(keys::COST), whole.attribute(keys::COST));
            assert_eq!(some.attribute(keys::INPUTS), whole.attribute(keys::INPUTS));
            assert_eq!((&some.name, some.status), (&whole.name, whole.status));
        }
    }
}

fn head_and_body((head, body): (&str, &str)) -> usize {
    (head.len() + body.len()) / 2
}
