//! The columns of a head, read into rows.

use std::collections::HashSet;

use domain::ids::SpanId;
use domain::span::StatusCode;
use domain::span_row::SpanRow;
use domain::time::UnixNanos;
use domain::usage::{Cost, TokenUsage};

use super::super::flag;
use super::dictionary;
use crate::bytes::{Damaged, Reader};

/// The ids of a block's spans, with which its head begins.
pub(super) fn ids(reader: &mut Reader<'_>) -> Result<Vec<SpanId>, Damaged> {
    let count = reader.count()?;
    (0..count).map(|_| reader.array().map(SpanId)).collect()
}

/// The spans of a block without what they carry, and the flag byte of each.
pub(super) fn rows(
    reader: &mut Reader<'_>,
    is_plain: bool,
) -> Result<(Vec<SpanRow>, Vec<u8>), Damaged> {
    let ids = ids(reader)?;
    let count = ids.len();
    if ids.iter().collect::<HashSet<_>>().len() != ids.len() {
        return Err(Damaged("span id twice in a block"));
    }
    let flags = reader.take(count)?.to_vec();
    let parents = parents(reader, &ids)?;
    let texts = dictionary(reader)?;
    let text = |reader: &mut Reader<'_>| -> Result<String, Damaged> {
        let text = texts.get(reader.size()?).ok_or(Damaged("no such text"))?;
        Ok((*text).to_owned())
    };
    let mut rows = Vec::with_capacity(count);
    for ((span_id, parent_id), flags) in ids.iter().zip(parents).zip(&flags) {
        rows.push(SpanRow {
            span_id: *span_id,
            parent_id,
            name: text(reader)?,
            span_type: String::new(),
            start: UnixNanos(0),
            end: None,
            status: status(*flags)?,
            status_message: String::new(),
            event_count: 0,
            usage: None,
            cost: None,
            model: None,
        });
    }
    for row in &mut rows {
        row.span_type = text(reader)?;
    }
    for (row, _) in with_flag(&mut rows, &flags, flag::MESSAGE) {
        row.status_message = text(reader)?;
    }
    for (row, _) in with_flag(&mut rows, &flags, flag::MODEL) {
        row.model = Some(text(reader)?);
    }
    let mut start = 0i64;
    for row in &mut rows {
        start = start.wrapping_add(reader.int()?);
        row.start = UnixNanos(start);
    }
    for (row, _) in with_flag(&mut rows, &flags, flag::ENDED) {
        row.end = Some(UnixNanos(row.start.0.wrapping_add(reader.int()?)));
    }
    for row in &mut rows {
        row.event_count = reader.uint32()?;
    }
    for (row, _) in with_flag(&mut rows, &flags, flag::USAGE) {
        row.usage = Some(usage(reader, is_plain)?);
    }
    for (row, _) in with_flag(&mut rows, &flags, flag::COST) {
        row.cost = Some(cost(reader, is_plain)?);
    }
    Ok((rows, flags))
}

fn with_flag<'a>(
    rows: &'a mut [SpanRow],
    flags: &'a [u8],
    bit: u8,
) -> impl Iterator<Item = (&'a mut SpanRow, u8)> {
    rows.iter_mut()
        .zip(flags.iter().copied())
        .filter(move |(_, flags)| flags & bit != 0)
}

fn status(flags: u8) -> Result<StatusCode, Damaged> {
    match flags & flag::STATUS {
        0 => Ok(StatusCode::Unset),
        1 => Ok(StatusCode::Ok),
        2 => Ok(StatusCode::Error),
        _ => Err(Damaged("unknown status")),
    }
}

fn parents(reader: &mut Reader<'_>, ids: &[SpanId]) -> Result<Vec<Option<SpanId>>, Damaged> {
    let places: Vec<usize> = ids
        .iter()
        .map(|_| reader.size())
        .collect::<Result<_, _>>()?;
    let parent = |place: usize| match place {
        0 => Ok(None),
        1 => reader.array().map(|id| Some(SpanId(id))),
        _ => ids
            .get(place - 2)
            .map(|id| Some(*id))
            .ok_or(Damaged("no such parent")),
    };
    places.into_iter().map(parent).collect()
}

fn usage(reader: &mut Reader<'_>, is_plain: bool) -> Result<TokenUsage, Damaged> {
    let present = reader.byte()?;
    let (input_tokens, output_tokens) = (reader.int()?, reader.int()?);
    let mut usage = TokenUsage {
        input_tokens,
        output_tokens,
        total_tokens: input_tokens.wrapping_add(output_tokens),
        ..TokenUsage::default()
    };
    if is_plain {
        usage.total_tokens = reader.int()?;
    }
    if present & 1 != 0 {
        usage.cache_read_input_tokens = Some(reader.int()?);
    }
    if present & 2 != 0 {
        usage.cache_creation_input_tokens = Some(reader.int()?);
    }
    if present & 4 != 0 {
        usage.total_tokens = reader.int()?;
    }
    Ok(usage)
}

fn cost(reader: &mut Reader<'_>, is_plain: bool) -> Result<Cost, Damaged> {
    let has_total = is_plain || reader.byte()? & 1 != 0;
    let (input_cost, output_cost) = (
        f64::from_le_bytes(reader.array()?),
        f64::from_le_bytes(reader.array()?),
    );
    let total_cost = match has_total {
        true => f64::from_le_bytes(reader.array()?),
        false => input_cost + output_cost,
    };
    Ok(Cost {
        input_cost,
        output_cost,
        total_cost,
    })
}
