//! The search index: immutable segments that hold many traces in columns.
//!
//! A segment holds, for each of its traces, all that filters and orders ask of a trace without opening its spans: times,
//! state, ids, tags, metadata, which (name, type, status) its spans have, and which attributes. Rows are sorted by experiment, then by start,
//! newest first, then by id, so that the usual list is a walk through rows and a page token is a binary search.
//!
//! * [`bitmap`]: sets of rows. [`truth`]: what a filter may be for each row.
//! * [`dictionary`]: sorted distinct values in compressed chunks. [`codes`]: one code a row.
//! * [`measure`]: the numbers that statistics sum.
//! * [`segment`]: the directory of a segment, which stays in memory. [`build`]: from traces to a segment. [`merge`]: from
//!   several segments to one, column by column, in little memory.
//!
//! Segments never change. A trace that changes leaves its row behind dead (the store keeps a bitmap beside each segment) and
//! is looked at in memory until it is indexed again. So index work is sequential writing, however random the ids and values
//! are: a B-tree of tags and metadata would dirty a page for nearly every value of every trace.
//!
//! Nothing here knows of SQL; parts are byte strings that the store keeps under a number.

pub(crate) mod bitmap;
pub(crate) mod build;
pub(crate) mod codes;
pub(crate) mod dictionary;
pub(crate) mod dump;
pub(crate) mod measure;
pub(crate) mod merge;
pub(crate) mod segment;
pub(crate) mod truth;

use crate::tuples::SpanTuple;

/// A column of texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ColumnId {
    /// The application's own id.
    ClientRequest,
    /// The session as [`domain::trace::TraceInfo::session`] gives it.
    Session,
    /// The user as [`domain::trace::TraceInfo::user`] gives it.
    User,
    /// A tag.
    Tag(String),
    /// A metadata entry.
    Metadata(String),
}

/// A span tuple as bytes that sort by name, then type, then status: the spans of one name, or of names with one beginning, are
/// neighbours in the dictionary. Zero bytes are escaped so that a name ends unmistakably.
pub(crate) fn tuple_bytes(tuple: &SpanTuple) -> Vec<u8> {
    let mut out = name_prefix(&tuple.name);
    out.extend([0, 0]);
    push_escaped(&mut out, &tuple.span_type);
    out.extend([0, 0, tuple.status as u8]);
    out
}

/// What the bytes of all tuples begin with whose names begin so.
pub(crate) fn name_prefix(name: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len() + 16);
    push_escaped(&mut out, name);
    out
}

/// The tuple that [`tuple_bytes`] encoded.
pub(crate) fn tuple_of(bytes: &[u8]) -> Option<SpanTuple> {
    let (name, rest) = unescaped(bytes)?;
    let (span_type, rest) = unescaped(rest)?;
    let status = match rest {
        [0] => domain::span::StatusCode::Unset,
        [1] => domain::span::StatusCode::Ok,
        [2] => domain::span::StatusCode::Error,
        _ => return None,
    };
    Some(SpanTuple {
        name,
        span_type,
        status,
    })
}

/// Appends a text so that two zero bytes behind it end it unmistakably.
pub(crate) fn push_escaped(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        out.push(byte);
        if byte == 0 {
            out.push(1);
        }
    }
}

fn unescaped(bytes: &[u8]) -> Option<(String, &[u8])> {
    let mut text = Vec::new();
    let mut rest = bytes;
    loop {
        match rest {
            [0, 0, rest @ ..] => return Some((String::from_utf8(text).ok()?, rest)),
            [0, 1, tail @ ..] => {
                text.push(0);
                rest = tail;
            }
            [0, ..] | [] => return None,
            [byte, tail @ ..] => {
                text.push(*byte);
                rest = tail;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::span::StatusCode;

    use super::*;

    #[test]
    fn tuples_round_trip_and_sort_by_name() {
        let tuple = |name: &str, span_type: &str| SpanTuple {
            name: name.to_owned(),
            span_type: span_type.to_owned(),
            status: StatusCode::Error,
        };
        let tuples = [
            tuple("", "Z"),
            tuple("a", "Z"),
            tuple("a\0", "A"),
            tuple("a\0b", ""),
            tuple("ab", ""),
        ];
        for tuple in &tuples {
            assert_eq!(tuple_of(&tuple_bytes(tuple)).as_ref(), Some(tuple));
        }
        assert!(
            tuples
                .windows(2)
                .all(|pair| tuple_bytes(&pair[0]) < tuple_bytes(&pair[1]))
        );
        assert!(tuple_of(b"abc").is_none());
    }
}
