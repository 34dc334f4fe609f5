//! Trace files of readers, taken into an experiment: `POST /ui-api/experiments/{experiment}/import`.

use std::io::Write;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use server::config::Settings;

use crate::app::{Answer, TestApp, export_of, trace_hex};

async fn import(app: &TestApp, experiment: &str, file: impl Into<Body>) -> Answer {
    let path = format!("/ui-api/experiments/{experiment}/import");
    app.send(Request::post(path).body(file.into()).unwrap())
        .await
}

async fn new_experiment(app: &TestApp, name: &str) -> String {
    let path = "/api/2.0/mlflow/experiments/create";
    let made = app.post(path, json!({ "name": name })).await.ok();
    made["experiment_id"].as_str().unwrap().to_owned()
}

fn counts(answer: &Answer) -> [u64; 3] {
    let value = answer.ok();
    ["stored", "present", "elsewhere"].map(|key| value[key].as_u64().unwrap())
}

fn id(trace: u8) -> String {
    format!("tr-{}", trace_hex(trace))
}

#[tokio::test]
async fn the_traces_of_a_file_are_stored_once_and_keep_their_ids() {
    let app = TestApp::start().await;
    let experiment = new_experiment(&app, "files").await;
    let mut export = export_of(1, &[(1, "root", 0), (2, "child", 1)]);
    export["resourceSpans"][0]["resource"] = json!({ "attributes": [
        { "key": "service.name", "value": { "stringValue": "shop" } },
    ] });
    let file = format!("{export}\n{}", export_of(2, &[(1, "other", 0)]));
    let first = import(&app, &experiment, file.clone()).await;
    assert_eq!(counts(&first), [2, 0, 0]);
    assert_eq!(first.ok()["traces"], json!([id(1), id(2)]));
    let info = app.trace(&id(1)).await;
    assert_eq!(info["state"], "OK");
    assert_eq!(info["tags"]["service.name"], "shop");
    assert_eq!(info["tags"]["mlflow.traceName"], "root");
    let location = &info["trace_location"]["mlflow_experiment"];
    assert_eq!(location["experiment_id"], experiment.as_str());
    let table = app.get(&format!("/ui-api/traces/{}/spans", id(1))).await;
    let table = domain::span_table::decode(&table.body).unwrap();
    assert_eq!(table.len(), 2);
    // Again, with one more, and into another experiment.
    let more = format!("{file}\n{}", export_of(3, &[(1, "third", 0)]));
    let again = import(&app, &experiment, more.clone()).await;
    assert_eq!(counts(&again), [1, 2, 0]);
    assert_eq!(counts(&import(&app, "0", more).await), [0, 0, 3]);
    assert_eq!(app.close_and_check().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_was_exported_comes_back_with_tags_ratings_and_times() {
    let app = TestApp::start().await;
    app.export(&export_of(1, &[(1, "root", 0), (2, "child", 1)]))
        .await
        .ok();
    let told = json!({
        "tags": { "team": "red" },
        "trace_metadata": { "mlflow.trace.session": "s-1", "mlflow.trace.user": "ada" },
        "assessments": [{
            "assessment_name": "helpful",
            "source": { "source_type": "HUMAN", "source_id": "ada" },
            "create_time": "2026-11-21T02:05:38Z",
            "feedback": { "value": true },
        }],
    });
    app.start_trace(&id(1), told).await.ok();
    let before = app.trace(&id(1)).await;
    let lines = app
        .send(
            Request::post("/ui-api/experiments/0/export")
                .body(Body::from("format=jsonl"))
                .unwrap(),
        )
        .await;
    let other = TestApp::start().await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&lines.body).unwrap();
    let kept = import(&other, "0", packed.finish().unwrap()).await;
    assert_eq!(counts(&kept), [1, 0, 0]);
    assert_eq!(kept.ok()["assessments_left_out"], 0);
    let after = other.trace(&id(1)).await;
    for field in [
        "trace_id",
        "request_time",
        "execution_duration",
        "state",
        "assessments",
    ] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert_eq!(after["tags"]["team"], "red");
    assert_eq!(
        after["tags"]["mlflow.artifactLocation"],
        before["tags"]["mlflow.artifactLocation"]
    );
    assert_eq!(after["trace_metadata"]["mlflow.trace.session"], "s-1");
    // A client reads the spans by the id.
    let found = other
        .get(&format!("/api/3.0/mlflow/traces/get?trace_id={}", id(1)))
        .await
        .ok();
    assert_eq!(found["trace"]["spans"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_file_that_breaks_off_is_stored_up_to_there() {
    let app = TestApp::start().await;
    let whole = export_of(1, &[(1, "root", 0)]).to_string();
    let answer = import(&app, "0", format!("{whole}\n{}", &whole[..40])).await;
    assert_eq!(counts(&answer), [1, 0, 0]);
    let problem = answer.ok()["problem"].as_str().unwrap().to_owned();
    assert!(problem.contains("breaks off"), "{problem}");
}

#[tokio::test]
async fn wrong_files_are_told_what_is_wrong() {
    let app = TestApp::start().await;
    let cut_gzip = [0x1f, 0x8b, 8, 0, 1, 2, 3].to_vec();
    let cases: [(Vec<u8>, &str); 6] = [
        (Vec::new(), "The file cannot be read: it is empty."),
        (b"hello".to_vec(), "it is neither JSON nor OTLP protobuf"),
        (b"PK\x03\x04".to_vec(), "it is packed as zip"),
        (br#"{"a": 1}"#.to_vec(), "holds no traces"),
        (br#"{"spans": [{"name": "x"}]}"#.to_vec(), "has a valid id"),
        (cut_gzip, "gzip file that is cut off or damaged"),
    ];
    for (file, says) in cases {
        let message = import(&app, "0", file)
            .await
            .error(400, "INVALID_PARAMETER_VALUE");
        assert!(message.contains(says), "{message}");
    }
    let file = || export_of(1, &[(1, "root", 0)]).to_string();
    for nowhere in ["77", "x"] {
        import(&app, nowhere, file())
            .await
            .error(404, "RESOURCE_DOES_NOT_EXIST");
    }
    let gone = new_experiment(&app, "gone").await;
    let delete = "/api/2.0/mlflow/experiments/delete";
    app.post(delete, json!({ "experiment_id": gone }))
        .await
        .ok();
    let message = import(&app, &gone, file())
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert!(message.contains("deleted"), "{message}");
    let session = json!({ "trace_metadata": { "mlflow.trace.session": "s".repeat(300) } });
    let mut long: Value = json!({ "info": session, "data": { "spans": [] } });
    long["info"]["trace_id"] = json!("tr-long");
    long["data"]["spans"] =
        json!([{ "span_id": "AQEBAQEBAQE=", "name": "ask", "start_time_unix_nano": 1 }]);
    let message = import(&app, "0", long.to_string())
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert!(message.contains("250 characters"), "{message}");
    app.get("/api/3.0/mlflow/traces/tr-long")
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
}

#[tokio::test]
async fn a_file_may_be_as_large_as_an_export_packed_and_unpacked() {
    let settings = Settings {
        otlp_max_bytes: Some(2_000),
        ..Settings::default()
    };
    let app = TestApp::with(settings).await;
    let mut file = export_of(1, &[(1, "root", 0)]).to_string();
    import(&app, "0", file.clone()).await.ok();
    file.push_str(&" ".repeat(4_000));
    let refused = import(&app, "0", file.clone()).await;
    refused.error(413, "INVALID_PARAMETER_VALUE");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(file.as_bytes()).unwrap();
    let refused = import(&app, "0", packed.finish().unwrap()).await;
    refused.error(413, "INVALID_PARAMETER_VALUE");
}
