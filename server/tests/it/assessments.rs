use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

const PATH: &str = "/api/3.0/mlflow/traces/t/assessments";

async fn app_with_trace() -> TestApp {
    let app = TestApp::start().await;
    app.start_trace("t", json!({})).await.ok();
    app
}

async fn create(app: &TestApp, mut assessment: Value) -> Answer {
    if assessment.get("assessment_name").is_none() {
        assessment["assessment_name"] = json!("rating");
    }
    app.post(PATH, json!({ "assessment": assessment })).await
}

#[tokio::test]
async fn feedback_is_logged_read_changed_and_deleted() {
    let app = app_with_trace().await;
    let source = json!({ "source_type": "HUMAN", "source_id": "ann" });
    let sent = json!({ "feedback": { "value": 4 }, "source": source, "rationale": "good" });
    let made = create(&app, sent).await.ok()["assessment"].clone();
    let id = made["assessment_id"].as_str().unwrap().to_owned();
    assert_eq!(made["feedback"].to_string(), r#"{"value":4.0}"#);
    assert_eq!(
        (&made["valid"], &made["trace_id"]),
        (&json!(true), &json!("t"))
    );
    let path = format!("{PATH}/{id}");
    assert_eq!(app.get(&path).await.ok()["assessment"], made);
    let change = json!({
        "assessment": { "feedback": { "value": "bad" }, "rationale": "ignored" },
        "update_mask": "feedback",
    });
    let changed = app.json("PATCH", &path, change).await.ok()["assessment"].clone();
    assert_eq!(changed["feedback"]["value"], "bad");
    assert_eq!(changed["rationale"], "good");
    for _ in 0..2 {
        assert_eq!(app.json("DELETE", &path, json!({})).await.ok(), json!({}));
    }
    let text = app.get(&path).await.error(404, "RESOURCE_DOES_NOT_EXIST");
    assert_eq!(
        text,
        format!("Assessment with ID '{id}' not found for trace 't'")
    );
}

#[tokio::test]
async fn expectations_keep_lists_and_objects() {
    let app = app_with_trace().await;
    let serialized = json!({ "serialized_value":
        { "serialization_format": "JSON_FORMAT", "value": "{\"a\": [1, 2]}" } });
    let made = create(&app, json!({ "expectation": serialized }))
        .await
        .ok();
    assert_eq!(made["assessment"]["expectation"], serialized);
}

#[tokio::test]
async fn overriding_makes_the_old_one_invalid() {
    let app = app_with_trace().await;
    let old = create(
        &app,
        json!({ "assessment_id": "a-old", "feedback": { "value": 1 } }),
    )
    .await
    .ok();
    assert_eq!(old["assessment"]["assessment_id"], "a-old");
    let over = json!({ "feedback": { "value": 2 }, "overrides": "a-old" });
    let new = create(&app, over).await.ok()["assessment"]["assessment_id"].clone();
    let is_valid =
        async || app.get(&format!("{PATH}/a-old")).await.ok()["assessment"]["valid"].clone();
    assert_eq!(is_valid().await, json!(false));
    app.json(
        "DELETE",
        &format!("{PATH}/{}", new.as_str().unwrap()),
        json!({}),
    )
    .await
    .ok();
    assert_eq!(is_valid().await, json!(true));
    let answer = create(&app, json!({ "feedback": {}, "overrides": "a-none" })).await;
    let text = answer.error(404, "RESOURCE_DOES_NOT_EXIST");
    assert_eq!(text, "Assessment with ID 'a-none' not found for trace 't'");
}

#[tokio::test]
async fn mistakes_are_refused() {
    let app = app_with_trace().await;
    create(&app, json!({ "assessment_id": "a-1", "feedback": {} }))
        .await
        .ok();
    let again = create(&app, json!({ "assessment_id": "a-1", "feedback": {} })).await;
    again.error(400, "RESOURCE_ALREADY_EXISTS");
    let text = create(&app, json!({}))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert_eq!(text, "Unknown assessment type: None");
    create(&app, json!({ "expectation": {} }))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    let change = |mask: Value| json!({ "assessment": { "expectation": { "value": 1 } }, "update_mask": mask });
    let path = format!("{PATH}/a-1");
    let patch = async |mask: Value| app.json("PATCH", &path, change(mask)).await;
    let text = patch(json!("expectation"))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert_eq!(
        text,
        "Cannot update expectation value on a Feedback assessment."
    );
    patch(json!("valid"))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    patch(Value::Null)
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    let elsewhere = app.post(
        "/api/3.0/mlflow/traces/none/assessments",
        json!({ "assessment": { "assessment_name": "n", "feedback": {} } }),
    );
    let text = elsewhere.await.error(404, "RESOURCE_DOES_NOT_EXIST");
    assert_eq!(text, "Trace with ID 'none' not found.");
}

#[tokio::test]
async fn assessments_of_a_trace_come_in_the_order_of_their_time() {
    let app = app_with_trace().await;
    for (name, time) in [
        ("late", "2026-11-21T02:00:00Z"),
        ("early", "2026-11-21T01:00:00Z"),
    ] {
        let sent = json!({ "assessment_name": name, "feedback": {}, "create_time": time });
        create(&app, sent).await.ok();
    }
    let found = app.trace("t").await["assessments"].clone();
    assert_eq!(
        (&found[0]["assessment_name"], &found[1]["assessment_name"]),
        (&json!("early"), &json!("late"))
    );
    assert!(found[0]["source"].get("source_id").is_none(), "{found}");
}
