use std::collections::HashMap;

use serde_json::{Value, json};

use super::*;
use crate::ids::SpanId;
use crate::span::{Span, StatusCode, keys};
use crate::span_row::SpanRow;
use crate::span_table::SpanTable;
use crate::time::UnixNanos;

/// A trace under construction: spans in the order of their starts.
#[derive(Default)]
struct Trace {
    spans: Vec<Span>,
}

impl Trace {
    /// Adds a span and returns its number; 0 stands for no parent.
    fn span(
        &mut self,
        parent: usize,
        kind: &str,
        name: &str,
        inputs: Value,
        outputs: Value,
    ) -> usize {
        let id = |number: usize| SpanId((number as u64).to_be_bytes());
        let number = self.spans.len() + 1;
        let time = number as i64 * 1_000;
        let attributes = [
            (keys::SPAN_TYPE, json!(kind)),
            (keys::INPUTS, inputs),
            (keys::OUTPUTS, outputs),
        ];
        self.spans.push(Span {
            span_id: id(number),
            parent_id: (parent > 0).then(|| id(parent)),
            name: name.to_owned(),
            start: UnixNanos(time),
            end: Some(UnixNanos(time + 500)),
            status: StatusCode::Ok,
            status_message: String::new(),
            attributes: attributes
                .map(|(key, value)| (key.to_owned(), value.to_string()))
                .into(),
            events: Vec::new(),
            links: Vec::new(),
        });
        number
    }

    /// Adds a call of a model in the form of OpenAI's chat API.
    fn call(&mut self, parent: usize, messages: &[Value], answer: &Value) -> usize {
        let inputs = json!({ "messages": messages });
        let outputs = json!({ "choices": [{ "message": answer }] });
        self.span(parent, "CHAT_MODEL", "chat", inputs, outputs)
    }

    fn items(&self, known: usize) -> (SpanTable, Vec<Item>) {
        let table = SpanTable::new(self.spans.iter().map(SpanRow::of).collect());
        let spans: HashMap<SpanId, &Span> =
            self.spans.iter().map(|span| (span.span_id, span)).collect();
        let rows = told_rows(&table);
        let items = tell(&table, &rows, known, |row| {
            spans.get(&table.span_id(row)).copied()
        });
        (table, items)
    }

    /// One line a step, only what is new.
    fn told(&self) -> Vec<String> {
        let (table, items) = self.items(0);
        items.iter().map(|item| line(&table, item)).collect()
    }
}

fn line(table: &SpanTable, item: &Item) -> String {
    let what = match &item.what {
        What::Agent => format!("agent {}", table.name(item.row)),
        What::Tool(card) => format!("tool {}", card_told(card)),
        What::Documents { documents, .. } => {
            let texts: Vec<&str> = documents
                .iter()
                .map(|document| document.text.as_str())
                .collect();
            format!("found {}", texts.join(","))
        }
        What::Handoff(to) => format!("to {to}"),
        What::Failure => format!("failed {}", table.name(item.row)),
        What::Values { inputs, outputs } => format!("{inputs} → {outputs}"),
        What::Call(call) => {
            let delta = &call.delta;
            let mut counts = format!("={} +{}", delta.kept, delta.added);
            if delta.rewritten > 0 {
                counts += &format!(" ~{}", delta.rewritten);
            }
            for gone in &delta.dropped {
                counts += &format!(" -{}", gone.beginning);
            }
            let said = call.said.iter().filter(|said| said.news != News::Kept);
            let said: Vec<String> = said
                .map(said_told)
                .filter(|text| !text.is_empty())
                .collect();
            format!("{counts}: {}", said.join(" / "))
        }
    };
    format!("{}{what}", "  ".repeat(item.level as usize))
}

fn said_told(said: &Said) -> String {
    let mut parts: Vec<String> = said.cards.iter().map(card_told).collect();
    let text = said.message.text();
    if !text.is_empty() {
        parts.insert(0, text);
    }
    parts.join(" & ")
}

fn card_told(card: &Card) -> String {
    let result = card.result.as_ref().map_or("?".to_owned(), |result| {
        format!(
            "{}{}",
            result.output,
            if result.is_error { "!" } else { "" }
        )
    });
    let row = if card.row.is_some() { "@" } else { "" };
    format!("{}{row}({})={result}", card.call.name, card.call.arguments)
}

fn user(text: &str) -> Value {
    json!({ "role": "user", "content": text })
}

fn assistant(text: &str) -> Value {
    json!({ "role": "assistant", "content": text })
}

fn asks(id: &str, tool: &str, arguments: Value) -> Value {
    let function = json!({ "name": tool, "arguments": arguments.to_string() });
    json!({ "role": "assistant", "content": null, "tool_calls": [{ "id": id, "type": "function", "function": function }] })
}

fn answers(id: &str, text: &str) -> Value {
    json!({ "role": "tool", "tool_call_id": id, "content": text })
}

#[test]
fn each_call_tells_only_what_is_new_and_results_stand_with_their_calls() {
    let mut trace = Trace::default();
    let agent = trace.span(0, "AGENT", "helper", Value::Null, Value::Null);
    let rules = json!({ "role": "system", "content": "be kind" });
    let mut history = vec![rules, user("sum?")];
    let ask = asks("c1", "add", json!({ "a": 1 }));
    trace.call(agent, &history, &ask);
    trace.span(agent, "TOOL", "add", json!({ "a": 1 }), json!(2));
    history.extend([ask, answers("c1", "2")]);
    trace.call(agent, &history, &assistant("it is 2"));
    history.extend([assistant("it is 2"), user("thanks")]);
    trace.call(agent, &history, &assistant("welcome"));
    assert_eq!(
        trace.told(),
        [
            "agent helper",
            "  =0 +2: be kind / sum? / add@({\"a\":1})=\"2\"",
            "  =3 +1: it is 2",
            "  =5 +1: thanks / welcome",
        ]
    );
}

