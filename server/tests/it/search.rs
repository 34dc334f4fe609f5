use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

async fn search(app: &TestApp, mut body: Value) -> Answer {
    if body.get("locations").is_none() {
        body["locations"] = json!([{ "type": "MLFLOW_EXPERIMENT",
            "mlflow_experiment": { "experiment_id": "0" } }]);
    }
    app.post("/api/3.0/mlflow/traces/search", body).await
}

fn ids(answer: &Value) -> Vec<String> {
    let traces = answer["traces"].as_array().cloned().unwrap_or_default();
    traces
        .iter()
        .map(|trace| trace["trace_id"].as_str().unwrap().to_owned())
        .collect()
}

async fn app_with_traces() -> TestApp {
    let app = TestApp::start().await;
    for n in 0..5 {
        let more = json!({
            "request_time": format!("2026-11-21T00:00:0{n}Z"),
            "tags": { "parity": if n % 2 == 0 { "even" } else { "odd" } },
        });
        app.start_trace(&format!("t{n}"), more).await.ok();
    }
    app
}

#[tokio::test]
async fn newest_come_first_and_pages_join() {
    let app = app_with_traces().await;
    let mut found = Vec::new();
    let mut body = json!({ "max_results": 2 });
    loop {
        let page = search(&app, body.clone()).await.ok();
        found.extend(ids(&page));
        match page.get("next_page_token") {
            Some(token) => body["page_token"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(found, ["t4", "t3", "t2", "t1", "t0"]);
}

#[tokio::test]
async fn filters_and_orders_apply() {
    let app = app_with_traces().await;
    let body = json!({ "filter": "tags.parity = 'odd'", "order_by": ["timestamp_ms ASC"] });
    assert_eq!(ids(&search(&app, body).await.ok()), ["t1", "t3"]);
}

#[tokio::test]
async fn nothing_is_an_empty_object() {
    let app = app_with_traces().await;
    for body in [
        json!({ "locations": [] }),
        json!({ "locations": [{ "mlflow_experiment": { "experiment_id": "99" } }] }),
        json!({ "locations": [{ "type": "INFERENCE_TABLE", "inference_table": {} }] }),
        json!({ "filter": "tags.parity = 'neither'" }),
    ] {
        assert_eq!(search(&app, body.clone()).await.ok(), json!({}), "{body}");
    }
}

#[tokio::test]
async fn mistakes_are_refused() {
    let app = app_with_traces().await;
    for body in [
        json!({ "max_results": 0 }),
        json!({ "max_results": 501 }),
        json!({ "filter": "nonsense ===" }),
        json!({ "filter": "trace.nothing = 'x'" }),
        json!({ "order_by": ["nothing ASC"] }),
        json!({ "page_token": "garbage" }),
        json!({ "locations": [{ "mlflow_experiment": { "experiment_id": "abc" } }] }),
        json!({ "locations": "0" }),
        json!({ "filter": 5 }),
    ] {
        search(&app, body.clone())
            .await
            .error(400, "INVALID_PARAMETER_VALUE");
    }
    let answer = app.post("/api/3.0/mlflow/traces/search", json!({})).await;
    answer.error(400, "INVALID_PARAMETER_VALUE");
    let text = app
        .get("/api/3.0/mlflow/traces/search")
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
    assert_eq!(text, "Trace with ID 'search' not found.");
}
