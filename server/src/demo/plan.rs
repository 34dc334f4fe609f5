//! From a recorded conversation to spans: an AGENT root, a CHAT_MODEL span per model call with the history it saw, a TOOL span
//! per tool call. Durations are as recorded; the whole moves in time.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::NaiveDateTime;
use domain::ids::{SpanId, hex};
use domain::json;
use domain::span::{Span, SpanEvent, StatusCode, keys};
use domain::time::{UnixMillis, UnixNanos};
use domain::trace::TraceState;
use serde_json::{Value, json};

use super::trajectory::{Message, ToolCall, Trajectory};

/// The traces are spread over this long before now.
pub const SPREAD_MS: i64 = 24 * 3600 * 1000;

/// Reasons of ending that mean failure.
const FAILED_ENDS: [&str; 5] = [
    "agent_error",
    "user_error",
    "too_many_errors",
    "error",
    "max_steps",
];

/// A trace ready to be logged; the first span is the root.
pub struct PlannedTrace {
    pub otel_id: [u8; 16],
    pub spans: Vec<Span>,
    pub state: TraceState,
    /// By how much the recorded times were moved.
    pub shift_nanos: i64,
}

/// Begin and end of a message, in nanoseconds from the start of the run.
type Step = (i64, i64);

/// Makes the spans of the `index`th of `count` runs.
pub fn plan(row: &Trajectory, index: usize, count: usize, now: UnixMillis) -> PlannedTrace {
    let otel_id = hash_id(&row.id);
    let steps = steps(row);
    let mut builder = Builder {
        row,
        steps: &steps,
        otel_id,
        spans: Vec::new(),
    };
    let failure = failure(row);
    builder.root(failure.as_deref());
    builder.calls();
    let mut spans = builder.spans;

    let length = spans[0].end.map_or(0, |end| end.0);
    let step = SPREAD_MS * 1_000_000 / count.max(1) as i64;
    let end = now.0 * 1_000_000 - step * (count - 1 - index) as i64;
    let shift = end - length;
    for span in &mut spans {
        span.start.0 += shift;
        if let Some(end) = &mut span.end {
            end.0 += shift;
        }
        for event in &mut span.events {
            event.time.0 += shift;
        }
    }
    let recorded = row.start_time.as_deref().and_then(nanos).unwrap_or(0);
    let state = if failure.is_some() {
        TraceState::Error
    } else {
        TraceState::Ok
    };
    PlannedTrace {
        otel_id,
        spans,
        state,
        shift_nanos: shift - recorded,
    }
}

/// 32 hex digits that depend on the text alone.
pub fn hex_id(text: &str) -> String {
    hex(&hash_id(text))
}

struct Builder<'a> {
    row: &'a Trajectory,
    steps: &'a [Step],
    otel_id: [u8; 16],
    spans: Vec<Span>,
}

