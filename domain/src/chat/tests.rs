//! Each API by an example of its own, written as text: who says what.

use serde_json::json;

use super::*;

/// One line a message: role, then its parts.
fn told(messages: Option<Vec<Message>>) -> String {
    let Some(messages) = messages else {
        return "-".to_owned();
    };
    let lines = messages.iter().map(|message| {
        let role = match &message.role {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::Tool => "tool",
            Role::Other(name) => name,
        };
        let parts: Vec<String> = message.parts.iter().map(part_told).collect();
        format!("{role}: {}", parts.join(" + "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn part_told(part: &Part) -> String {
    match part {
        Part::Text(text) => text.clone(),
        Part::Thinking(text) => format!("({text})"),
        Part::ToolCall(call) => {
            format!(
                "{}{}#{}",
                call.name,
                call.arguments,
                call.id.as_deref().unwrap_or("?")
            )
        }
        Part::ToolResult(result) => {
            let id = result.call_id.as_deref().unwrap_or("?");
            format!(
                "#{id}={}{}",
                result.output,
                if result.is_error { "!" } else { "" }
            )
        }
        Part::Media(media) => {
            let size = media
                .byte_count
                .map_or("-".to_owned(), |count| count.to_string());
            format!(
                "<{} {} {size}>",
                media.media_type,
                media.url.as_deref().unwrap_or("-")
            )
        }
        Part::Data(value) => format!("?{value}"),
    }
}

fn check(side: Side, value: Value, expected: &[&str]) {
    assert_eq!(
        told(messages(&value.to_string(), side)),
        expected.join("\n")
    );
}

#[test]
fn openai_chat() {
    let image = json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}});
    let call = json!({"id": "c1", "type": "function", "function": {"name": "sql", "arguments": "{\"q\": 1}"}});
    check(
        Side::Inputs,
        json!({"model": "gpt-4o", "messages": [
            {"role": "developer", "content": "be good"},
            {"role": "user", "name": "ada", "content": [{"type": "text", "text": "hi"}, image]},
            {"role": "assistant", "content": null, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "{\"n\": 2}"},
        ]}),
        &[
            "system: be good",
            "user: hi + <image/png - 3>",
            r#"assistant: sql{"q":1}#c1"#,
            r#"tool: #c1={"n":2}"#,
        ],
    );
    check(
        Side::Outputs,
        json!({"id": "x", "choices": [{"index": 0, "message":
            {"role": "assistant", "content": "two", "reasoning_content": "1+1"}}]}),
        &["assistant: (1+1) + two"],
    );
    check(
        Side::Outputs,
        json!({"choices": [{"text": "old"}]}),
        &["assistant: old"],
    );
}

#[test]
fn openai_responses() {
    check(
        Side::Inputs,
        json!({"model": "o3", "instructions": "short", "input": "hi"}),
        &["system: short", "user: hi"],
    );
    check(
        Side::Inputs,
        json!({"input": [
            {"role": "user", "content": [{"type": "input_text", "text": "hi"}]},
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "oops"},
            {"type": "function_call_output", "call_id": "c", "output": "done"},
        ]}),
        &[
            "user: hi",
            r##"assistant: f"oops"#c"##,
            r#"tool: #c="done""#,
        ],
    );
    check(
        Side::Outputs,
        json!({"object": "response", "output": [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
            {"type": "web_search_call", "status": "completed"},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "yes"}]},
        ]}),
        &[
            "assistant: (hm)",
            r#"assistant: ?{"type":"web_search_call","status":"completed"}"#,
            "assistant: yes",
        ],
    );
}

#[test]
fn anthropic() {
    let source = json!({"type": "base64", "media_type": "image/jpeg", "data": "AAAAAAAA"});
    check(
        Side::Inputs,
        json!({"model": "claude", "system": [{"type": "text", "text": "be good"}], "messages": [
            {"role": "user", "content": [{"type": "image", "source": source}, {"type": "text", "text": "what?"}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "look", "input": {"at": 1}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "t", "is_error": true, "content": [{"type": "text", "text": "no"}]}]},
        ]}),
        &[
            "system: be good",
            "user: <image/jpeg - 6> + what?",
            r#"assistant: look{"at":1}#t"#,
            r#"user: #t="no"!"#,
        ],
    );
    check(
        Side::Outputs,
        json!({"type": "message", "role": "assistant", "content": [
            {"type": "thinking", "thinking": "hm", "signature": "s"}, {"type": "text", "text": "a cat"}]}),
        &["assistant: (hm) + a cat"],
    );
}

