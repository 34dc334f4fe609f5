//! Labels that come from spans: their names and types, by the tuples of traces.

use std::collections::{BTreeMap, BTreeSet};

use domain::stats::Facet;
use domain::store::StoreResult;

use super::{Labels, postings};
use crate::bytes::Reader;
use crate::error::{At, inconsistent};
use crate::index::bitmap::Bitmap;
use crate::index::segment::{read_posting, skip_posting};
use crate::index::tuple_of;
use crate::sqlite::parts::PartReader;
use crate::sqlite::search::SegmentMatches;
use crate::tuples::{SpanTuple, Tuples};

/// The type of spans that are calls of tools.
const TOOL: &str = "TOOL";

/// What a facet says of a span; `None` if it passes it over.
fn label(facet: &Facet, tuple: SpanTuple) -> Option<String> {
    match facet {
        Facet::SpanType => Some(tuple.span_type),
        Facet::Tool => (tuple.span_type == TOOL).then_some(tuple.name),
        _ => Some(tuple.name),
    }
}

/// The labels of a trace that is in no segment, and whether there may be more.
pub(super) fn of_tuples(facet: &Facet, tuples: &Tuples) -> (Vec<String>, bool) {
    match tuples {
        Tuples::TooMany => (Vec::new(), true),
        Tuples::Known(tuples) => {
            let labels = tuples
                .iter()
                .filter_map(|tuple| label(facet, tuple.clone()));
            (labels.collect::<BTreeSet<_>>().into_iter().collect(), false)
        }
    }
}

pub(super) async fn labels(
    facet: &Facet,
    found: &SegmentMatches,
    parts: &mut PartReader<'_>,
) -> StoreResult<Labels> {
    let column = &found.segment.tuples;
    let lists = by_label(facet, found, parts).await?;
    let is_match = |row: &u32| {
        let bit = (*row as usize).checked_sub(found.first_row);
        bit.is_some_and(|bit| found.rows.contains(bit))
    };
    Ok(Labels {
        is_partial: column.too_many.iter().any(is_match),
        ..Labels::of_bits(lists)
    })
}

/// The bits of the matches that have a label, each once.
async fn by_label(
    facet: &Facet,
    found: &SegmentMatches,
    parts: &mut PartReader<'_>,
) -> StoreResult<BTreeMap<String, Vec<u32>>> {
    let segment = &found.segment;
    let column = &segment.tuples;
    let (places, names) = places(facet, found, parts).await?;
    let mut lists: Vec<(Vec<u32>, u32)> = vec![(Vec::new(), 0); names.len()];
    for (codes, bytes) in postings(column, found, parts).await? {
        let mut posting = Reader::new(&bytes);
        for code in codes {
            let place = places.get(code as usize).copied().flatten();
            let list = place.and_then(|place| lists.get_mut(place as usize));
            let Some((bits, tuples)) = list else {
                skip_posting(&mut posting).at("segment_part", "data", segment.segment_no)?;
                continue;
            };
            *tuples += 1;
            read_posting(&mut posting, |row| {
                if let Some(bit) = (row as usize).checked_sub(found.first_row)
                    && found.rows.contains(bit)
                {
                    bits.push(bit as u32);
                }
            })
            .at("segment_part", "data", segment.segment_no)?;
        }
    }
    let lists = lists.into_iter().map(|(bits, tuples)| match tuples {
        0 | 1 => bits,
        _ => each_once(bits, found.rows.len()),
    });
    let lists = names.into_iter().zip(lists);
    Ok(lists.filter(|(_, bits)| !bits.is_empty()).collect())
}

/// For each code of a tuple the place of its label, and the labels.
async fn places(
    facet: &Facet,
    found: &SegmentMatches,
    parts: &mut PartReader<'_>,
) -> StoreResult<(Vec<Option<u32>>, Vec<String>)> {
    let segment = &found.segment;
    let dictionary = &segment.tuples.dictionary;
    let mut known: BTreeMap<String, u32> = BTreeMap::new();
    let mut places = Vec::with_capacity(dictionary.count as usize);
    let mut names = Vec::new();
    while (places.len() as u32) < dictionary.count {
        let wrong = || inconsistent("segment", "meta", segment.segment_no);
        let number = dictionary.chunk_of_code(places.len() as u32);
        let number = number.ok_or_else(wrong)?;
        let chunk = parts.chunk(segment, dictionary, number).await?;
        for place in 0..chunk.len() {
            let tuple = tuple_of(chunk.value(place)).ok_or_else(wrong)?;
            places.push(label(facet, tuple).map(|label| {
                *known.entry(label).or_insert_with_key(|label| {
                    names.push(label.clone());
                    names.len() as u32 - 1
                })
            }));
        }
    }
    Ok((places, names))
}

fn each_once(bits: Vec<u32>, length: usize) -> Vec<u32> {
    let mut seen = Bitmap::none(length);
    bits.iter().for_each(|bit| seen.insert(*bit as usize));
    seen.iter().map(|bit| bit as u32).collect()
}
