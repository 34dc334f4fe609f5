use serde_json::{Value, json};

use crate::app::TestApp;

const ISSUES: &str = "/api/3.0/mlflow/issues";

fn new(more: Value) -> Value {
    let mut body = json!({ "experiment_id": "0", "name": "n", "description": "d" });
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

async fn create(app: &TestApp, more: Value) -> Value {
    app.post(ISSUES, new(more)).await.ok()["issue"].clone()
}

#[tokio::test]
async fn issues_are_made_changed_and_read() {
    let app = TestApp::start().await;
    let issue = create(
        &app,
        json!({ "severity": "high", "root_causes": ["a", "b"] }),
    )
    .await;
    let id = issue["issue_id"].as_str().unwrap();
    assert_eq!((id.len(), &id[..4]), (36, "iss-"));
    assert_eq!(
        (&issue["status"], &issue["severity"], &issue["root_causes"]),
        (&json!("pending"), &json!("high"), &json!(["a", "b"]))
    );
    assert!(issue.get("categories").is_none() && issue.get("trace_count").is_none());
    let path = format!("{ISSUES}/{id}");
    let change = json!({ "issue_id": id, "status": "rejected", "name": "new" });
    let changed = app.json("PATCH", &path, change).await.ok()["issue"].clone();
    assert_eq!(
        (
            &changed["status"],
            &changed["name"],
            &changed["description"]
        ),
        (&json!("rejected"), &json!("new"), &json!("d"))
    );
    assert_eq!(app.get(&path).await.ok()["issue"], changed);
    let text = app.get(&format!("{ISSUES}/iss-no")).await;
    let text = text.error(404, "RESOURCE_DOES_NOT_EXIST");
    assert_eq!(text, "Issue with ID 'iss-no' not found");
    for body in [
        new(json!({ "name": "" })),
        new(json!({ "experiment_id": "" })),
        new(json!({ "status": "done" })),
        new(json!({ "severity": "huge" })),
        new(json!({ "experiment_id": "x" })),
    ] {
        app.post(ISSUES, body)
            .await
            .error(400, "INVALID_PARAMETER_VALUE");
    }
    let elsewhere = new(json!({ "experiment_id": "9" }));
    app.post(ISSUES, elsewhere)
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
}

#[tokio::test]
async fn issues_are_searched_by_severity_and_traces() {
    let app = TestApp::start().await;
    let mild = create(&app, json!({ "name": "mild", "severity": "low" })).await;
    create(&app, json!({ "name": "bare", "source_run_id": "r" })).await;
    create(
        &app,
        json!({ "name": "bad", "severity": "high", "status": "resolved" }),
    )
    .await;
    let names = async |more: Value| -> Vec<String> {
        let mut body = json!({ "experiment_id": "0", "max_results": 2 });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        let mut names = Vec::new();
        loop {
            let found = app
                .post(&format!("{ISSUES}/search"), body.clone())
                .await
                .ok();
            let issues = found["issues"].as_array().cloned().unwrap_or_default();
            names.extend(
                issues
                    .iter()
                    .map(|i| i["name"].as_str().unwrap().to_owned()),
            );
            match found.get("next_page_token") {
                Some(token) => body["page_token"] = token.clone(),
                None => return names,
            }
        }
    };
    assert_eq!(names(json!({})).await, ["bad", "mild", "bare"]);
    assert_eq!(
        names(json!({ "filter_string": "status = 'resolved'" })).await,
        ["bad"]
    );
    let other_run = json!({ "filter_string": "source_run_id != 'q' AND status = 'pending'" });
    assert_eq!(names(other_run).await, ["bare"]);
    let text = app
        .post(
            &format!("{ISSUES}/search"),
            json!({ "filter_string": "foo = 'x'" }),
        )
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    assert!(text.contains("foo"), "{text}");

    app.start_trace("t", json!({})).await.ok();
    let rated = json!({ "assessment": {
        "assessment_name": mild["issue_id"], "issue": { "issue_name": "mild" },
        "source": { "source_type": "HUMAN", "source_id": "ann" },
    } });
    app.post("/api/3.0/mlflow/traces/t/assessments", rated)
        .await
        .ok();
    let counted = json!({ "include_trace_count": true });
    let found = app.post(&format!("{ISSUES}/search"), counted).await.ok();
    let counts: Vec<_> = found["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| &i["trace_count"])
        .collect();
    assert_eq!(counts, [&json!(0), &json!(1), &json!(0)]);
}

#[tokio::test]
async fn traces_are_found_by_their_prompts() {
    let app = TestApp::start().await;
    app.start_trace("t", json!({})).await.ok();
    app.start_trace("u", json!({})).await.ok();
    let link = async |body: Value| app.post("/api/2.0/mlflow/traces/link-prompts", body).await;
    let prompts = |version: Value| json!([{ "name": "p", "version": version }]);
    for _ in 0..2 {
        let body = json!({ "trace_id": "t", "prompt_versions": prompts(json!("1")) });
        assert_eq!(link(body).await.ok(), json!({}));
    }
    let unknown = json!({ "trace_id": "none", "prompt_versions": prompts(json!("1")) });
    let text = link(unknown).await.error(404, "RESOURCE_DOES_NOT_EXIST");
    assert_eq!(text, "Trace with ID 'none' not found.");
    link(json!({ "trace_id": "none", "prompt_versions": [] }))
        .await
        .ok();
    link(json!({ "trace_id": "t" }))
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    let worded = json!({ "trace_id": "t", "prompt_versions": prompts(json!("x")) });
    link(worded).await.error(400, "INVALID_PARAMETER_VALUE");
    for (filter, count) in [
        ("prompt = 'p/1'", 1),
        ("prompt = 'p/2'", 0),
        ("NOT prompt = 'p/1'", 1),
        ("prompt = 'p/1' AND trace.text ILIKE '%nothing%'", 0),
        ("prompt = 'p/1' OR span.name = 'x'", 1),
    ] {
        let body = json!({ "locations": [{ "mlflow_experiment": { "experiment_id": "0" } }],
            "filter": filter });
        let found = app.post("/api/3.0/mlflow/traces/search", body).await.ok();
        let traces = found["traces"].as_array().map_or(0, Vec::len);
        assert_eq!(traces, count, "{filter}");
    }
}