#[test]
fn gemini() {
    check(
        Side::Inputs,
        json!({"model": "g", "config": {"system_instruction": "short"}, "contents": [
            {"role": "user", "parts": [{"text": "hi"}, {"inlineData": {"mimeType": "image/webp", "data": "AAAA"}}]},
            {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {"a": 1}}}]},
            {"parts": [{"functionResponse": {"name": "f", "response": {"r": 2}}}]},
        ]}),
        &[
            "system: short",
            "user: hi + <image/webp - 3>",
            r#"assistant: f{"a":1}#?"#,
            r#"user: #?={"r":2}"#,
        ],
    );
    check(Side::Inputs, json!({"contents": "hello"}), &["user: hello"]);
    check(
        Side::Outputs,
        json!({"model_version": "g", "content": {"role": "model", "parts": [{"text": "yes"}]}}),
        &["assistant: yes"],
    );
    check(
        Side::Outputs,
        json!({"candidates": [{"content": {"parts": [{"text": "hm", "thought": true}, {"text": "yes"}]}}]}),
        &["assistant: (hm) + yes"],
    );
}

#[test]
fn bedrock() {
    check(
        Side::Inputs,
        json!({"system": [{"text": "be good"}], "messages": [
            {"role": "user", "content": [{"text": "hi"}]},
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t", "name": "f", "input": {}}}]},
            {"role": "user", "content": [{"toolResult": {"toolUseId": "t", "content": [{"text": "ok"}], "status": "error"}}]},
        ]}),
        &[
            "system: be good",
            "user: hi",
            "assistant: f{}#t",
            r#"user: #t="ok"!"#,
        ],
    );
    check(
        Side::Outputs,
        json!({"output": {"message": {"role": "assistant", "content": [{"text": "hello"}]}}, "stopReason": "end_turn"}),
        &["assistant: hello"],
    );
}

#[test]
fn langchain() {
    let lc = |class: &str, kwargs: Value| json!({"lc": 1, "type": "constructor", "id": ["langchain", "schema", class], "kwargs": kwargs});
    check(
        Side::Inputs,
        json!({"messages": [[
            lc("SystemMessage", json!({"content": "be good", "type": "system"})),
            lc("HumanMessage", json!({"content": "hi"})),
        ]]}),
        &["system: be good", "user: hi"],
    );
    check(
        Side::Inputs,
        json!([
            {"type": "human", "content": "hi", "additional_kwargs": {}, "id": null},
            {"type": "ai", "content": [{"type": "tool_use", "id": "t", "name": "f", "input": {}}],
             "tool_calls": [{"name": "f", "args": {}, "id": "t", "type": "tool_call"}]},
            {"type": "tool", "content": "42", "tool_call_id": "t", "status": "error"},
        ]),
        &["user: hi", "assistant: f{}#t", r#"tool: #t="42"!"#],
    );
    check(
        Side::Inputs,
        json!([["system", "s"], ["human", "hi"]]),
        &["system: s", "user: hi"],
    );
    check(
        Side::Outputs,
        json!({"generations": [[{"text": "x", "message": {"type": "ai", "data": {"content": "yes"}}}, {"text": "bare"}]]}),
        &["assistant: yes", "assistant: bare"],
    );
}

#[test]
fn opentelemetry_gen_ai() {
    check(
        Side::Inputs,
        json!([
            {"role": "system", "parts": [{"type": "text", "content": "be good"}]},
            {"role": "assistant", "parts": [{"type": "reasoning", "content": "hm"},
                {"type": "tool_call", "id": "t", "name": "get_weather", "arguments": {"city": "Seattle"}}]},
            {"role": "tool", "parts": [{"type": "tool_call_response", "id": "t", "result": "62°F"}]},
        ]),
        &[
            "system: be good",
            r#"assistant: (hm) + get_weather{"city":"Seattle"}#t"#,
            r#"tool: #t="62°F""#,
        ],
    );
}

#[test]
fn vercel() {
    check(
        Side::Inputs,
        json!({"messages": [
            {"role": "user", "content": [{"type": "text", "text": "hi"}]},
            {"role": "assistant", "content": [{"type": "tool-call", "toolCallId": "t", "toolName": "f", "args": {"a": 1}}]},
            {"role": "tool", "content": [{"type": "tool-result", "toolCallId": "t", "toolName": "f", "result": 4}]},
        ], "tools": []}),
        &["user: hi", r#"assistant: f{"a":1}#t"#, "tool: #t=4"],
    );
    check(
        Side::Outputs,
        json!({"text": "yes", "finishReason": "stop", "toolCalls": "[{\"toolCallId\":\"t\",\"toolName\":\"f\"}]"}),
        &["assistant: yes + fnull#t"],
    );
}

#[test]
fn numbered_attributes() {
    let attributes = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(key, text)| ((*key).to_owned(), crate::json::quote(text)))
            .collect()
    };
    let traceloop = attributes(&[
        ("gen_ai.prompt.0.role", "system"),
        ("gen_ai.prompt.0.content", "be good"),
        ("gen_ai.prompt.1.role", "assistant"),
        ("gen_ai.prompt.1.tool_calls.0.id", "t"),
        ("gen_ai.prompt.1.tool_calls.0.name", "f"),
        ("gen_ai.prompt.1.tool_calls.0.arguments", "{}"),
        ("gen_ai.prompt.2.role", "tool"),
        ("gen_ai.prompt.2.tool_call_id", "t"),
        ("gen_ai.prompt.2.content", "NAME"),
    ]);
    let told_of =
        |attributes: &[(String, String)], side| told(messages_of_attributes(attributes, side));
    assert_eq!(
        told_of(&traceloop, Side::Inputs),
        "system: be good\nassistant: f{}#t\ntool: #t=\"NAME\""
    );
    assert_eq!(told_of(&traceloop, Side::Outputs), "-");
    let open_inference = attributes(&[
        ("llm.output_messages.0.message.role", "assistant"),
        (
            "llm.output_messages.0.message.contents.0.message_content.type",
            "text",
        ),
        (
            "llm.output_messages.0.message.contents.0.message_content.text",
            "hello",
        ),
    ]);
    assert_eq!(told_of(&open_inference, Side::Outputs), "assistant: hello");
}

