//! Each rule, one by one.

mod client;

use std::collections::BTreeMap;

use super::*;
use crate::ids::SpanId;
use crate::ingest::{RootFacts, SpanBatch};
use crate::span::{Span, StatusCode};
use crate::time::UnixNanos;

const MS: i64 = 1_000_000;

fn span(id: u8, parent: u8, start_ms: i64, end_ms: i64) -> Span {
    Span {
        span_id: SpanId([id; 8]),
        parent_id: (parent != 0).then_some(SpanId([parent; 8])),
        name: format!("span {id}"),
        start: UnixNanos(start_ms * MS),
        end: (end_ms >= 0).then_some(UnixNanos(end_ms * MS)),
        status: StatusCode::Unset,
        status_message: String::new(),
        attributes: Vec::new(),
        events: Vec::new(),
        links: Vec::new(),
    }
}

fn with(mut span: Span, attributes: &[(&str, &str)]) -> Span {
    for (key, value) in attributes {
        span.set_attribute(key, (*value).to_owned());
    }
    span
}

fn batch(spans: Vec<Span>) -> SpanBatch {
    SpanBatch {
        experiment_id: ExperimentId(7),
        trace_id: TraceId::new("tr-1"),
        spans,
        resource_tags: Vec::new(),
        run_id: None,
        readable_by_id: true,
    }
}

fn facts_of(spans: Vec<Span>) -> TraceFacts {
    facts(&batch(spans)).unwrap()
}

fn trace_of(spans: Vec<Span>) -> TraceInfo {
    new_trace(&TraceId::new("tr-1"), ExperimentId(7), &facts_of(spans))
}

fn write() -> TraceInfoWrite {
    TraceInfoWrite {
        trace_id: TraceId::new("tr-1"),
        experiment_id: ExperimentId(9),
        client_request_id: None,
        request_preview: None,
        response_preview: None,
        request_time: UnixMillis(50),
        duration_ms: Some(10),
        state: TraceState::Ok,
        metadata: BTreeMap::new(),
        tags: BTreeMap::new(),
        assessments: Vec::new(),
    }
}

fn text(key: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(key.to_owned(), value.to_owned())])
}

#[test]
fn times_span_all_spans_and_the_first_root_speaks() {
    let found = facts_of(vec![
        span(3, 1, 5, 90),
        span(2, 0, 20, 30),
        span(1, 0, 10, 80),
    ]);
    assert_eq!(
        (found.start, found.end),
        (UnixMillis(5), Some(UnixMillis(90)))
    );
    assert_eq!(found.root.unwrap().name, "span 1");
}

#[test]
fn the_last_of_equal_spans_counts() {
    let found = facts_of(vec![
        span(1, 0, 10, -1),
        span(2, 1, 12, 20),
        span(1, 0, 11, 30),
    ]);
    assert_eq!(
        (found.start, found.end),
        (UnixMillis(11), Some(UnixMillis(30)))
    );
    assert_eq!(found.root.unwrap().state, TraceState::Ok);
}

#[test]
fn the_state_is_the_roots() {
    let mut failed = span(1, 0, 0, 1);
    failed.status = StatusCode::Error;
    let mut child = span(2, 1, 0, 1);
    child.status = StatusCode::Error;
    assert_eq!(trace_of(vec![failed]).state, TraceState::Error);
    assert_eq!(
        trace_of(vec![span(1, 0, 0, 1), child.clone()]).state,
        TraceState::Ok
    );
    assert_eq!(
        trace_of(vec![span(1, 0, 0, -1)]).state,
        TraceState::InProgress
    );
    assert_eq!(trace_of(vec![child]).state, TraceState::InProgress);
}

#[test]
fn only_an_open_state_is_replaced() {
    let root = |state| TraceFacts {
        root: Some(RootFacts {
            state,
            ..RootFacts::default()
        }),
        ..TraceFacts::default()
    };
    use TraceState::{Error, InProgress, Ok, StateUnspecified};
    let cases = [
        (InProgress, Ok, Ok),
        (StateUnspecified, Error, Error),
        (Ok, Error, Ok),
        (Error, Ok, Error),
        (StateUnspecified, InProgress, StateUnspecified),
    ];
    for (before, said, after) in cases {
        let mut info = trace_of(vec![span(2, 1, 0, 1)]);
        info.state = before;
        merge_facts(&mut info, true, &root(said));
        assert_eq!(info.state, after);
    }
}

#[test]
fn a_new_trace_has_times_name_and_location() {
    let info = trace_of(vec![span(1, 0, 10, 80)]);
    assert_eq!(
        (info.request_time, info.duration_ms),
        (UnixMillis(10), Some(70))
    );
    assert_eq!(info.name(), Some("span 1"));
    assert_eq!(
        info.tags[keys::ARTIFACT_LOCATION],
        "mlflow-artifacts:/7/traces/tr-1/artifacts"
    );
    assert_eq!(trace_of(vec![span(1, 0, 10, -1)]).duration_ms, None);
    assert_eq!(trace_of(vec![span(1, 0, 10, 5)]).duration_ms, Some(0));
}

