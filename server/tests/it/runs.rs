use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

async fn call(app: &TestApp, verb: &str, body: Value) -> Answer {
    app.post(&format!("/api/2.0/mlflow/runs/{verb}"), body)
        .await
}

async fn create(app: &TestApp) -> String {
    let run = call(
        app,
        "create",
        json!({ "experiment_id": "0", "run_name": "r" }),
    )
    .await
    .ok();
    run["run"]["info"]["run_id"].as_str().unwrap().to_owned()
}

async fn get(app: &TestApp, id: &str) -> Value {
    app.get(&format!("/api/2.0/mlflow/runs/get?run_id={id}"))
        .await
        .ok()["run"]
        .clone()
}

#[tokio::test]
async fn runs_are_created_updated_and_found() {
    let app = TestApp::start().await;
    let id = create(&app).await;
    let run = get(&app, &id).await;
    assert_eq!(
        run["info"]["artifact_uri"],
        format!("mlflow-artifacts:/0/{id}/artifacts")
    );
    assert_eq!(
        (&run["info"]["run_uuid"], &run["info"]["status"]),
        (&json!(id), &json!("RUNNING"))
    );
    assert_eq!(
        run["data"]["tags"],
        json!([{ "key": "mlflow.runName", "value": "r" }])
    );
    let end = json!({ "run_id": id, "status": 3, "end_time": "1700000000000" });
    let info = call(&app, "update", end).await.ok()["run_info"].clone();
    assert_eq!(info["status"], "FINISHED");
    assert_eq!(info["end_time"], 1_700_000_000_000_i64);
    let search = json!({ "experiment_ids": ["0"], "filter": "attributes.status = 'FINISHED'" });
    assert_eq!(
        call(&app, "search", search).await.ok()["runs"][0]["info"]["run_id"],
        id
    );
    assert_eq!(
        call(&app, "search", json!({ "experiment_ids": [] }))
            .await
            .ok(),
        json!({})
    );
    let text = call(&app, "update", json!({ "run_id": "nope" })).await;
    assert_eq!(
        text.error(404, "RESOURCE_DOES_NOT_EXIST"),
        "Run with id=nope not found"
    );
}

#[tokio::test]
async fn runs_without_a_name_get_one() {
    let app = TestApp::start().await;
    let run = call(&app, "create", json!({ "experiment_id": "0" }))
        .await
        .ok()["run"]
        .clone();
    let name = run["info"]["run_name"].as_str().unwrap();
    assert_eq!(name.split('-').count(), 3, "{name}");
    call(&app, "create", json!({}))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
}

#[tokio::test]
async fn what_is_logged_comes_back() {
    let app = TestApp::start().await;
    let id = create(&app).await;
    let batch = json!({
        "run_id": id,
        "metrics": [{ "key": "a", "value": 1.5, "timestamp": 1, "step": "2" }],
        "params": [{ "key": "p", "value": "1" }],
        "tags": [{ "key": "t", "value": "v" }],
    });
    call(&app, "log-batch", batch).await.ok();
    for (value, stored) in [("NaN", json!("NaN")), ("-Infinity", json!(f64::MIN))] {
        let metric = json!({ "run_uuid": id, "key": value, "value": value, "timestamp": 1 });
        call(&app, "log-metric", metric).await.ok();
        let metrics = get(&app, &id).await["data"]["metrics"].clone();
        let metric = metrics
            .as_array()
            .unwrap()
            .iter()
            .find(|m| m["key"] == value)
            .unwrap()
            .clone();
        assert_eq!(metric["value"], stored);
    }
    let run = get(&app, &id).await;
    assert_eq!(run["data"]["params"], json!([{ "key": "p", "value": "1" }]));
    let param = json!({ "run_id": id, "key": "p", "value": "2" });
    let text = call(&app, "log-parameter", param)
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert!(
        text.starts_with("Changing param values is not allowed."),
        "{text}"
    );
    let history = format!("/api/2.0/mlflow/metrics/get-history?run_id={id}&metric_key=a");
    let expected = json!([{ "key": "a", "value": 1.5, "timestamp": 1, "step": 2 }]);
    assert_eq!(app.get(&history).await.ok()["metrics"], expected);
    let tag = json!({ "run_id": id, "key": "t" });
    call(&app, "delete-tag", tag.clone()).await.ok();
    call(&app, "delete-tag", tag)
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
    for verb in ["log-inputs", "outputs", "log-model"] {
        assert_eq!(
            call(&app, verb, json!({ "run_id": id })).await.ok(),
            json!({})
        );
    }
}

#[tokio::test]
async fn deleted_runs_take_no_data() {
    let app = TestApp::start().await;
    let id = create(&app).await;
    for _ in 0..2 {
        call(&app, "delete", json!({ "run_id": id })).await.ok();
    }
    let tag = json!({ "run_id": id, "key": "t", "value": "v" });
    let text = call(&app, "set-tag", tag.clone())
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert!(text.contains("must be in the 'active' state"), "{text}");
    call(&app, "restore", json!({ "run_id": id })).await.ok();
    call(&app, "set-tag", tag).await.ok();
}

#[tokio::test]
async fn batches_are_bounded() {
    let app = TestApp::start().await;
    let id = create(&app).await;
    let params: Vec<Value> = (0..101)
        .map(|n| json!({ "key": format!("p{n}"), "value": "v" }))
        .collect();
    let answer = call(&app, "log-batch", json!({ "run_id": id, "params": params })).await;
    let text = answer.error(400, "INVALID_PARAMETER_VALUE");
    assert!(text.contains("at most 100 params"), "{text}");
}

#[tokio::test]
async fn what_is_sent_twice_is_kept_once() {
    let app = TestApp::start().await;
    let id = create(&app).await;
    let metric = |value: Value| json!({ "run_id": id, "key": "m", "value": value, "timestamp": 5, "step": 1 });
    for value in [json!(1), json!(1), json!("NaN"), json!("NaN"), json!(2)] {
        call(&app, "log-metric", metric(value)).await.ok();
    }
    let path = format!("/api/2.0/mlflow/metrics/get-history?run_id={id}&metric_key=m");
    let history = app.get(&path).await.ok();
    assert_eq!(history["metrics"].as_array().unwrap().len(), 3, "{history}");
    let twice = json!([{ "key": "p", "value": "1" }, { "key": "p", "value": "1" }]);
    let text = call(&app, "log-batch", json!({ "run_id": id, "params": twice }))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert!(
        text.starts_with("Duplicate parameter keys have been submitted: ['p']."),
        "{text}"
    );
}

#[tokio::test]
async fn deleted_runs_and_contradictions_are_refused() {
    let app = TestApp::start().await;
    let id = create(&app).await;
    call(&app, "delete", json!({ "run_id": id })).await.ok();
    let text = call(
        &app,
        "update",
        json!({ "run_id": id, "status": "FINISHED" }),
    )
    .await
    .error(400, "INVALID_PARAMETER_VALUE");
    assert!(text.contains("must be in the 'active' state"), "{text}");
    let body = json!({ "experiment_id": "0", "run_name": "a",
        "tags": [{ "key": "mlflow.runName", "value": "b" }] });
    call(&app, "create", body)
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
}
