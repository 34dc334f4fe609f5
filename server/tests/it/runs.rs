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
}

#[tokio::test]
async fn inputs_and_outputs_come_back() {
    let app = TestApp::start().await;
    let id = create(&app).await;
    assert_eq!(get(&app, &id).await["inputs"], json!({}));
    let dataset = json!({ "name": "d", "digest": "g", "source_type": "local", "source": "{}" });
    let tags = json!([{ "key": "mlflow.data.context", "value": "train" }]);
    let inputs = json!({
        "run_id": id,
        "datasets": [{ "tags": tags, "dataset": dataset }],
        "models": [{ "model_id": "m-1" }],
    });
    let outputs = json!({ "run_id": id, "models": [{ "model_id": "m-2", "step": "3" }] });
    for _ in 0..2 {
        assert_eq!(
            call(&app, "log-inputs", inputs.clone()).await.ok(),
            json!({})
        );
        call(&app, "outputs", outputs.clone()).await.ok();
    }
    let run = get(&app, &id).await;
    assert_eq!(
        run["inputs"],
        json!({
            "dataset_inputs": [{ "tags": tags, "dataset": dataset }],
            "model_inputs": [{ "model_id": "m-1" }],
        })
    );
    assert_eq!(
        run["outputs"],
        json!({ "model_outputs": [{ "model_id": "m-2", "step": 3 }] })
    );
    for (filter, count) in [
        ("dataset.name = 'd'", 1),
        ("datasets.digest LIKE 'g%'", 1),
        ("dataset.context = 'train'", 1),
        ("dataset.context = 'test'", 0),
        ("dataset.name IN ('d', 'e')", 1),
        ("dataset.name != 'd'", 0),
    ] {
        let body = json!({ "experiment_ids": ["0"], "filter": filter });
        let found = call(&app, "search", body).await.ok();
        assert_eq!(
            found["runs"].as_array().map_or(0, Vec::len),
            count,
            "{filter}"
        );
    }
    call(&app, "log-inputs", json!({ "run_id": id })).await.ok();
    call(&app, "log-inputs", json!({ "run_id": "none" }))
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
    call(&app, "outputs", json!({ "run_id": id }))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    let long = json!({ "run_id": id, "datasets": [{ "dataset": { "digest": "x".repeat(37) } }] });
    let text = call(&app, "log-inputs", long)
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert_eq!(text, "'digest' exceeds the maximum length of 36 characters");
}

#[tokio::test]
async fn old_clients_keep_their_models_in_a_tag() {
    let app = TestApp::start().await;
    let id = create(&app).await;
    let model = json!({
        "run_id": id, "artifact_path": "m", "utc_time_created": "2026",
        "flavors": { "python": { "a": 1, "config": {} } }, "signature": null,
    });
    let log = json!({ "run_id": id, "model_json": model.to_string() });
    call(&app, "log-model", log.clone()).await.ok();
    call(&app, "log-model", log).await.ok();
    let tags = get(&app, &id).await["data"]["tags"].clone();
    let one = format!(
        "{{\"run_id\": \"{id}\", \"artifact_path\": \"m\", \"utc_time_created\": \"2026\", \
         \"model_uuid\": null, \"flavors\": {{\"python\": {{\"a\": 1}}}}}}"
    );
    assert_eq!(tags[0]["key"], "mlflow.log-model.history");
    assert_eq!(tags[0]["value"], format!("[{one}, {one}]"));
    for text in ["{", "[]", "{}"] {
        let bad = json!({ "run_id": id, "model_json": text });
        call(&app, "log-model", bad)
            .await
            .error(400, "INVALID_PARAMETER_VALUE");
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
async fn mistakes_of_a_batch_are_named_by_their_place() {
    let app = TestApp::start().await;
    let id = create(&app).await;
    let metric = |more: Value| {
        let mut metric = json!({ "key": "m", "value": 1, "timestamp": 1 });
        for (key, value) in more.as_object().unwrap() {
            metric[key] = value.clone();
        }
        metric
    };
    let missing = "Missing value for required parameter";
    for (name, list, part) in [
        (
            "metrics",
            json!([{ "key": "m", "value": 1 }]),
            format!("{missing} 'metrics[0].timestamp'"),
        ),
        (
            "metrics",
            json!([{ "value": 1, "timestamp": 1 }]),
            format!("{missing} 'metrics[0].key'"),
        ),
        (
            "metrics",
            json!([metric(json!({ "key": "a$" }))]),
            "'metrics[0].name'".to_owned(),
        ),
        (
            "metrics",
            json!([metric(json!({ "key": "../a" }))]),
            "resolve to '../a'".to_owned(),
        ),
        (
            "metrics",
            json!([metric(json!({ "timestamp": -5 }))]),
            "nonnegative long".to_owned(),
        ),
        (
            "params",
            json!([{ "value": "1" }]),
            format!("{missing} 'params[0].key'"),
        ),
        (
            "tags",
            json!([{ "value": "1" }]),
            format!("{missing} 'tags[0].key'"),
        ),
        (
            "params",
            json!([{ "key": "x", "value": "1" }, { "key": "x", "value": "1" }]),
            "Duplicate parameter keys have been submitted: ['x']".to_owned(),
        ),
    ] {
        let mut body = json!({ "run_id": id });
        body[name] = list;
        let text = call(&app, "log-batch", body)
            .await
            .error(400, "INVALID_PARAMETER_VALUE");
        assert!(text.contains(&part), "{text}");
    }
    let long = metric(json!({ "run_id": id, "key": "x".repeat(251) }));
    let text = call(&app, "log-metric", long)
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert_eq!(
        text,
        "'Metric name' exceeds the maximum length of 250 characters"
    );
    let history = "/api/2.0/mlflow/metrics/get-history?run_id=none&metric_key=m";
    assert_eq!(app.get(history).await.ok(), json!({}));
}

#[tokio::test]
async fn long_values_are_cut() {
    let app = TestApp::start().await;
    let id = create(&app).await;
    let long = |key: &str| json!({ "run_id": id, "key": key, "value": "é".repeat(9000) });
    call(&app, "log-parameter", long("p")).await.ok();
    call(&app, "set-tag", long("t")).await.ok();
    let data = get(&app, &id).await["data"].clone();
    let length = |value: &Value| value.as_str().unwrap().chars().count();
    assert_eq!(length(&data["params"][0]["value"]), 6000);
    assert_eq!(length(&data["tags"][1]["value"]), 8000);
}

#[tokio::test]
async fn a_name_and_its_tag_must_agree() {
    let app = TestApp::start().await;
    let named = |tag: &str| {
        json!({ "experiment_id": "0", "run_name": "r",
            "tags": [{ "key": "mlflow.runName", "value": tag }] })
    };
    call(&app, "create", named("r")).await.ok();
    let text = call(&app, "create", named("other"))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert!(text.starts_with("Both 'run_name' argument"), "{text}");
    let search = json!({ "experiment_ids": ["0"], "max_results": 50_001 });
    let text = call(&app, "search", search)
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert!(text.contains("Hint: Value was of type 'int'"), "{text}");
}
