//! `order_by`: each item is a name and `ASC` or `DESC`, in any case; ascending if neither is said. Names and quotes are those of
//! the filter language. What is missing comes last in both directions.
//!
//! Traces are ordered by what was asked, then by start, newest first, then by id; [`with_ties`] adds these two.

mod items;

use std::cmp::Ordering;

use super::FilterError;
use super::ast::Ident;
use super::field::{FieldId, TRACES};
use crate::trace::{TraceInfo, keys};
pub(super) use items::{find, no_such_key, parse_all};

/// Which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The least first.
    #[default]
    Asc,
    /// The greatest first.
    Desc,
}

/// One key to order by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderBy<K> {
    /// What is compared.
    pub key: K,
    /// Which way.
    pub direction: Direction,
}

/// One key to order traces by.
pub type TraceOrder = OrderBy<TraceKey>;

/// What traces can be ordered by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TraceKey {
    /// The experiment's id, as a number.
    ExperimentId,
    /// The start.
    TimestampMs,
    /// The duration.
    ExecutionTimeMs,
    /// Start plus duration; the start while the duration is unknown.
    EndTimeMs,
    /// The name of the state.
    Status,
    /// The trace's id.
    RequestId,
    /// The trace's name.
    Name,
    /// The run the trace was logged in.
    RunId,
    /// A tag.
    Tag(String),
    /// A metadata entry.
    Metadata(String),
}

/// A value to order by. Texts compare byte by byte.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SortValue<'a> {
    /// A whole number.
    Int(i64),
    /// A number; NaN comes after all others in both directions.
    Float(f64),
    /// A text.
    Text(&'a str),
    /// Nothing: last in both directions.
    Missing,
}

/// Reads the `order_by` list of a trace search. The result is empty if the list is.
///
/// # Errors
/// An item is not a name with an optional direction, or traces cannot be ordered by it, or a key occurs twice.
pub fn parse_trace_order<S: AsRef<str>>(items: &[S]) -> Result<Vec<TraceOrder>, FilterError> {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    parse_all(&items, &mut trace_key)
}

/// The order with its tie-breaks: start descending, then id ascending, as far as they are not in it.
pub fn with_ties(order: &[TraceOrder]) -> Vec<TraceOrder> {
    let mut out = order.to_vec();
    let ties = [
        (TraceKey::TimestampMs, Direction::Desc),
        (TraceKey::RequestId, Direction::Asc),
    ];
    for (key, direction) in ties {
        // Ids are unique, so nothing behind one can matter.
        if !out
            .iter()
            .any(|by| by.key == key || by.key == TraceKey::RequestId)
        {
            out.push(OrderBy { key, direction });
        }
    }
    out
}

/// Compares two traces; the order should have its tie-breaks.
pub fn compare_traces(a: &TraceInfo, b: &TraceInfo, order: &[TraceOrder]) -> Ordering {
    compare_by(order, &mut |key| (key.of(a), key.of(b)))
}

impl TraceKey {
    /// The value of a trace.
    pub fn of<'a>(&self, trace: &'a TraceInfo) -> SortValue<'a> {
        let text = |text: Option<&'a str>| text.map_or(SortValue::Missing, SortValue::Text);
        let metadata = |key: &str| trace.metadata.get(key).map(String::as_str);
        match self {
            Self::ExperimentId => SortValue::Int(trace.experiment_id.0),
            Self::TimestampMs => SortValue::Int(trace.request_time.0),
            Self::ExecutionTimeMs => trace.duration_ms.map_or(SortValue::Missing, SortValue::Int),
            Self::EndTimeMs => SortValue::Int(trace.end_time().0),
            Self::Status => SortValue::Text(trace.state.as_str()),
            Self::RequestId => SortValue::Text(trace.trace_id.as_str()),
            Self::Name => text(trace.name()),
            Self::RunId => text(metadata(keys::SOURCE_RUN)),
            Self::Tag(key) => text(trace.tags.get(key).map(String::as_str)),
            Self::Metadata(key) => text(metadata(key)),
        }
    }
}

/// Compares two records by the first key in which they differ.
pub(super) fn compare_by<'v, K>(
    order: &[OrderBy<K>],
    values: &mut dyn FnMut(&K) -> (SortValue<'v>, SortValue<'v>),
) -> Ordering {
    for by in order {
        let (a, b) = values(&by.key);
        let found = compare_values(a, b, by.direction);
        if found.is_ne() {
            return found;
        }
    }
    Ordering::Equal
}

