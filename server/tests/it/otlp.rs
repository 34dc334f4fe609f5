use std::io::Write;

use axum::body::Body;
use axum::http::{Request, header};
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::{Value, json};

use crate::app::{Answer, TestApp, export_of, trace_hex};

async fn send(app: &TestApp, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let mut request = Request::post("/v1/traces");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(body.into()).unwrap()).await
}

const EXPERIMENT: (&str, &str) = ("x-mlflow-experiment-id", "0");
const JSON: (&str, &str) = ("content-type", "application/json");
const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");

#[tokio::test]
async fn replies_are_in_the_encoding_of_the_request() {
    let app = TestApp::start().await;
    let answer = app.export(&export_of(1, &[(1, "root", 0)])).await;
    assert_eq!(answer.ok(), json!({}));
    // A resource without spans.
    let answer = send(&app, &[EXPERIMENT, PROTOBUF], vec![0x0a, 0x00]).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
    assert_eq!(
        answer.headers[header::CONTENT_TYPE],
        "application/x-protobuf"
    );
}

#[tokio::test]
async fn compressed_requests_are_read() {
    let app = TestApp::start().await;
    let level = flate2::Compression::fast();
    let mut gzip = GzEncoder::new(Vec::new(), level);
    gzip.write_all(export_of(1, &[(1, "root", 0)]).to_string().as_bytes())
        .unwrap();
    let mut zlib = ZlibEncoder::new(Vec::new(), level);
    zlib.write_all(export_of(2, &[(1, "root", 0)]).to_string().as_bytes())
        .unwrap();
    for (encoding, body) in [
        ("gzip", gzip.finish().unwrap()),
        ("deflate", zlib.finish().unwrap()),
    ] {
        let headers = [EXPERIMENT, JSON, ("content-encoding", encoding)];
        send(&app, &headers, body).await.ok();
    }
    for trace in [1, 2] {
        app.trace(&format!("tr-{}", trace_hex(trace))).await;
    }
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_with_its_reason() {
    let app = TestApp::start().await;
    let detail = |answer: Answer| (answer.status.as_u16(), answer.value()["detail"].clone());
    let answer = send(&app, &[JSON], "{}").await;
    let expected = json!([{ "type": "missing", "loc": ["header", "x-mlflow-experiment-id"],
        "msg": "Field required", "input": null }]);
    assert_eq!(detail(answer), (422, expected));
    let empty = json!("Invalid OpenTelemetry format - no spans found");
    assert_eq!(
        detail(send(&app, &[EXPERIMENT, JSON], "{}").await),
        (400, empty)
    );
    let text = ("content-type", "text/plain");
    let expected =
        "Invalid Content-Type: text/plain. Expected: application/x-protobuf or application/json";
    assert_eq!(
        detail(send(&app, &[EXPERIMENT, text], "").await),
        (400, json!(expected))
    );
    let brotli = ("content-encoding", "br");
    let expected = json!("Unsupported Content-Encoding: br");
    assert_eq!(
        detail(send(&app, &[EXPERIMENT, JSON, brotli], "").await),
        (400, expected)
    );
    let gzip = ("content-encoding", "gzip");
    let expected = json!("Failed to decompress gzip payload");
    assert_eq!(
        detail(send(&app, &[EXPERIMENT, JSON, gzip], "x").await),
        (400, expected)
    );
    let (status, text) = detail(send(&app, &[EXPERIMENT, PROTOBUF], "garbage").await);
    assert_eq!(status, 400);
    assert!(
        text.as_str()
            .unwrap()
            .starts_with("Invalid OpenTelemetry format"),
        "{text}"
    );
    let unknown = ("x-mlflow-experiment-id", "99");
    let body = export_of(1, &[(1, "root", 0)]).to_string();
    let answer = send(&app, &[unknown, JSON], body.clone()).await;
    answer.error(404, "RESOURCE_DOES_NOT_EXIST");
    let no_number = ("x-mlflow-experiment-id", "abc");
    send(&app, &[no_number, JSON], body)
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
}

#[tokio::test]
async fn one_bad_span_refuses_the_whole_request() {
    let app = TestApp::start().await;
    let mut body = export_of(1, &[(1, "good", 0), (2, "bad", 1)]);
    body["resourceSpans"][0]["scopeSpans"][0]["spans"][1]["spanId"] = json!("");
    let answer = app.export(&body).await;
    assert_eq!(answer.status, 422);
    let detail = answer.value()["detail"].as_str().unwrap().to_owned();
    let start = "Cannot convert OpenTelemetry span to MLflow span";
    assert!(
        detail.starts_with(start) && detail.contains("'bad'"),
        "{detail}"
    );
    let id = format!("/api/3.0/mlflow/traces/tr-{}", trace_hex(1));
    app.get(&id).await.error(404, "RESOURCE_DOES_NOT_EXIST");
}

#[tokio::test]
async fn bodies_beyond_the_limit_are_413_also_when_packed() {
    let settings = server::config::Settings {
        otlp_max_bytes: Some(1000),
        ..server::config::Settings::default()
    };
    let app = TestApp::with(settings).await;
    let answer = send(&app, &[EXPERIMENT, JSON], " ".repeat(1001)).await;
    assert_eq!(answer.status, 413);
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&[b' '; 100_000]).unwrap();
    let packed = gzip.finish().unwrap();
    assert!(packed.len() < 1000);
    let answer = send(
        &app,
        &[EXPERIMENT, JSON, ("content-encoding", "gzip")],
        packed,
    )
    .await;
    assert_eq!(answer.status, 413);
    assert!(answer.value()["message"].is_string());
}

