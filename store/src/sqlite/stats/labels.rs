//! Which values of a facet the rows of a segment have, and the traces that are in no segment.

mod spans;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::stats::Facet;
use domain::store::StoreResult;
use domain::trace::{TraceInfo, TraceState, keys};
use sqlx::SqliteConnection;

use super::attached::Attached;
use super::matched::of_traces;
use super::merge::Values;
use crate::bytes::Reader;
use crate::error::At;
use crate::index::ColumnId;
use crate::index::build::is_left_out;
use crate::index::codes::Codes;
use crate::index::segment::{TupleColumn, read_posting};
use crate::sqlite::Shared;
use crate::sqlite::live::TailTrace;
use crate::sqlite::parts::PartReader;
use crate::sqlite::search::SegmentMatches;

/// Finds the values of one facet.
pub(super) struct Labeller<'q> {
    facet: &'q Facet,
    attached: Arc<Attached>,
}

/// The values of the rows of a segment. A value is known by its place among all of the segment.
#[derive(Default)]
pub(super) struct Labels {
    pub values: Values,
    members: Members,
    /// Rows may have values that are not here.
    pub is_partial: bool,
}

/// Who has which value.
#[derive(Default)]
enum Members {
    #[default]
    None,
    /// One column whose codes are places, counted from 1.
    Column(Codes),
    /// One column whose codes, counted from 1, are looked up.
    Mapped(Codes, Vec<u32>),
    /// One column for each value; a row has the value if it has a code.
    Columns(Vec<Codes>),
    /// Parts of postings in order of places, with the places they have.
    Postings(Vec<(std::ops::Range<u32>, Arc<Vec<u8>>)>),
    /// Bits of the matches for each value.
    Bits(Vec<Vec<u32>>),
}

impl Labels {
    /// Hands over the matching rows, as bits of the matches, with the places of their values; not in order.
    pub(super) fn visit(
        &self,
        found: &SegmentMatches,
        mut receive: impl FnMut(usize, u32),
    ) -> StoreResult<()> {
        match &self.members {
            Members::None => {}
            Members::Column(codes) => codes.visit(found.first_row, &found.rows, |bit, code| {
                if let Some(place) = code.checked_sub(1) {
                    // Dictionaries count in 32 bits.
                    receive(bit, place as u32);
                }
            }),
            Members::Mapped(codes, map) => {
                codes.visit(found.first_row, &found.rows, |bit, code| {
                    let place = code.checked_sub(1).and_then(|code| map.get(code as usize));
                    if let Some(place) = place {
                        receive(bit, *place);
                    }
                });
            }
            Members::Columns(columns) => {
                for (place, codes) in (0..).zip(columns) {
                    codes.visit(found.first_row, &found.rows, |bit, code| {
                        if code != 0 {
                            receive(bit, place);
                        }
                    });
                }
            }
            Members::Postings(parts) => {
                for (places, bytes) in parts {
                    let mut posting = Reader::new(bytes);
                    for place in places.clone() {
                        read_posting(&mut posting, |row| {
                            if let Some(bit) = (row as usize).checked_sub(found.first_row)
                                && found.rows.contains(bit)
                            {
                                receive(bit, place);
                            }
                        })
                        .at(
                            "segment_part",
                            "data",
                            found.segment.segment_no,
                        )?;
                    }
                }
            }
            Members::Bits(lists) => {
                for (place, bits) in (0..).zip(lists) {
                    bits.iter().for_each(|bit| receive(*bit as usize, place));
                }
            }
        }
        Ok(())
    }

    /// Of bits by value, which come in order of values.
    fn of_bits(bits: BTreeMap<String, Vec<u32>>) -> Self {
        let (values, lists): (Vec<_>, Vec<_>) = bits
            .into_iter()
            .map(|(value, bits)| (value.into_bytes(), bits))
            .unzip();
        Self {
            values: Values::List(values),
            members: Members::Bits(lists),
            is_partial: false,
        }
    }
}

impl<'q> Labeller<'q> {
    pub(super) async fn new(
        facet: &'q Facet,
        shared: &Shared,
        connection: &mut SqliteConnection,
    ) -> StoreResult<Self> {
        let attached = Attached::of(facet, shared, connection).await?;
        Ok(Self { facet, attached })
    }

