//! What the functions of a comparison share: reading traces with all that their spans carry, and facts as text.

use std::collections::HashMap;

use domain::diff::{Aligned, Content, Field, FieldKind, FieldValue, Ignoring, Steps};
use domain::ids::SpanId;
use domain::span_row::SpanRow;
use domain::span_table::SpanTable;
use domain::trace::TraceInfo;

use crate::compare::delta;
use crate::error::AppError;
use crate::model::{ComparedField, ComparedTrace, cut};
use crate::server_fns::server;
use crate::text::number;

/// The longest value shown, in characters.
const VALUE: usize = 200;

/// Traces that were read for a comparison.
pub(super) struct Read {
    pub(super) infos: Vec<TraceInfo>,
    pub(super) tables: Vec<SpanTable>,
    pub(super) aligned: Aligned,
}

/// What does not count as a difference, unless ids and times do.
pub(super) fn ignoring(is_exact: bool) -> Ignoring {
    if is_exact {
        Ignoring::Nothing
    } else {
        Ignoring::IdsAndTimes
    }
}

/// Reads and aligns the traces with these ids; empty ids are passed over.
pub(super) async fn read(ids: &[String], is_exact: bool) -> Result<Read, AppError> {
    let store = server::store()?;
    let mut infos = Vec::new();
    let mut tables = Vec::new();
    let mut steps = Vec::new();
    let ignoring = ignoring(is_exact);
    for id in ids.iter().filter(|id| !id.is_empty()) {
        let info = server::trace(store.as_ref(), id).await?;
        let spans = store.spans_of(&info.trace_id).await?;
        let content: HashMap<SpanId, Content> = spans
            .iter()
            .map(|span| (span.span_id, Content::of(span, ignoring)))
            .collect();
        let table = SpanTable::new(spans.iter().map(SpanRow::of).collect());
        let of = |id: SpanId| content.get(&id).copied().unwrap_or_default();
        steps.push(Steps::of(&table, of));
        infos.push(info);
        tables.push(table);
    }
    if infos.len() < 2 {
        return Err(AppError::Refused(
            "A comparison needs two traces.".to_owned(),
        ));
    }
    Ok(Read {
        aligned: Aligned::new(&steps),
        infos,
        tables,
    })
}

impl Read {
    /// The traces as the page names them.
    pub(super) async fn traces(&self) -> Result<Vec<ComparedTrace>, AppError> {
        let mut traces = Vec::new();
        for info in &self.infos {
            traces.push(compared_trace(info).await?);
        }
        Ok(traces)
    }
}

pub(super) async fn compared_trace(info: &TraceInfo) -> Result<ComparedTrace, AppError> {
    let store = server::store()?;
    Ok(ComparedTrace {
        id: info.trace_id.to_string(),
        name: info.name().unwrap_or_default().to_owned(),
        experiment: server::experiment(store.as_ref(), info.experiment_id.0).await?,
        state: info.state,
        time_ms: info.request_time.0,
        spans: info.stats.span_count,
    })
}

/// The facts that differ, as text.
pub(super) fn compared_fields(fields: &[Field]) -> Vec<ComparedField> {
    let differing = fields.iter().filter(|field| !field.is_same());
    differing.map(compared_field).collect()
}

pub(super) fn compared_field(field: &Field) -> ComparedField {
    let first = field.values.first().and_then(Option::as_ref);
    let deltas = field.values.iter().enumerate().map(|(at, value)| {
        let (Some(from), Some(to), true) = (first, value, at > 0) else {
            return String::new();
        };
        match (from, to) {
            (FieldValue::Millis(from), FieldValue::Millis(to)) => {
                let nanos = |millis: &i64| millis.saturating_mul(1_000_000);
                delta::duration(nanos(from), nanos(to))
            }
            (FieldValue::Count(from), FieldValue::Count(to)) => delta::count(*from, *to),
            (FieldValue::Dollars(from), FieldValue::Dollars(to)) => delta::dollars(*from, *to),
            _ => String::new(),
        }
    });
    let kind = match field.kind {
        FieldKind::Fact => "",
        FieldKind::Tag => "tag",
        FieldKind::Metadata => "metadata",
        FieldKind::Rating => "rating",
    };
    ComparedField {
        name: field.name.clone(),
        kind: kind.to_owned(),
        values: field.values.iter().map(value_text).collect(),
        deltas: deltas.collect(),
    }
}

fn value_text(value: &Option<FieldValue>) -> String {
    match value {
        None => String::new(),
        Some(FieldValue::Text(text)) => cut(text, VALUE),
        Some(FieldValue::Millis(millis)) => crate::text::time::took(*millis),
        Some(FieldValue::Count(count)) if *count < 0 => count.to_string(),
        Some(FieldValue::Count(count)) => number::grouped(count.unsigned_abs()),
        Some(FieldValue::Dollars(amount)) => number::dollars(*amount),
    }
}
