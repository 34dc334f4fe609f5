//! What enters the store about traces, and the facts that are derived from spans on the way.

use std::collections::BTreeMap;

use crate::assessment::{AssessmentSource, AssessmentValue};
use crate::ids::{AssessmentId, ExperimentId, RunId, TraceId};
use crate::span::Span;
use crate::time::UnixMillis;
use crate::trace::TraceState;

/// Spans of one trace that arrived together, translated, in the order of arrival. If one id occurs twice the last one wins.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanBatch {
    /// Where the trace goes if it is new; a known trace stays where it is.
    pub experiment_id: ExperimentId,
    /// The trace.
    pub trace_id: TraceId,
    /// At least one.
    pub spans: Vec<Span>,
    /// Attributes of the OTLP resource that become trace tags, as text.
    pub resource_tags: Vec<(String, String)>,
    /// The run to link the trace to, if its root span is among `spans` (header `x-mlflow-run-id`).
    pub run_id: Option<RunId>,
    /// True if clients can find the spans of this trace by its id through `traces/get`; false for ids that are not `tr-` and
    /// the OpenTelemetry id, whose clients must go on reading `traces.json` (protocol: spansLocation).
    pub readable_by_id: bool,
}

/// What the spans of one batch say about their trace.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TraceFacts {
    /// The earliest start, in milliseconds.
    pub start: UnixMillis,
    /// The latest end, in milliseconds; `None` if no span has ended.
    pub end: Option<UnixMillis>,
    /// From the first root span of the batch by start time, if one is there.
    pub root: Option<RootFacts>,
    /// The first `session.id`, else the first `gen_ai.conversation.id`.
    pub session: Option<String>,
    /// The first `user.id`.
    pub user: Option<String>,
    /// Tags from the resource and, stronger, from root attributes `mlflow.traceTag.*`.
    pub tags: BTreeMap<String, String>,
}

/// What a root span says about its trace.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RootFacts {
    /// The span's name; the trace's name if it has none.
    pub name: String,
    /// ERROR if the span failed, else OK; IN_PROGRESS while the span runs.
    pub state: TraceState,
    /// Text for people from the inputs.
    pub request_preview: Option<String>,
    /// Text for people from the outputs.
    pub response_preview: Option<String>,
}

/// Trace information that a client sends (`StartTraceV3`, which comes at the end of a trace; also the V2 calls). It is
/// authoritative: what it says replaces what was derived; tags and metadata that it does not mention stay.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceInfoWrite {
    /// The trace.
    pub trace_id: TraceId,
    /// Its experiment; a known trace moves there with its spans.
    pub experiment_id: ExperimentId,
    /// Replaces the stored one, also with `None`.
    pub client_request_id: Option<String>,
    /// Replaces the stored one if given.
    pub request_preview: Option<String>,
    /// Replaces the stored one if given.
    pub response_preview: Option<String>,
    /// When it began.
    pub request_time: UnixMillis,
    /// Replaces the stored one, also with `None`.
    pub duration_ms: Option<i64>,
    /// How it stands.
    pub state: TraceState,
    /// Merged into the stored map.
    pub metadata: BTreeMap<String, String>,
    /// Merged into the stored map.
    pub tags: BTreeMap<String, String>,
    /// Appended.
    pub assessments: Vec<NewAssessment>,
}

/// An assessment to store.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAssessment {
    /// Chosen by the client, or made by the server before it calls the store.
    pub id: AssessmentId,
    /// The span it is about, if not the whole trace.
    pub span_id: Option<String>,
    /// What is judged.
    pub name: String,
    /// Who judged.
    pub source: AssessmentSource,
    /// What is said.
    pub value: AssessmentValue,
    /// Why.
    pub rationale: Option<String>,
    /// More about it.
    pub metadata: BTreeMap<String, String>,
    /// When it was made.
    pub create_time: UnixMillis,
    /// When it last changed.
    pub last_update_time: UnixMillis,
    /// The assessment that this one replaces and makes invalid.
    pub overrides: Option<AssessmentId>,
}
