//! What becomes of spans of each convention.

mod frameworks;

use serde_json::{Value, json};

use super::*;
use crate::ids::SpanId;
use crate::span::{SpanEvent, StatusCode};
use crate::time::UnixNanos;

fn span(attributes: &[(&str, Value)]) -> Span {
    Span {
        span_id: SpanId([1; 8]),
        parent_id: None,
        name: "s".to_owned(),
        start: UnixNanos(0),
        end: Some(UnixNanos(1)),
        status: StatusCode::Unset,
        status_message: String::new(),
        attributes: attributes
            .iter()
            .map(|(key, value)| ((*key).to_owned(), json::to_python_text(value)))
            .collect(),
        events: Vec::new(),
        links: Vec::new(),
    }
}

fn event(name: &str, key: &str, value: &str) -> SpanEvent {
    let attributes = vec![(key.to_owned(), Value::from(value))];
    SpanEvent {
        name: name.to_owned(),
        time: UnixNanos(0),
        attributes,
    }
}

/// Translates twice and checks what was added, in order.
fn check(mut span: Span, added: &[(&str, &str)]) {
    let before = span.attributes.len();
    translate(&mut span);
    let found: Vec<(&str, &str)> = span.attributes[before..]
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    assert_eq!(found, added);
    let once = span.clone();
    translate(&mut span);
    assert_eq!(span, once);
}

#[test]
fn complete_spans_stay_as_they_are() {
    let complete = [
        ("mlflow.spanType", json!("LLM")),
        ("mlflow.spanInputs", json!({"q": 1})),
        ("mlflow.spanOutputs", json!(2)),
        ("request_type", json!("urgent")),
    ];
    check(span(&complete), &[]);
}

