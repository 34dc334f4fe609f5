//! A server that keeps nothing: it answers the calls of MLflow's Python SDK with the least that contents it. What the SDK reaches
//! against it is the SDK's own limit.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

/// A null server on a free port; it ends with the process.
pub struct NullServer {
    pub port: u16,
    /// Requests answered.
    pub requests: Arc<AtomicU64>,
}

impl NullServer {
    /// Starts it: a thread a connection.
    pub fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let requests = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counter = Arc::clone(&counter);
                // A connection that breaks is the client's business.
                std::thread::spawn(move || drop(serve(stream, &counter)));
            }
        });
        Ok(Self { port, requests })
    }
}

fn serve(stream: TcpStream, counter: &AtomicU64) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::with_capacity(64 * 1024, stream);
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut length = 0;
        loop {
            line.clear();
            stream.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse()?;
            }
        }
        body.resize(length, 0);
        stream.read_exact(&mut body)?;
        let (content_type, reply) = answer(&path, &body);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n",
            reply.len()
        );
        let stream = stream.get_mut();
        stream.write_all(&[head.as_bytes(), &reply].concat())?;
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

fn answer(path: &str, body: &[u8]) -> (&'static str, Vec<u8>) {
    const JSON: &str = "application/json";
    let path = path.split('?').next().unwrap_or_default();
    match path {
        "/version" => ("text/plain", b"3.17.2".to_vec()),
        "/v1/traces" => ("application/x-protobuf", Vec::new()),
        "/api/3.0/mlflow/traces" => (JSON, started(body).to_string().into_bytes()),
        path if path.contains("/experiments/") => {
            let experiment = json!({
                "experiment": {"experiment_id": "0", "name": "Default", "lifecycle_stage": "active",
                    "artifact_location": "mlflow-artifacts:/0"},
                "experiment_id": "0",
            });
            (JSON, experiment.to_string().into_bytes())
        }
        _ => (JSON, b"{}".to_vec()),
    }
}

/// What was sent, with the tag that says that the spans have arrived: else the SDK would upload them once more.
fn started(body: &[u8]) -> Value {
    let mut sent: Value = serde_json::from_slice(body).unwrap_or_default();
    sent["trace"]["trace_info"]["tags"]["mlflow.trace.spansLocation"] = "TRACKING_STORE".into();
    sent
}
