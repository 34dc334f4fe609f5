//! The traces that searches are tried on.

use domain::ids::RunId;
use domain::json::quote;
use domain::span::{StatusCode, keys as span_keys};
use domain::store::Store;
use domain::trace::{TraceState, keys};
use serde_json::json;

use crate::assessments::feedback;
use crate::support::{batch, info, map, span, trace_id};

/// Traces that differ in everything that filters can ask.
pub(super) async fn fill(store: &dyn Store) {
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
