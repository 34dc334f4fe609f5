use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

async fn call(app: &TestApp, verb: &str, body: Value) -> Answer {
    app.post(&format!("/api/2.0/mlflow/experiments/{verb}"), body)
        .await
}

#[tokio::test]
async fn set_experiment_works_as_the_sdk_does_it() {
    let app = TestApp::start().await;
    let by_name = "/api/2.0/mlflow/experiments/get-by-name?experiment_name=new%20one";
    let text = app.get(by_name).await.error(404, "RESOURCE_DOES_NOT_EXIST");
    assert_eq!(text, "Could not find experiment with name 'new one'");
    let id = call(&app, "create", json!({ "name": "new one" }))
        .await
        .ok()["experiment_id"]
        .clone();
    let found = app.get(by_name).await.ok()["experiment"].clone();
    assert_eq!(found["experiment_id"], id);
    assert_eq!(
        found["artifact_location"],
        format!("mlflow-artifacts:/{}", id.as_str().unwrap())
    );
    assert_eq!(found["lifecycle_stage"], "active");
    assert!(found["creation_time"].is_i64() && found.get("tags").is_none());
    call(&app, "create", json!({ "name": "new one" }))
        .await
        .error(400, "RESOURCE_ALREADY_EXISTS");
}

#[tokio::test]
async fn mistakes_have_mlflows_texts() {
    let app = TestApp::start().await;
    let text = call(&app, "create", json!({}))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert!(
        text.starts_with("Missing value for required parameter 'name'."),
        "{text}"
    );
    let text = call(&app, "create", json!({ "name": 5 }))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert!(
        text.starts_with("Invalid value 5 for parameter 'name' supplied:  Hint"),
        "{text}"
    );
    let tags = json!({ "name": "n", "tags": { "a": "b" } });
    call(&app, "create", tags)
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    let get = |id: &str| format!("/api/2.0/mlflow/experiments/get?experiment_id={id}");
    let text = app
        .get(&get("abc"))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert_eq!(
        text,
        "Invalid experiment ID 'abc'. Experiment ID must be a valid integer."
    );
    let text = app
        .get(&get("77"))
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
    assert_eq!(text, "No Experiment with id=77 exists");
}

#[tokio::test]
async fn deleted_experiments_are_hidden_until_restored() {
    let app = TestApp::start().await;
    let id = call(&app, "create", json!({ "name": "n" })).await.ok()["experiment_id"].clone();
    let names = async |view: Value| {
        let body = json!({ "max_results": 10, "view_type": view, "order_by": ["name ASC"] });
        let found = call(&app, "search", body).await.ok();
        let names = found["experiments"].as_array().cloned().unwrap_or_default();
        names
            .iter()
            .map(|e| e["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(json!("ACTIVE_ONLY")).await, ["Default", "n"]);
    call(&app, "delete", json!({ "experiment_id": id }))
        .await
        .ok();
    assert_eq!(names(json!(1)).await, ["Default"]);
    assert_eq!(names(json!("DELETED_ONLY")).await, ["n"]);
    call(&app, "delete", json!({ "experiment_id": id }))
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
    call(&app, "restore", json!({ "experiment_id": id }))
        .await
        .ok();
    assert_eq!(names(json!(3)).await, ["Default", "n"]);
}

#[tokio::test]
async fn page_sizes_are_bounded() {
    let app = TestApp::start().await;
    for (size, rule) in [
        (json!(0), "must be a positive integer"),
        (json!(50_001), "at most 50000"),
    ] {
        let answer = call(&app, "search", json!({ "max_results": size })).await;
        let text = answer.error(400, "INVALID_PARAMETER_VALUE");
        assert!(text.contains(rule), "{text}");
    }
    call(&app, "search", json!({}))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    app.get("/api/2.0/mlflow/experiments/search?max_results=5")
        .await
        .ok();
}

#[tokio::test]
async fn tags_are_set_and_deleted() {
    let app = TestApp::start().await;
    let tag = |value: &str| json!({ "experiment_id": "0", "key": "team", "value": value });
    call(&app, "set-experiment-tag", tag("a")).await.ok();
    call(&app, "set-experiment-tag", tag("b")).await.ok();
    let found = app
        .get("/api/2.0/mlflow/experiments/get?experiment_id=0")
        .await
        .ok();
    assert_eq!(
        found["experiment"]["tags"],
        json!([{ "key": "team", "value": "b" }])
    );
    call(&app, "delete-experiment-tag", tag("")).await.ok();
    let text = call(&app, "delete-experiment-tag", tag("")).await;
    let text = text.error(404, "RESOURCE_DOES_NOT_EXIST");
    assert_eq!(text, "No tag with name: team in experiment with id 0");
}

#[tokio::test]
async fn renaming_to_a_taken_name_is_refused() {
    let app = TestApp::start().await;
    let id = call(&app, "create", json!({ "name": "n" })).await.ok()["experiment_id"].clone();
    let rename = |name: &str| json!({ "experiment_id": id, "new_name": name });
    call(&app, "update", rename("m")).await.ok();
    call(&app, "update", rename("Default"))
        .await
        .error(400, "RESOURCE_ALREADY_EXISTS");
}

#[tokio::test]
async fn deleted_experiments_do_not_change() {
    let app = TestApp::start().await;
    let id = call(&app, "create", json!({ "name": "gone" })).await.ok()["experiment_id"].clone();
    call(&app, "delete", json!({ "experiment_id": id }))
        .await
        .ok();
    for (verb, more) in [
        ("set-experiment-tag", json!({ "key": "k", "value": "v" })),
        ("delete-experiment-tag", json!({ "key": "k" })),
        ("update", json!({ "new_name": "other" })),
    ] {
        let mut body = more;
        body["experiment_id"] = id.clone();
        let text = call(&app, verb, body)
            .await
            .error(400, "INVALID_PARAMETER_VALUE");
        let expected = format!(
            "The experiment {} must be in the 'active' state. Current state is deleted.",
            id.as_str().unwrap()
        );
        assert_eq!(text, expected, "{verb}");
    }
}

#[tokio::test]
async fn places_with_fragments_and_keys_that_are_paths_are_refused() {
    let app = TestApp::start().await;
    let body = json!({ "name": "n", "artifact_location": "mlflow-artifacts:/x#y" });
    call(&app, "create", body)
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    let body = json!({ "experiment_id": "0", "key": "../b", "value": "v" });
    let text = call(&app, "set-experiment-tag", body)
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert!(text.ends_with("would resolve to '../b'"), "{text}");
}
