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
    for path in ["/", "/traces/"] {
        assert_eq!(app.get(path).await.status, 308, "{path}");
    }
    let home = app.get("/traces").await;
    assert_eq!(home.status, 200);
    let page = String::from_utf8_lossy(&home.body);
    assert!(page.contains("data-base=\"/traces\""), "{page}");
    assert!(!page.contains("href=\"/experiments"), "{page}");
}

#[tokio::test]
async fn one_parameter_has_one_spelling() {
    let app = TestApp::start().await;
    let path = "/api/2.0/mlflow/experiments/create";
    let both = json!({ "name": "n", "artifact_location": "", "artifactLocation": "" });
    let text = app
        .post(path, both)
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert_eq!(
        text,
        "Request specifies both 'artifact_location' and 'artifactLocation'; provide only one of them."
    );
    let camel = json!({ "name": "n", "artifactLocation": "mlflow-artifacts:/x", "surplus": [1] });
    app.post(path, camel).await.ok();
    let twice = "/api/2.0/mlflow/experiments/get?experiment_id=0&experiment_id=1";
    assert_eq!(app.get(twice).await.ok()["experiment"]["name"], "Default");
    let found = "/api/2.0/mlflow/experiments/get-by-name?experiment_name=n";
    let found = app.get(found).await.ok()["experiment"].clone();
    assert_eq!(found["artifact_location"], "mlflow-artifacts:/x");
}

#[tokio::test]
async fn bodies_that_are_no_objects_have_no_parameters() {
    let app = TestApp::start().await;
    let path = "/api/2.0/mlflow/experiments/create";
    let send = async |body: &str| {
        let request = Request::post(path)
            .header("content-type", "application/json")
            .body(Body::from(body.to_owned()));
        app.send(request.unwrap()).await
    };
    for body in ["", "{", "null", "[1]", "5", "\"{\"", "\"text\""] {
        let text = send(body).await.error(400, "INVALID_PARAMETER_VALUE");
        assert!(
            text.starts_with("Missing value for required parameter 'name'."),
            "{body}: {text}"
        );
    }
    let double = json!({ "name": "n" }).to_string();
    send(&json!(double).to_string()).await.ok();
}

#[tokio::test]
async fn unknown_routes_are_named_whole() {
    let app = TestApp::start().await;
    let text = app
        .get("/ajax-api/3.0/mlflow/datasets/search")
        .await
        .error(404, "ENDPOINT_NOT_FOUND");
    assert_eq!(
        text,
        "No such endpoint: GET /ajax-api/3.0/mlflow/datasets/search"
    );
}
