use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;

use crate::app::{TestApp, export_of, trace_hex};

async fn app_with_trace() -> (TestApp, String) {
    let app = TestApp::start().await;
    let mut export = export_of(1, &[(1, "root", 0), (2, "child", 1)]);
    let span = &mut export["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    span["attributes"] = json!([
        { "key": "mlflow.spanInputs", "value": { "stringValue": "x".repeat(100_000) } },
        { "key": "n", "value": { "intValue": "5" } },
    ]);
    app.export(&export).await.ok();
    (app, format!("/ui-api/traces/tr-{}/spans", trace_hex(1)))
}

#[tokio::test]
async fn the_span_table_is_sent_once() {
    let (app, path) = app_with_trace().await;
    let answer = app.get(&path).await;
    let table = domain::span_table::decode(&answer.body).unwrap();
    assert_eq!(
        (table.len(), table.name(0), table.name(1)),
        (2, "root", "child")
    );
    let tag = answer.headers[header::ETAG].clone();
    let again = Request::get(&path)
        .header(header::IF_NONE_MATCH, tag)
        .body(Body::empty())
        .unwrap();
    assert_eq!(app.send(again).await.status, 304);
    app.get("/ui-api/traces/none/spans")
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
}

#[tokio::test]
async fn spans_are_sent_with_large_values_cut() {
    let (app, path) = app_with_trace().await;
    let span_path = format!("{path}/{}", "01".repeat(8));
    let span = app.get(&span_path).await.ok();
    assert_eq!(span["start_ns"], "1700000000000000001");
    assert_eq!(span["inputs"]["bytes"], 100_002);
    assert_eq!(
        span["inputs"]["json"].as_str().map(str::len),
        Some(64 << 10)
    );
    assert!(
        span["attributes"]
            .as_array()
            .unwrap()
            .contains(&json!(["n", "5", 1])),
        "{span}"
    );
    let whole = app
        .get(&format!("{span_path}?full=1&key=mlflow.spanInputs"))
        .await;
    assert_eq!(whole.body.len(), 100_002);
    for missing in [format!("{path}/0000000000000009"), format!("{path}/xyz")] {
        app.get(&missing)
            .await
            .error(404, "RESOURCE_DOES_NOT_EXIST");
    }
}

#[tokio::test]
async fn images_in_values_are_files_of_their_own() {
    let app = TestApp::start().await;
    let mut export = export_of(1, &[(1, "root", 0)]);
    let image = "iVBORw0KGgo9aZ".repeat(200);
    let inputs = json!({
        "picture": format!("data:image/png;base64,{image}"),
        "page": format!("data:text/html;base64,{image}"),
    });
    export["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"] = json!([
        { "key": "mlflow.spanInputs", "value": { "stringValue": inputs.to_string() } },
    ]);
    app.export(&export).await.ok();
    let path = format!(
        "/ui-api/traces/tr-{}/spans/{}/blobs",
        trace_hex(1),
        "01".repeat(8)
    );
    let page = app.get(&format!("{path}/inputs/1")).await;
    assert_eq!(page.status, 200);
    assert_eq!(
        page.headers[header::CONTENT_TYPE],
        "application/octet-stream"
    );
    let disposition = page.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(disposition.starts_with("attachment"), "{disposition}");
    let picture = app.get(&format!("{path}/inputs/0")).await;
    assert_eq!(picture.headers[header::CONTENT_TYPE], "image/png");
    assert!(picture.body.starts_with(b"\x89PNG"));
    for missing in ["inputs/2", "outputs/0", "sides/0"] {
        app.get(&format!("{path}/{missing}"))
            .await
            .error(404, "RESOURCE_DOES_NOT_EXIST");
    }
}

#[tokio::test]
async fn traces_are_exported_as_lines_and_as_a_table() {
    let app = TestApp::start().await;
    for trace in 1..=3 {
        let name = format!("trace, {trace}");
        app.export(&export_of(trace, &[(1, &name, 0), (2, "child", 1)]))
            .await
            .ok();
    }
    let export = async |experiment: &str, fields: &str| {
        let path = format!("/ui-api/experiments/{experiment}/export");
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(fields.to_owned()))
            .unwrap();
        app.send(request).await
    };
    let text = |body: &[u8]| String::from_utf8(body.to_vec()).unwrap();
    let all = text(&export("0", "").await.body);
    assert_eq!(all.lines().count(), 3, "{all}");
    for line in all.lines() {
        let trace: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(trace.to_string().contains("child"), "{trace}");
    }
    let chosen = format!("format=csv&ids=tr-{}", trace_hex(2));
    let table = export("0", &chosen).await;
    assert_eq!(
        table.headers[header::CONTENT_TYPE],
        "text/csv; charset=utf-8"
    );
    let table = text(&table.body);
    assert_eq!(table.lines().count(), 2, "{table}");
    assert!(table.contains("\"trace, 2\""), "{table}");
    export("0", "filter=nonsense+%3D")
        .await
        .error(400, "INVALID_PARAMETER_VALUE");
    export("77", "").await.error(404, "RESOURCE_DOES_NOT_EXIST");
}

