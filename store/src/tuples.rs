//! The distinct (name, type, status) of a trace's spans: what filters on spans ask first. Kept in the trace's row, so that
//! searching and indexing need not open its blocks.

use std::collections::BTreeSet;

use domain::span::StatusCode;
use domain::span_row::SpanRow;

use crate::bytes::{Damaged, Put, Reader};

/// More distinct tuples than this are not kept; the trace is then looked at span by span when a filter asks.
const TUPLES_MAX: usize = 1024;

/// What filters ask of a span without opening its payload.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SpanTuple {
    pub name: String,
    pub span_type: String,
    pub status: StatusCode,
}

/// The tuples of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tuples {
    /// All of them. A superset while the trace awaits a recount.
    Known(BTreeSet<SpanTuple>),
    /// Too many to keep.
    TooMany,
}

impl Default for Tuples {
    fn default() -> Self {
        Self::Known(BTreeSet::new())
    }
}

impl Tuples {
    /// Those of some spans.
    pub(crate) fn of<'a>(rows: impl Iterator<Item = &'a SpanRow>) -> Self {
        let mut seen = std::collections::HashSet::new();
        for row in rows {
            seen.insert((row.name.as_str(), row.span_type.as_str(), row.status));
            if seen.len() > TUPLES_MAX {
                return Self::TooMany;
            }
        }
        let owned = seen.into_iter().map(|(name, span_type, status)| SpanTuple {
            name: name.to_owned(),
            span_type: span_type.to_owned(),
            status,
        });
        Self::Known(owned.collect())
    }

    /// Adds those of further spans.
    pub(crate) fn merge(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Known(mine), Self::Known(others)) => {
                mine.extend(
                    others
                        .iter()
                        .filter(|tuple| !mine.contains(tuple))
                        .cloned()
                        .collect::<Vec<_>>(),
                );
                if mine.len() > TUPLES_MAX {
                    *self = Self::TooMany;
                }
            }
            _ => *self = Self::TooMany,
        }
    }

    /// Appends them.
    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::TooMany => out.push(0),
            Self::Known(tuples) => {
                out.put_uint(tuples.len() as u64 + 1);
                for tuple in tuples {
                    out.push(tuple.status as u8);
                    out.put_text(&tuple.name);
                    out.put_text(&tuple.span_type);
                }
            }
        }
    }

    /// Reads what [`Tuples::put`] wrote.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let Some(count) = reader.size()?.checked_sub(1) else {
            return Ok(Self::TooMany);
        };
        let mut tuples = BTreeSet::new();
        for _ in 0..count {
            let status = match reader.byte()? {
                0 => StatusCode::Unset,
                1 => StatusCode::Ok,
                2 => StatusCode::Error,
                _ => return Err(Damaged("unknown status")),
            };
            let name = reader.text()?.to_owned();
            tuples.insert(SpanTuple {
                name,
                span_type: reader.text()?.to_owned(),
                status,
            });
        }
        Ok(Self::Known(tuples))
    }
}
