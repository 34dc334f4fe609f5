//! What a client says about a trace against what its spans say.

use super::*;

#[test]
fn trace_information_replaces_what_was_derived() {
    let mut info = trace_of(vec![with(
        span(1, 0, 10, 80),
        &[("mlflow.spanInputs", "1"), ("mlflow.traceTag.a", "1")],
    )]);
    info.client_request_id = Some("old".to_owned());
    info.metadata.insert("kept".to_owned(), "1".to_owned());
    let mut tags = text(keys::NAME, "mine");
    tags.insert(keys::ARTIFACT_LOCATION.to_owned(), "file:///etc".to_owned());
    tags.insert(keys::SPANS_LOCATION.to_owned(), "TRACKING_STORE".to_owned());
    let said = TraceInfoWrite {
        duration_ms: None,
        state: TraceState::Error,
        response_preview: Some("r".to_owned()),
        metadata: text("new", "2"),
        tags,
        ..write()
    };
    merge_write(&mut info, &said);
    assert_eq!(
        (info.request_time, info.duration_ms),
        (UnixMillis(50), None)
    );
    assert_eq!(
        (info.state, info.experiment_id),
        (TraceState::Error, ExperimentId(9))
    );
    assert_eq!(info.client_request_id, None);
    assert_eq!(info.request_preview.as_deref(), Some("1"));
    assert_eq!(info.response_preview.as_deref(), Some("r"));
    assert_eq!(info.metadata.keys().collect::<Vec<_>>(), ["kept", "new"]);
    assert_eq!(info.tags["a"], "1");
    assert_eq!(info.name(), Some("mine"));
    assert_eq!(
        info.tags[keys::ARTIFACT_LOCATION],
        "mlflow-artifacts:/9/traces/tr-1/artifacts"
    );
    assert!(!info.tags.contains_key(keys::SPANS_LOCATION));
    merge_write(
        &mut info,
        &TraceInfoWrite {
            state: TraceState::StateUnspecified,
            ..write()
        },
    );
    assert_eq!(info.state, TraceState::Error);
}

#[test]
fn trace_information_alone_makes_a_trace() {
    let said = TraceInfoWrite {
        state: TraceState::StateUnspecified,
        ..write()
    };
    let info = new_trace_of_write(&said);
    assert_eq!(info.state, TraceState::StateUnspecified);
    assert_eq!(
        (info.request_time, info.duration_ms),
        (UnixMillis(50), Some(10))
    );
    assert_eq!(
        info.tags.keys().collect::<Vec<_>>(),
        [keys::ARTIFACT_LOCATION]
    );
}

#[test]
fn sums_become_metadata_but_not_over_a_finalized_traces_own() {
    let usage = |n| TokenUsage {
        input_tokens: n,
        total_tokens: n,
        ..TokenUsage::default()
    };
    let cost = Cost {
        input_cost: 0.5,
        output_cost: 0.0,
        total_cost: 0.5,
    };
    let mut info = trace_of(vec![span(1, 0, 0, 1)]);
    apply_usage(&mut info, None, None, false);
    assert!(info.metadata.is_empty());
    apply_usage(&mut info, Some(usage(1)), None, false);
    apply_usage(&mut info, Some(usage(2)), None, false);
    let two = r#"{"input_tokens": 2, "output_tokens": 0, "total_tokens": 2}"#;
    assert_eq!(info.metadata[keys::TOKEN_USAGE], two);
    apply_usage(&mut info, Some(usage(3)), Some(cost), true);
    assert_eq!(info.metadata[keys::TOKEN_USAGE], two);
    assert_eq!(info.metadata[keys::COST], cost.to_metadata_text());
    assert_eq!(info.stats.usage, Some(usage(3)));
}

#[test]
fn a_trace_has_the_figures_of_its_metadata_else_of_its_spans() {
    let dollars = |total_cost| Cost {
        total_cost,
        ..Cost::default()
    };
    let tokens = |total_tokens| TokenUsage {
        total_tokens,
        ..TokenUsage::default()
    };
    let mut info = trace_of(vec![span(1, 0, 0, 1)]);
    info.stats.usage = Some(tokens(7));
    info.stats.cost = Some(dollars(0.2));
    assert_eq!(
        (info.usage(), info.cost()),
        (info.stats.usage, info.stats.cost)
    );
    for text in ["no json", "{}", "null"] {
        info.metadata.insert(keys::COST.to_owned(), text.to_owned());
        assert_eq!(info.cost(), Some(dollars(0.2)), "{text}");
    }
    info.metadata = text(keys::COST, r#"{"total_cost": 0.05}"#);
    info.metadata
        .extend(text(keys::TOKEN_USAGE, r#"{"total_tokens": 3}"#));
    assert_eq!(info.usage(), Some(tokens(3)));
    assert_eq!(info.cost(), Some(dollars(0.05)));
}

#[test]
fn the_spans_location_is_told_only_when_all_spans_are_there() {
    let mut info = trace_of(vec![span(1, 0, 0, 1)]);
    let located = |info: &mut TraceInfo, readable: bool| {
        apply_spans_location(info, readable);
        info.tags.contains_key(keys::SPANS_LOCATION)
    };
    assert!(!located(&mut info, true));
    info.stats.span_count = 2;
    assert!(located(&mut info, true));
    info.metadata.insert(
        keys::SIZE_STATS.to_owned(),
        r#"{"num_spans": 3}"#.to_owned(),
    );
    assert!(!located(&mut info, true));
    info.stats.span_count = 3;
    assert!(located(&mut info, true));
    assert!(!located(&mut info, false));
}
