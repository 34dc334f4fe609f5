//! OTLP spans to spans of the domain, gathered by trace.
//!
//! Pure: no clock, no store, no HTTP. Checks ids, turns values into JSON text, takes tags from the
//! resource and translates foreign conventions, and
//! prices model calls.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::ids::{ExperimentId, RunId, SpanId, TraceId, hex};
use domain::ingest::SpanBatch;
use domain::json;
use domain::pricing::{PriceTable, add_cost};
use domain::span::{Span, SpanEvent, SpanLink, keys};
use domain::time::UnixNanos;
use domain::translate::translate;

use super::DecodeError;
use super::model::{AnyValue, KeyValue, RawSpan};
use crate::tag_key;

/// Agents whose name their root spans carry as an attribute too, because viewers and translators tell
/// them apart by it (MLflow 3.17.2 has the same list).
const NAMED_SERVICES: [&str; 5] = [
    "claude-code",
    "codex_cli_rs",
    "codex_vscode",
    "gemini-cli",
    "qwen-code",
];

/// From how many attributes on duplicates are looked for with a set rather than pairwise.
const PAIRWISE_MAX: usize = 24;

/// The spans of one request, by trace in order of first appearance.
#[derive(Debug)]
pub struct Batches {
    experiment: ExperimentId,
    run: Option<RunId>,
    prices: Arc<PriceTable>,
    batches: Vec<SpanBatch>,
    by_trace: HashMap<[u8; 16], usize>,
    /// The batch of the span before; most spans follow one of their own trace.
    last: Option<([u8; 16], usize)>,
    resource: Resource,
    /// Batches that have the tags of the current resource.
    tagged: HashSet<usize>,
    /// Spans that could not be kept; `None` if one such refuses all.
    left_out: Option<u32>,
}

#[derive(Debug, Default)]
struct Resource {
    tags: Vec<(String, String)>,
    service_name: Option<String>,
}

impl Batches {
    /// For spans that go to an experiment and, if asked, to a run; their cost is told by `prices`.
    pub fn new(experiment: ExperimentId, run: Option<RunId>, prices: Arc<PriceTable>) -> Self {
        Self {
            experiment,
            run,
            prices,
            batches: Vec::new(),
            by_trace: HashMap::new(),
            last: None,
            resource: Resource::default(),
            tagged: HashSet::new(),
            left_out: None,
        }
    }

    /// Passes over spans that cannot be kept and counts them, where else the first one would be an error.
    pub fn forgiving(self) -> Self {
        Self {
            left_out: Some(0),
            ..self
        }
    }

    /// How many spans were passed over.
    pub fn left_out(&self) -> u32 {
        self.left_out.unwrap_or(0)
    }

