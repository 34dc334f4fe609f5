//! Conventions that need more than a table.

use super::*;

#[test]
fn vercel_model_calls_are_gathered() {
    let attributes = [
        ("ai.operationId", json!("ai.streamText.doStream")),
        ("ai.prompt.messages", json!("[{\"role\":\"user\"}]")),
        ("ai.prompt.tools", json!(["{\"name\":\"f\"}"])),
        ("ai.response.text", json!("hi")),
    ];
    check(
        span(&attributes),
        &[
            ("mlflow.spanType", "\"LLM\""),
            (
                "mlflow.spanInputs",
                r#"{"messages": [{"role": "user"}], "tools": [{"name": "f"}]}"#,
            ),
            ("mlflow.spanOutputs", r#"{"text": "hi"}"#),
            ("mlflow.message.format", "\"vercel_ai\""),
        ],
    );
}

#[test]
fn gemini_cli_messages_are_wrapped() {
    let attributes = [
        ("gen_ai.agent.name", json!("gemini-cli")),
        ("gen_ai.operation.name", json!("llm_call")),
        ("gen_ai.input.messages", json!("hello")),
        (
            "gen_ai.output.messages",
            json!([{"parts": [1]}, {"parts": [2]}]),
        ),
    ];
    let outputs = r#"{"candidates": [{"content": {"role": "model", "parts": [1, 2]}}]}"#;
    check(
        span(&attributes),
        &[
            ("mlflow.spanType", "\"LLM\""),
            ("mlflow.spanInputs", r#"{"contents": "hello"}"#),
            ("mlflow.spanOutputs", outputs),
            ("mlflow.message.format", "\"gemini\""),
        ],
    );
}

#[test]
fn claude_code_counts_cached_input_and_hides_redacted_text() {
    let call = [
        ("span.type", json!("claude_code.llm_request")),
        ("new_context", json!("<REDACTED>")),
        ("input_tokens", json!(10)),
        ("output_tokens", json!(2)),
        ("cache_read_tokens", json!(5)),
    ];
    let usage = r#"{"input_tokens": 15, "output_tokens": 2, "total_tokens": 17, "cache_read_input_tokens": 5}"#;
    check(
        span(&call),
        &[
            ("mlflow.spanType", "\"LLM\""),
            ("mlflow.chat.tokenUsage", usage),
        ],
    );
    let mut tool = span(&[("span.type", json!("tool")), ("file_path", json!("/a"))]);
    tool.events = vec![event("tool.output", "output", "done")];
    check(
        tool,
        &[
            ("mlflow.spanType", "\"TOOL\""),
            ("mlflow.spanInputs", r#"{"file_path": "/a"}"#),
            ("mlflow.spanOutputs", "\"done\""),
        ],
    );
}

#[test]
fn livekit_spans_are_told_by_their_first_telling_attribute() {
    let of = |keys: &[&str]| {
        let attributes: Vec<_> = keys.iter().map(|key| (*key, json!("x"))).collect();
        let mut span = span(&attributes);
        translate(&mut span);
        span.text_attribute("mlflow.spanType")
    };
    let cases: [(&[&str], Option<&str>); 9] = [
        (&["lk.agent_name"], Some("AGENT")),
        (&["lk.function_tools", "lk.generation_id"], Some("TOOL")),
        (&["lk.agent_name", "gen_ai.request.model"], Some("LLM")),
        (&["lk.retry_count"], Some("LLM")),
        (&["lk.tts_streaming", "lk.agent_name"], Some("UNKNOWN")),
        (&["lk.input_text", "lk.instructions"], Some("UNKNOWN")),
        (&["lk.user_transcript"], Some("UNKNOWN")),
        (
            &["lk.transcription_delay", "lk.retry_count"],
            Some("UNKNOWN"),
        ),
        (&["lk.interrupted"], None),
    ];
    for (attributes, expected) in cases {
        assert_eq!(of(attributes).as_deref(), expected, "{attributes:?}");
    }
    let operation = [("gen_ai.operation.name", json!("Chat")), ("lk.x", json!(1))];
    let mut named = span(&operation);
    translate(&mut named);
    assert_eq!(named.span_type(), "CHAT_MODEL");
}