/// Real exports of three frameworks: every span comes back under its name.
#[tokio::test]
async fn captured_exports_are_stored_and_read_back() {
    for name in [
        "adk_live_spans",
        "pydantic_ai_live_spans",
        "openai_agents_openinference_live_spans",
    ] {
        let path = format!("{}/tests/data/{name}.otlp.json", env!("CARGO_MANIFEST_DIR"));
        let export: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let app = TestApp::start().await;
        app.export(&export).await.ok();
        let spans: Vec<&Value> = export["resourceSpans"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|resource| resource["scopeSpans"].as_array().unwrap())
            .flat_map(|scope| scope["spans"].as_array().unwrap())
            .collect();
        let id = format!("tr-{}", spans[0]["traceId"].as_str().unwrap());
        let trace = app
            .get(&format!("/api/3.0/mlflow/traces/get?trace_id={id}"))
            .await
            .ok();
        let names = |spans: &mut dyn Iterator<Item = &Value>| {
            let mut names: Vec<String> = spans.map(|span| span["name"].to_string()).collect();
            names.sort();
            names
        };
        let stored = names(&mut trace["trace"]["spans"].as_array().unwrap().iter());
        assert_eq!(stored, names(&mut spans.into_iter()), "{name}");
    }
}

/// Links and what an application says about a linked trace come back by every way of reading spans.
#[tokio::test]
async fn links_come_back_with_their_ids_and_attributes() {
    let app = TestApp::start().await;
    let mut body = export_of(1, &[(1, "retry", 0)]);
    let span = &mut body["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    span["links"] = json!([{ "traceId": trace_hex(2), "spanId": "0c".repeat(8),
        "attributes": [{ "key": "attempt", "value": { "intValue": "2" } }] }]);
    let linked = format!("tr-{}", trace_hex(2));
    span["attributes"] =
        json!([{ "key": "linked_trace_id", "value": { "stringValue": linked.clone() } }]);
    app.export(&body).await.ok();
    let id = format!("tr-{}", trace_hex(1));
    let trace = app
        .get(&format!("/api/3.0/mlflow/traces/get?trace_id={id}"))
        .await
        .ok();
    let span = &trace["trace"]["spans"][0];
    let expected = json!([{ "trace_id": "AgICAgICAgICAgICAgICAg==", "span_id": "DAwMDAwMDAw=",
        "attributes": [{ "key": "attempt", "value": { "int_value": 2 } }] }]);
    assert_eq!(span["links"], expected);
    let own = json!({ "key": "linked_trace_id", "value": { "string_value": linked.clone() } });
    assert!(span["attributes"].as_array().unwrap().contains(&own));
    let file = app
        .get(&format!(
            "/ajax-api/3.0/mlflow/get-trace-artifact?request_id={id}"
        ))
        .await
        .ok();
    let expected = json!([{ "trace_id": linked, "span_id": "0c".repeat(8),
        "attributes": { "attempt": 2 } }]);
    assert_eq!(file["spans"][0]["links"], expected);
}