    /// Says which resource the spans that follow come from.
    pub fn enter_resource(&mut self, attributes: &[KeyValue<'_>]) {
        self.tagged.clear();
        self.last = None;
        self.resource = Resource::default();
        for (key, value) in attributes {
            if key == "service.name" {
                let name = value.to_tag_text();
                if NAMED_SERVICES.contains(&name.as_str()) {
                    self.resource.service_name = Some(name);
                }
            }
            let is_internal = key.starts_with("telemetry.sdk.") || key.starts_with("mlflow.");
            if !is_internal && tag_key::is_valid(key) {
                self.resource
                    .tags
                    .push((key.to_string(), value.to_tag_text()));
            }
        }
    }

    /// Adds a span of the current resource.
    ///
    /// # Errors
    /// [`DecodeError::Span`] if an id is missing or too long.
    pub fn push(&mut self, raw: &RawSpan<'_>) -> Result<(), DecodeError> {
        match (self.keep(raw), &mut self.left_out) {
            (Err(_), Some(left_out)) => {
                *left_out += 1;
                Ok(())
            }
            (kept, _) => kept,
        }
    }

    fn keep(&mut self, raw: &RawSpan<'_>) -> Result<(), DecodeError> {
        let trace_id = id::<16>(&raw.trace_id).ok_or_else(|| bad_span(raw, "trace id"))?;
        let mut span = to_span(raw)?;
        if let (None, Some(service)) = (span.parent_id, &self.resource.service_name) {
            span.set_attribute("service.name", json::quote(service));
        }
        let index = self.batch_index(trace_id);
        let batch = &mut self.batches[index];
        span.set_attribute(keys::TRACE_REQUEST_ID, json::quote(batch.trace_id.as_str()));
        translate(&mut span);
        add_cost(&mut span, &self.prices);
        batch.spans.push(span);
        Ok(())
    }

    /// The finished batches.
    pub fn into_batches(self) -> Vec<SpanBatch> {
        self.batches
    }

    fn batch_index(&mut self, trace_id: [u8; 16]) -> usize {
        if let Some((last_id, index)) = self.last
            && last_id == trace_id
        {
            return index;
        }
        let index = *self.by_trace.entry(trace_id).or_insert_with(|| {
            self.batches.push(SpanBatch {
                experiment_id: self.experiment,
                trace_id: TraceId::from_otel(trace_id),
                spans: Vec::new(),
                resource_tags: Vec::new(),
                run_id: self.run.clone(),
                readable_by_id: true,
            });
            self.batches.len() - 1
        });
        if self.tagged.insert(index) {
            let tags = &mut self.batches[index].resource_tags;
            // Where resources of one trace disagree, the first is heard, as MLflow 3.17.2 does.
            for (key, value) in &self.resource.tags {
                if !tags.iter().any(|(known, _)| known == key) {
                    tags.push((key.clone(), value.clone()));
                }
            }
        }
        self.last = Some((trace_id, index));
        index
    }
}

/// A span by itself, not translated, with the id of its trace if it has a valid one.
///
/// # Errors
/// [`DecodeError::Span`] if its own id or its parent's is missing or too long.
pub fn single_span(raw: &RawSpan<'_>) -> Result<(Span, Option<[u8; 16]>), DecodeError> {
    Ok((to_span(raw)?, id::<16>(&raw.trace_id)))
}

fn to_span(raw: &RawSpan<'_>) -> Result<Span, DecodeError> {
    let span_id = id::<8>(&raw.span_id)
        .map(SpanId)
        .ok_or_else(|| bad_span(raw, "span id"))?;
    let parent_id = if raw.parent_id.iter().all(|byte| *byte == 0) {
        None
    } else {
        Some(
            id::<8>(&raw.parent_id)
                .map(SpanId)
                .ok_or_else(|| bad_span(raw, "parent span id"))?,
        )
    };
    let events = raw.events.iter().map(|event| SpanEvent {
        name: event.name.to_string(),
        time: UnixNanos::from_unsigned(event.time_nanos),
        attributes: plain_attributes(&event.attributes),
    });
    let links = raw.links.iter().map(|link| SpanLink {
        trace_id: hex_id::<16>("tr-", &link.trace_id),
        span_id: hex_id::<8>("", &link.span_id),
        attributes: plain_attributes(&link.attributes),
    });
    Ok(Span {
        span_id,
        parent_id,
        name: raw.name.to_string(),
        start: UnixNanos::from_unsigned(raw.start_nanos),
        end: (raw.end_nanos != 0).then(|| UnixNanos::from_unsigned(raw.end_nanos)),
        status: raw.status,
        status_message: raw.status_message.to_string(),
        attributes: json_attributes(&raw.attributes),
        events: events.collect(),
        links: links.collect(),
    })
}

/// Keys once each, in order of first appearance, with their last value.
fn json_attributes(attributes: &[KeyValue<'_>]) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::with_capacity(attributes.len() + 2);
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (key, value) in attributes {
        let known = if attributes.len() <= PAIRWISE_MAX {
            out.iter().position(|(other, _)| other == key)
        } else {
            seen.get(key.as_ref()).copied()
        };
        let text = value.to_attribute_text();
        match known {
            Some(index) => out[index].1 = text,
            None => {
                if attributes.len() > PAIRWISE_MAX {
                    seen.insert(key, out.len());
                }
                out.push((key.to_string(), text));
            }
        }
    }
    out
}

fn plain_attributes(attributes: &[KeyValue<'_>]) -> Vec<(String, serde_json::Value)> {
    attributes
        .iter()
        .map(|(key, value)| (key.to_string(), AnyValue::to_json(value)))
        .collect()
}

/// An id of N bytes, short ones padded with zeros in front; `None` if it is all zero or too long.
fn id<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    let mut id = [0; N];
    let start = N.checked_sub(bytes.len())?;
    id[start..].copy_from_slice(bytes);
    id.iter().any(|byte| *byte != 0).then_some(id)
}

/// Links are not checked: whatever they point to is kept as hex.
fn hex_id<const N: usize>(prefix: &str, bytes: &[u8]) -> String {
    let digits = match id::<N>(bytes) {
        Some(id) => hex(&id),
        None => hex(bytes),
    };
    format!("{prefix}{digits}")
}

fn bad_span(raw: &RawSpan<'_>, what: &'static str) -> DecodeError {
    let span_id = hex(&raw.span_id[..raw.span_id.len().min(16)]);
    let name: String = raw.name.chars().take(100).collect();
    DecodeError::Span {
        name,
        span_id,
        what,
    }
}

#[cfg(test)]
mod tests;
