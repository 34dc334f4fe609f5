//! The place of a trace in an order, as it stands in a page token: a trace of which only what the order asks is known.

use std::collections::BTreeMap;

use domain::filter::order::{TraceKey, TraceOrder};
use domain::ids::{ExperimentId, TraceId};
use domain::time::UnixMillis;
use domain::trace::{TraceInfo, TraceState, keys};

use crate::bytes::{Damaged, Put, Reader};

/// Encodes the place of a trace.
pub(crate) fn encode(info: &TraceInfo, order: &[TraceOrder]) -> Vec<u8> {
    let mut out = Vec::with_capacity(96);
    out.put_text(info.trace_id.as_str());
    out.put_int(info.experiment_id.0);
    out.put_int(info.request_time.0);
    out.push(u8::from(info.duration_ms.is_some()));
    out.put_int(info.duration_ms.unwrap_or(0));
    out.put_text(info.state.as_str());
    for by in order {
        match slot(&by.key) {
            Some((Map::Tags, key)) => out.put_text_option(info.tags.get(key).map(String::as_str)),
            Some((Map::Metadata, key)) => {
                out.put_text_option(info.metadata.get(key).map(String::as_str));
            }
            None => {}
        }
    }
    out
}

/// Decodes a place; the order must be the one it was made with.
pub(crate) fn decode(bytes: &[u8], order: &[TraceOrder]) -> Result<TraceInfo, Damaged> {
    let mut reader = Reader::new(bytes);
    let trace_id = TraceId::new(reader.text()?);
    let experiment_id = ExperimentId(reader.int()?);
    let request_time = UnixMillis(reader.int()?);
    let has_duration = reader.byte()? != 0;
    let duration = reader.int()?;
    let state = TraceState::parse(reader.text()?).ok_or(Damaged("state"))?;
    let (mut tags, mut metadata) = (BTreeMap::new(), BTreeMap::new());
    for by in order {
        let Some((map, key)) = slot(&by.key) else {
            continue;
        };
        let Some(value) = reader.text_option()? else {
            continue;
        };
        let map = match map {
            Map::Tags => &mut tags,
            Map::Metadata => &mut metadata,
        };
        map.insert(key.to_owned(), value.to_owned());
    }
    Ok(TraceInfo {
        duration_ms: has_duration.then_some(duration),
        state,
        metadata,
        tags,
        ..TraceInfo::new(trace_id, experiment_id, request_time)
    })
}

enum Map {
    Tags,
    Metadata,
}

/// The entry that a key of an order reads, if it reads one.
fn slot(key: &TraceKey) -> Option<(Map, &str)> {
    match key {
        TraceKey::Name => Some((Map::Tags, keys::NAME)),
        TraceKey::RunId => Some((Map::Metadata, keys::SOURCE_RUN)),
        TraceKey::Tag(key) => Some((Map::Tags, key)),
        TraceKey::Metadata(key) => Some((Map::Metadata, key)),
        TraceKey::ExperimentId
        | TraceKey::TimestampMs
        | TraceKey::ExecutionTimeMs
        | TraceKey::EndTimeMs
        | TraceKey::Status
        | TraceKey::RequestId => None,
    }
}
