use axum::body::Body;
use axum::http::{Request, header};
use server::config::Settings;

use crate::app::{Answer, TestApp};

async fn create(app: &TestApp, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post("/api/2.0/mlflow/experiments/create")
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::from(r#"{"name":"n"}"#)).unwrap())
        .await
}

#[tokio::test]
async fn foreign_hosts_are_refused_and_told_the_flag() {
    let app = TestApp::start().await;
    let get = |path: &str| {
        Request::get(path)
            .header(header::HOST, "evil.example")
            .body(Body::empty())
            .unwrap()
    };
    let answer = app
        .send(get("/api/2.0/mlflow/experiments/get?experiment_id=0"))
        .await;
    let text = answer.error(403, "PERMISSION_DENIED");
    assert!(text.contains("--allowed-hosts evil.example"), "{text}");
    for open in ["/health", "/version"] {
        assert_eq!(app.send(get(open)).await.status, 200);
    }
}

#[tokio::test]
async fn pages_of_other_origins_change_nothing() {
    let app = TestApp::start().await;
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[
            ("origin", "https://evil.example"),
            ("host", "localhost:5000"),
        ],
    ] {
        create(&app, headers).await.error(403, "PERMISSION_DENIED");
    }
    create(
        &app,
        &[
            ("origin", "http://localhost:5000"),
            ("host", "localhost:5000"),
        ],
    )
    .await
    .ok();
}

#[tokio::test]
async fn listed_origins_are_answered_with_cors_headers() {
    let settings = Settings {
        cors_allowed_origins: Some("https://notebook.example".into()),
        ..Settings::default()
    };
    let app = TestApp::with(settings).await;
    let preflight = Request::options("/api/2.0/mlflow/experiments/create")
        .header(header::ORIGIN, "https://notebook.example")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type")
        .body(Body::empty())
        .unwrap();
    let answer = app.send(preflight).await;
    assert_eq!(answer.status, 204);
    let allowed = &answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN];
    assert_eq!(allowed, "https://notebook.example");
    create(&app, &[("origin", "https://notebook.example")])
        .await
        .ok();
}

#[tokio::test]
async fn answers_carry_protective_headers() {
    let app = TestApp::start().await;
    let page = app.get("/").await;
    assert_eq!(page.headers[header::X_FRAME_OPTIONS], "SAMEORIGIN");
    assert_eq!(page.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert!(page.headers.contains_key(header::CONTENT_SECURITY_POLICY));
    let renderer = "/static-files/lib/notebook-trace-renderer/index.html?trace_id=t";
    assert!(
        !app.get(renderer)
            .await
            .headers
            .contains_key(header::X_FRAME_OPTIONS)
    );
}