#[test]
fn wrappers_are_looked_through() {
    let hi = json!({"messages": [{"role": "user", "content": "hi"}]});
    check(Side::Inputs, json!({ "request": hi }), &["user: hi"]);
    check(Side::Inputs, Value::from(hi.to_string()), &["user: hi"]);
    check(
        Side::Inputs,
        json!({"messages": hi["messages"].to_string()}),
        &["user: hi"],
    );
}

#[test]
fn what_is_no_conversation_is_none() {
    for value in [
        json!(null),
        json!("hello"),
        json!(3),
        json!([]),
        json!({}),
        json!([1, 2]),
        json!({"question": "why"}),
        json!({"input": "why"}),
        json!({"input": ["a", "b"], "output": "x"}),
        json!({"messages": ["ChatMessage(role='user')"]}),
        json!({"role": "admin", "user": 3}),
        json!({"type": "human"}),
        json!([{"type": "text", "text": "part"}]),
        json!({"choices": [1]}),
        json!({"messages": []}),
    ] {
        assert_eq!(messages_of_value(&value, Side::Inputs), None, "{value}");
    }
    for text in ["", "{", &"[".repeat(100_000), &"{\"request\":".repeat(100)] {
        assert_eq!(messages(text, Side::Outputs), None);
    }
    let nested = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    assert_eq!(messages(&nested, Side::Inputs), None);
}

#[test]
fn history_is_counted_once() {
    let message = |text: &str| Message {
        role: Role::User,
        name: None,
        parts: vec![Part::Text(text.to_owned())],
    };
    let [a, b, c] = ["a", "b", "c"].map(message);
    assert_eq!(
        repeated(&[a.clone(), b.clone()], &[a.clone(), b.clone(), c.clone()]),
        2
    );
    assert_eq!(repeated(std::slice::from_ref(&b), &[a, b.clone()]), 0);
    assert_eq!(repeated(&[], &[c]), 0);
}

#[test]
fn odd_media_do_no_harm() {
    let part = |value: Value| part_told(&part::part(&value));
    assert_eq!(part(json!({"type": "image"})), "<image - ->");
    assert_eq!(
        part(json!({"type": "image_url", "image_url": "https://a/b.png"})),
        "<image https://a/b.png ->"
    );
    assert_eq!(
        part(json!({"type": "image_url", "image_url": {"url": "data:"}})),
        "<image - 0>"
    );
    let wide = "é".repeat(100);
    assert_eq!(
        part(json!({"type": "file", "file": {"file_data": wide}})),
        "<file - 150>"
    );
    assert_eq!(part(json!([1])), "?[1]");
}
