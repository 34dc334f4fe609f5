use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;

use crate::app::{TestApp, export_of, trace_hex};

async fn app_with_trace() -> (TestApp, String) {
    let app = TestApp::start().await;
    let mut export = export_of(1, &[(1, "root", 0), (2, "child", 1)]);
    let span = &mut export["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    span["attributes"] = json!([
        { "key": "mlflow.spanInputs", "value": { "stringValue": "x".repeat(100_000) } },
        { "key": "n", "value": { "intValue": "5" } },
    ]);
    app.export(&export).await.ok();
    (app, format!("/ui-api/traces/tr-{}/spans", trace_hex(1)))
}

#[tokio::test]
async fn the_span_table_is_sent_once() {
    let (app, path) = app_with_trace().await;
    let answer = app.get(&path).await;
    let table = domain::span_table::decode(&answer.body).unwrap();
    assert_eq!(
        (table.len(), table.name(0), table.name(1)),
        (2, "root", "child")
    );
    let tag = answer.headers[header::ETAG].clone();
    let again = Request::get(&path)
        .header(header::IF_NONE_MATCH, tag)
        .body(Body::empty())
        .unwrap();
    assert_eq!(app.send(again).await.status, 304);
    app.get("/ui-api/traces/none/spans")
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
}

#[tokio::test]
async fn spans_are_sent_with_large_values_cut() {
    let (app, path) = app_with_trace().await;
    let span_path = format!("{path}/{}", "01".repeat(8));
    let span = app.get(&span_path).await.ok();
    assert_eq!(span["start_ns"], "1700000000000000001");
    assert_eq!(span["inputs"]["bytes"], 100_002);
    assert_eq!(
        span["inputs"]["json"].as_str().map(str::len),
        Some(64 << 10)
    );
    assert!(
        span["attributes"]
            .as_array()
            .unwrap()
            .contains(&json!(["n", "5", 1])),
        "{span}"
    );
    let whole = app
        .get(&format!("{span_path}?full=1&key=mlflow.spanInputs"))
        .await;
    assert_eq!(whole.body.len(), 100_002);
    for missing in [format!("{path}/0000000000000009"), format!("{path}/xyz")] {
        app.get(&missing)
            .await
            .error(404, "RESOURCE_DOES_NOT_EXIST");
    }
}
