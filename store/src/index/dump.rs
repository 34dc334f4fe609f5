//! A segment read back row by row: for the check of a store and for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use domain::ids::{ExperimentId, TraceId};
use domain::trace::{TraceInfo, TraceState};

use super::ColumnId;
use super::build::{Row, is_left_out};
use super::codes::Codes;
use super::measure::{self, Measured};
use super::merge::PartSource;
use super::segment::{ID_ROWS, Segment, TupleColumn, decode_ids, read_posting};
use super::tuple_of;
use crate::bytes::{Damaged, Reader};
use crate::tuples::{SpanTuple, Tuples};

/// All that a segment knows of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IndexedTrace {
    pub trace_no: i64,
    pub trace_id: TraceId,
    pub experiment: ExperimentId,
    pub start: i64,
    pub duration: Option<i64>,
    pub state: TraceState,
    pub texts: BTreeMap<ColumnId, String>,
    /// `None` if there are too many.
    pub tuples: Option<BTreeSet<SpanTuple>>,
    /// `None` if there are too many.
    pub terms: Option<BTreeSet<Vec<u8>>>,
    pub measures: Measured,
    pub models: Vec<String>,
}

impl IndexedTrace {
    /// What a segment should know of a trace.
    pub(crate) fn of(row: Row<'_>) -> Self {
        let info: &TraceInfo = row.info;
        let mut texts = BTreeMap::new();
        for (key, value) in &info.tags {
            texts.insert(ColumnId::Tag(key.clone()), value.clone());
        }
        for (key, value) in &info.metadata {
            texts.insert(ColumnId::Metadata(key.clone()), value.clone());
        }
        texts.retain(|id, _| !is_left_out(id));
        let plain = [
            (ColumnId::ClientRequest, info.client_request_id.as_deref()),
            (ColumnId::Session, info.session()),
            (ColumnId::User, info.user()),
        ];
        for (id, text) in plain {
            if let Some(text) = text {
                texts.insert(id, text.to_owned());
            }
        }
        Self {
            trace_no: row.trace_no,
            trace_id: info.trace_id.clone(),
            experiment: info.experiment_id,
            start: info.request_time.0,
            duration: info.duration_ms,
            state: info.state,
            texts,
            tuples: match row.tuples {
                Tuples::Known(tuples) => Some(tuples.clone()),
                Tuples::TooMany => None,
            },
            terms: row
                .terms
                .iter()
                .map(|terms| terms.map(<[u8]>::to_vec).collect()),
            measures: measure::of(info),
            models: info.stats.models.clone(),
        }
    }

    /// The names of what another account of the same trace says otherwise.
    pub(crate) fn differences(&self, other: &Self) -> Vec<&'static str> {
        let parts = [
            ("id", self.trace_id == other.trace_id),
            ("experiment", self.experiment == other.experiment),
            ("start", self.start == other.start),
            ("duration", self.duration == other.duration),
            ("state", self.state == other.state),
            ("tags and metadata", self.texts == other.texts),
            ("names of spans", self.tuples == other.tuples),
            ("attributes of spans", self.terms == other.terms),
            ("tokens and cost", self.measures == other.measures),
            ("models", self.models == other.models),
        ];
        let differing = parts.into_iter().filter(|(_, is_equal)| !is_equal);
        differing.map(|(name, _)| name).collect()
    }

    /// Forgets the columns that a segment does not have.
    pub(crate) fn keep_columns_of(&mut self, segment: &Segment) {
        if segment.is_partial {
            self.texts.retain(|id, _| segment.columns.contains_key(id));
        }
    }
}