#[test]
fn open_inference_is_understood() {
    let attributes = [
        ("openinference.span.kind", json!("LLM")),
        ("input.value", json!({"q": 1})),
        ("output.value", json!("yes")),
        ("llm.model_name", json!("gpt-4o")),
        ("llm.provider", json!("openai")),
        ("llm.token_count.prompt", json!(26)),
        ("llm.token_count.completion", json!("4")),
        ("llm.token_count.prompt_details.cache_read", json!(0)),
    ];
    let usage = r#"{"input_tokens": 26, "output_tokens": 4, "total_tokens": 30, "cache_read_input_tokens": 0}"#;
    check(
        span(&attributes),
        &[
            ("mlflow.spanType", "\"LLM\""),
            ("mlflow.spanInputs", r#"{"q": 1}"#),
            ("mlflow.spanOutputs", "\"yes\""),
            ("mlflow.chat.tokenUsage", usage),
            ("mlflow.llm.model", "\"gpt-4o\""),
            ("mlflow.llm.provider", "\"openai\""),
        ],
    );
}

#[test]
fn mlflows_own_attributes_win_but_an_unknown_type_gives_way() {
    let mut own = span(&[
        ("mlflow.spanType", json!("UNKNOWN")),
        ("mlflow.spanInputs", json!("own")),
        ("openinference.span.kind", json!("TOOL")),
        ("input.value", json!("theirs")),
    ]);
    translate(&mut own);
    assert_eq!(own.span_type(), "TOOL");
    assert_eq!(own.inputs(), Some("\"own\""));
    let typed = [
        ("mlflow.spanType", json!("MATH")),
        ("openinference.span.kind", json!("TOOL")),
    ];
    check(span(&typed), &[]);
}

#[test]
fn gen_ai_is_understood_and_the_old_cache_key_too() {
    let attributes = [
        ("gen_ai.operation.name", json!("chat")),
        (
            "gen_ai.input.messages",
            json!([{"role": "user", "parts": []}]),
        ),
        ("gen_ai.output.messages", json!([])),
        ("gen_ai.usage.input_tokens", json!(1956)),
        ("gen_ai.usage.output_tokens", json!(117)),
        ("gen_ai.usage.cache_creation.input_tokens", json!(5)),
        ("gen_ai.request.model", json!("gpt-4.1-mini")),
        ("gen_ai.provider.name", json!("openai")),
        ("gen_ai.tool.definitions", json!([{"name": "f"}])),
    ];
    let usage = r#"{"input_tokens": 1956, "output_tokens": 117, "total_tokens": 2073, "cache_creation_input_tokens": 5}"#;
    check(
        span(&attributes),
        &[
            ("mlflow.spanType", "\"CHAT_MODEL\""),
            ("mlflow.spanInputs", r#"[{"role": "user", "parts": []}]"#),
            ("mlflow.chat.tokenUsage", usage),
            ("mlflow.chat.tools", r#"[{"name": "f"}]"#),
            ("mlflow.llm.model", "\"gpt-4.1-mini\""),
            ("mlflow.llm.provider", "\"openai\""),
        ],
    );
}

#[test]
fn the_first_convention_that_says_something_wins_for_each_attribute_apart() {
    let attributes = [
        ("input.value", json!("")),
        ("gen_ai.tool.call.arguments", json!({"city": "Seattle"})),
        ("langfuse.observation.input", json!("late")),
        ("langfuse.observation.type", json!("tool")),
        ("llm.token_count.prompt", json!("many")),
        ("gen_ai.usage.input_tokens", json!(7)),
    ];
    check(
        span(&attributes),
        &[
            ("mlflow.spanType", "\"TOOL\""),
            ("mlflow.spanInputs", r#"{"city": "Seattle"}"#),
            ("mlflow.chat.tokenUsage", r#"{"input_tokens": 7}"#),
        ],
    );
}

#[test]
fn table_rows_are_understood() {
    type Case<'a> = (&'a [(&'a str, Value)], &'a [(&'a str, &'a str)]);
    let cases: [Case; 6] = [
        (
            &[
                ("traceloop.span.kind", json!("workflow")),
                ("gen_ai.prompt.0.content", json!("be good")),
                ("gen_ai.prompt.1.content", json!("hello")),
                ("gen_ai.completion.0.content", json!("hi")),
                ("gen_ai.usage.prompt_tokens", json!(3)),
                ("llm.usage.total_tokens", json!(9)),
                ("gen_ai.system", json!("OpenAI")),
            ],
            &[
                ("mlflow.spanType", "\"WORKFLOW\""),
                ("mlflow.spanInputs", "\"be good\""),
                ("mlflow.spanOutputs", "\"hi\""),
                (
                    "mlflow.chat.tokenUsage",
                    r#"{"input_tokens": 3, "total_tokens": 9}"#,
                ),
                ("mlflow.llm.provider", "\"OpenAI\""),
            ],
        ),
        (
            &[("gcp.vertex.agent.llm_request", json!({"contents": 1}))],
            &[("mlflow.spanInputs", r#"{"contents": 1}"#)],
        ),
        (
            &[
                ("ai.operationId", json!("ai.toolCall")),
                ("ai.toolCall.result", json!("4")),
            ],
            &[
                ("mlflow.spanType", "\"TOOL\""),
                ("mlflow.spanOutputs", "\"4\""),
            ],
        ),
        (
            &[
                ("entity.type", json!("agent")),
                ("span.type", json!("llm")),
                ("input", json!("q")),
                ("usage.total_tokens", json!(2)),
                ("voltagent.operation_id", json!("1")),
            ],
            &[
                ("mlflow.spanType", "\"LLM\""),
                ("mlflow.spanInputs", "\"q\""),
                ("mlflow.chat.tokenUsage", r#"{"total_tokens": 2}"#),
                ("mlflow.message.format", "\"voltagent\""),
            ],
        ),
        (
            &[
                ("lk.function_tool.name", json!("f")),
                ("lk.response.text", json!("ok")),
            ],
            &[
                ("mlflow.spanType", "\"TOOL\""),
                ("mlflow.spanOutputs", "\"ok\""),
                ("mlflow.message.format", "\"livekit\""),
            ],
        ),
        (
            &[
                ("lmnr.span.type", json!("EXECUTOR")),
                ("lmnr.span.input", json!([1])),
            ],
            &[
                ("mlflow.spanType", "\"AGENT\""),
                ("mlflow.spanInputs", "[1]"),
                ("mlflow.message.format", "\"openai\""),
            ],
        ),
    ];
    for (attributes, added) in cases {
        check(span(attributes), added);
    }
}

#[test]
fn events_speak_if_attributes_do_not() {
    let mut spring = span(&[("gen_ai.operation.name", json!("chat"))]);
    spring.events = vec![
        event("gen_ai.content.prompt", "gen_ai.prompt", "hello"),
        event("gen_ai.choice", "content", "{\"a\":1}"),
    ];
    check(
        spring,
        &[
            ("mlflow.spanType", "\"CHAT_MODEL\""),
            ("mlflow.spanInputs", "\"hello\""),
            (
                "mlflow.spanOutputs",
                r#"[{"role": "assistant", "content": {"a": 1}}]"#,
            ),
        ],
    );
}

#[test]
fn flattened_messages_become_a_list() {
    let attributes = [
        ("llm.input_messages.10.message.role", json!("tool")),
        ("llm.input_messages.10.message.tool_call_id", json!("c1")),
        ("llm.input_messages.10.message.content", json!("714")),
        ("llm.input_messages.2.message.role", json!("user")),
        (
            "llm.input_messages.2.message.contents.0.message_content.type",
            json!("text"),
        ),
        (
            "llm.input_messages.2.message.contents.0.message_content.text",
            json!("42 × 17?"),
        ),
        ("llm.output_messages.0.message.role", json!("assistant")),
        (
            "llm.output_messages.0.message.tool_calls.0.tool_call.id",
            json!("c1"),
        ),
        (
            "llm.output_messages.0.message.tool_calls.0.tool_call.function.name",
            json!("mul"),
        ),
        (
            "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments",
            json!("{}"),
        ),
    ];
    let mut flat = span(&attributes);
    translate(&mut flat);
    let inputs: Value = serde_json::from_str(flat.inputs().unwrap()).unwrap();
    let expected = json!({"messages": [
        {"role": "user", "content": [{"type": "text", "text": "42 × 17?"}]},
        {"role": "tool", "tool_call_id": "c1", "content": "714"},
    ]});
    assert_eq!(inputs, expected);
    let outputs: Value = serde_json::from_str(flat.outputs().unwrap()).unwrap();
    assert_eq!(
        outputs["messages"][0]["tool_calls"][0]["function"]["name"],
        "mul"
    );
}

#[test]
fn the_model_is_looked_for_in_inputs_and_outputs() {
    let inputs = [("mlflow.spanInputs", json!({"model": "m1", "messages": []}))];
    check(span(&inputs), &[("mlflow.llm.model", "\"m1\"")]);
    let outputs = [
        ("mlflow.spanInputs", json!({"a": {"model": "nested"}})),
        ("output.value", json!({"model": "m2"})),
    ];
    check(
        span(&outputs),
        &[
            ("mlflow.spanOutputs", r#"{"model": "m2"}"#),
            ("mlflow.llm.model", "\"m2\""),
        ],
    );
    check(span(&[("mlflow.spanInputs", json!({"model": ["m"]}))]), &[]);
}

#[test]
fn hostile_values_are_passed_over() {
    let deep = "[".repeat(100_000);
    let mut hostile = span(&[]);
    for key in [
        "input.value",
        "llm.token_count.prompt",
        "gen_ai.operation.name",
        "ai.prompt.x",
    ] {
        hostile.attributes.push((key.to_owned(), deep.clone()));
    }
    hostile.attributes.push((
        "ai.operationId".to_owned(),
        "\"ai.streamText.doStream\"".to_owned(),
    ));
    hostile.attributes.push((
        "llm.input_messages.99999999999.message.role".to_owned(),
        "1".to_owned(),
    ));
    translate(&mut hostile);
    assert_eq!(hostile.inputs(), Some(deep.as_str()));
}
