use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

const MODELS: &str = "/api/2.0/mlflow/logged-models";
const RUNS: &str = "/api/2.0/mlflow/runs";

async fn create(app: &TestApp, body: Value) -> String {
    let model = app.post(MODELS, body).await.ok()["model"].clone();
    model["info"]["model_id"].as_str().unwrap().to_owned()
}

async fn get(app: &TestApp, id: &str) -> Value {
    app.get(&format!("{MODELS}/{id}")).await.ok()["model"].clone()
}

async fn run(app: &TestApp) -> String {
    let run = app
        .post(&format!("{RUNS}/create"), json!({ "experiment_id": "0" }))
        .await;
    let id = run.ok()["run"]["info"]["run_id"].clone();
    id.as_str().unwrap().to_owned()
}

/// The calls of `mlflow.set_active_model(name="m")`, in its order.
#[tokio::test]
async fn an_active_model_is_made_and_found_again() {
    let app = TestApp::start().await;
    let search = json!({ "experiment_ids": ["0"], "filter": "name='m'", "max_results": 2 });
    let path = format!("{MODELS}/search");
    assert_eq!(app.post(&path, search.clone()).await.ok(), json!({}));
    let id = create(&app, json!({ "experiment_id": "0", "name": "m" })).await;
    assert_eq!((id.len(), &id[..2]), (34, "m-"));
    let model = get(&app, &id).await;
    let uri = format!("mlflow-artifacts:/0/models/{id}/artifacts");
    assert_eq!(model["info"]["artifact_uri"], uri);
    assert_eq!(model["info"]["status"], "LOGGED_MODEL_PENDING");
    assert_eq!(model["data"], json!({}));
    let file = format!("0/models/{id}/artifacts/MLmodel");
    assert_eq!(app.put_file(&file, "x: 1").await.status, 200);
    let end = json!({ "model_id": id, "status": "LOGGED_MODEL_READY" });
    let ready = app.json("PATCH", &format!("{MODELS}/{id}"), end).await.ok();
    assert_eq!(ready["model"]["info"]["status"], "LOGGED_MODEL_READY");
    let found = app.post(&path, search).await.ok();
    assert_eq!(found["models"][0]["info"]["model_id"], id);
    let listed = app
        .get(&format!("{MODELS}/{id}/artifacts/directories"))
        .await
        .ok();
    assert_eq!(listed["root_uri"], uri);
    assert_eq!(
        listed["files"],
        json!([{ "path": "MLmodel", "is_dir": false, "file_size": 4 }])
    );
    let read = format!(
        "/ajax-api/2.0/mlflow/logged-models/{id}/artifacts/files?artifact_file_path=MLmodel"
    );
    assert_eq!(app.get(&read).await.body.as_ref(), b"x: 1");
}

#[tokio::test]
async fn tags_change_and_params_do_not() {
    let app = TestApp::start().await;
    let given = json!({
        "experiment_id": "0", "name": "m", "model_type": "Agent",
        "tags": [{ "key": "a", "value": "1" }], "params": [{ "key": "p", "value": "1" }],
    });
    let id = create(&app, given).await;
    let tags = json!({ "tags": [{ "key": "a", "value": "2" }, { "key": "b", "value": "3" }] });
    let path = format!("{MODELS}/{id}/tags");
    app.json("PATCH", &path, tags).await.ok();
    app.json("DELETE", &format!("{path}/b"), json!({}))
        .await
        .ok();
    let text = app.json("DELETE", &format!("{path}/b"), json!({})).await;
    assert_eq!(
        text.error(404, "RESOURCE_DOES_NOT_EXIST"),
        format!("No tag with key 'b' found for model with ID '{id}'.")
    );
    let log = async |value: &str| {
        let params = json!([{ "key": "p", "value": value }, { "key": "q", "value": "2" }]);
        let body = json!({ "model_id": id, "params": params });
        app.post(&format!("{MODELS}/{id}/params"), body).await
    };
    log("1").await.ok();
    log("1").await.ok();
    log("2").await.error(400, "INVALID_PARAMETER_VALUE");
    let model = get(&app, &id).await;
    assert_eq!(model["info"]["tags"], json!([{ "key": "a", "value": "2" }]));
    assert_eq!(
        model["data"]["params"],
        json!([{ "key": "p", "value": "1" }, { "key": "q", "value": "2" }])
    );
}