fn compare_values(a: SortValue<'_>, b: SortValue<'_>, direction: Direction) -> Ordering {
    let rank = |value: SortValue<'_>| match value {
        SortValue::Missing => 2,
        SortValue::Float(number) if number.is_nan() => 1,
        _ => 0,
    };
    let by_rank = rank(a).cmp(&rank(b));
    if by_rank.is_ne() {
        return by_rank;
    }
    let order = match (a, b) {
        (SortValue::Int(a), SortValue::Int(b)) => a.cmp(&b),
        (SortValue::Float(a), SortValue::Float(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        (SortValue::Text(a), SortValue::Text(b)) => a.cmp(b),
        _ => Ordering::Equal,
    };
    if direction == Direction::Desc {
        order.reverse()
    } else {
        order
    }
}

fn trace_key(item: &str, ident: Ident) -> Result<TraceKey, FilterError> {
    let entity = ident.entity.map_or("", |range| range.slice(item));
    let key = ident.key.slice(item);
    let (field, free_key) = match find(&TRACES, entity, key) {
        Some((id, free_key)) => (Some(id), free_key.to_owned()),
        None => (None, String::new()),
    };
    Ok(match field {
        Some(FieldId::Timestamp) => TraceKey::TimestampMs,
        Some(FieldId::ExecutionTime) => TraceKey::ExecutionTimeMs,
        Some(FieldId::EndTime) => TraceKey::EndTimeMs,
        Some(FieldId::Status) => TraceKey::Status,
        Some(FieldId::RequestId) => TraceKey::RequestId,
        Some(FieldId::Name) => TraceKey::Name,
        Some(FieldId::RunId) => TraceKey::RunId,
        Some(FieldId::Tag) if free_key == keys::NAME => TraceKey::Name,
        Some(FieldId::Tag) => TraceKey::Tag(free_key),
        Some(FieldId::Metadata) if matches!(free_key.as_str(), keys::TOKEN_USAGE | keys::COST) => {
            let message = format!("Ordering by reserved metadata '{free_key}' is not supported.");
            return Err(FilterError::new(ident.range, message));
        }
        Some(FieldId::Metadata) if free_key == keys::SOURCE_RUN => TraceKey::RunId,
        Some(FieldId::Metadata) => TraceKey::Metadata(free_key),
        _ if key == "experiment_id" && TRACE_ENTITIES.contains(&entity) => TraceKey::ExperimentId,
        _ => {
            return Err(no_such_key(
                &TRACES,
                TRACE_ENTITIES,
                TRACE_KEYS,
                item,
                ident,
            ));
        }
    })
}

const TRACE_ENTITIES: &[&str] = &["", "trace", "attribute", "attributes"];
const TRACE_KEYS: &[&str] = &[
    "end_time",
    "end_time_ms",
    "execution_time",
    "execution_time_ms",
    "experiment_id",
    "name",
    "request_id",
    "run_id",
    "status",
    "timestamp",
    "timestamp_ms",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn one(item: &str) -> Result<(TraceKey, Direction), String> {
        parse_trace_order(&[item])
            .map(|mut order| {
                let by = order.remove(0);
                (by.key, by.direction)
            })
            .map_err(|error| error.message)
    }

    #[test]
    fn names_aliases_and_quotes_are_those_of_filters() {
        use Direction::{Asc, Desc};
        let cases = [
            ("timestamp", TraceKey::TimestampMs, Asc),
            ("timestamp_ms  desc", TraceKey::TimestampMs, Desc),
            ("trace.execution_time DESC", TraceKey::ExecutionTimeMs, Desc),
            ("end_time ASC", TraceKey::EndTimeMs, Asc),
            ("`status` DESC", TraceKey::Status, Desc),
            ("attributes.request_id", TraceKey::RequestId, Asc),
            ("experiment_id asc", TraceKey::ExperimentId, Asc),
            ("run_id", TraceKey::RunId, Asc),
            ("tags.`mlflow.traceName`", TraceKey::Name, Asc),
            ("tags.`a b` DESC", TraceKey::Tag("a b".into()), Desc),
            ("tags.\"a b\" asc", TraceKey::Tag("a b".into()), Asc),
            (
                "metadata.mlflow.trace.user",
                TraceKey::Metadata("mlflow.trace.user".into()),
                Asc,
            ),
        ];
        for (item, key, direction) in cases {
            assert_eq!(one(item), Ok((key, direction)), "{item}");
        }
    }

    #[test]
    fn what_cannot_be_ordered_by_is_refused() {
        let cases = [
            ("", "Could not be parsed."),
            ("status, name", "Could not be parsed."),
            ("status DESC NULLS LAST", "Could not be parsed."),
            ("'status'", "Could not be parsed."),
            (
                "status SIDEWAYS",
                "Invalid ordering key in order_by clause 'status SIDEWAYS'.",
            ),
            (
                "client_request_id",
                "Invalid attribute key 'client_request_id'",
            ),
            ("trace_id", "Invalid attribute key 'trace_id'"),
            ("attribute.priority", "Invalid attribute key 'priority'"),
            ("span.name", "Invalid identifier type 'span'"),
            ("feedback.rating", "Invalid identifier type 'feedback'"),
            ("foo.bar", "Invalid entity type 'foo'"),
            ("metadata.mlflow.trace.cost", "reserved metadata"),
        ];
        for (item, message) in cases {
            assert!(
                one(item).is_err_and(|found| found.contains(message)),
                "{item}"
            );
        }
        let twice = parse_trace_order(&["status", "status DESC"]);
        assert!(twice.is_err_and(|error| error.message.contains("duplicate fields")));
    }

    #[test]
    fn ties_are_added_once() {
        let names = |items: &[&str]| -> Vec<TraceKey> {
            with_ties(&parse_trace_order(items).unwrap())
                .into_iter()
                .map(|by| by.key)
                .collect()
        };
        assert_eq!(names(&[]), [TraceKey::TimestampMs, TraceKey::RequestId]);
        let status = names(&["status"]);
        assert_eq!(
            status,
            [TraceKey::Status, TraceKey::TimestampMs, TraceKey::RequestId]
        );
        assert_eq!(names(&["request_id DESC"]), [TraceKey::RequestId]);
    }

    #[test]
    fn missing_values_come_last_either_way() {
        for direction in [Direction::Asc, Direction::Desc] {
            let order = compare_values(SortValue::Missing, SortValue::Int(1), direction);
            assert_eq!(order, Ordering::Greater);
            let nan = compare_values(SortValue::Float(f64::NAN), SortValue::Float(1.0), direction);
            assert_eq!(nan, Ordering::Greater);
        }
    }
}
