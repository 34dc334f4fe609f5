//! Every field of every endpoint with values it does not expect: the answer is a success or a 4xx that says why, never a 5xx, a
//! panic or a hang, and the store is whole afterwards.
//!
//! `sweep/bodies.txt` and `sweep/queries.txt` hold a good request for each endpoint. Each place in a good request is given each
//! of the bad values in turn, left out, and accompanied by a field that nobody knows.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use server::config::Settings;

use crate::app::{Answer, TestApp};

mod requests;
mod values;

use requests::{Good, bodies, queries};

/// Longer than any answer may take, even on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Requests under way at once.
const PARALLEL: usize = 16;

/// One bad request.
#[derive(Debug, Clone)]
struct Bad {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Bad {
    /// A request with a JSON body.
    fn json(method: &str, path: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: vec![
                ("content-type".to_owned(), "application/json".to_owned()),
                ("x-mlflow-experiment-id".to_owned(), "0".to_owned()),
            ],
            body: body.into(),
        }
    }

    fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same about a run that exists.
    fn about(mut self, run: &str) -> Self {
        self.path = self.path.replace(RUN, run);
        if let Ok(text) = std::str::from_utf8(&self.body)
            && text.contains(RUN)
        {
            self.body = text.replace(RUN, run).into_bytes();
        }
        self
    }

    fn request(&self) -> Option<Request<Body>> {
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value.as_bytes());
        }
        // What the HTTP library itself refuses never reaches the application.
        request.body(Body::from(self.body.clone())).ok()
    }

    fn describe(&self, answer: &str) -> String {
        let body = String::from_utf8_lossy(&self.body);
        let body: String = body.chars().take(300).collect();
        let path: String = self.path.chars().take(300).collect();
        format!(
            "{} {path} {:?} {body}\n    {answer}",
            self.method, self.headers
        )
    }
}

