//! Compares one step of two traces, text by text.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::StepDiff;
use crate::wire::Wire;

/// Input, output, status and attributes of a step in the first trace that has it and in another.
///
/// # Errors
/// `NotFound` if a trace or a span is not there.
#[server(prefix = "/ui-api", endpoint = "step-diff", input = GetUrl, output = Wire)]
pub async fn get_step_diff(
    /// The first trace.
    a: String,
    /// The second trace.
    b: String,
    /// A third trace, or empty.
    #[server(default)]
    c: String,
    /// A fourth trace, or empty.
    #[server(default)]
    d: String,
    /// The step's span in each trace, dots between; empty for the one to look at first.
    #[server(default)]
    step: String,
    /// The letter of the trace to compare with; empty for the first other in which the step differs, or that has it.
    #[server(default)]
    with: String,
    /// Whether ids and times count.
    #[server(default)]
    is_exact: bool,
) -> Result<StepDiff, AppError> {
    use super::compared::ignoring;
    use crate::compare::address::LETTERS;

    let ids: Vec<String> = [a, b, c, d]
        .into_iter()
        .filter(|id| !id.is_empty())
        .collect();
    let step = if step.is_empty() {
        parts::first_step(&ids, is_exact).await?
    } else {
        step
    };
    let spans = parts::spans(&ids, &step).await?;
    let wanted = LETTERS.iter().position(|letter| *letter == with);
    let sides = parts::sides(&spans, wanted, ignoring(is_exact));
    // What only a later trace has is new there, so it stands right.
    let (left, right) = match (sides.left, sides.right) {
        (Some(left), Some(right)) if left > right => (Some(right), Some(left)),
        sides => sides,
    };
    let of = |at: Option<usize>| at.and_then(|at| spans.get(at)).and_then(Option::as_ref);
    let (one, other) = (of(left), of(right));
    let mut names: Vec<&str> = [one, other]
        .iter()
        .flatten()
        .map(|span| span.name.as_str())
        .collect();
    names.dedup();
    Ok(StepDiff {
        name: names.join(" → "),
        span_type: one
            .or(other)
            .map(|span| span.span_type())
            .unwrap_or_default(),
        left: left.map(|at| at as u8),
        right: right.map(|at| at as u8),
        differing: sides.differing.iter().map(|at| *at as u8).collect(),
        parts: parts::compare(one, other, ignoring(is_exact)),
    })
}

#[cfg(feature = "ssr")]
mod parts {
    use std::collections::BTreeSet;

    use domain::diff::{Hunk, Ignoring, Op, diff_texts, readable};
    use domain::ids::{SpanId, TraceId};
    use domain::json;
    use domain::span::{Span, keys};

    use super::super::compared::read;
    use crate::error::AppError;
    use crate::model::{ComparedRow, HunkView, PartDiff};
    use crate::server_fns::server;

    /// Only so many bytes of a text are compared.
    const TEXT: usize = 128 * 1024;
    /// At most so many attributes are shown.
    const ATTRIBUTES: usize = 40;

    /// The step at which the traces part, or the first.
    pub async fn first_step(ids: &[String], is_exact: bool) -> Result<String, AppError> {
        let read = read(ids, is_exact).await?;
        let row = read.aligned.first_divergence().unwrap_or(0);
        let row = read.aligned.rows.get(row);
        Ok(row.map_or_else(String::new, |row| ComparedRow::of(row, &read.tables).step()))
    }

    /// The spans of a step, one for each trace that has it.
    pub async fn spans(ids: &[String], step: &str) -> Result<Vec<Option<Span>>, AppError> {
        let store = server::store()?;
        let mut names = step.split('.');
        let mut spans = Vec::new();
        for id in ids {
            let name = names.next().unwrap_or("");
            if name.is_empty() {
                spans.push(None);
                continue;
            }
            let unknown = || AppError::not_found("span", name);
            let trace = TraceId::parse(id).map_err(|_| AppError::not_found("trace", id))?;
            let span: SpanId = name.parse().map_err(|_| unknown())?;
            let found = store.span(&trace, span).await?;
            spans.push(Some(found.ok_or_else(unknown)?));
        }
        Ok(spans)
    }

    /// Which traces are compared at a step.
    #[derive(Debug, PartialEq, Eq)]
    pub struct Sides {
        /// The first that has the step.
        pub left: Option<usize>,
        /// The one it is compared with.
        pub right: Option<usize>,
        /// Those in which the step is not as in the first; looked for among three and more only.
        pub differing: Vec<usize>,
    }

    /// The first trace with the step, against the wanted one, or else the first in which the step differs, or that has it, or any.
    pub fn sides(spans: &[Option<Span>], wanted: Option<usize>, ignoring: Ignoring) -> Sides {
        let left = spans.iter().position(Option::is_some);
        let others = || (0..spans.len()).filter(|at| Some(*at) != left);
        let first = left.and_then(|at| spans[at].as_ref());
        let differs = |at: &usize| match (first, &spans[*at]) {
            (Some(one), Some(other)) => {
                one.name != other.name
                    || compare(Some(one), Some(other), ignoring)
                        .iter()
                        .any(|part| !part.is_same)
            }
            _ => true,
        };
        let differing: Vec<usize> = match spans.len() {
            0..=2 => Vec::new(),
            _ => others().filter(differs).collect(),
        };
        let has = |at: &usize| spans[*at].is_some();
        let right = wanted
            .filter(|at| Some(*at) != left && *at < spans.len())
            .or_else(|| differing.iter().copied().find(has))
            .or_else(|| others().find(has))
            .or_else(|| others().next());
        Sides {
            left,
            right,
            differing,
        }
    }