#[tokio::test]
async fn mistakes_are_told() {
    let app = TestApp::start().await;
    let refused = async |body: Value, status: u16, code: &str, part: &str| {
        let text = app.post(MODELS, body.clone()).await.error(status, code);
        assert!(text.contains(part), "{body}: {text}");
    };
    let (invalid, missing) = ("INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST");
    refused(json!({ "name": "m" }), 400, invalid, "'experiment_id'").await;
    let of = |more: Value| {
        let mut body = json!({ "experiment_id": "0", "name": "m" });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    refused(
        of(json!({ "name": "a/b" })),
        400,
        invalid,
        "Invalid model name ('a/b')",
    )
    .await;
    let long = "x".repeat(501);
    refused(
        of(json!({ "name": long })),
        400,
        invalid,
        "maximum length of 500",
    )
    .await;
    refused(of(json!({ "experiment_id": "9" })), 404, missing, "id=9").await;
    refused(
        of(json!({ "experiment_id": "x" })),
        400,
        invalid,
        "valid integer",
    )
    .await;
    refused(
        of(json!({ "tags": { "a": "b" } })),
        400,
        invalid,
        "type 'dict'",
    )
    .await;
    let twice = json!([{ "key": "a", "value": "1" }, { "key": "a", "value": "2" }]);
    refused(
        of(json!({ "params": twice })),
        400,
        invalid,
        "more than once",
    )
    .await;
    let unnamed = app.post(MODELS, json!({ "experiment_id": "0" })).await.ok();
    assert!(
        unnamed["model"]["info"]["name"]
            .as_str()
            .unwrap()
            .contains('-')
    );
    let path = format!("{MODELS}/m-none");
    let text = app.get(&path).await.error(404, missing);
    assert_eq!(text, "Logged model with ID 'm-none' not found.");
    let end = json!({ "model_id": "m-none", "status": 2 });
    app.json("PATCH", &path, end).await.error(404, missing);
    let end = json!({ "model_id": "m-none" });
    app.json("PATCH", &path, end).await.error(400, invalid);
    app.get(&format!("{MODELS}/search"))
        .await
        .error(404, missing);
    let search = async |body: Value| app.post(&format!("{MODELS}/search"), body).await;
    search(json!({})).await.error(400, invalid);
    for body in [
        json!({ "experiment_ids": ["0"], "filter": "foo = 'x'" }),
        json!({ "experiment_ids": ["0"], "filter": "name > 'm'" }),
        json!({ "experiment_ids": ["0"], "max_results": -1 }),
        json!({ "experiment_ids": ["0"], "order_by": [{ "field_name": "params.p" }] }),
        json!({ "experiment_ids": ["0"], "datasets": [{ "dataset_digest": "d" }] }),
    ] {
        search(body).await.error(400, invalid);
    }
}

#[tokio::test]
async fn deleted_models_are_found_only_if_asked_for() {
    let app = TestApp::start().await;
    let id = create(&app, json!({ "experiment_id": "0", "name": "m" })).await;
    let path = format!("{MODELS}/{id}");
    for _ in 0..2 {
        app.json("DELETE", &path, json!({})).await.ok();
    }
    app.get(&path).await.error(404, "RESOURCE_DOES_NOT_EXIST");
    app.get(&format!("{path}?allow_deleted=true")).await.ok();
    let search = json!({ "experiment_ids": ["0"] });
    let found = app.post(&format!("{MODELS}/search"), search).await;
    assert_eq!(found.ok(), json!({}));
}

#[tokio::test]
async fn metrics_of_runs_are_kept_with_their_models() {
    let app = TestApp::start().await;
    let run = run(&app).await;
    let id = create(&app, json!({ "experiment_id": "0", "name": "m" })).await;
    let other = create(&app, json!({ "experiment_id": "0", "name": "n" })).await;
    let log = async |model: &str, value: f64, time: i64| -> Answer {
        let metric = json!({
            "run_id": run, "key": "acc", "value": value, "timestamp": time, "model_id": model,
            "dataset_name": "d", "dataset_digest": "g",
        });
        app.post(&format!("{RUNS}/log-metric"), metric).await
    };
    log(&id, 0.9, 5).await.ok();
    log(&id, 0.9, 5).await.ok();
    log(&other, 0.5, 6).await.ok();
    log("m-none", 0.1, 7)
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
    let expected = json!([{
        "key": "acc", "value": 0.9, "timestamp": 5, "step": 0, "dataset_name": "d",
        "dataset_digest": "g", "model_id": id, "run_id": run,
    }]);
    assert_eq!(get(&app, &id).await["data"]["metrics"], expected);
    let names = async |more: Value| -> Vec<String> {
        let mut body = json!({ "experiment_ids": ["0"] });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        let found = app.post(&format!("{MODELS}/search"), body).await.ok();
        let models = found["models"].as_array().cloned().unwrap_or_default();
        let name = |model: &Value| model["info"]["name"].as_str().unwrap().to_owned();
        models.iter().map(name).collect()
    };
    let order = json!({ "order_by": [{ "field_name": "metrics.acc", "ascending": false }] });
    assert_eq!(names(order).await, ["m", "n"]);
    let order = json!({ "order_by": [{ "field_name": "metrics.acc" }] });
    assert_eq!(names(order).await, ["n", "m"]);
    assert_eq!(names(json!({ "filter": "metrics.acc > 0.6" })).await, ["m"]);
    let on = json!({ "filter": "metrics.acc > 0.6", "datasets": [{ "dataset_name": "z" }] });
    assert!(names(on).await.is_empty());
    let on = json!({ "datasets": [{ "dataset_name": "d", "dataset_digest": "g" }] });
    assert_eq!(names(on).await.len(), 2);
}