#[test]
fn later_batches_widen_the_times_until_the_trace_is_finalized() {
    let mut info = trace_of(vec![span(2, 1, 20, 30)]);
    merge_facts(&mut info, false, &facts_of(vec![span(1, 0, 10, -1)]));
    assert_eq!(
        (info.request_time, info.duration_ms),
        (UnixMillis(10), Some(20))
    );
    merge_facts(&mut info, false, &facts_of(vec![span(1, 0, 12, 90)]));
    assert_eq!(
        (info.request_time, info.duration_ms),
        (UnixMillis(10), Some(80))
    );
    merge_facts(&mut info, true, &facts_of(vec![span(3, 1, 0, 900)]));
    assert_eq!(
        (info.request_time, info.duration_ms),
        (UnixMillis(10), Some(80))
    );
}

#[test]
fn a_finalized_trace_keeps_its_name_or_its_lack_of_one() {
    let mut info = new_trace_of_write(&write());
    merge_facts(&mut info, true, &facts_of(vec![span(1, 0, 10, 80)]));
    assert_eq!(info.name(), None);
    let mut named = trace_of(vec![span(1, 0, 10, 80)]);
    named.tags.insert(keys::NAME.to_owned(), "mine".to_owned());
    merge_facts(&mut named, false, &facts_of(vec![span(1, 0, 10, 80)]));
    assert_eq!(named.name(), Some("mine"));
}

#[test]
fn previews_are_filled_once() {
    let root = |inputs| with(span(1, 0, 0, 1), &[("mlflow.spanInputs", inputs)]);
    let mut info = trace_of(vec![root(
        r#"{"messages": [{"role": "user", "content": "one"}]}"#,
    )]);
    assert_eq!(info.request_preview.as_deref(), Some("one"));
    assert_eq!(info.response_preview, None);
    merge_facts(&mut info, false, &facts_of(vec![root("2")]));
    assert_eq!(info.request_preview.as_deref(), Some("one"));
}

#[test]
fn session_and_user_become_metadata_if_there_is_none() {
    let child = with(span(2, 1, 0, 1), &[("gen_ai.conversation.id", "\"conv\"")]);
    assert_eq!(
        facts_of(vec![child.clone()]).session.as_deref(),
        Some("conv")
    );
    let other = with(
        span(3, 1, 0, 1),
        &[("session.id", "12"), ("user.id", "\"ada\"")],
    );
    let mut info = trace_of(vec![child, other]);
    assert_eq!((info.session(), info.user()), (Some("12"), Some("ada")));
    let late = with(
        span(4, 1, 0, 1),
        &[("session.id", "\"late\""), ("user.id", "\"bob\"")],
    );
    merge_facts(&mut info, false, &facts_of(vec![late]));
    assert_eq!(info.metadata[keys::SESSION], "12");
    assert_eq!(info.metadata[keys::USER], "ada");
    assert_eq!(info.stats.root_user.as_deref(), Some("ada"));
}

#[test]
fn long_sessions_are_refused() {
    let session = |n: usize| {
        let value = format!("\"{}\"", "é".repeat(n));
        facts(&batch(vec![with(
            span(1, 0, 0, 1),
            &[("session.id", &value)],
        )]))
    };
    assert!(session(250).is_ok());
    assert_eq!(session(251), Err(DeriveError::SessionTooLong { got: 251 }));
    let write = TraceInfoWrite {
        metadata: text(keys::SESSION, &"x".repeat(251)),
        ..write()
    };
    assert!(check_write(&write).is_err());
    assert!(
        check_write(&TraceInfoWrite {
            metadata: BTreeMap::new(),
            ..write
        })
        .is_ok()
    );
}

#[test]
fn tags_come_from_the_resource_and_stronger_from_the_root() {
    let root = with(
        span(1, 0, 0, 1),
        &[
            ("mlflow.traceTag.env", "\"prod\""),
            ("mlflow.traceTag.n", "3"),
            ("mlflow.traceTag.mlflow.artifactLocation", "\"/etc\""),
        ],
    );
    let resource = [
        ("env", "dev"),
        ("service.name", "s"),
        ("telemetry.sdk.name", "x"),
        ("mlflow.y", "z"),
    ];
    let mut batch = batch(vec![
        root,
        with(span(2, 1, 0, 1), &[("mlflow.traceTag.no", "1")]),
    ]);
    batch.resource_tags = resource
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    batch.resource_tags.push(("k".repeat(251), "x".to_owned()));
    batch
        .resource_tags
        .push(("long".to_owned(), "é".repeat(5000)));
    let tags = facts(&batch).unwrap().tags;
    let short: Vec<_> = tags.iter().filter(|(k, _)| *k != "long").collect();
    let pairs: Vec<_> = short
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    assert_eq!(pairs, [("env", "prod"), ("n", "3"), ("service.name", "s")]);
    assert_eq!(tags["long"].chars().count(), 4096);
}

#[test]
fn tags_changed_after_the_end_survive_late_spans() {
    let late = TraceFacts {
        tags: text("env", "dev"),
        ..TraceFacts::default()
    };
    let mut info = new_trace_of_write(&TraceInfoWrite {
        tags: text("env", "mine"),
        ..write()
    });
    merge_facts(&mut info, true, &late);
    assert_eq!(info.tags["env"], "mine");
    merge_facts(&mut info, false, &late);
    assert_eq!(info.tags["env"], "dev");
}
