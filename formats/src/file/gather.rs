//! Pieces of a file to traces.

use std::collections::HashMap;
use std::sync::Arc;

use domain::derive;
use domain::ids::{ExperimentId, SpanId, TraceId};
use domain::ingest::{SpanBatch, TraceFacts};
use domain::span::{Span, StatusCode};
use domain::span_row::SpanRow;
use domain::span_table::{Flags, SpanTable};
use domain::trace::{TraceInfo, TraceState, keys};
use domain::translate::translate;
use domain::usage::{self, UsageRow};
use serde_json::Value;

use super::outline::Piece;
use super::parts::{members, named};
use super::{FileTrace, Told, info};
use crate::otlp::{self, Batches};
use crate::traces_json::{Dialected, FileSpan};

/// The id of a trace that has none.
pub const NAMELESS: &str = "file";

/// What was read so far.
#[derive(Debug)]
pub struct Gathering {
    /// Spans of export requests.
    pub exported: Batches,
    traces: Vec<Draft>,
    /// Traces of the present document by the ids of their spans; one that has information of its own takes all spans.
    by_id: HashMap<Option<[u8; 16]>, usize>,
    has_info: bool,
    left_out: u32,
}

/// A trace that is being read.
#[derive(Debug)]
struct Draft {
    info: Option<Value>,
    id: Option<[u8; 16]>,
    spans: Vec<Span>,
}

impl Gathering {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            exported: Batches::new(ExperimentId::DEFAULT, None, Arc::default()).forgiving(),
            traces: Vec::new(),
            by_id: HashMap::new(),
            has_info: false,
            left_out: 0,
        }
    }

    /// Reads one piece.
    pub fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Resource(text) => {
                let attributes = otlp::read_resource(text).unwrap_or_default();
                self.exported.enter_resource(&attributes);
            }
            // What cannot be kept is counted by `exported`.
            Piece::ExportedSpan(text) => match otlp::read_span(text) {
                Ok(span) => drop(self.exported.push(&span)),
                Err(_) => self.left_out += 1,
            },
            Piece::Trace(info) => {
                self.by_id.clear();
                let info = info.and_then(|text| serde_json::from_str::<Value>(text).ok());
                self.has_info = info.is_some();
                if info.is_some() {
                    self.traces.push(Draft {
                        info,
                        id: None,
                        spans: Vec::new(),
                    });
                }
            }
            Piece::Span(text) => match span_of(text) {
                Some(Dialected {
                    mut span,
                    otel_trace_id,
                }) => {
                    translate(&mut span);
                    let draft = self.draft(otel_trace_id);
                    draft.id = draft.id.or(otel_trace_id);
                    draft.spans.push(span);
                }
                None => self.left_out += 1,
            },
        }
    }

    /// All traces, and how many spans were left out.
    pub fn finish(self) -> (Vec<FileTrace>, u32) {
        let left_out = self.left_out + self.exported.left_out();
        let exported = self.exported.into_batches().into_iter();
        let exported = exported.map(|batch| whole(batch, None));
        let others = self.traces.into_iter().map(|draft| {
            let id = draft
                .id
                .map_or_else(|| TraceId::new(NAMELESS), TraceId::from_otel);
            let batch = SpanBatch {
                experiment_id: ExperimentId::DEFAULT,
                trace_id: id,
                spans: draft.spans,
                resource_tags: Vec::new(),
                run_id: None,
                readable_by_id: false,
            };
            whole(batch, draft.info)
        });
        (exported.chain(others).collect(), left_out)
    }

    fn draft(&mut self, id: Option<[u8; 16]>) -> &mut Draft {
        let last = self.traces.len().saturating_sub(1);
        let index = match self.has_info {
            true => last,
            false => *self.by_id.entry(id).or_insert_with(|| {
                self.traces.push(Draft {
                    info: None,
                    id,
                    spans: Vec::new(),
                });
                self.traces.len() - 1
            }),
        };
        &mut self.traces[index]
    }
}

