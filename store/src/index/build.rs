//! From traces to a segment.

use std::collections::{BTreeMap, HashMap};

use domain::trace::{TraceInfo, TraceState, keys};

use super::dictionary::{DictionaryWriter, PartSink};
use super::measure::{self, Measure};
use super::segment::{
    ExperimentRows, ID_ROWS, NumberColumn, Segment, TextColumn, TupleColumn, encode_ids,
    put_posting,
};
use super::{ColumnId, codes, tuple_bytes};
use crate::bytes::Damaged;
use crate::terms::Terms;
use crate::tuples::{SpanTuple, Tuples};

/// More columns than this are not kept; the commonest are. A filter on one that is not kept looks at the traces.
pub(crate) const COLUMNS_MAX: usize = 1000;

/// Tags that differ in every trace and that nobody searches.
const TAGS_LEFT_OUT: [&str; 1] = [keys::ARTIFACT_LOCATION];

/// Parts of postings are closed at this size.
pub(crate) const POSTING_BYTES: usize = 32 * 1024;

/// A trace to index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub trace_no: i64,
    pub info: &'a TraceInfo,
    pub tuples: &'a Tuples,
    pub terms: &'a Terms,
}

/// Whether a column is never kept.
pub(crate) fn is_left_out(id: &ColumnId) -> bool {
    matches!(id, ColumnId::Tag(key) if TAGS_LEFT_OUT.contains(&key.as_str()))
}

/// The number that stands for a state.
pub(crate) fn state_number(state: TraceState) -> i64 {
    TraceState::ALL
        .iter()
        .position(|other| *other == state)
        .map_or(0, |place| place as i64)
}

/// A new segment and the trace numbers of its rows.
#[derive(Debug)]
pub(crate) struct Built {
    pub segment: Segment,
    pub trace_nos: Vec<i64>,
}

/// Builds a segment; it has no number yet.
pub(crate) fn build(mut rows: Vec<Row<'_>>, sink: &mut dyn PartSink) -> Result<Built, Damaged> {
    rows.sort_by(|a, b| {
        let (a, b) = (a.info, b.info);
        (a.experiment_id, b.request_time, &a.trace_id).cmp(&(
            b.experiment_id,
            a.request_time,
            &b.trace_id,
        ))
    });
    let mut out = Segment {
        rows: rows.len(),
        ..Segment::default()
    };
    let trace_nos: Vec<i64> = rows.iter().map(|row| row.trace_no).collect();
    let bounds = (trace_nos.iter().min(), trace_nos.iter().max());
    out.trace_nos = (
        bounds.0.copied().unwrap_or(0),
        bounds.1.copied().unwrap_or(0),
    );
    for (place, row) in rows.iter().enumerate() {
        let start = row.info.request_time.0;
        match out.experiments.last_mut() {
            Some(last) if last.experiment == row.info.experiment_id => {
                last.end = place + 1;
                last.oldest = start;
            }
            _ => out.experiments.push(ExperimentRows {
                experiment: row.info.experiment_id,
                start: place,
                end: place + 1,
                newest: start,
                oldest: start,
            }),
        }
    }
    let mut numbers = |number: &dyn Fn(&Row<'_>) -> Option<i64>| {
        number_column(rows.iter().map(number).collect(), &mut *sink)
    };
    out.trace_no = numbers(&|row| Some(row.trace_no))?;
    out.start = numbers(&|row| Some(row.info.request_time.0))?;
    out.duration = numbers(&|row| row.info.duration_ms)?;
    out.state = numbers(&|row| Some(state_number(row.info.state)))?;
    for group in rows.chunks(ID_ROWS) {
        out.ids
            .push(sink.put(encode_ids(group.iter().map(|row| &row.info.trace_id)))?);
    }
    text_columns(&rows, &mut out, sink)?;
    out.tuples = tuple_column(&rows, sink)?;
    out.terms = term_column(&rows, sink)?;
    out.models = model_column(&rows, sink)?;
    out.measures = measures(&rows, sink)?;
    Ok(Built {
        segment: out,
        trace_nos,
    })
}

