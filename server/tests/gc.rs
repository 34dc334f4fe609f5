//! `spanfall gc` as a program: on a store that is free, through a server that has it, and killed in the middle.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

#[path = "support/program.rs"]
mod program;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

use program::{PROGRAM, Server, dechunk, request};
use serde_json::{Value, json};

const DAY_NANOS: u128 = 86_400_000_000_000;

/// An OTLP/JSON body of traces of one span that began some days ago.
fn body(traces: std::ops::Range<u64>, days_ago: u128) -> Vec<u8> {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let start = now.as_nanos() - days_ago * DAY_NANOS;
    let spans: Vec<Value> = traces
        .map(|trace| {
            json!({
                "traceId": format!("{trace:032x}"),
                "spanId": "0000000000000001",
                "name": "step",
                "startTimeUnixNano": start.to_string(),
                "endTimeUnixNano": (start + 1000).to_string(),
                "attributes": [{"key": "mlflow.spanInputs",
                    "value": {"stringValue": "refund order flight ".repeat(20)}}],
            })
        })
        .collect();
    let body = json!({"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": spans}]}]});
    serde_json::to_vec(&body).unwrap()
}

fn send(server: &Server, method: &str, path: &str, body: &[u8]) -> Value {
    let (status, reply) = request(server.port, method, path, body).unwrap();
    let text = dechunk(&reply);
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&text));
    serde_json::from_slice(&text).unwrap_or_default()
}

fn log(server: &Server, traces: std::ops::Range<u64>, days_ago: u128) {
    for first in traces.clone().step_by(500) {
        let some = first..traces.end.min(first + 500);
        send(server, "POST", "/v1/traces", &body(some, days_ago));
    }
}

fn upload(server: &Server, trace: u64) {
    let path =
        format!("/api/2.0/mlflow-artifacts/artifacts/0/traces/tr-{trace:032x}/artifacts/a.txt");
    send(server, "PUT", &path, b"file");
}

fn is_there(server: &Server, trace: u64) -> bool {
    let path = format!("/api/3.0/mlflow/traces/tr-{trace:032x}");
    request(server.port, "GET", &path, b"").unwrap().0 == 200
}

fn has_files(folder: &Path, trace: u64) -> bool {
    let path = format!("artifacts/0/traces/tr-{trace:032x}");
    folder.join(path).exists()
}

