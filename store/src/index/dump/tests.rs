//! Segments built and merged from generated traces read back as what went in.

use std::collections::HashMap;
use std::sync::Arc;

use domain::ingest::TraceInfoWrite;
use domain::span::{Span, StatusCode};
use domain::time::UnixMillis;
use proptest::prelude::*;

use super::*;
use crate::index::bitmap::Bitmap;
use crate::index::build::build;
use crate::index::merge::{Input, merge};
use crate::terms::Terms;

#[derive(Default)]
struct Parts(HashMap<(i64, u32), Arc<Vec<u8>>>);

impl Parts {
    fn add(&mut self, segment: &mut Segment, segment_no: i64, parts: Vec<Vec<u8>>) {
        segment.segment_no = segment_no;
        for (part, number) in parts.into_iter().zip(0..) {
            self.0.insert((segment_no, number), Arc::new(part));
        }
        let bytes = segment.encode();
        assert_eq!(Segment::decode(segment_no, &bytes).as_ref(), Ok(&*segment));
        for end in 0..bytes.len().min(200) {
            assert!(Segment::decode(segment_no, &bytes[..end]).is_err());
        }
    }
}

impl PartSource for Parts {
    fn part(&mut self, segment_no: i64, part: u32) -> Result<Arc<Vec<u8>>, Damaged> {
        self.0
            .get(&(segment_no, part))
            .cloned()
            .ok_or(Damaged("no such part"))
    }
}

fn info(number: u32, seed: u64) -> (TraceInfo, Tuples, Terms) {
    let text = |n: u64| format!("{:x}", seed.rotate_left(n as u32) % (5 * n + 1));
    let write = TraceInfoWrite {
        trace_id: if seed.is_multiple_of(3) {
            TraceId::new(format!("free-{number}"))
        } else {
            TraceId::from_otel((u128::from(number) << 64 | u128::from(seed)).to_be_bytes())
        },
        experiment_id: ExperimentId((seed % 4) as i64),
        client_request_id: seed.is_multiple_of(5).then(|| text(3)),
        request_preview: None,
        response_preview: None,
        request_time: UnixMillis((seed % 1000) as i64 - 500),
        duration_ms: seed.is_multiple_of(2).then_some((seed % 77) as i64 - 5),
        state: TraceState::ALL[(seed % 4) as usize],
        metadata: [
            ("mlflow.trace.session".to_owned(), text(1)),
            (text(2), text(4)),
        ]
        .into(),
        tags: [
            (format!("rare{}", seed % 50), text(5)),
            ("é".to_owned(), text(0)),
        ]
        .into(),
        assessments: Vec::new(),
    };
    let mut tuples = BTreeSet::new();
    for n in 0..seed % 6 {
        let span_type = ["LLM", "TOOL"][(seed >> n) as usize % 2].to_owned();
        tuples.insert(SpanTuple {
            name: text(n + 1),
            span_type,
            status: StatusCode::Ok,
        });
    }
    let tuples = if seed.is_multiple_of(23) {
        Tuples::TooMany
    } else {
        Tuples::Known(tuples)
    };
    let terms = if seed.is_multiple_of(29) {
        Terms::TooMany
    } else {
        let mut span = Span {
            span_id: domain::ids::SpanId([1; 8]),
            parent_id: None,
            name: String::new(),
            start: domain::time::UnixNanos(0),
            end: None,
            status: StatusCode::Ok,
            status_message: String::new(),
            attributes: Vec::new(),
            events: Vec::new(),
            links: Vec::new(),
        };
        for n in 0..seed % 5 {
            span.attributes
                .push((text(n), format!("\"{}\"", text(n + 2))));
        }
        Terms::of(std::iter::once(&span))
    };
    let mut info = domain::derive::new_trace_of_write(&write);
    info.stats.root_user = seed.is_multiple_of(3).then(|| text(6));
    let models = [text(7), text(8)];
    info.stats
        .add_models(models.iter().take(seed as usize % 3).map(String::as_str));
    if seed.is_multiple_of(5) {
        let usage = format!(r#"{{"input_tokens": {}}}"#, seed % 1000);
        info.metadata
            .insert("mlflow.trace.tokenUsage".to_owned(), usage);
        let cost = format!(r#"{{"total_cost": {}.5}}"#, seed % 9);
        info.metadata.insert("mlflow.trace.cost".to_owned(), cost);
    }
    (info, tuples, terms)
}

fn check(seeds: &[u64], group: usize, dead: u64) {
    let traces: Vec<(TraceInfo, Tuples, Terms)> =
        (0..).zip(seeds).map(|(n, s)| info(n, *s)).collect();
    let row = |place: usize| Row {
        trace_no: place as i64 + 7,
        info: &traces[place].0,
        tuples: &traces[place].1,
        terms: &traces[place].2,
    };
    let mut parts = Parts::default();
    let mut inputs = Vec::new();
    let places: Vec<usize> = (0..traces.len()).collect();
    for (group, segment_no) in places.chunks(group.max(1)).zip(1..) {
        let mut written: Vec<Vec<u8>> = Vec::new();
        let mut built = build(
            group.iter().map(|place| row(*place)).collect(),
            &mut written,
        )
        .unwrap();
        parts.add(&mut built.segment, segment_no, written);
        let mut dumped = dump(&built.segment, 0..group.len() / 2, &mut parts).unwrap();
        dumped.extend(dump(&built.segment, group.len() / 2..group.len(), &mut parts).unwrap());
        let numbers: Vec<i64> = dumped.iter().map(|trace| trace.trace_no).collect();
        assert_eq!(numbers, built.trace_nos);
        for trace in dumped {
            assert_eq!(trace, IndexedTrace::of(row(trace.trace_no as usize - 7)));
        }
        let is_dead = |no: i64| dead != 0 && (no as u64).is_multiple_of(dead);
        let dead = Bitmap::from_fn(numbers.len(), |row| is_dead(numbers[row]));
        inputs.push(Input {
            segment: Arc::new(built.segment),
            dead: Arc::new(dead),
        });
    }
    let mut written: Vec<Vec<u8>> = Vec::new();
    let mut merged = merge(&inputs, &mut parts, &mut written).unwrap();
    parts.add(&mut merged.segment, 1000, written);
    let dumped = dump(&merged.segment, 0..merged.segment.rows, &mut parts).unwrap();
    let key = |trace: &IndexedTrace| (trace.experiment, -trace.start, trace.trace_id.clone());
    assert!(dumped.is_sorted_by_key(key));
    let numbers: Vec<i64> = dumped.iter().map(|trace| trace.trace_no).collect();
    assert_eq!(numbers, merged.trace_nos);
    let mut alive: Vec<i64> = (7..traces.len() as i64 + 7).collect();
    alive.retain(|no| dead == 0 || !(*no as u64).is_multiple_of(dead));
    let mut sorted = numbers;
    sorted.sort_unstable();
    assert_eq!(sorted, alive);
    for trace in dumped {
        assert_eq!(trace, IndexedTrace::of(row(trace.trace_no as usize - 7)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn segments_hold_what_went_in_also_when_merged(
        seeds in prop::collection::vec(any::<u64>(), 0..300),
        group in 1usize..100,
        dead in 0u64..4,
    ) {
        check(&seeds, group, dead);
    }
}

#[test]
fn large_segments_are_merged() {
    let seeds: Vec<u64> = (0..6000u64)
        .map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .collect();
    check(&seeds, 1500, 5);
}