    /// All parts that either has: texts always, attributes if they differ.
    pub fn compare(one: Option<&Span>, other: Option<&Span>, ignoring: Ignoring) -> Vec<PartDiff> {
        let part = |name: &str, text: &dyn Fn(&Span) -> String| {
            let (a, b) = (
                one.map_or_else(String::new, text),
                other.map_or_else(String::new, text),
            );
            diff(name, &a, &b, ignoring)
        };
        let value = |json: Option<&str>| match json {
            Some(json) if !json::is_empty_text(json) => readable(json),
            _ => String::new(),
        };
        let mut parts = vec![
            part("Input", &|span| value(span.inputs())),
            part("Output", &|span| value(span.outputs())),
            part("Status", &|span| {
                let text = format!("{} {}", span.status.as_str(), span.status_message);
                text.trim_end().to_owned()
            }),
        ];
        let names: BTreeSet<&str> = [one, other]
            .into_iter()
            .flatten()
            .flat_map(|span| span.attributes.iter().map(|(key, _)| key.as_str()))
            .filter(|key| ![keys::INPUTS, keys::OUTPUTS, keys::TRACE_REQUEST_ID].contains(key))
            .collect();
        let attributes = names.into_iter().map(|name| {
            let text = |span: &Span| span.attribute(name).map_or_else(String::new, readable);
            part(name, &text)
        });
        parts.extend(attributes.filter(|part| !part.is_same).take(ATTRIBUTES));
        parts.retain(|part| !part.hunks.is_empty());
        parts
    }

    fn diff(name: &str, a: &str, b: &str, ignoring: Ignoring) -> PartDiff {
        let (a, cut_a) = beginning(a);
        let (b, cut_b) = beginning(b);
        let hunks = diff_texts(a, b, ignoring);
        let is_same = |hunk: &Hunk| match hunk {
            Hunk::Same(_) => true,
            Hunk::Changed(pieces) => pieces.iter().all(|piece| piece.op == Op::Same),
        };
        PartDiff {
            name: name.to_owned(),
            is_same: hunks.iter().all(is_same),
            hunks: hunks.into_iter().map(hunk_view).collect(),
            is_cut: cut_a || cut_b,
        }
    }

    fn beginning(text: &str) -> (&str, bool) {
        if text.len() <= TEXT {
            return (text, false);
        }
        let mut end = TEXT;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        (&text[..end], true)
    }

    fn hunk_view(hunk: Hunk) -> HunkView {
        match hunk {
            Hunk::Same(text) => HunkView {
                is_changed: false,
                pieces: vec![(0, text)],
            },
            Hunk::Changed(pieces) => HunkView {
                is_changed: true,
                pieces: pieces
                    .into_iter()
                    .map(|piece| {
                        let op = match piece.op {
                            Op::Same => 0,
                            Op::Removed => 1,
                            Op::Added => 2,
                        };
                        (op, piece.text)
                    })
                    .collect(),
            },
        }
    }

    #[cfg(test)]
    mod tests {
        use domain::span::StatusCode;
        use domain::time::UnixNanos;

        use super::*;

        fn said(text: &str) -> Option<Span> {
            Some(Span {
                span_id: SpanId([1; 8]),
                parent_id: None,
                name: "step".to_owned(),
                start: UnixNanos(0),
                end: Some(UnixNanos(1)),
                status: StatusCode::Ok,
                status_message: String::new(),
                attributes: vec![(keys::OUTPUTS.to_owned(), json::quote(text))],
                events: Vec::new(),
                links: Vec::new(),
            })
        }

        fn chosen(spans: &[Option<Span>], wanted: Option<usize>) -> (Option<usize>, Vec<usize>) {
            let sides = sides(spans, wanted, Ignoring::IdsAndTimes);
            (sides.right, sides.differing)
        }

        #[test]
        fn a_step_is_compared_with_the_first_trace_in_which_it_differs() {
            let spans = [said("yes"), said("yes"), said("no")];
            assert_eq!(chosen(&spans, None), (Some(2), vec![2]));
            assert_eq!(chosen(&spans, Some(1)), (Some(1), vec![2]));
            // Not with itself.
            assert_eq!(chosen(&spans, Some(0)), (Some(2), vec![2]));
        }

        #[test]
        fn a_trace_without_the_step_is_the_last_choice() {
            assert_eq!(
                chosen(&[said("yes"), None, said("yes")], None),
                (Some(2), vec![1])
            );
            assert_eq!(
                chosen(&[None, None, said("yes")], None),
                (Some(0), vec![0, 1])
            );
            assert_eq!(chosen(&[said("yes"), said("yes")], None), (Some(1), vec![]));
        }
    }
}
