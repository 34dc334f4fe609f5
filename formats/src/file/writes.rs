//! A trace of a file as a store takes it.

use std::hash::{DefaultHasher, Hash, Hasher};

use domain::ids::{ExperimentId, TraceId};
use domain::ingest::{SpanBatch, TraceInfoWrite};
use domain::span::Span;
use domain::trace::{TraceState, keys};
use serde_json::Value;

use super::FileTrace;
use super::gather::NAMELESS;

/// What a file says of a trace beside its spans.
#[derive(Debug, Clone)]
pub struct Told {
    /// All but the assessments.
    pub write: TraceInfoWrite,
    /// As they stand in the file.
    pub assessments: Vec<Value>,
}

/// A trace to be written, under the id that it has in the file.
#[derive(Debug, Clone)]
pub struct Writes {
    /// The trace.
    pub trace_id: TraceId,
    /// Its spans, if it has any.
    pub batch: Option<SpanBatch>,
    /// What the file says of it beside them, to be written after the spans.
    pub info: Option<TraceInfoWrite>,
    /// Assessments as they stand in the file.
    pub assessments: Vec<Value>,
}

impl FileTrace {
    /// The trace as a store takes it, in an experiment. One without an id gets one that follows from its spans.
    pub fn into_writes(self, experiment: ExperimentId) -> Writes {
        let trace_id = match self.info.trace_id.as_str() {
            NAMELESS => id_of(&self.spans),
            _ => self.info.trace_id.clone(),
        };
        let (write, assessments) = match self.told {
            Some(told) => (Some(told.write), told.assessments),
            None => (None, Vec::new()),
        };
        let info = write.map(|mut write| {
            // What the file leaves open follows from the spans, as it does on the page that shows the file.
            if write.state == TraceState::StateUnspecified {
                write.state = self.info.state;
            }
            write.trace_id = trace_id.clone();
            write.experiment_id = experiment;
            if let Some(name) = self.info.name() {
                let name = name.to_owned();
                write.tags.entry(keys::NAME.to_owned()).or_insert(name);
            }
            // These are true of the server that the file came from.
            write.tags.remove(keys::ARTIFACT_LOCATION);
            write.tags.remove(keys::SPANS_LOCATION);
            write
        });
        let batch = (!self.spans.is_empty()).then(|| SpanBatch {
            experiment_id: experiment,
            trace_id: trace_id.clone(),
            spans: self.spans,
            resource_tags: self.resource_tags,
            run_id: None,
            readable_by_id: self.has_spans_of_its_id && trace_id.to_otel().is_some(),
        });
        Writes {
            trace_id,
            batch,
            info,
            assessments,
        }
    }
}

/// The same for the same spans, so that a file that is saved again is known again.
fn id_of(spans: &[Span]) -> TraceId {
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        seed.hash(&mut hasher);
        for span in spans {
            span.span_id.hash(&mut hasher);
            span.start.0.hash(&mut hasher);
            span.name.hash(&mut hasher);
        }
        hasher.finish()
    };
    let id = (u128::from(half(0)) << 64) | u128::from(half(1));
    TraceId::from_otel(id.to_be_bytes())
}