/// A span as OTLP's JSON has it, where attributes are a list, or of a `traces.json`.
fn span_of(text: &str) -> Option<Dialected> {
    let fields = members(text);
    let is_exported = named(&fields, &["spanId", "startTimeUnixNano"]).is_some()
        || named(&fields, &["attributes"]).is_some_and(|attributes| attributes.starts_with('['));
    match is_exported {
        true => {
            let raw = otlp::read_span(text).ok()?;
            let (span, otel_trace_id) = otlp::single_span(&raw).ok()?;
            Some(Dialected {
                span,
                otel_trace_id,
            })
        }
        false => serde_json::from_str::<FileSpan>(text).ok()?.into_span(),
    }
}

/// What follows from all spans of a trace, by the rules of the store.
fn whole(mut batch: SpanBatch, info: Option<Value>) -> FileTrace {
    keep_last(&mut batch.spans);
    let rows: Vec<SpanRow> = batch.spans.iter().map(SpanRow::of).collect();
    let facts = derive::facts(&batch).unwrap_or_else(|_| times(&batch.spans));
    let has_info = info.is_some();
    let told = info.map(|info| {
        let mut write = info::read(&info, batch.trace_id.clone());
        if write.request_time.0 == 0 {
            write.request_time = facts.start;
            write.duration_ms = facts
                .end
                .map(|end| end.0.saturating_sub(facts.start.0).max(0));
        }
        Told {
            write,
            assessments: info::assessments(info),
        }
    });
    let mut info = match &told {
        Some(told) => {
            let mut info = derive::new_trace_of_write(&told.write);
            derive::merge_facts(&mut info, true, &facts);
            info
        }
        None => derive::new_trace(&batch.trace_id, ExperimentId::DEFAULT, &facts),
    };
    let usage_rows: Vec<UsageRow> = rows.iter().map(UsageRow::from).collect();
    let (usage, cost) = usage::aggregate(&usage_rows);
    derive::apply_usage(&mut info, usage, cost, has_info);
    let failed = rows.iter().filter(|row| row.status == StatusCode::Error);
    info.stats.error_count = u32::try_from(failed.count()).unwrap_or(u32::MAX);
    info.stats.span_count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let table = SpanTable::new(rows);
    settle(&mut info, &table);
    let is_nameless = batch.trace_id.as_str() == NAMELESS;
    FileTrace {
        has_spans_of_its_id: is_nameless || batch.trace_id == info.trace_id,
        info,
        spans: batch.spans,
        table: Arc::new(table),
        told,
        resource_tags: batch.resource_tags,
    }
}

/// Of spans with equal ids the last one counts.
fn keep_last(spans: &mut Vec<Span>) {
    let mut last: HashMap<SpanId, usize> = HashMap::with_capacity(spans.len());
    for (index, span) in spans.iter().enumerate() {
        last.insert(span.span_id, index);
    }
    if last.len() < spans.len() {
        let mut index = 0;
        spans.retain(|span| {
            index += 1;
            last[&span.span_id] == index - 1
        });
    }
}

/// Begin and end alone, for spans whose other facts no store would take.
fn times(spans: &[Span]) -> TraceFacts {
    let ends = spans.iter().filter_map(|span| span.end);
    TraceFacts {
        start: spans
            .iter()
            .map(|span| span.start)
            .min()
            .unwrap_or_default()
            .to_millis(),
        end: ends.max().map(|end| end.to_millis()),
        ..TraceFacts::default()
    }
}

/// More will not come: a trace without a root is named by its first span and has ended if all its spans have.
fn settle(info: &mut TraceInfo, table: &SpanTable) {
    if table.is_empty() {
        return;
    }
    if !info.tags.contains_key(keys::NAME) {
        info.tags
            .insert(keys::NAME.to_owned(), table.name(0).to_owned());
    }
    let is_open = matches!(
        info.state,
        TraceState::InProgress | TraceState::StateUnspecified
    );
    let is_running = (0..table.len()).any(|row| table.flags(row).has(Flags::RUNNING));
    if is_open && !is_running {
        let mut tops = (0..table.len()).filter(|row| table.parent(*row).is_none());
        let is_failed = tops.any(|row| table.is_error(row));
        info.state = if is_failed {
            TraceState::Error
        } else {
            TraceState::Ok
        };
    }
}
