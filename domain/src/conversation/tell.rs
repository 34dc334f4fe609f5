//! From spans to the story.

use std::collections::HashSet;

use serde_json::Value;

use super::cards::Cards;
use super::delta::{compare, key, shared};
use super::{Call, Card, Delta, Item, News, Said, What};
use crate::chat::{self, Message, Part, Role, Side, ToolCall, ToolResult};
use crate::documents;
use crate::json;
use crate::span::Span;
use crate::span_table::{Kind, RowSet, SpanTable};

/// The rows that tell something, in order: agents, calls of models, tools, retrievals, handoffs, and failures that none of these
/// explains. Without any call of a model the roots tell what was asked and answered.
pub fn told_rows(table: &SpanTable) -> Vec<u32> {
    let mut explained = RowSet::default();
    for row in (0..table.len()).rev() {
        if let (Some(parent), true) = (
            table.parent(row),
            table.is_error(row) || explained.contains(row),
        ) {
            explained.insert(parent);
        }
    }
    let has_calls = (0..table.len()).any(|row| table.kind(row) == Kind::Llm);
    let is_told = |row: u32| match table.kind(row) {
        Kind::Agent | Kind::Llm | Kind::Tool | Kind::Retriever => true,
        Kind::Embedding => table.span_type(row) == "RERANKER",
        _ if handoff_to(table.name(row)).is_some() => true,
        _ if table.is_error(row) && !explained.contains(row) => true,
        _ => !has_calls && table.parent(row).is_none(),
    };
    (0..table.len()).filter(|row| is_told(*row)).collect()
}

/// Tells the story of these rows. The first `known` of them only say what came before: they are not told themselves. Rows whose
/// span `span_of` does not have are passed over.
pub fn tell<'s>(
    table: &SpanTable,
    rows: &[u32],
    known: usize,
    span_of: impl Fn(u32) -> Option<&'s Span>,
) -> Vec<Item> {
    let mut story = Story::new(table);
    for (at, row) in rows.iter().enumerate() {
        story.is_told = at >= known;
        if let Some(span) = span_of(*row) {
            story.take(*row, span);
        }
    }
    story.items.retain(|item| !is_silent(item));
    story.items
}

/// The messages that one agent's calls have exchanged.
struct Thread {
    agent: Option<u32>,
    row: u32,
    history: Vec<Message>,
    keys: HashSet<u64>,
}

struct Story<'t> {
    table: &'t SpanTable,
    items: Vec<Item>,
    cards: Cards,
    threads: Vec<Thread>,
    /// Rows before this one lie within a call that was told.
    told_to: u32,
    is_told: bool,
}

impl<'t> Story<'t> {
    fn new(table: &'t SpanTable) -> Self {
        Self {
            table,
            items: Vec::new(),
            cards: Cards::default(),
            threads: Vec::new(),
            told_to: 0,
            is_told: true,
        }
    }

    fn take(&mut self, row: u32, span: &Span) {
        let kind = self.table.kind(row);
        if let Some(to) = handoff_to(&span.name) {
            self.push(row, What::Handoff(to));
            return;
        }
        match kind {
            Kind::Agent => self.push(row, What::Agent),
            // A framework's span around the provider's holds the same messages.
            Kind::Llm if row < self.told_to => {}
            Kind::Llm => self.take_call(row, span),
            Kind::Tool => self.take_tool(row, span),
            Kind::Retriever | Kind::Embedding => self.take_documents(row, span),
            _ if self.table.is_error(row) => self.push(row, What::Failure),
            _ => self.push_values(row, span),
        }
    }

    fn push(&mut self, row: u32, what: What) {
        if !self.is_told {
            return;
        }
        let agents = self.table.ancestors(row);
        let level = agents
            .filter(|above| self.table.kind(*above) == Kind::Agent)
            .count();
        self.items.push(Item {
            row,
            level: u32::try_from(level).unwrap_or(u32::MAX),
            what,
        });
    }

    fn push_values(&mut self, row: u32, span: &Span) {
        let value = |text: Option<&str>| text.map_or(Value::Null, json::value_or_text);
        let (inputs, outputs) = (value(span.inputs()), value(span.outputs()));
        self.push(row, What::Values { inputs, outputs });
    }

    fn agent_of(&self, row: u32) -> Option<u32> {
        let mut above = self.table.ancestors(row);
        above.find(|above| self.table.kind(*above) == Kind::Agent)
    }

    fn take_call(&mut self, row: u32, span: &Span) {
        let prompt = messages(span, Side::Inputs);
        let answer = messages(span, Side::Outputs);
        if prompt.is_none() && answer.is_none() {
            self.push_values(row, span);
            return;
        }
        self.told_to = self.table.subtree_end(row);
        let (prompt, answer) = (prompt.unwrap_or_default(), answer.unwrap_or_default());
        let agent = self.agent_of(row);
        let thread = self.thread_of(agent, &prompt);
        let (mut delta, news) = match thread {
            Some(at) => compare(&self.threads[at].history, &prompt),
            None => self.fresh(&prompt),
        };
        delta.previous = thread.map(|at| self.threads[at].row);
        self.remember(thread, agent, row, &prompt, &answer);
        if !self.is_told {
            return;
        }
        let prompt = prompt.into_iter().zip(news);
        let said = prompt.chain(answer.into_iter().map(|message| (message, News::Answer)));
        let said = said.map(|(message, news)| Said {
            bytes: message.parts.iter().map(weight).sum(),
            message,
            news,
            cards: Vec::new(),
        });
        let said = said.collect();
        self.push(row, What::Call(Call { delta, said }));
        let last = self.items.len() - 1;
        self.cards.take(&mut self.items, last, agent);
    }