fn spanfall(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn gc(folder: &Path, arguments: &[&str]) -> String {
    let mut all = vec!["gc", "--artifacts-destination", "artifacts"];
    all.extend(arguments);
    let output = spanfall(folder, &all);
    let text = String::from_utf8(output.stdout).unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{problem}");
    text
}

fn assert_sound(folder: &Path) {
    let output = spanfall(folder, &["check"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
}

#[test]
fn old_traces_go_with_their_files_through_the_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    log(&server, 1..20, 40);
    log(&server, 20..30, 1);
    upload(&server, 1);
    upload(&server, 25);
    let said = gc(folder.path(), &["--older-than", "30d", "--dry-run"]);
    assert!(said.contains("19 traces would be deleted"), "{said}");
    assert!(is_there(&server, 1) && has_files(folder.path(), 1));
    let said = gc(folder.path(), &["--older-than", "30d"]);
    assert!(
        said.contains("19 traces and 1 folders of files deleted"),
        "{said}"
    );
    assert!(!is_there(&server, 1) && !has_files(folder.path(), 1));
    assert!(is_there(&server, 25) && has_files(folder.path(), 25));
    let shrink = spanfall(folder.path(), &["gc", "--shrink"]);
    let problem = String::from_utf8_lossy(&shrink.stderr);
    assert_eq!(shrink.status.code(), Some(1));
    assert!(problem.contains("in use by process"), "{problem}");
    server.kill();
    assert_sound(folder.path());
}

#[test]
fn a_free_store_is_cleaned_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    log(&server, 1..4000, 3);
    log(&server, 4000..4010, 1);
    upload(&server, 7);
    // A deleted experiment goes with its traces, once it has been deleted long enough.
    let made = send(
        &server,
        "POST",
        "/api/2.0/mlflow/experiments/create",
        br#"{"name": "old"}"#,
    );
    let id = made["experiment_id"].as_str().unwrap().to_owned();
    let delete = format!(r#"{{"experiment_id": "{id}"}}"#);
    send(
        &server,
        "POST",
        "/api/2.0/mlflow/experiments/delete",
        delete.as_bytes(),
    );
    server.kill();
    let unknown = spanfall(folder.path(), &["gc", "--experiment", "nobody's"]);
    assert_eq!(unknown.status.code(), Some(1));
    let said = gc(
        folder.path(),
        &[
            "--experiment",
            "old",
            "--older-than",
            "0s",
            "--deleted-for",
            "0s",
        ],
    );
    assert!(said.contains("0 traces"), "{said}");
    let said = gc(folder.path(), &["--older-than", "2d", "--shrink"]);
    assert!(said.contains("3999 traces and 1 folders"), "{said}");
    assert!(said.contains("the file has"), "{said}");
    assert_sound(folder.path());
    let server = Server::start(folder.path());
    assert!(is_there(&server, 4005) && !is_there(&server, 7));
    server.kill();
    for (arguments, code) in [
        (&["gc", "--older-than", "soon"][..], 2),
        (&["gc", "--max-size", "1GB", "--experiment", "old"][..], 2),
        (
            &["gc", "--backend-store-uri", "sqlite:///nowhere.db"][..],
            1,
        ),
    ] {
        let output = spanfall(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn a_store_that_is_too_large_loses_its_oldest_traces() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    for day in 1..=8 {
        let first = u64::from(day as u32) * 1000;
        log(&server, first..first + 1000, day);
    }
    server.kill();
    let whole = spanfall(folder.path(), &["gc", "--dry-run"]);
    assert!(whole.status.success());
    let bytes = std::fs::metadata(folder.path().join("spanfall.db"))
        .unwrap()
        .len();
    let said = gc(folder.path(), &["--max-size", &(bytes / 2).to_string()]);
    assert!(said.contains("over the size"), "{said}");
    let server = Server::start(folder.path());
    assert!(is_there(&server, 1500), "the newest stay");
    assert!(!is_there(&server, 8500), "the oldest go");
    server.kill();
    assert_sound(folder.path());
}

#[test]
fn a_server_keeps_to_its_retention_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    log(&server, 1..50, 9);
    log(&server, 50..60, 1);
    server.kill();
    let server = Server::start_with(folder.path(), &["--retention-age", "7d"]);
    let begin = Instant::now();
    while is_there(&server, 10) {
        assert!(begin.elapsed() < Duration::from_secs(60), "still there");
        std::thread::yield_now();
    }
    assert!(is_there(&server, 55));
    server.kill();
    assert_sound(folder.path());
}

#[test]
fn a_clean_up_that_is_killed_leaves_a_sound_store() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    log(&server, 1..20_000, 40);
    server.kill();
    let mut cleaning = Command::new(PROGRAM)
        .args(["gc", "--older-than", "30d"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(cleaning.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    assert!(first.contains("traces deleted"), "{first}");
    cleaning.kill().unwrap();
    cleaning.wait().unwrap();
    assert_sound(folder.path());
    let said = gc(folder.path(), &["--older-than", "30d"]);
    assert!(said.contains("deleted"), "{said}");
    assert_sound(folder.path());
}

#[test]
fn who_holds_a_store_is_named_if_it_cannot_be_asked() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    std::fs::remove_file(folder.path().join("spanfall.db.admin")).unwrap();
    let output = spanfall(folder.path(), &["gc"]);
    let problem = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    let held = format!("in use by process {}", server.child.id());
    assert!(problem.contains(&held), "{problem}");
}
