//! Searches against the reference evaluator of the domain: whatever it says of each trace, the store must find.

use domain::assessment::Assessment;
use domain::filter::compile;
use domain::filter::eval::{Evaluator, TraceView};
use domain::filter::order::{compare_traces, parse_trace_order, with_ties};
use domain::ids::{RunId, TraceId};
use domain::json::quote;
use domain::span::{Span, StatusCode, keys as span_keys};
use domain::store::Store;
use domain::trace::{TraceInfo, TraceState, keys};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::assessments::feedback;
use crate::support::{
    E0, TestStore, batch, found, info, map, open, query, small, span, span_id, trace_id, with_spans,
};

/// Traces that differ in everything that filters can ask.
async fn fill(store: &dyn Store) {
    for number in 0..40u32 {
        let n = i64::from(number);
        let mut root = span(
            1,
            0,
            ["agent", "chain", "Agent"][number as usize % 3],
            100 * n,
        );
        if number % 3 != 1 {
            root.set_attribute(span_keys::USER_ID, quote(&format!("u{}", number % 5)));
        }
        root.set_attribute("environment", quote(["prod", "dev"][number as usize % 2]));
        root.set_attribute("priority", (n % 10).to_string());
        if number % 4 == 0 {
            root.set_attribute("note", quote(&"long ".repeat(10 * (number as usize % 9))));
        }
        root.set_attribute(span_keys::INPUTS, format!(r#"{{"q": "Hello {number}"}}"#));
        if number % 5 == 0 {
            root.status = StatusCode::Error;
        }
        let mut child = span(2, 1, "llm_call", 100 * n + 3);
        child.set_attribute(
            span_keys::SPAN_TYPE,
            quote(["LLM", "TOOL"][number as usize % 2]),
        );
        child.set_attribute("priority", quote(&format!("{}.5", n % 7)));
        child.set_attribute(
            "model",
            quote(["gpt-4o", "gpt-5", "claude \"x\""][number as usize % 3]),
        );
        if number % 4 != 2 {
            let model = ["gpt-4o", "gpt-5", "it's"][number as usize % 3];
            child.set_attribute(span_keys::MODEL, quote(model));
            root.set_attribute(span_keys::MODEL, quote(["gpt-5", "Z"][number as usize % 2]));
        }
        child.end = Some(domain::time::UnixNanos((100 * n + 3 + n * n) * 1_000_000));
        if number % 7 == 0 {
            store
                .ingest(vec![batch(number, vec![child])])
                .await
                .unwrap();
            store.ingest(vec![batch(number, vec![root])]).await.unwrap();
        } else {
            store
                .ingest(vec![batch(number, vec![root, child])])
                .await
                .unwrap();
        }
        if number % 3 == 0 {
            let mut write = info(number, 50 * (n % 8));
            write.state = TraceState::ALL[number as usize % 4];
            write.duration_ms = (number % 4 != 0).then_some(n);
            write.client_request_id = (number % 2 == 0).then(|| format!("cr-{number}"));
            write.tags = map([("env", ["prod", "dev", ""][number as usize % 3])]);
            write
                .tags
                .insert(keys::NAME.to_owned(), format!("Trace {}", number % 6));
            write
                .tags
                .insert("name".to_owned(), format!("tagged {}", number % 2));
            write.metadata = map([("plain", "pm%_x")]);
            write
                .metadata
                .insert(keys::SESSION.to_owned(), format!("s{}", number % 4));
            if number % 2 == 0 {
                write
                    .tags
                    .insert(keys::USER_TAG.to_owned(), "tagged".to_owned());
                write
                    .tags
                    .insert(keys::SESSION_TAG.to_owned(), "hidden".to_owned());
            }
            if number % 9 == 0 {
                write
                    .metadata
                    .insert(keys::USER.to_owned(), "u1".to_owned());
            }
            write
                .metadata
                .insert(keys::SOURCE_RUN.to_owned(), format!("run{}", number % 2));
            store.put_trace_info(write).await.unwrap();
        }
        if number % 6 == 0 {
            let value = [json!("yes"), json!(4.0), json!(true)][number as usize / 6 % 3].clone();
            let mut rating = feedback("a", "rating", value);
            if number % 12 == 0 {
                rating.metadata = map([(keys::SESSION, "s0")]);
            }
            store
                .create_assessment(&trace_id(number), rating)
                .await
                .unwrap();
        }
    }
    store
        .link_traces_to_run(&[trace_id(1), trace_id(3)], &RunId::new("run1"))
        .await
        .unwrap();
    let prompts = r#"[{"name": "p", "version": "3"}]"#;
    store
        .set_trace_tag(&trace_id(5), "mlflow.linkedPrompts", prompts)
        .await
        .unwrap();
}

/// All traces with their spans, as the store gives them back.
async fn everything(store: &dyn Store) -> Vec<(TraceInfo, Vec<Span>)> {
    let ids: Vec<TraceId> = (0..40).map(trace_id).collect();
    with_spans(store, &ids).await
}

/// What the reference evaluator finds, in order.
fn expected(all: &[(TraceInfo, Vec<Span>)], filter: &str, order: &[&str]) -> Vec<TraceId> {
    let filter = compile(filter).unwrap();
    let evaluator = Evaluator::new(&filter).unwrap();
    let matches = |(info, spans): &&(TraceInfo, Vec<Span>)| {
        let session: Vec<Assessment> = all
            .iter()
            .filter(|(other, _)| other.trace_id != info.trace_id)
            .flat_map(|(other, _)| &other.assessments)
            .filter(|a| {
                let session = a.metadata.get(keys::SESSION);
                session.is_some() && session.map(String::as_str) == info.session()
            })
            .cloned()
            .collect();
        let view = TraceView {
            info,
            spans,
            prompts: &[],
            session_assessments: &session,
        };
        evaluator.matches(&view)
    };
    let mut found: Vec<&TraceInfo> = all.iter().filter(matches).map(|(info, _)| info).collect();
    let order = with_ties(&parse_trace_order(order).unwrap());
    found.sort_by(|a, b| compare_traces(a, b, &order));
    found
        .into_iter()
        .map(|info| info.trace_id.clone())
        .collect()
}

async fn check(store: &dyn Store, all: &[(TraceInfo, Vec<Span>)], filter: &str, order: &[&str]) {
    let expected = expected(all, filter, order);
    let found = found(store, query(filter, order, 7)).await;
    assert_eq!(found, expected, "{filter} {order:?}");
    let compiled = compile(filter).unwrap();
    let count = store
        .count_traces(&[E0], Some(&compiled), 1000)
        .await
        .unwrap()
        .traces;
    assert_eq!(count, expected.len() as u64, "{filter}");
    let capped = store
        .count_traces(&[E0], Some(&compiled), 3)
        .await
        .unwrap()
        .traces;
    assert_eq!(capped, count.min(3), "{filter}");
}

const FILTERS: &[&str] = &[
    "status = 'OK'",
    "status IN ('OK', 'ERROR')",
    "status NOT IN ('OK')",
    "status LIKE 'I%'",
    "tags.env = 'prod'",
    "tags.env != 'prod'",
    "tags.env = ''",
    "tags.env LIKE 'pr%'",
    "tags.env ILIKE '%ROD'",
    "tags.env RLIKE '^p.*d$'",
    "tags.env IS NULL",
    "tags.env IS NOT NULL",
    "tags.name = 'tagged 1'",
    "tags.name LIKE '%agent%'",
    "metadata.plain = 'pm%_x'",
    "metadata.plain LIKE 'pm%'",
    "metadata.`mlflow.trace.session` = 's0'",
    "metadata.`mlflow.trace.session` IS NULL",
    "name = 'agent'",
    "name LIKE 'Trace %'",
    "name ILIKE 'AGENT'",
    "trace.user = 'u1'",
    "trace.user != 'u1'",
    "trace.user IN ('u1', 'tagged', 'nobody')",
    "trace.user NOT IN ('u1')",
    "trace.user LIKE 'u%'",
    "trace.user IS NULL",
    "NOT trace.user = 'u2'",
    "trace.session = 's0'",
    "trace.session ILIKE 'S_'",
    "trace.session RLIKE '[12]$'",
    "trace.session IS NOT NULL AND trace.user IS NOT NULL",
    "trace.model = 'gpt-5'",
    "trace.model != 'gpt-5'",
    "NOT trace.model = 'gpt-5'",
    "trace.model IN ('Z', \"it's\")",
    "trace.model NOT IN ('Z', 'gpt-4o')",
    "trace.model LIKE 'gpt%'",
    "trace.model ILIKE 'z'",
    "trace.model RLIKE '^g.*[o5]$'",
    "trace.model IS NULL",
    "trace.model IS NOT NULL AND trace.model != 'Z'",
    "run_id = 'run1'",
    "run_id != 'run1'",
    "timestamp_ms > 1000 AND timestamp_ms <= 2000",
    "timestamp_ms = 100",
    "timestamp_ms != 100",
    "execution_time_ms > 10",
    "execution_time_ms < 10.5",
    "end_time_ms >= 3000",
    "client_request_id = 'cr-6'",
    "client_request_id LIKE 'cr-1%'",
    "request_id LIKE 'tr-09%1'",
    "span.name = 'llm_call'",
    "span.name = 'agent' AND span.type = 'TOOL'",
    "span.name = 'llm_call' AND span.type = 'LLM' AND span.status = 'OK'",
    "span.status = 'ERROR' AND status = 'OK'",
    "span.type IN ('LLM') OR tags.env = 'dev'",
    "NOT (span.type = 'LLM')",
    "NOT (tags.env = 'prod')",
    "NOT (tags.env = 'prod' OR execution_time_ms > 5)",
    "span.attributes.environment = 'prod'",
    "span.attributes.priority > 7",
    "span.attributes.priority = '3'",
    "span.attributes.priority IN ('3', '4.5')",
    "span.attributes.priority NOT IN ('3', '4.5')",
    "span.attributes.priority != 3",
    "span.attributes.priority <= 4.5 AND span.type = 'LLM'",
    "span.attributes.model LIKE 'gpt-%'",
    "span.attributes.model ILIKE '%GPT-5'",
    "span.attributes.model RLIKE '\"x\"$'",
    "span.attributes.model = 'gpt-5' AND span.attributes.environment = 'prod'",
    "attribute.priority < 5 AND attribute.model = 'gpt-5'",
    "NOT attribute.model = 'gpt-5'",
    "attribute.note LIKE 'long%'",
    "attribute.note = ''",
    "attribute.nothing != 'x'",
    "attribute.`mlflow.spanInputs` LIKE '%Hello 3%'",
    "request_id LIKE 'tr-0900%'",
    "request_id LIKE 'tr-0900%9'",
    "request_id LIKE 'tr-090000000000000000000000000000%'",
    "NOT request_id LIKE 'tr-0900000000000000000000000000001%'",
    "request_id LIKE 'tr-0900000000000000000000000000002%' OR tags.env = 'prod'",
    "request_id LIKE 'TR-0900%'",
    "request_id ILIKE '%F'",
    "span.content LIKE '%Hello 1%'",
    "span.content LIKE '%1%'",
    "span.content LIKE '%late%' AND span.content LIKE '%Hello%'",
    "span.content LIKE '%_ello 2%environment%'",
    "span.content ILIKE '%HELLO 3%'",
    "trace.text LIKE '%nobody wrote this%'",
    "NOT trace.text LIKE '%Hello 1%'",
    "trace.text LIKE '%Hello 1%' OR tags.env = 'prod'",
    "trace.text ILIKE '%hello 2%' AND span.type = 'LLM'",
    "feedback.rating = 'yes'",
    "feedback.rating = '4.0'",
    "feedback.rating > 3",
    "feedback.rating IS NULL",
    "feedback.rating IS NOT NULL",
    "feedback.other IS NULL AND status = 'OK'",
    "prompt = 'p/3'",
    "tags.nothing = 'x'",
    "tags.nothing IS NULL",
];

const ORDERS: &[&[&str]] = &[
    &[],
    &["timestamp ASC"],
    &["execution_time DESC"],
    &["execution_time ASC", "name DESC"],
    &["end_time DESC"],
    &["status"],
    &["request_id DESC"],
    &["request_id ASC", "timestamp DESC"],
    &["status DESC", "request_id ASC", "timestamp ASC"],
    &["name"],
    &["run_id DESC"],
    &["tags.env"],
    &["tags.env DESC", "metadata.plain ASC"],
    &["metadata.`mlflow.trace.session`"],
    &["experiment_id"],
];

async fn filled() -> (TestStore, Vec<(TraceInfo, Vec<Span>)>) {
    let store = open().await;
    fill(&*store).await;
    let all = everything(&*store).await;
    assert_eq!(all.len(), 40);
    (store, all)
}

#[tokio::test]
async fn every_filter_finds_what_the_evaluator_finds() {
    let (store, all) = filled().await;
    for filter in FILTERS {
        check(&*store, &all, filter, &[]).await;
    }
    // The same once the index holds everything.
    let store = store.reopen().await;
    store.text_settled().await;
    for filter in FILTERS {
        check(&*store, &all, filter, &[]).await;
    }
    // And after some have changed since.
    for number in (0..40).step_by(4) {
        let mut late = span(3, 1, "late", 100 * i64::from(number));
        late.set_attribute(span_keys::OUTPUTS, quote(&format!("Hello 1{number} late")));
        store.ingest(vec![batch(number, vec![late])]).await.unwrap();
    }
    let all = everything(&*store).await;
    for filter in FILTERS {
        check(&*store, &all, filter, &[]).await;
    }
    store.text_settled().await;
    for filter in FILTERS {
        check(&*store, &all, filter, &[]).await;
    }
}

#[tokio::test]
async fn every_order_is_the_evaluators() {
    let (store, all) = filled().await;
    let store = store.reopen().await;
    for order in ORDERS {
        check(&*store, &all, "", order).await;
        check(&*store, &all, "status IN ('OK', 'ERROR')", order).await;
    }
    // Half of them changed since they were indexed.
    for number in (0..40).step_by(2) {
        store
            .set_trace_tag(&trace_id(number), "env", "stage")
            .await
            .unwrap();
    }
    let all = everything(&*store).await;
    for order in ORDERS {
        check(&*store, &all, "tags.env IS NOT NULL", order).await;
    }
}

fn clause() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        Just("tags.env"),
        Just("metadata.plain"),
        Just("name"),
        Just("tags.name"),
        Just("metadata.`mlflow.trace.session`"),
        Just("feedback.rating"),
        Just("trace.user"),
        Just("trace.session"),
        Just("trace.model"),
    ];
    let op = prop_oneof![
        Just("="),
        Just("!="),
        Just("LIKE"),
        Just("ILIKE"),
        Just("RLIKE")
    ];
    let value = prop_oneof![
        Just("prod"),
        Just("%o%"),
        Just("a"),
        Just("s1"),
        Just("u1"),
        Just("gpt-5"),
        Just("g%"),
        Just("Agent"),
        Just("yes")
    ];
    let texts = (text.clone(), op, value).prop_map(|(t, op, v)| format!("{t} {op} '{v}'"));
    let nulls = (text, any::<bool>())
        .prop_map(|(t, b)| format!("{t} IS {}NULL", if b { "NOT " } else { "" }));
    let number = prop_oneof![
        Just("timestamp_ms"),
        Just("execution_time_ms"),
        Just("end_time_ms")
    ];
    let compare = prop_oneof![Just("<"), Just(">="), Just("="), Just("!=")];
    let numbers =
        (number, compare, 0..4000i64).prop_map(|(n, op, value)| format!("{n} {op} {value}"));
    let spans = prop_oneof![
        Just("span.name = 'llm_call'".to_owned()),
        Just("span.type != 'LLM'".to_owned()),
        Just("span.status = 'ERROR'".to_owned()),
        Just("span.attributes.priority >= 5".to_owned()),
        Just("attribute.model LIKE 'gpt%' AND attribute.priority < 3".to_owned()),
        Just("attribute.model != 'gpt-5' AND span.type = 'TOOL'".to_owned()),
        Just("attribute.note LIKE '%long%'".to_owned()),
        Just("attribute.environment IN ('prod', 'x') AND span.content LIKE '%ello 2%'".to_owned()),
        Just("trace.text ILIKE '%HELLO 1%'".to_owned()),
        Just("span.content LIKE '%dev%'".to_owned()),
    ];
    prop_oneof![4 => texts, 1 => nulls, 2 => numbers, 2 => spans]
}

