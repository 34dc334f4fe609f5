//! The rows of the demo data: one recorded run of an agent each.

use std::io::{BufRead, BufReader};

use flate2::bufread::GzDecoder;
use serde::Deserialize;
use serde_json::Value;

/// One recorded run.
#[derive(Debug, Deserialize)]
pub struct Trajectory {
    pub id: String,
    pub source: Source,
    pub domain: String,
    pub task_id: String,
    #[serde(default)]
    pub user_id: Option<String>,
    pub session_id: String,
    pub agent: Agent,
    #[serde(default)]
    pub model: Option<String>,
    pub messages: Vec<Message>,
    #[serde(default)]
    pub reward: Option<f64>,
    #[serde(default)]
    pub reward_info: RewardInfo,
    #[serde(default)]
    pub termination_reason: Option<String>,
    #[serde(default)]
    pub error: Option<String>,
    #[serde(default)]
    pub start_time: Option<String>,
    #[serde(default)]
    pub expected_actions: Option<Value>,
    #[serde(default)]
    pub ticket: Option<String>,
}

/// Where a run was published.
#[derive(Debug, Deserialize)]
pub struct Source {
    pub repo: String,
    pub commit: String,
    pub license: String,
}

/// What ran.
#[derive(Debug, Deserialize)]
pub struct Agent {
    pub framework: String,
    pub name: String,
}

/// One message of the conversation between customer, model and tools.
#[derive(Debug, Deserialize)]
pub struct Message {
    pub role: String,
    #[serde(default)]
    pub content: Value,
    #[serde(default)]
    pub tool_calls: Vec<ToolCall>,
    #[serde(default)]
    pub tool_call_id: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub is_error: bool,
    #[serde(default)]
    pub requestor: Option<String>,
    #[serde(default)]
    pub ts: Option<String>,
    #[serde(default)]
    pub latency_s: Option<f64>,
    #[serde(default)]
    pub usage: Option<Usage>,
    #[serde(default)]
    pub cost_usd: Option<f64>,
    #[serde(default)]
    pub model: Option<String>,
    #[serde(default)]
    pub scripted: bool,
}

/// A tool that the model asked for.
#[derive(Debug, Deserialize)]
pub struct ToolCall {
    #[serde(default)]
    pub id: Option<String>,
    pub name: String,
    pub arguments: Value,
    #[serde(default)]
    pub requestor: Option<String>,
}

/// Tokens of one call.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Usage {
    #[serde(default)]
    pub input_tokens: i64,
    #[serde(default)]
    pub output_tokens: i64,
}

/// How the run was judged.
#[derive(Debug, Default, Deserialize)]
pub struct RewardInfo {
    #[serde(default)]
    pub db_match: Option<bool>,
    #[serde(default)]
    pub nl_assertions: Vec<Assertion>,
}

/// One statement a model judged.
#[derive(Debug, Deserialize)]
pub struct Assertion {
    #[serde(default)]
    pub assertion: String,
    #[serde(default)]
    pub met: bool,
    #[serde(default)]
    pub justification: String,
}

impl Trajectory {
    /// The model, or the framework if no model was recorded.
    pub fn model_name(&self) -> &str {
        self.model.as_deref().unwrap_or(&self.agent.framework)
    }
}

impl Message {
    /// The content as text, empty if there is none.
    pub fn text(&self) -> String {
        match &self.content {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    /// True for tools of the simulated customer, which the agent never sees.
    pub fn is_users_own(&self) -> bool {
        self.requestor.as_deref() == Some("user")
            || self.role == "user" && !self.tool_calls.is_empty()
    }
}

/// The rows of a gzipped JSON-lines file. The file is part of the program and tested to be readable, so a damaged line is a
/// programming error.
pub fn read(gzipped: &[u8]) -> Vec<Trajectory> {
    BufReader::new(GzDecoder::new(gzipped))
        .lines()
        .map(|line| {
            let line = line.expect("the bundled file unpacks");
            serde_json::from_str(&line).expect("every bundled row has the fields of Trajectory")
        })
        .collect()
}