/// What is wrong with an answer, if anything.
fn complaint(bad: &Bad, answer: &Answer) -> Option<String> {
    let text = || {
        String::from_utf8_lossy(&answer.body)
            .chars()
            .take(300)
            .collect::<String>()
    };
    if answer.status.is_success() || answer.status.is_redirection() {
        return None;
    }
    if !answer.status.is_client_error() || matches!(answer.status.as_u16(), 408 | 429) {
        return Some(format!("{}: {}", answer.status, text()));
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let is_told = |name: &str| body[name].as_str().is_some_and(|text| !text.is_empty());
    let is_detailed = !body["detail"].is_null();
    // Pages for people are not of the API.
    let is_page = !bad.path.starts_with("/api/") && answer.status == 404;
    if is_page || (is_told("error_code") && is_told("message")) || is_detailed {
        return None;
    }
    Some(format!(
        "{} without error code and message: {}",
        answer.status,
        text()
    ))
}

/// Stands for a run that exists.
const RUN: &str = "RUN-ID";

/// Sends all, and checks that the server still works and the store is whole.
async fn sweep(requests: impl Iterator<Item = Bad>) {
    let settings = Settings {
        spans_wait_ms: Some(1),
        ..Settings::default()
    };
    let app = TestApp::with(settings).await;
    app.start_trace("tr-sweep", json!({})).await.ok();
    let run = app
        .post(
            "/api/2.0/mlflow/runs/create",
            json!({ "experiment_id": "0" }),
        )
        .await
        .ok();
    let run = run["run"]["info"]["run_id"].as_str().unwrap();
    let sent = requests.map(|bad| send(&app, bad.about(run)));
    let outcomes: Vec<Option<String>> = stream::iter(sent)
        .buffer_unordered(PARALLEL)
        .collect()
        .await;
    assert!(outcomes.len() > 50, "{} requests", outcomes.len());
    let found: Vec<String> = outcomes.into_iter().flatten().collect();
    let still = app.start_trace("tr-after", json!({})).await;
    assert!(
        still.status.is_success() || still.status.is_client_error(),
        "{}",
        still.status
    );
    assert_eq!(app.get("/health").await.status, 200);
    let problems = app.close_and_check().await;
    assert!(
        found.is_empty() && problems.is_empty(),
        "{} complaints\n{}\n{problems:?}",
        found.len(),
        found
            .iter()
            .take(40)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
}

/// Sends one and gives the complaint, if any.
async fn send(app: &TestApp, bad: Bad) -> Option<String> {
    let request = bad.request()?;
    match tokio::time::timeout(PATIENCE, app.send(request)).await {
        Err(_) => Some(bad.describe("no answer")),
        Ok(answer) => complaint(&bad, &answer).map(|text| bad.describe(&text)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_fields_are_refused_or_taken() {
    let mut requests = Vec::new();
    for good in bodies() {
        for body in good.variants() {
            requests.push(Bad::json(&good.method, &good.path, body));
        }
    }
    sweep(requests.into_iter()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_query_parameters_are_refused_or_taken() {
    let mut requests = Vec::new();
    for good in queries() {
        for query in good.queries() {
            requests.push(Bad::json("GET", &format!("{}?{query}", good.path), ""));
        }
    }
    sweep(requests.into_iter()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_objects_are_refused_or_taken() {
    let mut requests = Vec::new();
    for good in bodies() {
        for body in values::BODIES {
            requests.push(Bad::json(&good.method, &good.path, *body));
        }
        requests.push(Bad::json(&good.method, &good.path, values::deep(100_000)));
    }
    sweep(requests.into_iter()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn huge_values_are_refused_or_taken() {
    let huge = format!("\"{}\"", "x".repeat(10_000_000));
    let goods = bodies();
    let requests = goods.iter().flat_map(|good| {
        let places = good.places().into_iter().take(2);
        places.map(|place| Bad::json(&good.method, &good.path, good.with(&place, &huge)))
    });
    sweep(requests).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_methods_types_and_paths_are_refused() {
    let mut requests = Vec::new();
    let goods: Vec<Good> = bodies().into_iter().chain(queries()).collect();
    for good in &goods {
        for method in [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "ODD",
        ] {
            // HEAD has no body to say anything with, and uploads are allowed to have any.
            if method != "HEAD" {
                requests.push(Bad::json(method, &good.path, "{}"));
            }
        }
        for content_type in [
            "",
            "text/plain",
            "application/jsonx",
            "multipart/form-data",
            ";;;",
            "\u{e9}",
        ] {
            requests.push(
                Bad::json(&good.method, &good.path, good.text())
                    .with_header("content-type", content_type),
            );
        }
        for encoding in ["gzip", "br", "identity", "gzip, gzip", "x"] {
            requests.push(
                Bad::json(&good.method, &good.path, good.text())
                    .with_header("content-encoding", encoding),
            );
        }
        for path in values::PATHS {
            let (folder, _) = good.path.rsplit_once('/').unwrap();
            requests.push(Bad::json(
                &good.method,
                &format!("{folder}/{path}"),
                good.text(),
            ));
            let inner = good.path.replacen("tr-sweep", path, 1);
            requests.push(Bad::json(&good.method, &inner, good.text()));
        }
    }
    sweep(requests.into_iter()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_otlp_requests_are_refused_or_taken() {
    let good = bodies()
        .into_iter()
        .find(|good| good.path == "/v1/traces")
        .unwrap();
    let mut requests = Vec::new();
    for value in values::HEADERS {
        for name in [
            "x-mlflow-experiment-id",
            "x-mlflow-run-id",
            "content-type",
            "content-encoding",
            "x-mlflow-workspace",
        ] {
            requests.push(Bad::json("POST", &good.path, good.text()).with_header(name, value));
            requests.push(
                Bad::json("POST", &good.path, good.text().repeat(2)).with_header(name, value),
            );
        }
    }
    for i in 0..600_u32 {
        // Bytes without a pattern, and messages that end too early or nest too deep.
        let noise: Vec<u8> = (0..i)
            .map(|k| (k.wrapping_mul(2_654_435_761).wrapping_add(i * i) >> 13) as u8)
            .collect();
        let nested: Vec<u8> =
            [0x0a, 0x80 | (i % 128) as u8, (i / 128) as u8].repeat(i as usize % 90);
        for body in [noise, nested] {
            requests.push(
                Bad::json("POST", &good.path, body)
                    .with_header("content-type", "application/x-protobuf"),
            );
        }
    }
    sweep(requests.into_iter()).await;
}
