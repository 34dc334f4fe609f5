//! Traces: the record of one request through an application, without its spans.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::assessment::Assessment;
use crate::ids::{ExperimentId, RunId, TraceId};
use crate::time::UnixMillis;
use crate::usage::{Cost, TokenUsage};

/// Well-known tag and metadata keys (MLflow 3.17.2).
pub mod keys {
    /// Tag: the trace's name; `name` in filters.
    pub const NAME: &str = "mlflow.traceName";
    /// Tag set by the server: where artifacts of the trace live.
    pub const ARTIFACT_LOCATION: &str = "mlflow.artifactLocation";
    /// Tag set by the server: where clients read spans from.
    pub const SPANS_LOCATION: &str = "mlflow.trace.spansLocation";
    /// Value of [`SPANS_LOCATION`] once spans are in the store.
    pub const TRACKING_STORE: &str = "TRACKING_STORE";
    /// Tag of the archival feature, never set here.
    pub const ARCHIVE_LOCATION: &str = "mlflow.trace.archiveLocation";
    /// Tag of the archival feature, never set here.
    pub const ARCHIVAL_FAILURE: &str = "mlflow.trace.archivalFailure";
    /// Metadata: the end user.
    pub const USER: &str = "mlflow.trace.user";
    /// Metadata: the session.
    pub const SESSION: &str = "mlflow.trace.session";
    /// Tag that stands in for [`USER`].
    pub const USER_TAG: &str = "user_id";
    /// Tag that stands in for [`SESSION`].
    pub const SESSION_TAG: &str = "session_id";
    /// Metadata: the run the trace was logged in; `run_id` in filters.
    pub const SOURCE_RUN: &str = "mlflow.sourceRun";
    /// Metadata: JSON text of [`crate::usage::TokenUsage`].
    pub const TOKEN_USAGE: &str = "mlflow.trace.tokenUsage";
    /// Metadata: JSON text of [`crate::usage::Cost`].
    pub const COST: &str = "mlflow.trace.cost";
    /// Metadata: JSON text whose `num_spans` says how many spans the client sent.
    pub const SIZE_STATS: &str = "mlflow.trace.sizeStats";
    /// Metadata: root inputs cut to 250 characters.
    pub const INPUTS: &str = "mlflow.traceInputs";
    /// Metadata: root outputs cut to 250 characters.
    pub const OUTPUTS: &str = "mlflow.traceOutputs";
    /// Metadata: `"3"`, or `"2"` from 2.x clients.
    pub const SCHEMA_VERSION: &str = "mlflow.trace_schema.version";
}

/// How a trace stands.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TraceState {
    /// Nothing was said.
    StateUnspecified,
    /// Ended well.
    Ok,
    /// Ended badly.
    Error,
    /// Under way, or its end never arrived.
    #[default]
    InProgress,
}

impl TraceState {
    /// All states.
    pub const ALL: [TraceState; 4] = [
        Self::StateUnspecified,
        Self::Ok,
        Self::Error,
        Self::InProgress,
    ];

    /// The wire name: `STATE_UNSPECIFIED`, `OK`, `ERROR`, `IN_PROGRESS`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StateUnspecified => "STATE_UNSPECIFIED",
            Self::Ok => "OK",
            Self::Error => "ERROR",
            Self::InProgress => "IN_PROGRESS",
        }
    }

    /// From the wire name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What is known of a trace without opening its spans: a row of the list, and `TraceInfoV3` on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceInfo {
    /// Its id.
    pub trace_id: TraceId,
    /// The experiment it lives in.
    pub experiment_id: ExperimentId,
    /// The application's own name for the request.
    pub client_request_id: Option<String>,
    /// What was asked, as text for people; about 1,000 characters.
    pub request_preview: Option<String>,
    /// What was answered, as text for people; about 1,000 characters.
    pub response_preview: Option<String>,
    /// When it began.
    pub request_time: UnixMillis,
    /// How long it took in milliseconds; `None` while unknown.
    pub duration_ms: Option<i64>,
    /// How it stands.
    pub state: TraceState,
    /// Written by the application once; keys unique. Includes the server's own token usage and cost entries.
    pub metadata: BTreeMap<String, String>,
    /// Changeable; keys unique. Includes the server's own `mlflow.artifactLocation` and `mlflow.trace.spansLocation`.
    pub tags: BTreeMap<String, String>,
    /// In order of creation.
    pub assessments: Vec<Assessment>,
    /// Facts counted from the stored spans.
    pub stats: TraceStats,
    /// The runs this trace was linked to after the fact, sorted; the run it was logged in is metadata `mlflow.sourceRun`.
    pub linked_runs: Vec<RunId>,
}

