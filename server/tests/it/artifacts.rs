use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::app::{TestApp, export_of, trace_hex};

const FILES: &str = "/api/2.0/mlflow-artifacts/artifacts";

#[tokio::test]
async fn files_are_put_got_listed_and_deleted() {
    let app = TestApp::start().await;
    let answer = app.put_file("0/run/artifacts/a%20b.txt", "hello").await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
    let file = app.get(&format!("{FILES}/0/run/artifacts/a%20b.txt")).await;
    assert_eq!(file.body.as_ref(), b"hello");
    assert_eq!(file.headers[header::CONTENT_TYPE], "text/plain");
    assert!(
        file.headers[header::CONTENT_DISPOSITION]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    let listed = app.get(&format!("{FILES}?path=0/run/artifacts")).await.ok();
    assert_eq!(
        listed["files"],
        json!([{ "path": "a b.txt", "is_dir": false, "file_size": 5 }])
    );
    let listed = app.get(&format!("{FILES}?path=0")).await.ok();
    assert_eq!(listed["files"], json!([{ "path": "run", "is_dir": true }]));
    app.json("DELETE", &format!("{FILES}/0/run"), json!({}))
        .await
        .ok();
    let text = app.get(&format!("{FILES}/0/run/artifacts/a%20b.txt")).await;
    let text = text.error(404, "RESOURCE_DOES_NOT_EXIST");
    assert_eq!(text, "No such artifact: '0/run/artifacts/a b.txt'");
}

#[tokio::test]
async fn paths_outside_are_refused() {
    let app = TestApp::start().await;
    for path in [
        "%2e%2e/x",
        "a/%2e%2e/%2e%2e/x",
        "%2Fetc/passwd",
        "a%5Cb",
        "a%00b",
    ] {
        let text = app.get(&format!("{FILES}/{path}")).await;
        assert_eq!(
            text.error(400, "INVALID_PARAMETER_VALUE"),
            "Invalid path",
            "{path}"
        );
    }
    let listed = app.get(&format!("{FILES}?path=..")).await;
    listed.error(400, "INVALID_PARAMETER_VALUE");
}

#[tokio::test]
async fn direct_transfers_are_not_offered() {
    let app = TestApp::start().await;
    let answer = app
        .post("/api/2.0/mlflow-artifacts/mpu/create/a", json!({}))
        .await;
    answer.error(501, "NOT_IMPLEMENTED");
    for kind in ["upload", "download"] {
        let path = format!("/api/2.0/mlflow/artifacts/presigned-{kind}-url");
        let answer = app.post(&path, json!({ "run_id": "r", "path": "a" })).await;
        answer.error(501, "NOT_IMPLEMENTED");
    }
    let answer = app.get("/api/2.0/mlflow-artifacts/presigned/a/b").await;
    answer.error(501, "NOT_IMPLEMENTED");
}

#[tokio::test]
async fn runs_list_their_files() {
    let app = TestApp::start().await;
    let run = app
        .post(
            "/api/2.0/mlflow/runs/create",
            json!({ "experiment_id": "0" }),
        )
        .await
        .ok();
    let id = run["run"]["info"]["run_id"].as_str().unwrap();
    app.put_file(&format!("0/{id}/artifacts/model/MLmodel"), "x")
        .await;
    let list = |path: &str| format!("/api/2.0/mlflow/artifacts/list?run_id={id}{path}");
    let top = app.get(&list("")).await.ok();
    assert_eq!(
        top["root_uri"],
        format!("mlflow-artifacts:/0/{id}/artifacts")
    );
    assert_eq!(top["files"], json!([{ "path": "model", "is_dir": true }]));
    let below = app.get(&list("&path=model")).await.ok();
    assert_eq!(below["files"][0]["path"], "model/MLmodel");
}

fn spans_file(trace: u8) -> Value {
    let id = domain_base64(&[trace; 16]);
    json!({ "spans": [{
        "trace_id": id, "span_id": domain_base64(&[1; 8]), "parent_span_id": null, "name": "root",
        "start_time_unix_nano": 1_700_000_000_000_000_000_i64,
        "end_time_unix_nano": 1_700_000_001_000_000_000_i64,
        "events": [], "status": { "code": "STATUS_CODE_OK", "message": "" },
        "attributes": { "mlflow.spanInputs": "{\"q\": 1}", "mlflow.spanType": "\"AGENT\"" },
        "links": [],
    }] })
}

fn domain_base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[tokio::test]
async fn an_uploaded_spans_file_is_stored_and_kept() {
    let app = TestApp::start().await;
    let id = format!("tr-{}", trace_hex(1));
    let path = format!("0/traces/{id}/artifacts/traces.json");
    app.start_trace(&id, json!({})).await.ok();
    let body = spans_file(1).to_string();
    for _ in 0..2 {
        assert_eq!(app.put_file(&path, body.clone()).await.status, 200);
    }
    let info = app.trace(&id).await;
    assert_eq!(info["tags"]["mlflow.trace.spansLocation"], "TRACKING_STORE");
    let trace = app
        .get(&format!("/api/3.0/mlflow/traces/get?trace_id={id}"))
        .await
        .ok();
    assert_eq!(trace["trace"]["spans"].as_array().map(Vec::len), Some(1));
    assert_eq!(trace["trace"]["spans"][0]["name"], "root");
    assert_eq!(app.get(&format!("{FILES}/{path}")).await.body, body);
    let same = read_as(&app, &path, "mlflow-python-client/3.17.2").await;
    assert_eq!(same.to_string(), body);
    let old = read_as(&app, &path, "mlflow-python-client/2.14.0").await;
    assert_eq!(old["spans"][0]["name"], "root");
    assert!(old["spans"][0]["context"]["span_id"].is_string(), "{old}");
}

async fn read_as(app: &TestApp, path: &str, agent: &str) -> Value {
    let request = Request::get(format!("{FILES}/{path}"))
        .header(header::USER_AGENT, agent)
        .body(Body::empty());
    app.send(request.unwrap()).await.ok()
}

#[tokio::test]
async fn files_that_make_no_sense_or_have_no_trace_stay_files() {
    let app = TestApp::start().await;
    let id = format!("tr-{}", trace_hex(1));
    let path = format!("0/traces/{id}/artifacts/traces.json");
    assert_eq!(
        app.put_file(&path, spans_file(1).to_string()).await.status,
        200
    );
    app.get(&format!("/api/3.0/mlflow/traces/{id}"))
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
    app.start_trace(&id, json!({})).await.ok();
    assert_eq!(app.put_file(&path, "{\"spans\": [").await.status, 200);
    assert_eq!(
        app.get(&format!("{FILES}/{path}")).await.body.as_ref(),
        b"{\"spans\": ["
    );
}

#[tokio::test]
async fn a_spans_file_is_written_from_the_store_for_each_client() {
    let app = TestApp::start().await;
    app.export(&export_of(1, &[(1, "root", 0), (2, "child", 1)]))
        .await
        .ok();
    let id = format!("tr-{}", trace_hex(1));
    let path = format!("0/traces/{id}/artifacts/traces.json");
    let new = read_as(&app, &path, "mlflow-python-client/3.17.2").await;
    assert_eq!(new["spans"][0]["trace_id"], domain_base64(&[1; 16]));
    assert_eq!(new["spans"][1]["parent_span_id"], domain_base64(&[1; 8]));
    let attribute = &new["spans"][0]["attributes"]["mlflow.traceRequestId"];
    assert_eq!(attribute, &json!(format!("\"{id}\"")));
    let old = read_as(&app, &path, "mlflow-python-client/2.22.1").await;
    assert_eq!(
        old["spans"][1]["parent_id"],
        format!("0x{}", "01".repeat(8))
    );
    assert_eq!(old["spans"][0]["status_code"], "OK");
    assert!(old.get("request").is_some());
    let artifact = format!("/ajax-api/3.0/mlflow/get-trace-artifact?request_id={id}");
    assert_eq!(app.get(&artifact).await.ok(), new);
}

/// A client of 2.x cannot read what a client of 3.x wrote, a Python client not what TypeScript wrote.
#[tokio::test]
async fn uploaded_spans_files_are_rewritten_for_readers_of_other_dialects() {
    let app = TestApp::start().await;
    let id = format!("tr-{}", trace_hex(1));
    let path = format!("0/traces/{id}/artifacts/traces.json");
    app.start_trace(&id, json!({})).await.ok();
    let read = async |agent: &str| {
        let request = Request::get(format!("{FILES}/{path}"))
            .header(header::USER_AGENT, agent)
            .body(Body::empty());
        app.send(request.unwrap()).await
    };
    let three = spans_file(1).to_string();
    assert_eq!(app.put_file(&path, three.clone()).await.status, 200);
    assert_eq!(read("mlflow-python-client/3.3.2").await.body, three);
    let old = read("mlflow-python-client/2.14.0").await.ok();
    assert_eq!(
        old["spans"][0]["context"]["span_id"],
        format!("0x{}", "01".repeat(8))
    );
    assert_eq!(old["request"], "{\"q\": 1}");

    let mut typescript = spans_file(1);
    typescript["spans"][0]["trace_id"] = json!(domain_base64(&[7; 19]));
    typescript["spans"][0]["parent_span_id"] = json!("");
    typescript["spans"][0]["attributes"]["mlflow.spanInputs"] = json!({ "q": 1 });
    let typescript = typescript.to_string();
    assert_eq!(app.put_file(&path, typescript.clone()).await.status, 200);
    assert_eq!(read("node").await.body, typescript);
    let new = read("mlflow-python-client/3.17.2").await.ok();
    assert_eq!(new["spans"][0]["trace_id"], domain_base64(&[1; 16]));
    let inputs = &new["spans"][0]["attributes"]["mlflow.spanInputs"];
    assert_eq!(inputs, "{\"q\": 1}");
}

#[tokio::test]
async fn attachments_are_read_by_their_id() {
    let app = TestApp::start().await;
    app.start_trace("t", json!({})).await.ok();
    let id = "1f8a6b52-6f0e-4c8e-9d43-0a3b5f8c7d21";
    let path = format!("0/traces/t/artifacts/attachments/{id}");
    assert_eq!(app.put_file(&path, "bytes").await.status, 200);
    let read = |query: &str| format!("/ajax-api/2.0/mlflow/get-trace-artifact{query}");
    let answer = app.get(&read(&format!("?request_id=t&path={id}"))).await;
    assert_eq!(answer.body.as_ref(), b"bytes");
    let text = app.get(&read("?request_id=t&path=../x")).await;
    assert_eq!(
        text.error(400, "INVALID_PARAMETER_VALUE"),
        "Invalid attachment path: '../x'. Attachment path must be a valid UUID."
    );
    let text = app.get(&read("")).await.error(400, "BAD_REQUEST");
    assert_eq!(
        text,
        "Request must include the \"request_id\" query parameter."
    );
    let text = app.get(&read("?request_id=none")).await;
    assert_eq!(
        text.error(404, "RESOURCE_DOES_NOT_EXIST"),
        "Trace with ID none is not found."
    );
}
