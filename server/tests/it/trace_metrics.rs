use serde_json::{Value, json};

use crate::app::{Answer, TestApp, export_of};

async fn app_with_traces() -> TestApp {
    let app = TestApp::start().await;
    for n in 0..4 {
        let more = json!({
            "request_time": format!("2026-11-21T0{}:00:00Z", n / 2),
            "execution_duration": format!("{}s", n + 1),
            "state": if n == 3 { "ERROR" } else { "OK" },
            "tags": { "mlflow.traceName": if n < 3 { "chat" } else { "search" }, "env": "prod" },
            "trace_metadata": {
                "mlflow.trace.session": format!("s{}", n % 2),
                "mlflow.trace.tokenUsage": format!(r#"{{"input_tokens": {n}, "output_tokens": 1}}"#),
            },
        });
        app.start_trace(&format!("t{n}"), more).await.ok();
    }
    app
}

async fn ask(app: &TestApp, mut more: Value) -> Answer {
    let mut body = json!({
        "experiment_ids": ["0"],
        "view_type": "TRACES",
        "metric_name": "trace_count",
        "aggregations": [{ "aggregation_type": "COUNT" }],
    });
    for (name, value) in more.as_object_mut().unwrap() {
        body[name] = value.take();
    }
    app.post("/api/3.0/mlflow/traces/metrics", body).await
}

async fn points(app: &TestApp, more: Value) -> Value {
    ask(app, more).await.ok()["data_points"].take()
}

#[tokio::test]
async fn traces_are_counted_by_their_dimensions() {
    let app = app_with_traces().await;
    let found = points(
        &app,
        json!({ "dimensions": ["trace_name", "trace_status"] }),
    )
    .await;
    let point = |name: &str, status: &str, count: f64| {
        json!({
            "metric_name": "trace_count",
            "dimensions": { "trace_name": name, "trace_status": status },
            "values": { "COUNT": count },
        })
    };
    assert_eq!(
        found,
        json!([point("chat", "OK", 3.0), point("search", "ERROR", 1.0)])
    );
    let plain = points(&app, json!({ "view_type": 1 })).await;
    let expected = json!([{ "metric_name": "trace_count", "values": { "COUNT": 4.0 } }]);
    assert_eq!(plain, expected);
    let sessions = points(&app, json!({ "metric_name": "session_count" })).await;
    assert_eq!(sessions[0]["values"]["COUNT"], 2.0);
    let body = json!({
        "experiment_ids": ["0"], "view_type": "TRACES", "metric_name": "trace_count",
        "aggregations": [{ "aggregation_type": 1 }],
    });
    let other = app.post("/ajax-api/3.0/mlflow/traces/metrics", body).await;
    assert_eq!(other.ok()["data_points"], expected);
}

#[tokio::test]
async fn numbers_are_aggregated_and_bucketed() {
    let app = app_with_traces().await;
    let found = points(
        &app,
        json!({
            "metric_name": "latency",
            "aggregations": [
                { "aggregation_type": "AVG" },
                { "aggregation_type": "PERCENTILE", "percentile_value": 50 },
                { "aggregation_type": "PERCENTILE", "percentile_value": 99.5 },
                { "aggregation_type": "MAX" },
            ],
            "time_interval_seconds": 3600,
            "start_time_ms": 1_795_219_200_000_i64,
            "end_time_ms": "1795305599999",
        }),
    )
    .await;
    assert_eq!(
        found[1],
        json!({
            "metric_name": "latency",
            "dimensions": { "time_bucket": "2026-11-21T01:00:00+00:00" },
            "values": { "AVG": 3500.0, "P50.0": 3500.0, "P99.5": 3995.0, "MAX": 4000.0 },
        })
    );
    assert_eq!(found.as_array().unwrap().len(), 2);
    let tokens = points(
        &app,
        json!({
            "metric_name": "input_tokens",
            "aggregations": [{ "aggregation_type": "SUM" }],
            "filters": ["trace.status = 'OK'", "trace.tag.env = 'prod'",
                "trace.metadata.`mlflow.trace.session` = 's0'"],
        }),
    );
    assert_eq!(tokens.await[0]["values"], json!({ "SUM": 2.0 }));
}

#[tokio::test]
async fn spans_and_assessments_have_metrics_too() {
    let app = TestApp::start().await;
    let export = export_of(7, &[(1, "agent", 0), (2, "llm", 1), (3, "llm", 1)]);
    app.export(&export).await.ok();
    let spans = json!({
        "view_type": "SPANS", "metric_name": "span_count", "dimensions": ["span_name"],
        "filters": ["span.status = 'OK'"],
    });
    let found = points(&app, spans).await;
    assert_eq!(found[1]["dimensions"]["span_name"], "llm");
    assert_eq!(found[1]["values"]["COUNT"], 2.0);
    app.start_trace("t0", json!({})).await.ok();
    for value in [json!("yes"), json!(false), json!("perhaps")] {
        let assessment = json!({
            "assessment_name": "good",
            "source": { "source_type": "HUMAN", "source_id": "ann" },
            "feedback": { "value": value },
        });
        let path = "/api/3.0/mlflow/traces/t0/assessments";
        app.post(path, json!({ "assessment": assessment }))
            .await
            .ok();
    }
    let ratings = json!({
        "view_type": "ASSESSMENTS", "metric_name": "assessment_value",
        "aggregations": [{ "aggregation_type": "AVG" }], "dimensions": ["assessment_name"],
        "filters": ["assessment.type = 'feedback'"],
    });
    let expected = json!([{
        "metric_name": "assessment_value", "dimensions": { "assessment_name": "good" },
        "values": { "AVG": 0.5 },
    }]);
    assert_eq!(points(&app, ratings).await, expected);
    let values = json!({
        "view_type": "ASSESSMENTS", "metric_name": "assessment_count",
        "dimensions": ["assessment_value"],
    });
    let found = points(&app, values).await;
    assert_eq!(found[0]["dimensions"]["assessment_value"], "\"perhaps\"");
}

#[tokio::test]
async fn of_nothing_there_is_a_count_and_no_figure() {
    let app = TestApp::start().await;
    let zero = |metric: &str| json!([{ "metric_name": metric, "values": { "COUNT": 0.0 } }]);
    for (more, metric) in [
        (json!({}), "trace_count"),
        (json!({ "experiment_ids": ["99"] }), "trace_count"),
        (json!({ "experiment_ids": [] }), "trace_count"),
        (
            json!({ "view_type": "SPANS", "metric_name": "span_count" }),
            "span_count",
        ),
    ] {
        assert_eq!(points(&app, more).await, zero(metric));
    }
    for more in [
        json!({ "dimensions": ["trace_name"] }),
        json!({ "metric_name": "latency", "aggregations": [{ "aggregation_type": "MAX" }] }),
        json!({ "max_results": 0 }),
    ] {
        assert_eq!(ask(&app, more).await.ok(), json!({}));
    }
}

#[tokio::test]
async fn mistakes_are_refused() {
    let app = TestApp::start().await;
    for (more, text) in [
        (
            json!({ "experiment_ids": null }),
            "Missing value for required parameter 'experiment_ids'",
        ),
        (json!({ "experiment_ids": ["x"] }), ""),
        (
            json!({ "view_type": null }),
            "Missing value for required parameter 'view_type'",
        ),
        (json!({ "view_type": "SESSIONS" }), "Invalid value"),
        (
            json!({ "aggregations": [] }),
            "Missing value for required parameter 'aggregations'",
        ),
        (json!({ "aggregations": ["COUNT"] }), "Invalid value"),
        (
            json!({ "metric_name": "span_count" }),
            "metric_name must be one of ['trace_count', 'session_count', 'latency', 'input_tokens', \
            'output_tokens', 'total_tokens', 'cache_read_input_tokens', \
            'cache_creation_input_tokens'], got 'span_count'",
        ),
        (
            json!({ "aggregations": [{ "aggregation_type": "SUM" }] }),
            "Found invalid aggregation_type(s): ['SUM']. Supported aggregation types: ['COUNT']",
        ),
        (
            json!({ "dimensions": ["span_name", "trace_name"] }),
            "Found invalid dimension(s): ['span_name']. Supported dimensions: ['trace_name', \
            'trace_status']",
        ),
        (
            json!({ "metric_name": "latency", "aggregations": [{ "aggregation_type": "PERCENTILE" }] }),
            "Percentile value is required for PERCENTILE aggregation",
        ),
        (
            json!({ "metric_name": "latency",
                "aggregations": [{ "aggregation_type": "PERCENTILE", "percentile_value": 101 }] }),
            "Percentile value must be between 0 and 100, got 101.0",
        ),
        (
            json!({ "time_interval_seconds": 60, "start_time_ms": 1 }),
            "start_time_ms and end_time_ms are required if time_interval_seconds is set",
        ),
        (
            json!({ "time_interval_seconds": -1 }),
            "time_interval_seconds must be positive",
        ),
        (json!({ "max_results": -1 }), "Invalid value -1"),
        (
            json!({ "filters": ["status = 'OK'"] }),
            "Invalid identifier 'status'",
        ),
        (
            json!({ "filters": ["trace.status != 'OK'"] }),
            "Invalid comparator: '!='",
        ),
        (
            json!({ "filters": ["span.name = 'x'"] }),
            "Filtering by span is only supported for SPANS view type, got TRACES",
        ),
    ] {
        let answer = ask(&app, more.clone()).await;
        let message = answer.error(400, "INVALID_PARAMETER_VALUE");
        assert!(message.starts_with(text), "{more}: {message}");
    }
}
