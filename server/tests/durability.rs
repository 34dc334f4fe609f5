//! What "acknowledged means on disk" promises, tried on the real program: killed in the middle of ingest it loses nothing, and
//! the system calls between a write and its reply include the one that forces data to disk.

#[path = "support/program.rs"]
mod program;

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use program::{Server, dechunk, request};
use serde_json::{Value, json};

const SPANS_PER_TRACE: usize = 12;

/// An OTLP/JSON body with one trace of twelve spans.
fn body(trace: u64) -> Vec<u8> {
    let text = "refund order flight booking policy customer account reservation ".repeat(12);
    let spans: Vec<Value> = (0..SPANS_PER_TRACE)
        .map(|index| {
            let parent = if index == 0 {
                String::new()
            } else {
                format!("{:016x}", 1)
            };
            json!({
                "traceId": format!("{trace:032x}"),
                "spanId": format!("{:016x}", index + 1),
                "parentSpanId": parent,
                "name": format!("step {index}"),
                "startTimeUnixNano": (1_700_000_000_000_000_000 + trace * 1_000_000).to_string(),
                "endTimeUnixNano": (1_700_000_000_500_000_000 + trace * 1_000_000).to_string(),
                "attributes": [{"key": "mlflow.spanInputs", "value": {"stringValue": text}}],
                "status": {"code": 1},
            })
        })
        .collect();
    let body = json!({"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": spans}]}]});
    serde_json::to_vec(&body).expect("a value is JSON")
}

#[test]
fn a_killed_server_keeps_every_acknowledged_span() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let port = server.port;
    let next = AtomicU64::new(1);
    let acknowledged = Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let trace = next.fetch_add(1, Ordering::Relaxed);
                    match request(port, "POST", "/v1/traces", &body(trace)) {
                        Some((200, _)) => {
                            acknowledged.lock().unwrap().insert(trace);
                        }
                        Some((429, _)) => {}
                        Some((status, text)) => {
                            panic!("status {status}: {}", String::from_utf8_lossy(&text))
                        }
                        None => return,
                    }
                }
            });
        }
        while acknowledged.lock().unwrap().len() < 500 {
            std::thread::yield_now();
        }
        server.kill();
    });

    let server = Server::start(folder.path());
    for trace in acknowledged.into_inner().unwrap() {
        let path =
            format!("/api/3.0/mlflow/traces/get?trace_id=tr-{trace:032x}&allow_partial=true");
        let (status, reply) = request(server.port, "GET", &path, b"").unwrap();
        assert_eq!(status, 200, "trace {trace} was acknowledged and is lost");
        let reply: Value = serde_json::from_slice(&dechunk(&reply)).unwrap();
        let spans = reply["trace"]["spans"].as_array().map_or(0, Vec::len);
        assert_eq!(spans, SPANS_PER_TRACE, "trace {trace} lost spans");
    }
    server.kill();
    let check = Command::new(env!("CARGO_BIN_EXE_spanfall"))
        .args(["check", "--backend-store-uri", "sqlite:///spanfall.db"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        check.status.success(),
        "{}",
        String::from_utf8_lossy(&check.stdout)
    );
}

#[test]
fn data_is_forced_to_disk_between_the_write_and_the_reply() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls.txt");
    let mut tracer = Command::new("strace");
    tracer
        .args([
            "-f",
            "-y",
            "-s",
            "64",
            "-e",
            "trace=pwrite64,write,writev,sendto,sendmsg,fdatasync,fsync",
        ])
        .arg("-o")
        .arg(&log)
        .arg(env!("CARGO_BIN_EXE_spanfall"));
    let mut server = Server::start_under(folder.path(), tracer);
    let written_before = std::fs::read_to_string(&log).unwrap().lines().count();
    let (status, _) = request(server.port, "POST", "/v1/traces", &body(7)).unwrap();
    assert_eq!(status, 200);
    // strace passes the signal on to the program and ends with it.
    let id = server.child.id().to_string();
    let child = format!("pkill -TERM -P {id}");
    assert!(
        Command::new("sh")
            .args(["-c", &child])
            .status()
            .unwrap()
            .success()
    );
    server.child.wait().unwrap();

    let calls = std::fs::read_to_string(&log).unwrap();
    let calls: Vec<&str> = calls.lines().skip(written_before).collect();
    let find = |from: usize, what: &dyn Fn(&str) -> bool| {
        calls[from..]
            .iter()
            .position(|call| what(call))
            .map(|at| from + at)
    };
    let reply = find(0, &|call| call.contains("HTTP/1.1 200")).expect("the reply was traced");
    let is_write = |call: &str| call.contains("pwrite64(") && call.contains("spanfall.db-wal");
    let write = calls[..reply]
        .iter()
        .rposition(|call| is_write(call))
        .expect("a write precedes it");
    let is_sync = |call: &str| {
        (call.contains("fdatasync(") || call.contains("fsync(")) && call.contains("spanfall.db-wal")
            || call.contains("<... fdatasync resumed>")
    };
    let sync = find(write, &is_sync).expect("data is forced after the write");
    assert!(
        sync < reply,
        "the reply left before data was forced to disk"
    );
}
