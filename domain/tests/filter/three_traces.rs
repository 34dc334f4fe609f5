//! Three traces: 1 is OK, prod and named Alpha; 2 is ERROR, dev and named beta; 3 is running, has no tags, and is of the same
//! session as 1.

use std::collections::BTreeMap;

use domain::assessment::{Assessment, AssessmentSource, AssessmentValue, SourceType};
use domain::filter::eval::{Evaluator, TraceView};
use domain::filter::{TraceFilter, compile};
use domain::ids::{AssessmentId, ExperimentId, RunId, SpanId, TraceId};
use domain::span::{Span, StatusCode};
use domain::time::{UnixMillis, UnixNanos};
use domain::trace::{TraceInfo, TraceState, TraceStats};
use serde_json::{Value, json};

struct Case {
    info: TraceInfo,
    spans: Vec<Span>,
}

/// The numbers of the traces that match, in the form `1,3`, or `-`.
pub fn matching(text: &str) -> String {
    let filter = compile(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    matching_filter(&filter)
}

fn matching_filter(filter: &TraceFilter) -> String {
    let cases = [first(), second(), third()];
    let evaluator = Evaluator::new(filter).expect("a filter this build can run");
    let of_session: Vec<Assessment> = cases[0]
        .info
        .assessments
        .iter()
        .filter(|a| a.metadata.contains_key("mlflow.trace.session"))
        .cloned()
        .collect();
    let mut found = Vec::new();
    for (i, case) in cases.iter().enumerate() {
        let session_assessments: &[Assessment] = if i == 2 { &of_session } else { &[] };
        let view = TraceView {
            info: &case.info,
            spans: &case.spans,
            prompts: &[],
            session_assessments,
        };
        if evaluator.matches(&view) {
            found.push((i + 1).to_string());
        }
    }
    if found.is_empty() {
        "-".to_owned()
    } else {
        found.join(",")
    }
}

fn first() -> Case {
    let mut info = trace(1, TraceState::Ok, Some(500));
    info.client_request_id = Some("cr-1".to_owned());
    info.tags = map(&[
        ("mlflow.traceName", "Alpha"),
        ("env", "prod"),
        ("a.b", "dot"),
        ("has space", "x"),
        ("a-b", "x"),
        ("num", "5"),
        ("quote", "it''s"),
        ("é", "x"),
        ("mlflow.linkedPrompts", r#"[{"name": "p", "version": "3"}]"#),
    ]);
    info.metadata = map(&[
        ("mlflow.trace.user", "user123"),
        ("mlflow.trace.session", "s1"),
        ("mlflow.sourceRun", "run1"),
        ("mlflow.trace.cost", r#"{"input_cost": 1.0}"#),
        ("plain", "pm"),
    ]);
    info.stats.root_user = Some("hidden".to_owned());
    info.stats.models = vec!["gpt-4o".to_owned(), "gpt-5".to_owned()];
    info.assessments = vec![
        feedback("rating", json!(4), &[]),
        feedback("ok", json!(true), &[]),
        feedback("sess", json!("good"), &[("mlflow.trace.session", "s1")]),
        assessment(
            "ans",
            AssessmentValue::Expectation {
                value: json!("Paris"),
            },
            &[],
        ),
        Assessment {
            valid: false,
            ..feedback("old", json!("x"), &[])
        },
    ];
    let spans = vec![
        span(
            1,
            "root1",
            "AGENT",
            StatusCode::Ok,
            &[("request_type", "\"urgent\""), ("priority", "7")],
        ),
        span(
            2,
            "llm_call",
            "LLM",
            StatusCode::Ok,
            &[("gen_ai.request.model", "\"gpt-4o\"")],
        ),
    ];
    Case { info, spans }
}

fn second() -> Case {
    let mut info = trace(2, TraceState::Error, Some(1500));
    info.tags = map(&[
        ("mlflow.traceName", "beta"),
        ("env", "dev"),
        ("num", ""),
        ("quote", "it's"),
        ("name", "by tag"),
        ("session_id", "s2"),
    ]);
    info.stats.root_user = Some("root user".to_owned());
    info.stats.models = vec!["gpt-5".to_owned()];
    let issue = AssessmentValue::Issue {
        issue_name: "iss-1".to_owned(),
    };
    info.assessments = vec![
        feedback("ok", json!("yes"), &[]),
        assessment("iss-1", issue, &[]),
    ];
    let attributes = [("count", "\"3\""), ("cached", "true"), ("nothing", "null")];
    Case {
        info,
        spans: vec![span(1, "root2", "CHAIN", StatusCode::Error, &attributes)],
    }
}

fn third() -> Case {
    let mut info = trace(3, TraceState::InProgress, None);
    info.metadata = map(&[("mlflow.trace.session", "s1")]);
    info.linked_runs = vec![RunId::new("run1")];
    Case {
        info,
        spans: vec![span(1, "root3", "TOOL", StatusCode::Unset, &[])],
    }
}

fn trace(number: i64, state: TraceState, duration_ms: Option<i64>) -> TraceInfo {
    TraceInfo {
        trace_id: TraceId::new(format!("tr-{number}")),
        experiment_id: ExperimentId(1),
        client_request_id: None,
        request_preview: None,
        response_preview: None,
        request_time: UnixMillis(number * 1000),
        duration_ms,
        state,
        metadata: BTreeMap::new(),
        tags: BTreeMap::new(),
        assessments: Vec::new(),
        stats: TraceStats::default(),
        linked_runs: Vec::new(),
    }
}

fn span(id: u8, name: &str, kind: &str, status: StatusCode, more: &[(&str, &str)]) -> Span {
    let fixed = [
        ("mlflow.spanType", format!("\"{kind}\"")),
        ("mlflow.spanInputs", "{\"q\": \"Hello\"}".to_owned()),
    ];
    let more = more.iter().map(|(key, value)| (*key, (*value).to_owned()));
    Span {
        span_id: SpanId([id; 8]),
        parent_id: (id > 1).then_some(SpanId([1; 8])),
        name: name.to_owned(),
        start: UnixNanos(0),
        end: Some(UnixNanos(1)),
        status,
        status_message: String::new(),
        attributes: fixed
            .into_iter()
            .chain(more)
            .map(|(k, v)| (k.to_owned(), v))
            .collect(),
        events: Vec::new(),
        links: Vec::new(),
    }
}

fn feedback(name: &str, value: Value, metadata: &[(&str, &str)]) -> Assessment {
    assessment(
        name,
        AssessmentValue::Feedback { value, error: None },
        metadata,
    )
}

fn assessment(name: &str, value: AssessmentValue, metadata: &[(&str, &str)]) -> Assessment {
    Assessment {
        id: AssessmentId::new(format!("a-{name}")),
        trace_id: TraceId::new("tr-1"),
        span_id: None,
        name: name.to_owned(),
        source: AssessmentSource {
            source_type: SourceType::Human,
            source_id: "me".to_owned(),
        },
        value,
        rationale: None,
        metadata: map(metadata),
        create_time: UnixMillis(0),
        last_update_time: UnixMillis(0),
        overrides: None,
        valid: true,
    }
}

fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn overridden_feedback_does_not_count() {
    assert_eq!(matching("feedback.old IS NOT NULL"), "-");
}