impl Builder<'_> {
    fn root(&mut self, failure: Option<&str>) {
        let messages = &self.row.messages;
        let asked = messages
            .iter()
            .find(|m| m.role == "user")
            .map(Message::text);
        let asked = asked
            .or_else(|| self.row.ticket.clone())
            .unwrap_or_default();
        let answer = messages
            .iter()
            .rev()
            .find(|m| m.role == "assistant" && !m.content.is_null());
        let answer = answer.map(Message::text).unwrap_or_default();
        let end = self.steps.iter().map(|step| step.1).max().unwrap_or(0);
        let mut span = self.span(self.row.agent.name.clone(), "AGENT", (0, end));
        span.parent_id = None;
        set(
            &mut span,
            keys::INPUTS,
            &json!({"messages": [{"role": "user", "content": asked}]}),
        );
        let outputs = json!({"messages": [{"role": "assistant", "content": answer}]});
        set(&mut span, keys::OUTPUTS, &outputs);
        if let Some(message) = failure {
            fail(&mut span, "AgentError", message);
        }
        self.spans.push(span);
    }

    fn calls(&mut self) {
        let messages = &self.row.messages;
        let mut results: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, message) in messages.iter().enumerate().rev() {
            if let Some(id) = message
                .tool_call_id
                .as_deref()
                .filter(|_| message.role == "tool")
            {
                results.entry(id).or_default().push(index);
            }
        }
        for (index, message) in messages.iter().enumerate() {
            if message.role == "assistant" && !message.scripted {
                self.model_call(index, message);
            }
            for call in &message.tool_calls {
                let id = call.id.as_deref().unwrap_or_default();
                let result = results.get_mut(id).and_then(Vec::pop);
                self.tool_call(index, call, result);
            }
        }
    }

    fn model_call(&mut self, index: usize, message: &Message) {
        let model = message.model.as_deref().or(self.row.model.as_deref());
        let history: Vec<Value> = self.row.messages[..index]
            .iter()
            .filter(|m| !m.is_users_own())
            .map(chat_message)
            .collect();
        let name = model.map_or_else(|| "chat".to_owned(), |model| format!("chat {model}"));
        let mut span = self.span(name, "CHAT_MODEL", self.steps[index]);
        set(
            &mut span,
            keys::INPUTS,
            &json!({"model": model, "messages": history}),
        );
        let choice = json!({"index": 0, "message": chat_message(message)});
        set(
            &mut span,
            keys::OUTPUTS,
            &json!({"model": model, "choices": [choice]}),
        );
        set(&mut span, keys::MESSAGE_FORMAT, &json!("openai"));
        if let Some(model) = model {
            set(&mut span, keys::MODEL, &json!(model));
        }
        if let Some(usage) = message.usage {
            let total = usage.input_tokens + usage.output_tokens;
            let usage = json!({
                "input_tokens": usage.input_tokens,
                "output_tokens": usage.output_tokens,
                "total_tokens": total,
            });
            set(&mut span, keys::TOKEN_USAGE, &usage);
        }
        if let Some(cost) = message.cost_usd.filter(|cost| *cost > 0.0) {
            set(&mut span, "demo.source_cost_usd", &json!(cost));
        }
        self.spans.push(span);
    }

    fn tool_call(&mut self, index: usize, call: &ToolCall, result: Option<usize>) {
        let step = result.map_or((self.steps[index].1, self.steps[index].1), |i| {
            self.steps[i]
        });
        let result = result.map(|i| &self.row.messages[i]);
        let mut span = self.span(call.name.clone(), "TOOL", step);
        set(&mut span, keys::INPUTS, &call.arguments);
        if let Some(id) = &call.id {
            set(&mut span, "tool.call_id", &json!(id));
        }
        let asked_by = call.requestor.as_deref().unwrap_or("assistant");
        set(&mut span, "tool.requestor", &json!(asked_by));
        if let Some(result) = result {
            set(&mut span, keys::OUTPUTS, &result.content);
            if result.is_error {
                fail(&mut span, "ToolError", &result.text());
            }
        }
        self.spans.push(span);
    }

    fn span(&self, name: String, kind: &str, (start, end): Step) -> Span {
        let index = self.spans.len();
        let mut span = Span {
            span_id: span_id(self.otel_id, index),
            parent_id: Some(span_id(self.otel_id, 0)),
            name,
            start: UnixNanos(start),
            end: Some(UnixNanos(end)),
            status: StatusCode::Ok,
            status_message: String::new(),
            attributes: Vec::new(),
            events: Vec::new(),
            links: Vec::new(),
        };
        set(&mut span, keys::SPAN_TYPE, &json!(kind));
        span
    }
}

fn set(span: &mut Span, key: &str, value: &Value) {
    span.set_attribute(key, json::to_python_text(value));
}

/// Marks a span as failed. Where the tool printed a Python traceback, that is the stack trace.
fn fail(span: &mut Span, kind: &str, message: &str) {
    let start = message.find("Traceback (most recent call last)");
    let stack = start.map_or("", |at| &message[at..]);
    let last_line = message.trim_end().lines().last().unwrap_or_default();
    let short: String = if stack.is_empty() { message } else { last_line }
        .chars()
        .take(300)
        .collect();
    span.status = StatusCode::Error;
    span.status_message = format!("{kind}: {short}");
    span.events.push(SpanEvent {
        name: "exception".to_owned(),
        time: span.end.unwrap_or(span.start),
        attributes: vec![
            ("exception.type".to_owned(), json!(kind)),
            ("exception.message".to_owned(), json!(short)),
            ("exception.stacktrace".to_owned(), json!(stack)),
        ],
    });
}

