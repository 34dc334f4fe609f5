//! Why traces failed: messages of their failed spans, by shape.

use domain::filter::order::parse_trace_order;
use domain::ids::ExperimentId;
use domain::page::PageRequest;
use domain::span::StatusCode;
use domain::span_row::SpanRow;
use domain::store::TraceQuery;

use super::super::list_traces::search::compile;
use super::Asked;
use crate::error::AppError;
use crate::model::{FailureLine, Failures, cut};

/// The newest failed traces that are looked at.
const LOOKS: u32 = 50;
/// Shapes shown.
const LINES: usize = 8;
/// Characters of a shape.
const SHAPE: usize = 160;

/// The commonest shapes, and how many failed traces were looked at.
pub(in super::super) async fn failures(asked: &Asked) -> Result<Failures, AppError> {
    let store = asked.store.as_ref();
    let failed = asked.state.and("status = 'ERROR'");
    let filter = compile(&failed, asked.now);
    let order = parse_trace_order(&["timestamp_ms DESC"])
        .map_err(|error| AppError::Failed(error.to_string()))?;
    let query = TraceQuery {
        experiments: vec![ExperimentId(asked.experiment.id)],
        filter: filter.map_err(|problem| AppError::Refused(problem.message))?,
        order,
        page: PageRequest::first(LOOKS),
    };
    let found = store.search_traces(query).await?.items;
    let looked = found.len() as u64;
    let mut lines: Vec<FailureLine> = Vec::new();
    for trace in found {
        let rows = store.span_rows(&trace.trace_id).await?.unwrap_or_default();
        let shape = reason(&rows);
        match lines.iter_mut().find(|line| line.shape == shape) {
            Some(line) => line.traces += 1,
            None => lines.push(FailureLine {
                shape,
                traces: 1,
                example: trace.trace_id.to_string(),
            }),
        }
    }
    // Of equally common ones the one that came last stays first.
    lines.sort_by_key(|line| std::cmp::Reverse(line.traces));
    lines.truncate(LINES);
    Ok(Failures { lines, looked })
}

/// What the failed span says that began last: the cause, where others only pass it on.
fn reason(rows: &[SpanRow]) -> String {
    let failed = rows.iter().filter(|row| row.status == StatusCode::Error);
    let speaking = failed
        .clone()
        .filter(|row| !row.status_message.trim().is_empty())
        .max_by_key(|row| row.start);
    match (speaking, failed.max_by_key(|row| row.start)) {
        (Some(row), _) => shape(&row.status_message),
        (None, Some(row)) => format!("{} failed without a message", cut(&row.name, SHAPE / 2)),
        (None, None) => "No span failed".to_owned(),
    }
}

/// A message's first line without what differs from case to case: numbers and ids become `#`, texts in quotes `…`.
fn shape(message: &str) -> String {
    let line = message.trim().lines().next().unwrap_or_default();
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        let quoted = matches!(letter, '"' | '\'' | '`')
            .then(|| rest[1..].find(letter))
            .flatten();
        let begins_word = !out.ends_with(char::is_alphanumeric);
        if let Some(length) = quoted.filter(|_| begins_word) {
            out.push(letter);
            out.push('…');
            out.push(letter);
            rest = &rest[length + 2..];
        } else if letter.is_ascii_alphanumeric() {
            let end = rest.find(|other: char| !other.is_ascii_alphanumeric());
            let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
            match word.bytes().any(|byte| byte.is_ascii_digit()) {
                true if out.ends_with('#') => {}
                true => out.push('#'),
                false => out.push_str(word),
            }
            rest = behind;
        } else {
            out.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    cut(&out, SHAPE)
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn messages_that_differ_in_details_have_one_shape() {
        let cases = [
            (
                "TimeoutError: no answer after 30.5 s",
                "TimeoutError: no answer after #.# s",
            ),
            ("order 'A-17' not found\nTraceback", "order '…' not found"),
            ("can't reach host 10.0.0.7", "can't reach host #.#.#.#"),
            ("id 3f2a9c01 of tr-77", "id # of tr-#"),
            ("  Überlauf: “x”  ", "Überlauf: “x”"),
            ("", ""),
            ("open ' quote", "open ' quote"),
        ];
        for (message, expected) in cases {
            assert_eq!(shape(message), expected);
        }
    }
}
