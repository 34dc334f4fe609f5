//! Spans: the timed steps a trace is made of.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::SpanId;
use crate::json;
use crate::time::UnixNanos;

/// Well-known span attribute keys of MLflow, and the two that OpenTelemetry applications use for user and session.
pub mod keys {
    /// The kind of work, e.g. `LLM`.
    pub const SPAN_TYPE: &str = "mlflow.spanType";
    /// What went in.
    pub const INPUTS: &str = "mlflow.spanInputs";
    /// What came out.
    pub const OUTPUTS: &str = "mlflow.spanOutputs";
    /// The MLflow trace id.
    pub const TRACE_REQUEST_ID: &str = "mlflow.traceRequestId";
    /// Tokens used by one model call.
    pub const TOKEN_USAGE: &str = "mlflow.chat.tokenUsage";
    /// Tools offered to the model.
    pub const CHAT_TOOLS: &str = "mlflow.chat.tools";
    /// The model's name.
    pub const MODEL: &str = "mlflow.llm.model";
    /// Who serves the model.
    pub const MODEL_PROVIDER: &str = "mlflow.llm.provider";
    /// What one model call cost, in US dollars.
    pub const COST: &str = "mlflow.llm.cost";
    /// A hint for rendering messages.
    pub const MESSAGE_FORMAT: &str = "mlflow.message.format";
    /// On a root span: `mlflow.traceTag.k` becomes trace tag `k`.
    pub const TRACE_TAG_PREFIX: &str = "mlflow.traceTag.";
    /// The end user.
    pub const USER_ID: &str = "user.id";
    /// The session.
    pub const SESSION_ID: &str = "session.id";
    /// The session, in OpenTelemetry's GenAI conventions.
    pub const CONVERSATION_ID: &str = "gen_ai.conversation.id";
}

/// The key under which filters find the traces that a span's links point to, `span.attributes.`link.trace_id``, unless it has an
/// attribute of that name.
pub const LINKED_TRACE: &str = "link.trace_id";

/// How a span ended.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum StatusCode {
    /// Nothing was said.
    #[default]
    Unset,
    /// Well.
    Ok,
    /// Badly.
    Error,
}

impl StatusCode {
    /// `UNSET`, `OK` or `ERROR`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unset => "UNSET",
            Self::Ok => "OK",
            Self::Error => "ERROR",
        }
    }

    /// From the name, with or without OTLP's `STATUS_CODE_` in front.
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("STATUS_CODE_").unwrap_or(text) {
            "UNSET" => Some(Self::Unset),
            "OK" => Some(Self::Ok),
            "ERROR" => Some(Self::Error),
            _ => None,
        }
    }
}

/// Something that happened at one instant within a span; exceptions are events named `exception`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpanEvent {
    /// What happened.
    pub name: String,
    /// When.
    pub time: UnixNanos,
    /// Plain JSON values in the order given.
    pub attributes: Vec<(String, Value)>,
}

/// A pointer to a span of any trace. Nothing checks that it exists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpanLink {
    /// As `tr-<hex>`.
    pub trace_id: String,
    /// As 16 hex digits.
    pub span_id: String,
    /// Plain JSON values in the order given.
    pub attributes: Vec<(String, Value)>,
}

/// One span, complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Its id, unique within its trace.
    pub span_id: SpanId,
    /// The span that caused this one; `None` for a root. May name a span that never arrives.
    pub parent_id: Option<SpanId>,
    /// For people.
    pub name: String,
    /// When it began.
    pub start: UnixNanos,
    /// When it ended; may lie before `start` if clocks disagreed. `None` while it runs.
    pub end: Option<UnixNanos>,
    /// How it ended.
    pub status: StatusCode,
    /// Why it failed, or empty.
    pub status_message: String,
    /// Key and value, the value as **JSON text**: the number 5 is `5`, the string s is `"s"` with its quotes. In the order
    /// given, keys unique.
    pub attributes: Vec<(String, String)>,
    /// In the order given.
    pub events: Vec<SpanEvent>,
    /// In the order given.
    pub links: Vec<SpanLink>,
}

impl Span {
    /// The JSON text of an attribute.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }

    /// The text of an attribute that is a JSON string.
    pub fn text_attribute(&self, key: &str) -> Option<String> {
        self.attribute(key).and_then(json::as_string)
    }

    /// Sets an attribute to a JSON text, in place if the key is there already.
    pub fn set_attribute(&mut self, key: &str, json_text: String) {
        match self.attributes.iter_mut().find(|(k, _)| k == key) {
            Some((_, value)) => *value = json_text,
            None => self.attributes.push((key.to_owned(), json_text)),
        }
    }

    /// The kind of work (`mlflow.spanType`), `UNKNOWN` if nothing says.
    pub fn span_type(&self) -> String {
        self.text_attribute(keys::SPAN_TYPE)
            .unwrap_or_else(|| UNKNOWN_TYPE.to_owned())
    }

    /// Inputs as JSON text.
    pub fn inputs(&self) -> Option<&str> {
        self.attribute(keys::INPUTS)
    }

    /// Outputs as JSON text.
    pub fn outputs(&self) -> Option<&str> {
        self.attribute(keys::OUTPUTS)
    }

    /// End minus start in nanoseconds; negative if clocks disagreed, `None` while the span runs.
    pub fn duration_nanos(&self) -> Option<i64> {
        self.end.map(|end| end.0.saturating_sub(self.start.0))
    }

    /// The last event named `exception`.
    pub fn exception(&self) -> Option<&SpanEvent> {
        self.events
            .iter()
            .rev()
            .find(|event| event.name == "exception")
    }
}

/// The span type of a span that names none.
pub const UNKNOWN_TYPE: &str = "UNKNOWN";
