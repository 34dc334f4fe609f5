use serde_json::json;

use crate::app::TestApp;

const TRACES: &str = "/api/2.0/mlflow/traces";

/// The calls of a 2.14 client for one trace, in its order.
#[tokio::test]
async fn old_clients_log_and_read_a_trace() {
    let app = TestApp::start().await;
    let start = json!({
        "experiment_id": "0",
        "timestamp_ms": 1_700_000_000_000_i64,
        "request_metadata": [{ "key": "mlflow.trace_schema.version", "value": "2" }],
        "tags": [{ "key": "mlflow.source.name", "value": "x.py" }],
    });
    let info = app.post(TRACES, start).await.ok()["trace_info"].clone();
    let id = info["request_id"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 32);
    assert_eq!(
        (&info["status"], &info["execution_time_ms"]),
        (&json!("IN_PROGRESS"), &json!(0))
    );
    let tag = json!({ "key": "mlflow.traceSpans", "value": "[]" });
    app.json("PATCH", &format!("{TRACES}/{id}/tags"), tag)
        .await
        .ok();
    let file = json!({ "request": "{}", "response": "1", "spans": [{
        "name": "root", "context": { "span_id": "0x0101010101010101", "trace_id": "0x2" },
        "parent_id": null, "start_time": 1_700_000_000_000_000_000_i64,
        "end_time": 1_700_000_000_100_000_000_i64, "status_code": "OK", "status_message": "",
        "attributes": { "mlflow.traceRequestId": format!("\"{id}\"") }, "events": [],
    }] });
    let path = format!("0/traces/{id}/artifacts/traces.json");
    assert_eq!(app.put_file(&path, file.to_string()).await.status, 200);
    let end = json!({
        "request_id": id, "timestamp_ms": 1_700_000_000_100_i64, "status": "OK",
        "request_metadata": [{ "key": "mlflow.traceInputs", "value": "{}" }], "tags": [],
    });
    let info = app.json("PATCH", &format!("{TRACES}/{id}"), end).await.ok()["trace_info"].clone();
    assert_eq!(
        (&info["status"], &info["execution_time_ms"]),
        (&json!("OK"), &json!(100))
    );
    let keys: Vec<_> = info["request_metadata"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["key"])
        .collect();
    assert!(
        keys.contains(&&json!("mlflow.trace_schema.version")),
        "{keys:?}"
    );
    assert!(keys.contains(&&json!("mlflow.traceInputs")), "{keys:?}");
    let read = app.get(&format!("{TRACES}/{id}/info")).await.ok();
    let tags = read["trace_info"]["tags"].as_array().unwrap().clone();
    assert!(
        tags.iter()
            .any(|tag| tag["key"] == "mlflow.artifactLocation"),
        "{tags:?}"
    );
    assert!(
        !tags
            .iter()
            .any(|tag| tag["key"] == "mlflow.trace.spansLocation"),
        "{tags:?}"
    );
    let found = app
        .get(&format!("{TRACES}?experiment_ids=0&max_results=5"))
        .await
        .ok();
    assert_eq!(found["traces"][0]["request_id"], id);
    app.get(&format!("{TRACES}/none/info"))
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
    app.get(TRACES).await.error(400, "INVALID_PARAMETER_VALUE");
}

#[tokio::test]
async fn long_entries_are_cut() {
    let app = TestApp::start().await;
    let entry = |length: usize| json!([{ "key": "k".repeat(251), "value": "v".repeat(length) }]);
    let start = json!({
        "experiment_id": "0", "timestamp_ms": 5, "request_metadata": entry(300), "tags": entry(9000),
    });
    let info = app.post(TRACES, start).await.ok()["trace_info"].clone();
    let lengths = |entry: &serde_json::Value| {
        let length = |name: &str| entry[name].as_str().unwrap().len();
        (length("key"), length("value"))
    };
    assert_eq!(lengths(&info["request_metadata"][0]), (250, 250));
    assert_eq!(lengths(&info["tags"][0]), (250, 4096));
    let text = app
        .get(&format!("{TRACES}?experiment_ids=0&max_results=501"))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert!(
        text.starts_with("Invalid value \"501\" for parameter 'max_results'"),
        "{text}"
    );
}

#[tokio::test]
async fn times_that_no_calendar_has_are_refused() {
    let app = TestApp::start().await;
    for millis in [i64::MIN, -62_135_596_800_001, 253_402_300_800_000, i64::MAX] {
        let start = json!({ "experiment_id": "0", "timestamp_ms": millis });
        let reply = app.post(TRACES, start).await;
        assert_eq!(reply.status, 400, "{millis}");
    }
    for millis in [-62_135_596_800_000_i64, -1, 0, 253_402_300_799_999] {
        let start = json!({ "experiment_id": "0", "timestamp_ms": millis });
        app.post(TRACES, start).await.ok();
    }
}