    /// Which state of the tables the values are of that are not in the index.
    pub(super) fn version(&self) -> u64 {
        self.attached.version
    }

    /// Values may be missing everywhere.
    pub(super) fn is_cut(&self) -> bool {
        self.attached.is_cut
    }

    /// The values in a segment.
    pub(super) async fn labels(
        &self,
        found: &SegmentMatches,
        parts: &mut PartReader<'_>,
    ) -> StoreResult<Labels> {
        match self.facet {
            Facet::State => states(found, parts).await,
            Facet::Run => self.runs(found, parts).await,
            Facet::Model => models(found, parts).await,
            Facet::TagKey => tag_keys(found, parts).await,
            Facet::SpanType | Facet::SpanName | Facet::Tool => {
                spans::labels(self.facet, found, parts).await
            }
            Facet::FeedbackName | Facet::Feedback(_) => {
                let lists = self.attached(found, parts).await?;
                let values = self.attached.values.iter().cloned();
                Ok(Labels::of_bits(values.zip(lists).collect()))
            }
            Facet::Name | Facet::User | Facet::Session | Facet::Tag(_) | Facet::Metadata(_) => {
                texts(&self.column(), found, parts).await
            }
        }
    }

    /// The column that has the values, where there is one.
    fn column(&self) -> ColumnId {
        match self.facet {
            Facet::User => ColumnId::User,
            Facet::Session => ColumnId::Session,
            Facet::Tag(key) => ColumnId::Tag(key.clone()),
            Facet::Metadata(key) => ColumnId::Metadata(key.clone()),
            Facet::Run => ColumnId::Metadata(keys::SOURCE_RUN.to_owned()),
            _ => ColumnId::Tag(keys::NAME.to_owned()),
        }
    }

    /// The run a trace was logged in, and those it was linked to.
    async fn runs(
        &self,
        found: &SegmentMatches,
        parts: &mut PartReader<'_>,
    ) -> StoreResult<Labels> {
        let own = texts(&self.column(), found, parts).await?;
        let linked = self.attached(found, parts).await?;
        if linked.iter().all(Vec::is_empty) {
            return Ok(own);
        }
        let names = own.values.all(&found.segment, parts).await?;
        let mut lists = vec![Vec::new(); names.len()];
        own.visit(found, |bit, place| {
            if let Some(bits) = lists.get_mut(place as usize) {
                bits.push(bit as u32);
            }
        })?;
        let mut bits: BTreeMap<String, Vec<u32>> = names.into_iter().zip(lists).collect();
        for (run, mut linked) in self.attached.values.iter().zip(linked) {
            let bits = bits.entry(run.clone()).or_default();
            if !bits.is_empty() {
                // A trace may be linked to the run it was logged in.
                linked.append(bits);
                linked.sort_unstable();
                linked.dedup();
            }
            *bits = linked;
        }
        Ok(Labels {
            is_partial: own.is_partial,
            ..Labels::of_bits(bits)
        })
    }

    /// For each value that is looked up in tables the bits of the matches that have it.
    async fn attached(
        &self,
        found: &SegmentMatches,
        parts: &mut PartReader<'_>,
    ) -> StoreResult<Vec<Vec<u32>>> {
        let mut lists = vec![Vec::new(); self.attached.values.len()];
        let (least, greatest) = found.segment.trace_nos;
        let links = &self.attached.links;
        let first = links.partition_point(|(no, _)| *no < least);
        let end = links.partition_point(|(no, _)| *no <= greatest);
        let wanted = links[first..end].iter().map(|(no, _)| *no);
        for (row, trace_no) in of_traces(found, wanted, parts).await? {
            for place in self.attached.of_trace(trace_no) {
                lists[place as usize].push((row - found.first_row) as u32);
            }
        }
        Ok(lists)
    }

