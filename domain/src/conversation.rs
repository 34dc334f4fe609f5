//! A whole trace as a reader would tell it: who said what, which tools were called and what came of it, told once.
//!
//! Each model call is sent the history again, so a run of forty calls holds every message dozens of times. Here each call shows
//! only what is new against the call before it of the same agent ([`Delta`]); a tool's result stands beside its call, whether it
//! was found in a span or in the next prompt. Which spans tell anything is decided on the span table ([`told_rows`]), so that
//! only their contents are read. Drawing, and cutting long texts, is the viewer's.

mod cards;
mod delta;
mod tell;

pub use delta::{Delta, Gone, News};
pub use tell::{tell, told_rows};

use serde_json::Value;

use crate::chat::{Message, ToolCall, ToolResult};
use crate::documents::Document;

/// One step of the story.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The span it is about, as a row of the table.
    pub row: u32,
    /// How many agents stand around it.
    pub level: u32,
    /// What happened.
    pub what: What,
}

/// What happened in a step.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// An agent begins.
    Agent,
    /// A model was called.
    Call(Call),
    /// A tool ran without a model asking for it.
    Tool(Card),
    /// Documents were looked up.
    Documents {
        /// What was looked for.
        query: Value,
        /// What was found.
        documents: Vec<Document>,
    },
    /// Another agent takes over.
    Handoff(String),
    /// A step failed that tells nothing else.
    Failure,
    /// Inputs and outputs of a shape that is not known.
    Values {
        /// What went in; null if nothing was recorded.
        inputs: Value,
        /// What came out; null if nothing was recorded.
        outputs: Value,
    },
}

/// A call of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// What became of the history.
    pub delta: Delta,
    /// The prompt, then the answer.
    pub said: Vec<Said>,
}

/// A message of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The message; without results that stand in cards.
    pub message: Message,
    /// Whether the reader has seen it.
    pub news: News,
    /// One for each tool call among the parts, in their order.
    pub cards: Vec<Card>,
    /// How long it is, in bytes of text.
    pub bytes: usize,
}

/// A tool's call and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// What was asked for.
    pub call: ToolCall,
    /// What came back, if anything is known to have.
    pub result: Option<ToolResult>,
    /// The span in which the tool ran.
    pub row: Option<u32>,
}

#[cfg(test)]
mod tests;
