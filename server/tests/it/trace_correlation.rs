use serde_json::{Value, json};

use crate::app::TestApp;

async fn app_with_traces() -> TestApp {
    let app = TestApp::start().await;
    for n in 0..12 {
        let more = json!({
            "request_time": format!("2026-11-21T00:00:{n:02}Z"),
            "state": if n % 3 == 0 { "ERROR" } else { "OK" },
            "tags": { "model": if n % 2 == 0 { "a" } else { "b" } },
        });
        app.start_trace(&format!("t{n}"), more).await.ok();
    }
    app
}

async fn correlation(app: &TestApp, prefix: &str, body: &Value) -> crate::app::Answer {
    let path = format!("/{prefix}/3.0/mlflow/traces/calculate-filter-correlation");
    app.post(&path, body.clone()).await
}

#[tokio::test]
async fn counts_and_measures_are_those_of_mlflow() {
    let app = app_with_traces().await;
    let body = json!({
        "experiment_ids": ["0"],
        "filter_string1": "status = 'ERROR'",
        "filter_string2": "tags.model = 'a'",
        "base_filter": "timestamp_ms > 0",
    });
    for prefix in ["api", "ajax-api"] {
        let answer = correlation(&app, prefix, &body).await.ok();
        let npmi = answer["npmi"].as_f64().unwrap();
        assert!(npmi.abs() < 1e-9, "{answer}");
        assert!(answer["npmi_smoothed"].is_f64());
        assert_eq!(answer["filter1_count"], 4);
        assert_eq!(answer["filter2_count"], 6);
        assert_eq!(answer["joint_count"], 2);
        assert_eq!(answer["total_count"], 12);
    }
    let never = json!({
        "experiment_ids": ["0"],
        "filter_string1": "status = 'ERROR'",
        "filter_string2": "status = 'OK' OR tags.model = 'c'",
    });
    assert_eq!(correlation(&app, "api", &never).await.ok()["npmi"], -1.0);
}

#[tokio::test]
async fn what_is_not_defined_is_left_out() {
    let app = app_with_traces().await;
    let body = json!({
        "experimentIds": ["0", "99"],
        "filterString1": "tags.model = 'none'",
        "filterString2": "tags.model = 'a'",
    });
    let expected = json!({
        "filter1_count": 0, "filter2_count": 6, "joint_count": 0, "total_count": 12,
    });
    assert_eq!(correlation(&app, "api", &body).await.ok(), expected);
}

#[tokio::test]
async fn mistakes_are_refused() {
    let app = TestApp::start().await;
    let good = json!({
        "experiment_ids": ["0"], "filter_string1": "status = 'OK'", "filter_string2": "status = 'OK'",
    });
    for (name, value) in [
        ("experiment_ids", json!(null)),
        ("experiment_ids", json!("0")),
        ("experiment_ids", json!([0])),
        ("experiment_ids", json!(["x"])),
        ("filter_string1", json!("")),
        ("filter_string1", json!(7)),
        ("filter_string2", json!("nonsense ===")),
        ("base_filter", json!("nonsense ===")),
    ] {
        let mut body = good.clone();
        body[name] = value;
        let answer = correlation(&app, "api", &body).await;
        answer.error(400, "INVALID_PARAMETER_VALUE");
    }
    let answer = correlation(&app, "api", &json!({})).await;
    let text = answer.error(400, "INVALID_PARAMETER_VALUE");
    assert!(
        text.starts_with("Missing value for required parameter 'experiment_ids'"),
        "{text}"
    );
}