fn failure(row: &Trajectory) -> Option<String> {
    let ended = row.termination_reason.as_deref();
    let failed = ended.filter(|reason| FAILED_ENDS.contains(reason));
    row.error
        .clone()
        .or_else(|| failed.map(|reason| format!("ended with {reason}")))
}

/// A message in OpenAI's chat format.
fn chat_message(message: &Message) -> Value {
    let mut out = json!({"role": message.role, "content": message.content});
    if !message.tool_calls.is_empty() {
        let calls: Vec<Value> = message.tool_calls.iter().map(chat_tool_call).collect();
        out["tool_calls"] = Value::Array(calls);
    }
    if message.role == "tool" {
        out["tool_call_id"] = json!(message.tool_call_id.as_deref().unwrap_or_default());
        if let Some(name) = &message.name {
            out["name"] = json!(name);
        }
    }
    out
}

fn chat_tool_call(call: &ToolCall) -> Value {
    let arguments = match &call.arguments {
        Value::String(text) => text.clone(),
        other => json::to_python_text(other),
    };
    json!({
        "id": call.id.as_deref().unwrap_or_default(),
        "type": "function",
        "function": {"name": call.name, "arguments": arguments},
    })
}

/// A step runs from the end of the one before, or from the measured latency before its own end.
fn steps(row: &Trajectory) -> Vec<Step> {
    let first = row.messages.iter().find_map(|m| m.ts.as_deref());
    let zero = row
        .start_time
        .as_deref()
        .or(first)
        .and_then(nanos)
        .unwrap_or(0);
    let mut before = 0;
    let mut out = Vec::with_capacity(row.messages.len());
    for message in &row.messages {
        let Some(ended) = message.ts.as_deref().and_then(nanos) else {
            out.push((before, before));
            continue;
        };
        let end = before.max(ended - zero);
        let latency = message.latency_s.map_or(0, |s| (s * 1e9) as i64);
        let start = if latency > 0 && latency <= end - before {
            end - latency
        } else {
            before
        };
        out.push((start, end));
        before = end;
    }
    out
}

/// Nanoseconds of a local time without a zone.
fn nanos(text: &str) -> Option<i64> {
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
    time.and_utc().timestamp_nanos_opt()
}

fn span_id(trace: [u8; 16], index: usize) -> SpanId {
    SpanId(hash(&(trace, index)).max(1).to_be_bytes())
}

fn hash_id(text: &str) -> [u8; 16] {
    let mut out = [0; 16];
    out[..8].copy_from_slice(&hash(&(text, 'a')).to_be_bytes());
    out[8..].copy_from_slice(&hash(&(text, 'b')).to_be_bytes());
    out
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::super::{ROWS, trajectory};
    use super::*;

    #[test]
    fn every_bundled_run_becomes_a_trace_of_the_last_day() {
        let now = UnixMillis(1_800_000_000_000);
        let rows = trajectory::read(ROWS);
        assert!(rows.len() > 40);
        for (index, row) in rows.iter().enumerate() {
            let trace = plan(row, index, rows.len(), now);
            let root = &trace.spans[0];
            let ended = root.end.unwrap().0 / 1_000_000;
            assert!(ended <= now.0 && ended >= now.0 - SPREAD_MS, "{}", row.id);
            assert!(root.parent_id.is_none());
            for child in &trace.spans[1..] {
                assert_eq!(child.parent_id, Some(root.span_id));
                assert!(
                    child.start >= root.start && child.end <= root.end,
                    "{}",
                    row.id
                );
            }
        }
    }

    #[test]
    fn some_runs_failed_and_say_why() {
        let rows = trajectory::read(ROWS);
        let failed = rows
            .iter()
            .map(|row| plan(row, 0, 1, UnixMillis(0)))
            .filter(|trace| trace.state == TraceState::Error);
        let mut count = 0;
        for trace in failed {
            assert!(trace.spans[0].exception().is_some());
            count += 1;
        }
        assert!(count > 0);
    }
}