    /// The values of a trace that is in no segment, each once, and whether there may be more.
    pub(super) fn of_trace(&self, trace_no: i64, trace: &TailTrace) -> (Vec<String>, bool) {
        let info = &trace.info;
        let one = |text: Option<&str>| text.map(str::to_owned).into_iter().collect();
        let attached = || {
            let places = self.attached.of_trace(trace_no);
            places.map(|place| self.attached.values[place as usize].clone())
        };
        let values = match self.facet {
            Facet::State => vec![info.state.as_str().to_owned()],
            Facet::Name => one(info.name()),
            Facet::User => one(info.user()),
            Facet::Session => one(info.session()),
            Facet::Tag(key) if is_left_out(&ColumnId::Tag(key.clone())) => Vec::new(),
            Facet::Tag(key) => one(info.tags.get(key).map(String::as_str)),
            Facet::Metadata(key) => one(info.metadata.get(key).map(String::as_str)),
            Facet::Model => info.stats.models.clone(),
            Facet::TagKey => {
                let keys = info.tags.keys().cloned();
                keys.filter(|key| !is_left_out(&ColumnId::Tag(key.clone())))
                    .collect()
            }
            Facet::Run => {
                let mut runs: Vec<String> = one(logged_in(info));
                runs.extend(attached().filter(|run| logged_in(info) != Some(run)));
                runs
            }
            Facet::FeedbackName | Facet::Feedback(_) => attached().collect(),
            Facet::SpanType | Facet::SpanName | Facet::Tool => {
                return spans::of_tuples(self.facet, &trace.tuples);
            }
        };
        (values, false)
    }
}

/// The run a trace was logged in.
fn logged_in(info: &TraceInfo) -> Option<&str> {
    info.metadata.get(keys::SOURCE_RUN).map(String::as_str)
}

async fn texts(
    id: &ColumnId,
    found: &SegmentMatches,
    parts: &mut PartReader<'_>,
) -> StoreResult<Labels> {
    let segment = &found.segment;
    if is_left_out(id) {
        return Ok(Labels::default());
    }
    let Some(column) = segment.columns.get(id) else {
        return Ok(Labels {
            is_partial: segment.is_partial,
            ..Labels::default()
        });
    };
    Ok(Labels {
        values: Values::Dictionary(column.dictionary.clone()),
        members: Members::Column(parts.codes(segment, column.codes).await?),
        is_partial: false,
    })
}

async fn states(found: &SegmentMatches, parts: &mut PartReader<'_>) -> StoreResult<Labels> {
    let column = found.segment.state;
    let codes = parts.codes(&found.segment, column.part).await?;
    let mut names = TraceState::ALL.map(TraceState::as_str);
    names.sort_unstable();
    let place = |number: i64| {
        let state = TraceState::ALL.get(usize::try_from(number).ok()?)?;
        names.iter().position(|name| *name == state.as_str())
    };
    let map = (0..TraceState::ALL.len() as i64)
        .map_while(|above| place(column.least.wrapping_add(above)).map(|place| place as u32));
    Ok(Labels {
        members: Members::Mapped(codes, map.collect()),
        values: Values::List(names.map(|name| name.as_bytes().to_vec()).to_vec()),
        is_partial: false,
    })
}

async fn models(found: &SegmentMatches, parts: &mut PartReader<'_>) -> StoreResult<Labels> {
    let column = &found.segment.models;
    Ok(Labels {
        values: Values::Dictionary(column.dictionary.clone()),
        members: Members::Postings(postings(column, found, parts).await?),
        is_partial: false,
    })
}

/// The parts of postings with the codes they have.
async fn postings(
    column: &TupleColumn,
    found: &SegmentMatches,
    parts: &mut PartReader<'_>,
) -> StoreResult<Vec<(std::ops::Range<u32>, Arc<Vec<u8>>)>> {
    let mut out = Vec::with_capacity(column.postings.len());
    for (place, (first, part)) in column.postings.iter().enumerate() {
        let next = column.postings.get(place + 1);
        let end = next.map_or(column.dictionary.count, |(first, _)| *first);
        let bytes = parts.part(found.segment.segment_no, *part).await?;
        out.push((*first..end, bytes));
    }
    Ok(out)
}

async fn tag_keys(found: &SegmentMatches, parts: &mut PartReader<'_>) -> StoreResult<Labels> {
    let segment = &found.segment;
    let (mut names, mut columns) = (Vec::new(), Vec::new());
    // In order of keys.
    for (id, column) in &segment.columns {
        if let ColumnId::Tag(key) = id {
            names.push(key.clone().into_bytes());
            columns.push(parts.codes(segment, column.codes).await?);
        }
    }
    Ok(Labels {
        values: Values::List(names),
        members: Members::Columns(columns),
        is_partial: segment.is_partial,
    })
}