/// Writes a column of numbers.
pub(crate) fn number_column(
    numbers: Vec<Option<i64>>,
    sink: &mut dyn PartSink,
) -> Result<NumberColumn, Damaged> {
    let least = numbers.iter().flatten().copied().min().unwrap_or(0);
    let numbers: Vec<u64> = numbers
        .into_iter()
        .map(|number| NumberColumn::code(least, number))
        .collect();
    Ok(NumberColumn {
        part: sink.put(codes::encode(&numbers))?,
        least,
    })
}

/// The values of one column while they are gathered: row and value.
type Values<'a> = Vec<(u32, &'a str)>;

fn text_columns<'a>(
    rows: &[Row<'a>],
    out: &mut Segment,
    sink: &mut dyn PartSink,
) -> Result<(), Damaged> {
    let mut plain: [Values<'a>; 3] = Default::default();
    let mut maps: [HashMap<&'a str, Values<'a>>; 2] = Default::default();
    for (place, row) in rows.iter().enumerate() {
        let place = u32::try_from(place).map_err(|_| Damaged("too many rows"))?;
        let texts = [
            row.info.client_request_id.as_deref(),
            row.info.session(),
            row.info.user(),
        ];
        for (values, text) in plain.iter_mut().zip(texts) {
            values.extend(text.map(|text| (place, text)));
        }
        for (columns, map) in maps.iter_mut().zip([&row.info.tags, &row.info.metadata]) {
            for (key, value) in map {
                columns.entry(key).or_default().push((place, value));
            }
        }
    }
    let [client_requests, sessions, users] = plain;
    let [tags, metadata] = maps;
    let tags = tags
        .into_iter()
        .map(|(key, values)| (ColumnId::Tag(key.to_owned()), values));
    let metadata = metadata
        .into_iter()
        .map(|(key, values)| (ColumnId::Metadata(key.to_owned()), values));
    let mut columns: Vec<(ColumnId, Values<'a>)> = tags.chain(metadata).collect();
    columns.retain(|(id, _)| !is_left_out(id));
    columns.sort_by(|a, b| (b.1.len(), &a.0).cmp(&(a.1.len(), &b.0)));
    out.is_partial = columns.len() > COLUMNS_MAX;
    columns.truncate(COLUMNS_MAX);
    columns.push((ColumnId::ClientRequest, client_requests));
    columns.push((ColumnId::Session, sessions));
    columns.push((ColumnId::User, users));
    for (id, values) in columns {
        out.columns
            .insert(id, text_column(rows.len(), &values, sink)?);
    }
    Ok(())
}

fn text_column(
    row_count: usize,
    values: &Values<'_>,
    sink: &mut dyn PartSink,
) -> Result<TextColumn, Damaged> {
    let mut distinct: Vec<&str> = values.iter().map(|(_, value)| *value).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let mut codes_of = HashMap::with_capacity(distinct.len());
    let mut writer = DictionaryWriter::default();
    for value in distinct {
        let code = writer.push(value.as_bytes(), sink)?;
        codes_of.insert(value, u64::from(code) + 1);
    }
    let mut numbers = vec![0; row_count];
    for (row, value) in values {
        numbers[*row as usize] = codes_of.get(value).copied().unwrap_or(0);
    }
    let codes = sink.put(codes::encode(&numbers))?;
    Ok(TextColumn {
        codes,
        dictionary: writer.finish(sink)?,
    })
}

fn tuple_column(rows: &[Row<'_>], sink: &mut dyn PartSink) -> Result<TupleColumn, Damaged> {
    let mut by_tuple: HashMap<&SpanTuple, Vec<u32>> = HashMap::new();
    let mut out = TupleColumn::default();
    for (place, row) in rows.iter().enumerate() {
        let place = u32::try_from(place).map_err(|_| Damaged("too many rows"))?;
        match row.tuples {
            Tuples::TooMany => out.too_many.push(place),
            Tuples::Known(tuples) => {
                for tuple in tuples {
                    by_tuple.entry(tuple).or_default().push(place);
                }
            }
        }
    }
    let sorted: BTreeMap<Vec<u8>, Vec<u32>> = by_tuple
        .into_iter()
        .map(|(tuple, rows)| (tuple_bytes(tuple), rows))
        .collect();
    let mut writer = TupleWriter::new(rows.len());
    for (bytes, rows) in sorted {
        writer.push(&bytes, &rows, sink)?;
    }
    writer.finish(out, sink)
}

fn term_column(rows: &[Row<'_>], sink: &mut dyn PartSink) -> Result<TupleColumn, Damaged> {
    let mut by_term: HashMap<&[u8], Vec<u32>> = HashMap::new();
    let mut out = TupleColumn::default();
    for (place, row) in rows.iter().enumerate() {
        let place = u32::try_from(place).map_err(|_| Damaged("too many rows"))?;
        match row.terms.iter() {
            None => out.too_many.push(place),
            Some(terms) => {
                for term in terms {
                    by_term.entry(term).or_default().push(place);
                }
            }
        }
    }
    let mut sorted: Vec<(&[u8], Vec<u32>)> = by_term.into_iter().collect();
    sorted.sort_unstable_by(|a, b| a.0.cmp(b.0));
    let mut writer = TupleWriter::new(rows.len());
    for (term, rows) in sorted {
        writer.push(term, &rows, sink)?;
    }
    writer.finish(out, sink)
}

fn model_column(rows: &[Row<'_>], sink: &mut dyn PartSink) -> Result<TupleColumn, Damaged> {
    let mut by_model: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        let place = u32::try_from(place).map_err(|_| Damaged("too many rows"))?;
        for model in &row.info.stats.models {
            by_model.entry(model).or_default().push(place);
        }
    }
    let mut writer = TupleWriter::new(rows.len());
    for (model, rows) in by_model {
        writer.push(model.as_bytes(), &rows, sink)?;
    }
    writer.finish(TupleColumn::default(), sink)
}

fn measures(
    rows: &[Row<'_>],
    sink: &mut dyn PartSink,
) -> Result<BTreeMap<Measure, NumberColumn>, Damaged> {
    let measured: Vec<measure::Measured> = rows.iter().map(|row| measure::of(row.info)).collect();
    let mut out = BTreeMap::new();
    for measure in Measure::ALL {
        let numbers = measured.iter().map(|row| row[measure as usize]);
        if numbers.clone().flatten().next().is_some() {
            out.insert(measure, number_column(numbers.collect(), sink)?);
        }
    }
    Ok(out)
}

/// Writes tuples and their rows, tuples ascending.
pub(crate) struct TupleWriter {
    row_count: usize,
    dictionary: DictionaryWriter,
    open: Vec<u8>,
    first: u32,
    postings: Vec<(u32, u32)>,
}

impl TupleWriter {
    pub(crate) fn new(row_count: usize) -> Self {
        Self {
            row_count,
            dictionary: DictionaryWriter::default(),
            open: Vec::new(),
            first: 0,
            postings: Vec::new(),
        }
    }

    pub(crate) fn push(
        &mut self,
        tuple: &[u8],
        rows: &[u32],
        sink: &mut dyn PartSink,
    ) -> Result<(), Damaged> {
        let code = self.dictionary.push(tuple, sink)?;
        if self.open.len() >= POSTING_BYTES {
            self.close(sink)?;
        }
        if self.open.is_empty() {
            self.first = code;
        }
        put_posting(&mut self.open, rows, self.row_count);
        Ok(())
    }

    fn close(&mut self, sink: &mut dyn PartSink) -> Result<(), Damaged> {
        if !self.open.is_empty() {
            let part = sink.put(std::mem::take(&mut self.open))?;
            self.postings.push((self.first, part));
        }
        Ok(())
    }

    /// Ends the column; `out` has the rows with too many tuples.
    pub(crate) fn finish(
        mut self,
        out: TupleColumn,
        sink: &mut dyn PartSink,
    ) -> Result<TupleColumn, Damaged> {
        self.close(sink)?;
        let dictionary = self.dictionary.finish(sink)?;
        Ok(TupleColumn {
            dictionary,
            postings: self.postings,
            ..out
        })
    }
}