/// Some rows of a segment.
pub(crate) fn dump(
    segment: &Segment,
    rows: Range<usize>,
    source: &mut dyn PartSource,
) -> Result<Vec<IndexedTrace>, Damaged> {
    let codes = |part: u32, source: &mut dyn PartSource| {
        Codes::open(&source.part(segment.segment_no, part)?, segment.rows)
    };
    let trace_nos = codes(segment.trace_no.part, source)?;
    let starts = codes(segment.start.part, source)?;
    let durations = codes(segment.duration.part, source)?;
    let states = codes(segment.state.part, source)?;
    let mut ids = Vec::with_capacity(segment.rows);
    for part in &segment.ids {
        ids.extend(decode_ids(&source.part(segment.segment_no, *part)?)?);
    }
    if ids.len() != segment.rows || segment.ids.len() != segment.rows.div_ceil(ID_ROWS) {
        return Err(Damaged("ids of a segment"));
    }
    let mut out = Vec::with_capacity(rows.len());
    for (row, trace_id) in ids.into_iter().enumerate().take(rows.end).skip(rows.start) {
        let experiment = segment
            .experiments
            .iter()
            .find(|rows| (rows.start..rows.end).contains(&row));
        let state = segment
            .state
            .number(states.get(row))
            .and_then(|n| usize::try_from(n).ok());
        let state = state.and_then(|place| TraceState::ALL.get(place).copied());
        out.push(IndexedTrace {
            trace_no: segment
                .trace_no
                .number(trace_nos.get(row))
                .ok_or(Damaged("trace number"))?,
            trace_id,
            experiment: experiment
                .ok_or(Damaged("row of no experiment"))?
                .experiment,
            start: segment
                .start
                .number(starts.get(row))
                .ok_or(Damaged("start"))?,
            duration: segment.duration.number(durations.get(row)),
            state: state.ok_or(Damaged("state"))?,
            texts: BTreeMap::new(),
            tuples: Some(BTreeSet::new()),
            terms: Some(BTreeSet::new()),
            measures: Measured::default(),
            models: Vec::new(),
        });
    }
    texts(segment, rows.start, source, &mut out)?;
    tuples(segment, rows.start, source, &mut out)?;
    terms(segment, rows.start, source, &mut out)?;
    models(segment, rows.start, source, &mut out)?;
    measures(segment, rows.start, source, &mut out)?;
    Ok(out)
}

fn measures(
    segment: &Segment,
    first_row: usize,
    source: &mut dyn PartSource,
    out: &mut [IndexedTrace],
) -> Result<(), Damaged> {
    for (measure, column) in &segment.measures {
        let part = source.part(segment.segment_no, column.part)?;
        let codes = Codes::open(&part, segment.rows)?;
        for (row, trace) in out.iter_mut().enumerate() {
            trace.measures[*measure as usize] = column.number(codes.get(first_row + row));
        }
    }
    Ok(())
}

fn texts(
    segment: &Segment,
    first_row: usize,
    source: &mut dyn PartSource,
    out: &mut [IndexedTrace],
) -> Result<(), Damaged> {
    for (id, column) in &segment.columns {
        let mut values = Vec::new();
        for code in 0..column.dictionary.count {
            if values.len() as u32 == code {
                let chunk = column
                    .dictionary
                    .chunk_of_code(code)
                    .ok_or(Damaged("dictionary"))?;
                let part = column.dictionary.part(chunk).ok_or(Damaged("dictionary"))?;
                let part = source.part(segment.segment_no, part)?;
                let chunk = column.dictionary.open(chunk, &part)?;
                for place in 0..chunk.len() {
                    let value = String::from_utf8(chunk.value(place).to_vec());
                    values.push(value.map_err(|_| Damaged("text is not UTF-8"))?);
                }
            }
        }
        if !values.is_sorted() {
            return Err(Damaged("dictionary is not sorted"));
        }
        let codes = Codes::open(
            &source.part(segment.segment_no, column.codes)?,
            segment.rows,
        )?;
        for (row, trace) in out.iter_mut().enumerate() {
            if let Some(code) = codes.get(first_row + row).checked_sub(1) {
                let value = values
                    .get(code as usize)
                    .ok_or(Damaged("code beyond its dictionary"))?;
                trace.texts.insert(id.clone(), value.clone());
            }
        }
    }
    Ok(())
}

