//! Small traces for the tests of this folder.

use super::SpanTable;
use crate::ids::SpanId;
use crate::span::StatusCode;
use crate::span_row::SpanRow;
use crate::time::UnixNanos;

/// A span: id, parent (0 for none), name, start and end.
pub type Sample = (u32, u32, &'static str, i64, i64);

/// A table of spans of type `TOOL`; names that end in `!` are of failed ones.
pub fn table_of(samples: &[Sample]) -> SpanTable {
    SpanTable::new(samples.iter().map(row).collect())
}

/// A span within a span within a span, each a nanosecond shorter at both ends.
pub fn chain(count: u32) -> SpanTable {
    let length = i64::from(count) * 3;
    let sample = |id: u32| row(&(id, id - 1, "link", i64::from(id), length - i64::from(id)));
    SpanTable::new((1..=count).map(sample).collect())
}

fn row((id, parent, name, start, end): &Sample) -> SpanRow {
    let span_id = |id: u32| SpanId(u64::from(id).to_be_bytes());
    SpanRow {
        span_id: span_id(*id),
        parent_id: (*parent != 0).then(|| span_id(*parent)),
        name: (*name).to_owned(),
        span_type: "TOOL".to_owned(),
        start: UnixNanos(1_000 + start),
        end: Some(UnixNanos(1_000 + end)),
        status: if name.ends_with('!') {
            StatusCode::Error
        } else {
            StatusCode::Ok
        },
        status_message: String::new(),
        event_count: 0,
        usage: None,
        cost: None,
        model: None,
    }
}
