//! Messages out of the inputs and outputs of a model call, whichever API they were made for.
//!
//! Understood are OpenAI's chat and responses APIs, Anthropic, Gemini, Bedrock, LangChain, OpenTelemetry GenAI, Vercel AI, and the
//! numbered attributes of OpenInference and Traceloop. What is recognised as a conversation but holds something unknown keeps it as
//! [`Part::Data`]; nothing is dropped in silence. Rendering, and Markdown in it, is the viewer's.

mod find;
mod message;
mod part;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::translate::flattened;

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// The speaker's own name, if there is one.
    pub name: Option<String>,
    /// What is said, in order.
    pub parts: Vec<Part>,
}

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Whoever set the rules: `system`, `developer`.
    System,
    /// The person, or the program that asks.
    User,
    /// The model.
    Assistant,
    /// A tool that answers a call.
    Tool,
    /// Anybody else, by the name given.
    Other(String),
}

/// One piece of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Part {
    /// Text, perhaps Markdown.
    Text(String),
    /// What the model thought before it spoke; may be empty if the provider hides it.
    Thinking(String),
    /// The model asks for a tool.
    ToolCall(ToolCall),
    /// A tool answers.
    ToolResult(ToolResult),
    /// An image, a sound or a file; its bytes are not carried along.
    Media(Media),
    /// Something else, as it is.
    Data(Value),
}

/// A call of a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Ties the result to the call.
    pub id: Option<String>,
    /// The tool.
    pub name: String,
    /// What it is called with; a text if it was meant to be JSON and is not.
    pub arguments: Value,
}

/// What a tool returned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolResult {
    /// The id of the call.
    pub call_id: Option<String>,
    /// The tool, if said.
    pub name: Option<String>,
    /// What it returned.
    pub output: Value,
    /// Whether it is said to have failed.
    pub is_error: bool,
}

/// An image, a sound or a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// E.g. `image/png`, or only `image` or `file` if no more is known.
    pub media_type: String,
    /// Where it is, if it is elsewhere. Not checked: may be any text.
    pub url: Option<String>,
    /// How many bytes it has, about, if it came along.
    pub byte_count: Option<u64>,
}

/// Which side of a call is looked at: says who speaks where the JSON does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What went in.
    Inputs,
    /// What came out.
    Outputs,
}

impl Message {
    /// All text parts, by empty lines.
    pub fn text(&self) -> String {
        let texts = self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n\n")
    }
}

/// The messages in inputs or outputs given as JSON text; `None` if they are not a conversation.
pub fn messages(json_text: &str, side: Side) -> Option<Vec<Message>> {
    messages_of_value(&serde_json::from_str(json_text).ok()?, side)
}

/// The messages in inputs or outputs; `None` if they are not a conversation.
pub fn messages_of_value(value: &Value, side: Side) -> Option<Vec<Message>> {
    find::conversation(value, side, 0).filter(|messages| !messages.is_empty())
}

/// The messages in numbered attributes of a span (key and JSON text); `None` if there are none. Ask this before [`messages`] for
/// Traceloop's spans, whose inputs hold only the first message.
pub fn messages_of_attributes(attributes: &[(String, String)], side: Side) -> Option<Vec<Message>> {
    let prefixes =
        [flattened::OPEN_INFERENCE, flattened::TRACELOOP].map(|[inputs, outputs]| match side {
            Side::Inputs => inputs,
            Side::Outputs => outputs,
        });
    prefixes.into_iter().find_map(|prefix| {
        messages_of_value(&Value::Array(flattened::messages(attributes, prefix)), side)
    })
}

/// How many messages at the beginning of `now` were already in `before`: the history that need not be shown again.
pub fn repeated(before: &[Message], now: &[Message]) -> usize {
    before
        .iter()
        .zip(now)
        .take_while(|(before, now)| before == now)
        .count()
}

#[cfg(test)]
mod tests;