fn tuples(
    segment: &Segment,
    first_row: usize,
    source: &mut dyn PartSource,
    out: &mut [IndexedTrace],
) -> Result<(), Damaged> {
    postings(segment, &segment.tuples, source, &mut |value, row| {
        let tuple = tuple_of(value).ok_or(WRONG)?;
        let place = row.checked_sub(first_row);
        let trace = place.and_then(|place| out.get_mut(place));
        if let Some(tuples) = trace.and_then(|trace| trace.tuples.as_mut()) {
            tuples.insert(tuple);
        }
        Ok(())
    })?;
    for row in &segment.tuples.too_many {
        let place = (*row as usize).checked_sub(first_row);
        if let Some(trace) = place.and_then(|place| out.get_mut(place)) {
            trace.tuples = None;
        }
    }
    Ok(())
}

fn terms(
    segment: &Segment,
    first_row: usize,
    source: &mut dyn PartSource,
    out: &mut [IndexedTrace],
) -> Result<(), Damaged> {
    postings(segment, &segment.terms, source, &mut |value, row| {
        let place = row.checked_sub(first_row);
        let trace = place.and_then(|place| out.get_mut(place));
        if let Some(terms) = trace.and_then(|trace| trace.terms.as_mut()) {
            terms.insert(value.to_vec());
        }
        Ok(())
    })?;
    for row in &segment.terms.too_many {
        let place = (*row as usize).checked_sub(first_row);
        if let Some(trace) = place.and_then(|place| out.get_mut(place)) {
            trace.terms = None;
        }
    }
    Ok(())
}

fn models(
    segment: &Segment,
    first_row: usize,
    source: &mut dyn PartSource,
    out: &mut [IndexedTrace],
) -> Result<(), Damaged> {
    postings(segment, &segment.models, source, &mut |value, row| {
        let model = String::from_utf8(value.to_vec()).map_err(|_| WRONG)?;
        let place = row.checked_sub(first_row);
        if let Some(trace) = place.and_then(|place| out.get_mut(place)) {
            trace.models.push(model);
        }
        Ok(())
    })
}

const WRONG: Damaged = Damaged("span tuples, terms or models of a segment");

/// Takes a value and a row that has it.
type Receive<'r> = dyn FnMut(&[u8], usize) -> Result<(), Damaged> + 'r;

/// Hands over every value with every row that has it.
fn postings(
    segment: &Segment,
    column: &TupleColumn,
    source: &mut dyn PartSource,
    receive: &mut Receive<'_>,
) -> Result<(), Damaged> {
    let mut postings = column.postings.iter().peekable();
    let mut bytes = std::sync::Arc::new(Vec::new());
    let mut at = 0;
    let mut chunk: Option<super::dictionary::Chunk> = None;
    for code in 0..column.dictionary.count {
        if let Some((_, part)) = postings.next_if(|(first, _)| *first == code) {
            bytes = source.part(segment.segment_no, *part)?;
            at = 0;
        }
        if chunk
            .as_ref()
            .is_none_or(|chunk| chunk.value_of_code(code).is_none())
        {
            let number = column.dictionary.chunk_of_code(code).ok_or(WRONG)?;
            let part = column.dictionary.part(number).ok_or(WRONG)?;
            let part = source.part(segment.segment_no, part)?;
            chunk = Some(column.dictionary.open(number, &part)?);
        }
        let value = chunk
            .as_ref()
            .and_then(|chunk| chunk.value_of_code(code))
            .ok_or(WRONG)?;
        let mut reader = Reader::new(bytes.get(at..).unwrap_or_default());
        let mut outcome = Ok(());
        read_posting(&mut reader, |row| {
            let row = row as usize;
            if row >= segment.rows {
                outcome = Err(WRONG);
            } else if outcome.is_ok() {
                outcome = receive(value, row);
            }
        })?;
        outcome?;
        at = bytes.len() - reader.rest().len();
    }
    Ok(())
}

#[cfg(test)]
mod tests;
