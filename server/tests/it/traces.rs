use serde_json::{Value, json};
use server::config::Settings;

use crate::app::{TestApp, export_of, trace_hex};

const GET: &str = "/api/3.0/mlflow/traces/get?trace_id=";

fn size_stats(spans: u32) -> Value {
    json!({ "trace_metadata": { "mlflow.trace.sizeStats": json!({ "num_spans": spans }).to_string() } })
}

#[tokio::test]
async fn started_traces_come_back_whole() {
    let app = TestApp::start().await;
    let sent = json!({
        "client_request_id": "mine",
        "request_preview": "hi",
        "response_preview": "hello",
        "trace_metadata": { "mlflow.trace.user": "ann" },
        "tags": { "mlflow.traceName": "chat" },
        "assessments": [{ "assessment_name": "ok", "feedback": { "value": true } }],
    });
    let answer = app.start_trace("test-trace-id", sent).await.ok();
    let info = &answer["trace"]["trace_info"];
    assert_eq!(info["execution_duration"], "1.500s");
    assert_eq!(info["request_time"], "2026-11-21T02:05:37.774Z");
    let tags = json!({
        "mlflow.artifactLocation": "mlflow-artifacts:/0/traces/test-trace-id/artifacts",
        "mlflow.traceName": "chat",
    });
    assert_eq!(info["tags"], tags);
    assert_eq!(info["assessments"][0]["trace_id"], "test-trace-id");
    let mut read = app.trace("test-trace-id").await;
    let mut answered = info.clone();
    for info in [&mut read, &mut answered] {
        info["trace_metadata"]
            .as_object_mut()
            .unwrap()
            .remove("mlflow.trace.infoFinalized");
    }
    assert_eq!(read, answered);
}

#[tokio::test]
async fn starting_needs_a_known_active_experiment() {
    let app = TestApp::start().await;
    app.post("/api/3.0/mlflow/traces", json!({}))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    let elsewhere =
        |id: &str| json!({ "trace_location": { "mlflow_experiment": { "experiment_id": id } } });
    app.start_trace("t", elsewhere("9"))
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
    let create = json!({ "name": "gone" });
    let id = app
        .post("/api/2.0/mlflow/experiments/create", create)
        .await
        .ok()["experiment_id"]
        .clone();
    app.post(
        "/api/2.0/mlflow/experiments/delete",
        json!({ "experiment_id": id }),
    )
    .await
    .ok();
    let answer = app.start_trace("t", elsewhere(id.as_str().unwrap())).await;
    let text = answer.error(400, "INVALID_PARAMETER_VALUE");
    assert!(text.contains("must be in the 'active' state"), "{text}");
}

#[tokio::test]
async fn the_spans_tag_is_answered_only_if_all_spans_are_there() {
    let app = TestApp::start().await;
    let id = format!("tr-{}", trace_hex(1));
    let location = "mlflow.trace.spansLocation";
    let answer = app.start_trace(&id, size_stats(2)).await.ok();
    assert!(
        answer["trace"]["trace_info"]["tags"]
            .get(location)
            .is_none()
    );
    app.export(&export_of(1, &[(1, "root", 0)])).await.ok();
    let answer = app.start_trace(&id, size_stats(2)).await.ok();
    assert!(
        answer["trace"]["trace_info"]["tags"]
            .get(location)
            .is_none()
    );
    app.export(&export_of(1, &[(2, "child", 1)])).await.ok();
    let answer = app.start_trace(&id, size_stats(2)).await.ok();
    assert_eq!(
        answer["trace"]["trace_info"]["tags"][location],
        "TRACKING_STORE"
    );
    let answer = app.start_trace(&id, json!({})).await.ok();
    assert!(
        answer["trace"]["trace_info"]["tags"]
            .get(location)
            .is_none()
    );
}

#[tokio::test]
async fn the_start_waits_a_moment_for_racing_spans() {
    let app = TestApp::start().await;
    let id = format!("tr-{}", trace_hex(1));
    let export = export_of(1, &[(1, "root", 0)]);
    let (answer, exported) = tokio::join!(app.start_trace(&id, size_stats(1)), app.export(&export));
    exported.ok();
    let tags = answer.ok()["trace"]["trace_info"]["tags"].clone();
    assert_eq!(tags["mlflow.trace.spansLocation"], "TRACKING_STORE");
}