#[test]
fn dropped_and_rewritten_messages_are_named() {
    let mut trace = Trace::default();
    let rules = |day: &str| json!({ "role": "system", "content": format!("today is {day}") });
    trace.call(
        0,
        &[
            rules("Monday"),
            user("one"),
            assistant("first"),
            user("two"),
        ],
        &assistant("second"),
    );
    trace.call(
        0,
        &[
            rules("Tuesday"),
            user("two"),
            assistant("second"),
            user("three"),
        ],
        &assistant("third"),
    );
    assert_eq!(
        trace.told()[1],
        "=2 +1 ~1 -one -first: today is Tuesday / three / third"
    );
}

#[test]
fn agents_keep_their_histories_apart_and_handovers_continue_one() {
    let mut trace = Trace::default();
    let root = trace.span(0, "WORKFLOW", "desk", Value::Null, Value::Null);
    let first = trace.span(root, "AGENT", "triage", Value::Null, Value::Null);
    trace.call(first, &[user("refund please")], &assistant("one moment"));
    trace.span(
        root,
        "CHAIN",
        "transfer_to_billing",
        Value::Null,
        Value::Null,
    );
    let second = trace.span(root, "AGENT", "billing", Value::Null, Value::Null);
    trace.call(
        second,
        &[user("refund please"), assistant("one moment")],
        &assistant("done"),
    );
    let third = trace.span(root, "AGENT", "survey", Value::Null, Value::Null);
    trace.call(third, &[user("how was it?")], &assistant("fine"));
    assert_eq!(
        trace.told(),
        [
            "agent desk",
            "  agent triage",
            "    =0 +1: refund please / one moment",
            "  to billing",
            "  agent billing",
            "    =2 +0: done",
            "  agent survey",
            "    =0 +1: how was it? / fine",
        ]
    );
}

#[test]
fn a_framework_and_its_provider_tell_a_call_once() {
    let mut trace = Trace::default();
    let outer = trace.call(0, &[user("hi")], &assistant("hello"));
    trace.call(outer, &[user("hi")], &assistant("hello"));
    assert_eq!(trace.told(), ["=0 +1: hi / hello"]);
}

#[test]
fn the_same_rules_for_other_questions_are_told_once() {
    let mut trace = Trace::default();
    let rules = json!({ "role": "system", "content": "summarise" });
    trace.call(0, &[rules.clone(), user("a")], &assistant("A"));
    trace.call(0, &[rules, user("b")], &assistant("B"));
    assert_eq!(trace.told(), ["=0 +2: summarise / a / A", "=1 +1: b / B"]);
}

#[test]
fn tools_documents_failures_and_unknown_shapes_have_steps_of_their_own() {
    let mut trace = Trace::default();
    let root = trace.span(0, "CHAIN", "app", json!({ "q": 1 }), Value::Null);
    trace.span(
        root,
        "RETRIEVER",
        "search",
        json!("q"),
        json!([{ "page_content": "a" }]),
    );
    trace.span(root, "TOOL", "ls", json!({}), json!("b"));
    trace.span(root, "LLM", "odd", json!({ "x": 1 }), json!([1, 2]));
    let failed = trace.span(root, "CHAIN", "parse", Value::Null, Value::Null);
    trace.spans[failed - 1].status = StatusCode::Error;
    assert_eq!(
        trace.told(),
        [
            "found a",
            "tool ls@({})=\"b\"",
            "{\"x\":1} → [1,2]",
            "failed parse"
        ]
    );
}

#[test]
fn without_calls_of_a_model_the_roots_tell_what_was_asked() {
    let mut trace = Trace::default();
    let root = trace.span(0, "CHAIN", "app", json!({ "q": 1 }), json!("done"));
    trace.span(root, "CHAIN", "inner", json!(1), json!(2));
    assert_eq!(trace.told(), ["{\"q\":1} → \"done\""]);
}

#[test]
fn a_later_part_knows_what_came_before() {
    let mut trace = Trace::default();
    trace.call(0, &[user("one")], &assistant("first"));
    trace.call(
        0,
        &[user("one"), assistant("first"), user("two")],
        &assistant("second"),
    );
    let (table, items) = trace.items(1);
    let told: Vec<String> = items.iter().map(|item| line(&table, item)).collect();
    assert_eq!(told, ["=2 +1: two / second"]);
}

#[test]
fn very_long_histories_are_compared_all_the_same() {
    let message = |n: usize| user(&format!("message {n}"));
    let first: Vec<Value> = (0..1_200).map(message).collect();
    let second: Vec<Value> = (0..1_300).filter(|n| n % 2 == 0).map(message).collect();
    let mut trace = Trace::default();
    trace.call(0, &first, &assistant("a"));
    trace.call(0, &second, &assistant("b"));
    let (_, items) = trace.items(0);
    let What::Call(call) = &items[1].what else {
        panic!("{:?}", items[1].what)
    };
    assert_eq!(
        (call.delta.kept, call.delta.added + call.delta.rewritten),
        (600, 50)
    );
}
