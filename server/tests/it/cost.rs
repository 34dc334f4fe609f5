//! What model calls cost, from the built-in prices and the operator's.

use serde_json::{Value, json};

use crate::app::{TestApp, export_of, trace_hex};

fn call(model: &str, input: u64, output: u64) -> Value {
    json!([
        { "key": "gen_ai.operation.name", "value": { "stringValue": "chat" } },
        { "key": "gen_ai.request.model", "value": { "stringValue": model } },
        { "key": "gen_ai.usage.input_tokens", "value": { "intValue": input.to_string() } },
        { "key": "gen_ai.usage.output_tokens", "value": { "intValue": output.to_string() } },
    ])
}

/// A trace of a root and two model calls, the second below the first.
fn two_calls(model: &str) -> Value {
    let mut body = export_of(1, &[(1, "root", 0), (2, "call", 1), (3, "inner", 2)]);
    let spans = &mut body["resourceSpans"][0]["scopeSpans"][0]["spans"];
    spans[1]["attributes"] = call(model, 1000, 100);
    spans[2]["attributes"] = call(model, 10, 1);
    body
}

async fn costs(app: &TestApp) -> (Vec<Value>, Value) {
    let id = format!("tr-{}", trace_hex(1));
    let path = format!("/api/3.0/mlflow/traces/get?trace_id={id}");
    let trace = app.get(&path).await.ok()["trace"].take();
    let spans = trace["spans"].as_array().unwrap();
    let of_spans = spans.iter().flat_map(|span| {
        let attributes = span["attributes"].as_array().unwrap();
        let own = attributes.iter().filter(|a| a["key"] == "mlflow.llm.cost");
        own.map(|a| a["value"].clone())
    });
    let sum = trace["trace_info"]["trace_metadata"]["mlflow.trace.cost"].clone();
    (of_spans.collect(), sum)
}

fn amount(value: &Value) -> f64 {
    let entries = value["kvlist_value"]["values"].as_array().unwrap();
    let total = entries.iter().find(|e| e["key"] == "total_cost").unwrap();
    total["value"]["double_value"].as_f64().unwrap()
}

#[tokio::test]
async fn calls_of_known_models_cost_and_the_trace_sums_the_outer_ones() {
    let app = TestApp::start().await;
    app.export(&two_calls("gpt-4o")).await.ok();
    let (spans, sum) = costs(&app).await;
    assert_eq!(spans.len(), 2);
    assert!((amount(&spans[0]) - 0.0035).abs() < 1e-12, "{spans:?}");
    let expected = r#"{"input_cost": 0.0025, "output_cost": 0.001, "total_cost": 0.0035}"#;
    assert_eq!(sum, json!(expected));
    // The client's word about the trace comes last and does not undo the sum.
    let id = format!("tr-{}", trace_hex(1));
    app.start_trace(&id, json!({})).await.ok();
    assert_eq!(costs(&app).await.1, json!(expected));
}

#[tokio::test]
async fn unknown_models_cost_nothing_that_could_be_mistaken_for_zero() {
    let app = TestApp::start().await;
    app.export(&two_calls("no-such-model")).await.ok();
    assert_eq!(costs(&app).await, (Vec::new(), Value::Null));
}

#[tokio::test]
async fn the_operators_prices_are_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prices.toml");
    std::fs::write(&path, "[prices.own.house]\ninput = 1\noutput = 10\n").unwrap();
    let settings = server::config::Settings {
        price_table: Some(path),
        ..server::config::Settings::default()
    };
    let app = TestApp::with(settings).await;
    app.export(&two_calls("house")).await.ok();
    let (_, sum) = costs(&app).await;
    let expected = r#"{"input_cost": 0.001, "output_cost": 0.001, "total_cost": 0.002}"#;
    assert_eq!(sum, json!(expected));
}