#[tokio::test]
async fn whole_traces_are_read_with_the_root_first() {
    let app = TestApp::start().await;
    app.export(&export_of(1, &[(3, "late", 2), (2, "root", 0)]))
        .await
        .ok();
    let id = format!("tr-{}", trace_hex(1));
    let trace = app
        .get(&format!("{GET}{id}&allow_partial=False"))
        .await
        .ok()["trace"]
        .clone();
    assert_eq!(trace["trace_info"]["trace_id"], id);
    let names: Vec<_> = trace["spans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["name"])
        .collect();
    assert_eq!(names, ["root", "late"]);
    assert_eq!(
        trace["spans"][0]["status"],
        json!({ "code": "STATUS_CODE_OK" })
    );
    assert!(trace["spans"][0].get("parent_span_id").is_none());
    let text = app
        .get(&format!("{GET}tr-0"))
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
    assert_eq!(text, "Trace with ID tr-0 is not found.");
    app.get(&format!("{GET}{id}&allow_partial=maybe"))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
}

#[tokio::test]
async fn incomplete_traces_are_left_out_unless_asked_for() {
    let app = TestApp::with(Settings {
        spans_wait_ms: Some(1),
        ..Settings::default()
    })
    .await;
    let id = format!("tr-{}", trace_hex(1));
    app.export(&export_of(1, &[(1, "root", 0)])).await.ok();
    app.start_trace(&id, size_stats(2)).await.ok();
    let text = app
        .get(&format!("{GET}{id}"))
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
    assert!(text.contains("is not fully exported yet"), "{text}");
    let batch = app
        .get(&format!("/api/3.0/mlflow/traces/batchGet?trace_ids={id}"))
        .await;
    assert_eq!(batch.ok(), json!({}));
    let partial = app.get(&format!("{GET}{id}&allow_partial=true")).await.ok();
    assert_eq!(partial["trace"]["spans"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn batches_keep_the_order_asked_for() {
    let app = TestApp::start().await;
    for trace in 1..=3 {
        app.export(&export_of(trace, &[(1, "root", 0)])).await.ok();
    }
    let ids: Vec<String> = (1..=3).map(|n| format!("tr-{}", trace_hex(n))).collect();
    let asked = format!(
        "trace_ids={}&trace_ids=tr-none&trace_ids={}&trace_ids={}",
        ids[2], ids[0], ids[2]
    );
    let batch = app
        .get(&format!("/api/3.0/mlflow/traces/batchGet?{asked}"))
        .await
        .ok();
    let found: Vec<_> = batch["traces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| &t["trace_info"]["trace_id"])
        .collect();
    assert_eq!(found, [&json!(ids[2]), &json!(ids[0])]);
    for (experiments, count) in [
        ("&experiment_ids=0", 2),
        ("&experiment_ids=5", 0),
        ("&experiment_ids=", 0),
    ] {
        let batch = app
            .get(&format!(
                "/api/3.0/mlflow/traces/batchGet?{asked}{experiments}"
            ))
            .await;
        assert_eq!(
            batch.ok()["traces"].as_array().map_or(0, Vec::len),
            count,
            "{experiments}"
        );
    }
    let infos = app
        .post(
            "/api/3.0/mlflow/traces/batchGetInfos",
            json!({ "trace_ids": ids }),
        )
        .await;
    assert_eq!(infos.ok()["trace_infos"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn tags_follow_mlflows_rules() {
    let app = TestApp::start().await;
    app.start_trace("t", json!({})).await.ok();
    for version in ["2.0", "3.0"] {
        let path = format!("/api/{version}/mlflow/traces/t/tags");
        app.json("PATCH", &path, json!({ "key": "team", "value": "a" }))
            .await
            .ok();
        assert_eq!(app.trace("t").await["tags"]["team"], "a");
        app.json("DELETE", &path, json!({ "key": "team" }))
            .await
            .ok();
        let text = app.json("DELETE", &path, json!({ "key": "team" })).await;
        let text = text.error(404, "RESOURCE_DOES_NOT_EXIST");
        assert_eq!(text, "No trace tag with key 'team' for trace with ID 't'");
    }
    let path = "/api/3.0/mlflow/traces/t/tags";
    let set = async |key: &str| {
        app.json("PATCH", path, json!({ "key": key, "value": "v" }))
            .await
    };
    for key in ["a=b", "mlflow.trace.spansLocation", &"x".repeat(251), ""] {
        set(key).await.error(400, "INVALID_PARAMETER_VALUE");
    }
    let long = json!({ "key": "long", "value": "é".repeat(9000) });
    app.json("PATCH", path, long).await.ok();
    let shown = app.trace("t").await["tags"]["long"]
        .as_str()
        .unwrap()
        .chars()
        .count();
    assert_eq!(shown, 4096);
    let unknown = app
        .json(
            "PATCH",
            "/api/2.0/mlflow/traces/no/tags",
            json!({ "key": "k" }),
        )
        .await;
    assert_eq!(
        unknown.error(404, "RESOURCE_DOES_NOT_EXIST"),
        "Trace with ID 'no' not found."
    );
}

#[tokio::test]
async fn traces_are_deleted_with_their_files() {
    let app = TestApp::start().await;
    for (id, second) in [("a", 1), ("b", 2), ("c", 3)] {
        let time = json!({ "request_time": format!("2026-11-21T00:00:0{second}Z") });
        app.start_trace(id, time).await.ok();
        app.put_file(&format!("0/traces/{id}/artifacts/note.txt"), "x")
            .await;
    }
    let delete = async |mut body: Value| {
        body["experiment_id"] = json!("0");
        app.post("/api/2.0/mlflow/traces/delete-traces", body).await
    };
    let ids = json!({ "request_ids": ["b", "unknown"] });
    assert_eq!(delete(ids).await.ok(), json!({ "traces_deleted": 1 }));
    assert!(!app.files.join("0/traces/b").exists() && app.files.join("0/traces/a").exists());
    let oldest = json!({ "max_timestamp_millis": i64::MAX, "max_traces": 1 });
    assert_eq!(delete(oldest).await.ok(), json!({ "traces_deleted": 1 }));
    assert!(!app.files.join("0/traces/a").exists() && app.files.join("0/traces/c").exists());
    for (body, text) in [
        (
            json!({}),
            "Either `max_timestamp_millis` or `trace_ids` must be specified.",
        ),
        (
            json!({ "max_timestamp_millis": 1, "request_ids": ["a"] }),
            "Only one of `max_timestamp_millis` and `trace_ids` can be specified.",
        ),
        (
            json!({ "max_traces": 1, "request_ids": ["a"] }),
            "`max_traces` can't be specified if `trace_ids` is specified.",
        ),
        (
            json!({ "max_timestamp_millis": 1, "max_traces": 0 }),
            "`max_traces` must be a positive integer, received 0.",
        ),
    ] {
        assert_eq!(
            delete(body).await.error(400, "INVALID_PARAMETER_VALUE"),
            text
        );
    }
}

#[tokio::test]
async fn traces_are_linked_to_runs() {
    let app = TestApp::start().await;
    app.start_trace("t", json!({})).await.ok();
    let link = async |ids: Vec<String>| {
        let body = json!({ "trace_ids": ids, "run_id": "r" });
        app.post("/api/2.0/mlflow/traces/link-to-run", body).await
    };
    for _ in 0..2 {
        assert_eq!(
            link(vec!["t".into(), "unknown".into()]).await.ok(),
            json!({})
        );
    }
    let text = link((0..101).map(|n| n.to_string()).collect()).await;
    let text = text.error(400, "INVALID_PARAMETER_VALUE");
    assert!(text.ends_with("Provided 101 traces."), "{text}");
    let search = json!({
        "locations": [{ "mlflow_experiment": { "experiment_id": "0" } }],
        "filter": "attributes.run_id = 'r'",
    });
    let found = app.post("/api/3.0/mlflow/traces/search", search).await.ok();
    assert_eq!(found["traces"][0]["trace_id"], "t");
}

#[tokio::test]
async fn lists_may_be_empty_where_they_are_required() {
    let app = TestApp::start().await;
    let infos = "/api/3.0/mlflow/traces/batchGetInfos";
    let link = "/api/2.0/mlflow/traces/link-to-run";
    for (path, body) in [
        (infos, json!({ "trace_ids": [] })),
        (link, json!({ "trace_ids": [], "run_id": "r" })),
    ] {
        assert_eq!(app.post(path, body).await.ok(), json!({}), "{path}");
    }
    for (path, body) in [(infos, json!({})), (link, json!({ "run_id": "r" }))] {
        app.post(path, body)
            .await
            .error(400, "INVALID_PARAMETER_VALUE");
    }
}
