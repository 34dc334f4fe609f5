//! OpenTelemetry's exporter for Rust, over HTTP: what it sends is what the server shows.

use std::collections::HashMap;
use std::net::SocketAddr;

use opentelemetry::trace::{
    Span as _, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, Tracer,
    TracerProvider as _,
};
use opentelemetry::{Array, Context, KeyValue, StringValue, Value as Otel};
use opentelemetry_otlp::{Compression, Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use serde_json::{Value, json};

use crate::app::TestApp;

/// Exports one trace the way an instrumented application does and returns its id.
fn export(address: SocketAddr, protocol: Protocol, is_compressed: bool) -> String {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("http://{address}/v1/traces"))
        .with_protocol(protocol)
        .with_headers(HashMap::from([(
            "x-mlflow-experiment-id".to_owned(),
            "0".to_owned(),
        )]));
    let exporter = if is_compressed {
        exporter.with_compression(Compression::Gzip)
    } else {
        exporter
    };
    let resource = Resource::builder()
        .with_service_name("shop")
        .with_attribute(KeyValue::new("deployment.environment", "test"))
        .build();
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter.build().unwrap())
        .with_resource(resource)
        .build();
    let tracer = provider.tracer("spanfall-test");
    let tags = Array::String(vec![StringValue::from("a"), StringValue::from("b")]);
    let mut root = tracer.build(tracer.span_builder("checkout").with_kind(SpanKind::Server));
    root.set_attributes([
        KeyValue::new("gen_ai.operation.name", "invoke_agent"),
        KeyValue::new("session.id", "s-1"),
        KeyValue::new("text", "größe ☃"),
        KeyValue::new("count", i64::MAX),
        KeyValue::new("ratio", 0.5),
        KeyValue::new("flag", true),
        KeyValue::new("list", Otel::Array(tags)),
    ]);
    root.add_event("retry", vec![KeyValue::new("attempt", 2)]);
    let earlier = SpanContext::new(
        TraceId::from(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128),
        SpanId::from(0xb7ad_6b71_6920_3331_u64),
        TraceFlags::SAMPLED,
        true,
        Default::default(),
    );
    root.add_link(earlier, vec![KeyValue::new("reason", "retry")]);
    let id = root.span_context().trace_id().to_string();
    let around = Context::new().with_span(root);
    let mut call = tracer.start_with_context("call", &around);
    call.record_error(&std::io::Error::other("no such tool"));
    call.set_status(Status::error("no such tool"));
    call.end();
    around.span().set_status(Status::Ok);
    around.span().end();
    provider.shutdown().unwrap();
    format!("tr-{id}")
}

/// The attributes of a span or an event by key.
fn attributes(of: &Value) -> HashMap<&str, &Value> {
    let items = of["attributes"].as_array().unwrap();
    items
        .iter()
        .map(|item| (item["key"].as_str().unwrap(), &item["value"]))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_of_the_rust_exporter_is_shown_as_it_was_recorded() {
    let app = TestApp::start().await;
    let address = app.listen().await;
    let cases = [
        (Protocol::HttpBinary, false),
        (Protocol::HttpBinary, true),
        (Protocol::HttpJson, false),
        (Protocol::HttpJson, true),
    ];
    for (protocol, is_compressed) in cases {
        // The exporter's client blocks its thread.
        let sent = tokio::task::spawn_blocking(move || export(address, protocol, is_compressed));
        let id = sent.await.unwrap();
        let info = app.trace(&id).await;
        assert_eq!(info["state"], "OK", "{protocol:?} {is_compressed}");
        assert_eq!(info["tags"]["mlflow.traceName"], "checkout");
        assert_eq!(info["tags"]["service.name"], "shop");
        assert_eq!(info["tags"]["deployment.environment"], "test");
        assert_eq!(info["trace_metadata"]["mlflow.trace.session"], "s-1");

        let read = format!("/api/3.0/mlflow/traces/get?trace_id={id}");
        let read = app.get(&read).await.ok();
        let [root, call] = read["trace"]["spans"].as_array().unwrap().as_slice() else {
            panic!("two spans, not {read}");
        };
        let shown = attributes(root);
        assert_eq!(shown["text"], &json!({ "string_value": "größe ☃" }));
        assert_eq!(shown["count"], &json!({ "int_value": i64::MAX }));
        assert_eq!(shown["ratio"], &json!({ "double_value": 0.5 }));
        assert_eq!(shown["flag"], &json!({ "bool_value": true }));
        assert_eq!(
            shown["list"]["array_value"]["values"][1],
            json!({ "string_value": "b" })
        );
        assert_eq!(
            shown["mlflow.spanType"],
            &json!({ "string_value": "AGENT" })
        );
        assert_eq!(root["events"][0]["name"], "retry");
        assert_eq!(root["links"].as_array().map(Vec::len), Some(1));
        assert_eq!(call["parent_span_id"], root["span_id"]);
        assert_eq!(call["status"]["code"], "STATUS_CODE_ERROR");
        assert_eq!(
            attributes(&call["events"][0])["exception.message"],
            &json!({ "string_value": "no such tool" })
        );
    }
}
