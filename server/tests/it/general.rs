//! Probes, unknown routes, the rules that all MLflow routes share.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn probes_answer_plain_text() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/health").await.body.as_ref(), b"OK");
    let version = app.get("/version").await;
    assert_eq!(version.body.as_ref(), b"3.17.2");
    let product = version.headers[header::SERVER].to_str().unwrap();
    assert!(product.starts_with("Spanfall/"), "{product}");
}

#[tokio::test]
async fn both_prefixes_serve_the_same() {
    let app = TestApp::start().await;
    for prefix in ["api", "ajax-api"] {
        let answer = app.get(&format!("/{prefix}/3.0/mlflow/server-info")).await;
        assert_eq!(answer.ok()["store_type"], "SqlStore");
    }
}

#[tokio::test]
async fn unknown_routes_and_methods_are_json_errors() {
    let app = TestApp::start().await;
    for path in [
        "/api/2.0/mlflow/registered-models/get",
        "/ajax-api/3.0/nothing",
        "/api/9.0/mlflow/traces",
        "/api/2.0/mlflow/runs/nothing",
        "/api/3.0/mlflow/traces/t/nothing",
    ] {
        app.get(path).await.error(404, "ENDPOINT_NOT_FOUND");
    }
    for path in [
        "/api/2.0/mlflow/runs/get",
        "/v1/traces/",
        "/api/3.0/mlflow/traces/x",
    ] {
        let answer = app.json("PUT", path, json!({})).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
    app.json("PUT", "/api/2.0/mlflow/runs/get", json!({}))
        .await
        .error(405, "ENDPOINT_NOT_FOUND");
    app.get("/v1/traces").await.error(405, "ENDPOINT_NOT_FOUND");
}

#[tokio::test]
async fn json_routes_insist_on_their_content_type() {
    let app = TestApp::start().await;
    let path = "/api/2.0/mlflow/experiments/create";
    let send = async |content_type: Option<&str>| {
        let mut request = Request::post(path);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        app.send(request.body(Body::from(r#"{"name":"n"}"#)).unwrap())
            .await
    };
    let missing = send(None).await.error(400, "INVALID_PARAMETER_VALUE");
    assert_eq!(missing, "Bad Request. Content-Type header is missing.");
    let other = send(Some("text/plain"))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert_eq!(
        other,
        "Bad Request. Content-Type must be one of ['application/json']."
    );
    send(Some("application/json; charset=utf-8")).await.ok();
}

#[tokio::test]
async fn bodies_beyond_the_limit_are_413() {
    let settings = server::config::Settings {
        json_max_bytes: Some(100),
        ..server::config::Settings::default()
    };
    let app = TestApp::with(settings).await;
    let answer = app.post(
        "/api/2.0/mlflow/experiments/create",
        json!({ "name": "x".repeat(100) }),
    );
    assert_eq!(answer.await.status, 413);
}

#[tokio::test]
async fn the_static_prefix_moves_everything() {
    let settings = server::config::Settings {
        static_prefix: Some("/traces".into()),
        ..server::config::Settings::default()
    };
    let app = TestApp::with(settings).await;
    assert_eq!(app.get("/traces/health").await.status, 200);
    app.get("/traces/api/2.0/mlflow/experiments/get?experiment_id=0")
        .await
        .ok();
    assert_eq!(app.get("/health").await.status, 404);
}