    /// The thread that a prompt continues: of the agent's own the one that shares most with it, else that of another agent, which
    /// handed over.
    fn thread_of(&self, agent: Option<u32>, prompt: &[Message]) -> Option<usize> {
        let threads = self.threads.iter().enumerate();
        let ranked = threads.filter_map(|(at, thread)| {
            let shared = shared(&thread.keys, prompt);
            (shared > 0).then_some((thread.agent == agent, shared, at))
        });
        ranked.max().map(|(_, _, at)| at)
    }

    /// A prompt that continues nothing; only rules that were read before are no news.
    fn fresh(&self, prompt: &[Message]) -> (Delta, Vec<News>) {
        let is_known = |message: &Message| {
            let key = key(message).filter(|_| message.role == Role::System);
            key.is_some_and(|key| self.threads.iter().any(|thread| thread.keys.contains(&key)))
        };
        let news = prompt.iter().map(|message| match is_known(message) {
            true => News::Kept,
            false => News::New,
        });
        let news: Vec<News> = news.collect();
        let kept = news.iter().filter(|news| **news == News::Kept).count();
        let delta = Delta {
            kept,
            added: news.len() - kept,
            ..Delta::default()
        };
        (delta, news)
    }

    fn remember(
        &mut self,
        thread: Option<usize>,
        agent: Option<u32>,
        row: u32,
        prompt: &[Message],
        answer: &[Message],
    ) {
        let history: Vec<Message> = prompt.iter().chain(answer).cloned().collect();
        let keys = history.iter().filter_map(key).collect();
        let now = Thread {
            agent,
            row,
            history,
            keys,
        };
        match thread {
            Some(at) if self.threads[at].agent == agent => self.threads[at] = now,
            _ => self.threads.push(now),
        }
    }

    fn take_tool(&mut self, row: u32, span: &Span) {
        let value = |text: Option<&str>| text.map_or(Value::Null, json::value_or_text);
        let is_error = self.table.is_error(row);
        let output = value(span.outputs());
        let result = ToolResult {
            call_id: None,
            name: None,
            output: match (&output, is_error) {
                (Value::Null, true) => Value::from(failure(span)),
                _ => output,
            },
            is_error,
        };
        let card = Card {
            call: ToolCall {
                id: None,
                name: span.name.clone(),
                arguments: value(span.inputs()),
            },
            result: span.end.is_some().then_some(result),
            row: Some(row),
        };
        let agent = self.agent_of(row);
        if !self.is_told {
            return;
        }
        if let Some(card) = self.cards.run(&mut self.items, agent, card) {
            self.push(row, What::Tool(card));
        }
    }

    fn take_documents(&mut self, row: u32, span: &Span) {
        let found = documents::of_span(span);
        match found {
            Some(documents) => {
                let query = span.inputs().map_or(Value::Null, json::value_or_text);
                self.push(row, What::Documents { query, documents });
            }
            None if self.table.is_error(row) => self.push(row, What::Failure),
            None => self.push_values(row, span),
        }
    }
}

fn messages(span: &Span, side: Side) -> Option<Vec<Message>> {
    let text = match side {
        Side::Inputs => span.inputs(),
        Side::Outputs => span.outputs(),
    };
    let found = chat::messages_of_attributes(&span.attributes, side);
    found.or_else(|| {
        let value: Value = serde_json::from_str(text?).ok()?;
        chat::messages_of_value(&value, side).or_else(|| {
            // A call of a model that takes and gives plain texts.
            let text = value.as_str().filter(|text| !text.is_empty())?.to_owned();
            let role = match side {
                Side::Inputs => Role::User,
                Side::Outputs => Role::Assistant,
            };
            Some(vec![Message {
                role,
                name: None,
                parts: vec![Part::Text(text)],
            }])
        })
    })
}

fn failure(span: &Span) -> String {
    if !span.status_message.is_empty() {
        return span.status_message.clone();
    }
    let attributes = span.exception().map(|event| event.attributes.as_slice());
    let said = |key: &str| {
        let found = attributes?.iter().find(|(name, _)| name == key)?;
        found.1.as_str().map(str::to_owned)
    };
    said("exception.message")
        .or_else(|| said("exception.type"))
        .unwrap_or_default()
}

fn weight(part: &Part) -> usize {
    match part {
        Part::Text(text) | Part::Thinking(text) => text.len(),
        Part::ToolCall(call) => call.name.len() + call.arguments.to_string().len(),
        Part::ToolResult(result) => result.output.to_string().len(),
        Part::Media(_) => 0,
        Part::Data(value) => value.to_string().len(),
    }
}

/// To whom a step of this name hands over, e.g. `transfer_to_billing`.
fn handoff_to(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let prefixes = [
        "transfer_to_",
        "transfer to ",
        "handoff to ",
        "handoff_to_",
        "handoff: ",
    ];
    let prefix = prefixes
        .into_iter()
        .find(|prefix| lower.starts_with(prefix))?;
    let to = name.get(prefix.len()..)?.trim();
    (!to.is_empty()).then(|| to.to_owned())
}

/// A call of which nothing is left to say: all its results went to their cards, and the model has not answered.
fn is_silent(item: &Item) -> bool {
    match &item.what {
        What::Values { inputs, outputs } => inputs.is_null() && outputs.is_null(),
        _ => false,
    }
}