#[tokio::test]
async fn a_trace_written_as_otlp_is_taken_by_another_server() {
    let (app, path) = app_with_trace().await;
    let trace = format!("/ui-api/traces/tr-{}", trace_hex(1));
    let written = app.get(&format!("{trace}/otlp")).await.ok();
    let other = TestApp::start().await;
    other.export(&written).await.ok();
    let table = |body: &[u8]| domain::span_table::decode(body).unwrap();
    let (here, there) = (app.get(&path).await, other.get(&path).await);
    assert_eq!(table(&here.body), table(&there.body));
    let span = format!("{path}/{}", "01".repeat(8));
    assert_eq!(
        app.get(&span).await.ok()["attributes"],
        other.get(&span).await.ok()["attributes"]
    );
    let one = app.get(&format!("{span}?form=otlp")).await.ok();
    let spans = &one["resourceSpans"][0]["scopeSpans"][0]["spans"];
    assert_eq!(spans.as_array().map(Vec::len), Some(1));
    assert_eq!(spans[0]["name"], "root");
    let one = app.get(&format!("{span}?form=mlflow")).await.ok();
    assert_eq!(one["name"], "root");
    assert_eq!(one["span_id"], "AQEBAQEBAQE=");
    app.get("/ui-api/traces/none/otlp")
        .await
        .error(404, "RESOURCE_DOES_NOT_EXIST");
}

#[tokio::test]
async fn large_tables_are_sent_packed() {
    let app = TestApp::start().await;
    let mut export = export_of(1, &[(1, "root", 0)]);
    let spans = &mut export["resourceSpans"][0]["scopeSpans"][0]["spans"];
    let first = spans[0].clone();
    let more = (2..=1_500_u32).map(|number| {
        let mut span = first.clone();
        span["spanId"] = json!(format!("{number:016x}"));
        span
    });
    spans.as_array_mut().unwrap().extend(more);
    app.export(&export).await.ok();
    let path = format!("/ui-api/traces/tr-{}/spans", trace_hex(1));
    let plain = app.get(&path).await;
    for _ in 0..2 {
        let request = Request::get(&path)
            .header(header::ACCEPT_ENCODING, "br, gzip")
            .body(Body::empty())
            .unwrap();
        let answer = app.send(request).await;
        assert_eq!(answer.headers[header::CONTENT_ENCODING], "gzip");
        assert_eq!(answer.headers[header::ETAG], plain.headers[header::ETAG]);
        assert!(answer.body.len() < plain.body.len());
    }
    let table = domain::span_table::decode(&plain.body).unwrap();
    assert_eq!(table.len(), 1_500);
}

#[tokio::test]
async fn attributes_are_columns_of_a_list_and_lead_to_one_without_script() {
    let (app, _) = app_with_trace().await;
    let page = async |path: &str| {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        String::from_utf8(answer.body.to_vec()).unwrap()
    };
    let list = page("/experiments/0/traces?cols=name,attribute.n,attribute.none").await;
    assert!(list.contains("data-cell=\"attribute.n\""), "{list}");
    assert!(list.contains("title=\"5\""), "{list}");
    let span = "01".repeat(8);
    let span = format!("/traces/tr-{}?span={span}&tab=attributes", trace_hex(1));
    let trace = page(&span).await;
    let pinned =
        "%2Cattribute.n\" title=\"Pin as column\" aria-label=\"Pin n as a column of the list\"";
    assert!(trace.contains(pinned), "{trace}");
    let kept = "href=\"/experiments/0/traces?cols=state%2Ctime%2Cname%2Cpreview";
    assert!(trace.contains(kept), "{trace}");
}

#[tokio::test]
async fn feedback_on_words_stands_beside_that_on_their_span() {
    let app = TestApp::start().await;
    let mut export = export_of(1, &[(1, "root", 0)]);
    let said = json!({ "answer": "It costs **49.90 EUR**." }).to_string();
    export["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"] =
        json!([{ "key": "mlflow.spanOutputs", "value": { "stringValue": said } }]);
    app.export(&export).await.ok();
    let trace = format!("tr-{}", trace_hex(1));
    let rate = async |fields: &str| {
        let span = "01".repeat(8);
        let body = format!("trace_id={trace}&span_id={span}&{fields}");
        let request = Request::post("/ui-api/rate_trace")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(Body::from(body));
        app.send(request.unwrap()).await.status
    };
    assert_eq!(rate("thumb=up").await, 200);
    let words = "passage=3+20+costs+49.90+EUR";
    assert_eq!(rate(&format!("thumb=up&{words}")).await, 200);
    // Said again it is changed, not added to.
    assert_eq!(rate(&format!("thumb=down&{words}")).await, 200);
    assert_eq!(rate("thumb=down&passage=4+20+costs+49.90+EUR").await, 400);
    assert_eq!(rate("thumb=down&passage=nonsense").await, 400);

    let answer = app
        .get(&format!("/api/3.0/mlflow/traces/{trace}"))
        .await
        .ok();
    let assessments = answer["trace"]["trace_info"]["assessments"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(assessments.len(), 2, "{answer}");
    let told = |at: usize, key: &str| assessments[at]["metadata"][key].clone();
    assert_eq!(assessments[0]["feedback"]["value"], true);
    assert_eq!(told(0, "spanfall.pin.path"), json!(null));
    assert_eq!(assessments[1]["feedback"]["value"], false);
    assert_eq!(told(1, "spanfall.pin.path"), "mlflow.spanOutputs/answer");
    assert_eq!(told(1, "spanfall.pin.start"), "3");
    assert_eq!(told(1, "spanfall.pin.end"), "20");
    assert_eq!(told(1, "spanfall.pin.quote"), "costs 49.90 EUR");
}