/// Facts counted from a trace's stored spans.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TraceStats {
    /// Distinct spans stored.
    pub span_count: u32,
    /// Of these, spans with status ERROR.
    pub error_count: u32,
    /// Tokens over all model calls, none counted twice.
    pub usage: Option<TokenUsage>,
    /// Cost over all model calls, none counted twice.
    pub cost: Option<Cost>,
    /// `user.id` of the root span, if the spans say.
    pub root_user: Option<String>,
    /// `session.id` or `gen_ai.conversation.id`, if the spans say.
    pub root_session: Option<String>,
    /// The models that spans called, sorted; at most [`TraceStats::MODELS_MAX`].
    #[serde(default)]
    pub models: Vec<String>,
}

impl TraceStats {
    /// The most models kept of a trace.
    pub const MODELS_MAX: usize = 32;

    /// Adds models that are not known yet, up to the most that are kept.
    pub fn add_models<'a>(&mut self, models: impl Iterator<Item = &'a str>) {
        for model in models.filter(|model| !model.is_empty()) {
            if self.models.len() >= Self::MODELS_MAX {
                return;
            }
            let place = self
                .models
                .binary_search_by(|known| known.as_str().cmp(model));
            if let Err(place) = place {
                self.models.insert(place, model.to_owned());
            }
        }
    }
}

impl TraceInfo {
    /// A trace in progress of which no more is known than where it is and when it began.
    pub fn new(trace_id: TraceId, experiment_id: ExperimentId, request_time: UnixMillis) -> Self {
        Self {
            trace_id,
            experiment_id,
            client_request_id: None,
            request_preview: None,
            response_preview: None,
            request_time,
            duration_ms: None,
            state: TraceState::InProgress,
            metadata: BTreeMap::new(),
            tags: BTreeMap::new(),
            assessments: Vec::new(),
            stats: TraceStats::default(),
            linked_runs: Vec::new(),
        }
    }

    /// The trace's name: tag `mlflow.traceName`.
    pub fn name(&self) -> Option<&str> {
        self.tags.get(keys::NAME).map(String::as_str)
    }

    /// The end user: metadata `mlflow.trace.user`, else tag `user_id`, else the root span's `user.id`.
    pub fn user(&self) -> Option<&str> {
        first_filled([
            self.metadata.get(keys::USER).map(String::as_str),
            self.tags.get(keys::USER_TAG).map(String::as_str),
            self.stats.root_user.as_deref(),
        ])
    }

    /// The session: metadata `mlflow.trace.session`, else tag `session_id`, else the spans' `session.id`.
    pub fn session(&self) -> Option<&str> {
        first_filled([
            self.metadata.get(keys::SESSION).map(String::as_str),
            self.tags.get(keys::SESSION_TAG).map(String::as_str),
            self.stats.root_session.as_deref(),
        ])
    }

    /// All runs this trace belongs to: the one it was logged in first, then those linked later.
    pub fn runs(&self) -> Vec<RunId> {
        let source = self.metadata.get(keys::SOURCE_RUN).map(RunId::new);
        let mut runs: Vec<RunId> = source.into_iter().collect();
        for run in &self.linked_runs {
            if !runs.contains(run) {
                runs.push(run.clone());
            }
        }
        runs
    }

    /// Tokens of the whole trace: what its metadata says, else the sum over its spans. Clients may say other figures than their
    /// spans; whatever shows, sorts by or sums tokens asks here, so that a trace has the same everywhere.
    pub fn usage(&self) -> Option<TokenUsage> {
        let text = self.metadata.get(keys::TOKEN_USAGE);
        text.and_then(|text| TokenUsage::from_json(text))
            .or(self.stats.usage)
    }

    /// Cost of the whole trace, by the same rule as [`TraceInfo::usage`].
    pub fn cost(&self) -> Option<Cost> {
        let text = self.metadata.get(keys::COST);
        text.and_then(|text| Cost::from_json(text))
            .or(self.stats.cost)
    }

    /// Begin plus duration; equal to the begin while the duration is unknown.
    pub fn end_time(&self) -> UnixMillis {
        UnixMillis(
            self.request_time
                .0
                .saturating_add(self.duration_ms.unwrap_or(0)),
        )
    }

    /// The number of spans the client says it sent (`num_spans` of `mlflow.trace.sizeStats`).
    pub fn expected_spans(&self) -> Option<u32> {
        let stats = self.metadata.get(keys::SIZE_STATS)?;
        let stats: serde_json::Value = serde_json::from_str(stats).ok()?;
        stats
            .get("num_spans")?
            .as_u64()
            .and_then(|n| u32::try_from(n).ok())
    }
}

fn first_filled<const N: usize>(candidates: [Option<&str>; N]) -> Option<&str> {
    candidates
        .into_iter()
        .flatten()
        .find(|text| !text.is_empty())
}