fn filter() -> impl Strategy<Value = String> {
    clause().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) AND ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) OR ({b})")),
            inner.prop_map(|a| format!("NOT ({a})")),
        ]
    })
}

#[test]
fn any_filter_finds_what_the_evaluator_finds() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (tail, all) = runtime.block_on(filled());
    let indexed = runtime.block_on(async {
        let indexed = filled().await.0.reopen().await;
        indexed.text_settled().await;
        indexed
    });
    let mut runner = TestRunner::new(Config {
        cases: 150,
        ..Config::default()
    });
    let outcome = runner.run(&filter(), |text| {
        runtime.block_on(async {
            check(&*tail, &all, &text, &[]).await;
            check(&*indexed, &all, &text, &["execution_time DESC"]).await;
        });
        Ok(())
    });
    outcome.unwrap();
}

#[tokio::test]
async fn traces_are_found_by_what_their_spans_link_to() {
    use domain::span::SpanLink;
    let store = open().await;
    let mut linking = span(1, 0, "retry", 2_000);
    linking.links = vec![SpanLink {
        trace_id: trace_id(1).to_string(),
        span_id: span_id(1).to_string(),
        attributes: Vec::new(),
    }];
    let batches = vec![small(1, 1_000), batch(2, vec![linking]), small(3, 3_000)];
    store.ingest(batches).await.unwrap();
    let filter = format!("span.attributes.`link.trace_id` = '{}'", trace_id(1));
    assert_eq!(found(&*store, query(&filter, &[], 7)).await, [trace_id(2)]);
    let store = store.reopen().await;
    assert_eq!(found(&*store, query(&filter, &[], 7)).await, [trace_id(2)]);
}
