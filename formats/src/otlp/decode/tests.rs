use std::borrow::Cow;

use super::*;

type Damage = fn(&mut RawSpan<'static>);

fn raw(trace: u8, span: u8) -> RawSpan<'static> {
    RawSpan {
        trace_id: Cow::Owned(vec![trace; 16]),
        span_id: Cow::Owned(vec![span; 8]),
        name: "work".into(),
        start_nanos: 1,
        end_nanos: 2,
        ..RawSpan::default()
    }
}

fn text(text: &'static str) -> AnyValue<'static> {
    AnyValue::Text(text.into())
}

fn batches() -> Batches {
    Batches::new(ExperimentId(7), None, Default::default())
}

#[test]
fn spans_are_gathered_by_trace_in_order() {
    let mut all = batches();
    for (trace, span) in [(1, 1), (2, 2), (1, 3)] {
        all.push(&raw(trace, span)).unwrap();
    }
    let counts: Vec<_> = all
        .into_batches()
        .iter()
        .map(|b| (b.trace_id.to_otel().unwrap()[0], b.spans.len()))
        .collect();
    assert_eq!(counts, [(1, 2), (2, 1)]);
}

#[test]
fn every_span_carries_its_trace_id() {
    let mut all = batches();
    let mut span = raw(1, 1);
    span.attributes
        .push((keys::TRACE_REQUEST_ID.into(), text("\"tr-forged\"")));
    all.push(&span).unwrap();
    let batch = all.into_batches().remove(0);
    let expected = json::quote(batch.trace_id.as_str());
    assert_eq!(
        batch.spans[0].attribute(keys::TRACE_REQUEST_ID),
        Some(expected.as_str())
    );
}

#[test]
fn short_ids_are_padded_and_zero_parents_are_none() {
    let mut all = batches();
    let mut span = raw(1, 1);
    span.span_id = Cow::Borrowed(&[5]);
    span.parent_id = Cow::Borrowed(&[0; 8]);
    all.push(&span).unwrap();
    let span = all.into_batches().remove(0).spans.remove(0);
    assert_eq!(span.span_id.to_string(), "0000000000000005");
    assert_eq!(span.parent_id, None);
}

#[test]
fn spans_without_usable_ids_are_named() {
    let broken: [(Damage, &str); 4] = [
        (|span| span.trace_id = Cow::Borrowed(&[]), "trace id"),
        (|span| span.trace_id = Cow::Owned(vec![1; 17]), "trace id"),
        (|span| span.span_id = Cow::Borrowed(&[0; 8]), "span id"),
        (
            |span| span.parent_id = Cow::Owned(vec![1; 9]),
            "parent span id",
        ),
    ];
    for (break_it, what) in broken {
        let mut span = raw(1, 1);
        break_it(&mut span);
        let error = batches().push(&span).unwrap_err().to_string();
        assert!(error.contains("'work'") && error.ends_with(what), "{error}");
    }
}

#[test]
fn the_last_value_of_a_repeated_key_wins() {
    for extra in [0, 40] {
        let mut span = raw(1, 1);
        let fillers = (0..extra).map(|n| (Cow::Owned(format!("k{n}")), AnyValue::Int(n)));
        span.attributes = [("a".into(), text("old")), ("b".into(), text("b"))].into();
        span.attributes.extend(fillers);
        span.attributes.push(("a".into(), text("new")));
        let span = to_span(&span).unwrap();
        assert_eq!(span.attribute("a"), Some("\"new\""));
        assert_eq!(span.attributes.len(), 2 + usize::try_from(extra).unwrap());
    }
}

#[test]
fn resources_become_tags() {
    let mut all = batches();
    all.enter_resource(&[
        ("service.name".into(), text("shop")),
        ("host.cpus".into(), AnyValue::Int(2)),
        ("telemetry.sdk.name".into(), text("x")),
        ("mlflow.secret".into(), text("x")),
        ("bad=key".into(), text("x")),
    ]);
    all.push(&raw(1, 1)).unwrap();
    all.enter_resource(&[("service.name".into(), text("stock"))]);
    all.push(&raw(1, 2)).unwrap();
    let tags = all.into_batches().remove(0).resource_tags;
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(tags, [tag("service.name", "shop"), tag("host.cpus", "2")]);
}

#[test]
fn known_agents_name_their_root_spans() {
    for (service, is_named) in [("gemini-cli", true), ("shop", false)] {
        let mut all = batches();
        all.enter_resource(&[("service.name".into(), text(service))]);
        all.push(&raw(1, 1)).unwrap();
        let mut child = raw(1, 2);
        child.parent_id = Cow::Owned(vec![1; 8]);
        all.push(&child).unwrap();
        let spans = all.into_batches().remove(0).spans;
        assert_eq!(
            spans[0].attribute("service.name").is_some(),
            is_named,
            "{service}"
        );
        assert!(spans[1].attribute("service.name").is_none());
    }
}
