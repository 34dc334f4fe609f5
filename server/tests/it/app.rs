//! The application under test and short ways to speak to it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use domain::time::UnixMillis;
use serde_json::{Value, json};
use server::assets::Site;
use server::config::Settings;
use server::state::AppState;
use store::OpenOptions;
use tokio::net::TcpListener;
use tower::ServiceExt;

/// A running application with a store and files of its own.
pub struct TestApp {
    router: Router,
    /// Where uploaded files are.
    pub files: std::path::PathBuf,
    store: Arc<store::SqliteStore>,
    folder: tempfile::TempDir,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("files");
        let settings = Settings {
            artifacts_destination: Some(files.display().to_string()),
            ..settings
        };
        let options = OpenOptions::new(folder.path().join("test.db"), UnixMillis(1));
        let store = Arc::new(store::open(options).await.unwrap());
        let config = settings.into_config().unwrap();
        let prices = server::prices::load(config.price_table.as_deref()).unwrap();
        let app = AppState::new(store.clone(), config, prices);
        Self {
            router: server::router(app, &Site::default()),
            files,
            store,
            folder,
        }
    }

    /// Serves the application on a free port of this machine until the test ends, and says where.
    pub async fn listen(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    /// Ends the application and says what is wrong with its store.
    pub async fn close_and_check(self) -> Vec<String> {
        drop(self.router);
        self.store.close().await;
        drop(self.store);
        let report = store::check(&self.folder.path().join("test.db"))
            .await
            .unwrap();
        report.problems
    }

    /// Sends any request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: head.status,
            headers: head.headers,
            body,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.json("POST", path, body).await
    }

    pub async fn json(&self, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        self.send(request).await
    }

    /// Uploads a file.
    pub async fn put_file(&self, path: &str, body: impl Into<Body>) -> Answer {
        let path = format!("/api/2.0/mlflow-artifacts/artifacts/{path}");
        self.send(Request::put(path).body(body.into()).unwrap())
            .await
    }

    /// Exports spans to the default experiment.
    pub async fn export(&self, body: &Value) -> Answer {
        let request = Request::post("/v1/traces")
            .header("x-mlflow-experiment-id", "0")
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        self.send(request).await
    }

    /// Starts (ends, really) a trace in the default experiment.
    pub async fn start_trace(&self, id: &str, more: Value) -> Answer {
        let mut info = json!({
            "trace_id": id,
            "trace_location": { "type": "MLFLOW_EXPERIMENT",
                "mlflow_experiment": { "experiment_id": "0" } },
            "request_time": "2026-11-21T02:05:37.774Z",
            "execution_duration": "1.500s",
            "state": "OK",
        });
        for (key, value) in more.as_object().unwrap() {
            info[key] = value.clone();
        }
        self.post(
            "/api/3.0/mlflow/traces",
            json!({ "trace": { "trace_info": info } }),
        )
        .await
    }

    /// Trace information as it is stored now.
    pub async fn trace(&self, id: &str) -> Value {
        let answer = self.get(&format!("/api/3.0/mlflow/traces/{id}")).await;
        answer.ok()["trace"]["trace_info"].clone()
    }
}

impl Answer {
    /// The JSON of a successful answer.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        self.value()
    }

    /// The JSON of any answer.
    #[track_caller]
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    /// Checks an error in MLflow's form and gives its message.
    #[track_caller]
    pub fn error(&self, status: u16, code: &str) -> String {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{text}");
        let value = self.value();
        assert_eq!(value["error_code"], code, "{text}");
        value["message"].as_str().unwrap().to_owned()
    }
}

/// The OpenTelemetry id of test trace `n`, as hex.
pub fn trace_hex(n: u8) -> String {
    format!("{n:02x}").repeat(16)
}

/// An export request of one trace: spans by number, name and parent's number (0 for a root).
pub fn export_of(trace: u8, spans: &[(u8, &str, u8)]) -> Value {
    let spans: Vec<Value> = spans
        .iter()
        .map(|(id, name, parent)| {
            let mut span = json!({
                "traceId": trace_hex(trace),
                "spanId": format!("{id:02x}").repeat(8),
                "name": name,
                "startTimeUnixNano": (1_700_000_000_000_000_000_u64 + u64::from(*id)).to_string(),
                "endTimeUnixNano": "1700000001000000000",
                "status": { "code": 1 },
            });
            if *parent > 0 {
                span["parentSpanId"] = json!(format!("{parent:02x}").repeat(8));
            }
            span
        })
        .collect();
    json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] })
}
