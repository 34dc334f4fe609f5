//! Checks a trace filter and turns it into conditions that SQL can be made of: names resolved, types right, span conditions
//! gathered.
//!
//! How span conditions bind: those joined by one `AND` must hold for one and the same span, also those in parentheses within
//! it that are joined by `AND`. Each side of an `OR`, and what stands behind `NOT`, is about spans of its own.

use super::FilterError;
use super::field::{FieldId, Keys, TRACES};
use super::parser::Parse;
use super::predicate::{IntTest, KeyTest, Node, NumberOp, NumberTest, Test, TextTest, ValueTest};
use super::resolve::{Resolved, resolve_all};
use super::suggest::nearest;
use crate::trace::keys;

/// A filter over traces, ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceFilter {
    /// The conditions.
    pub root: Node<Predicate>,
    /// What is allowed but probably not meant, such as `attribute.statsu`. Not errors.
    pub hints: Vec<FilterError>,
}

/// A condition on a trace.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// The state's name.
    Status(TextTest),
    /// The trace id.
    RequestId(TextTest),
    /// The application's id; unknown if it gave none.
    ClientRequestId(TextTest),
    /// The trace's name.
    Name(KeyTest),
    /// The start in milliseconds since 1970.
    TimestampMs(NumberTest),
    /// The duration in milliseconds; unknown while the trace runs.
    ExecutionTimeMs(NumberTest),
    /// Start plus duration in milliseconds since 1970; the start while the duration is unknown.
    EndTimeMs(NumberTest),
    /// The user, as [`crate::trace::TraceInfo::user`] has it.
    User(KeyTest),
    /// The session, as [`crate::trace::TraceInfo::session`] has it.
    Session(KeyTest),
    /// A model that a span called, of which one must pass; unknown if there is none.
    Model(KeyTest),
    /// A tag.
    Tag {
        /// Its key.
        key: String,
        /// Its value.
        test: KeyTest,
    },
    /// `tags.name`: the tag `name` or the trace's name, of which one must pass; missing if both are.
    TagOrName(KeyTest),
    /// A metadata entry.
    Metadata {
        /// Its key.
        key: String,
        /// Its value.
        test: KeyTest,
    },
    /// `=`, `IS NULL`, `IS NOT NULL` are about all runs of the trace, the one it was logged in and those it was linked to; other
    /// tests are about the one it was logged in alone. Unknown if there is none.
    Run(KeyTest),
    /// The trace used this prompt version.
    Prompt {
        /// The prompt.
        name: String,
        /// Its version.
        version: String,
    },
    /// The text of some span passes; never unknown.
    TraceText(TextTest),
    /// Some span passes all of these; at least one. Never unknown: a trace without such a span does not match.
    Span(Vec<SpanTest>),
    /// Feedback of that name, of which one must pass; unknown if there is none. Only valid assessments count, those of the whole
    /// session included.
    Feedback {
        /// Its name.
        name: String,
        /// Its value.
        test: Test,
    },
    /// An expectation, likewise.
    Expectation {
        /// Its name.
        name: String,
        /// Its value.
        test: Test,
    },
    /// The trace has an issue assessment of this name; never unknown.
    Issue {
        /// The issue.
        id: String,
    },
}

/// A condition on a span.
#[derive(Debug, Clone, PartialEq)]
pub enum SpanTest {
    /// Its name.
    Name(TextTest),
    /// Its type.
    Type(TextTest),
    /// The name of its status: UNSET, OK, ERROR.
    Status(TextTest),
    /// Its text (see [`super::eval::span_text`]); `Like` or `ILike`.
    Content(TextTest),
    /// One of its attributes; fails if the span lacks it or it is null.
    Attribute {
        /// The key.
        key: String,
        /// The value.
        test: ValueTest,
    },
}

/// Checks a parsed filter.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn check(parse: &Parse) -> Result<TraceFilter, Vec<FilterError>> {
    let mut hints = Vec::new();
    let tree = resolve_all(parse, &TRACES, &mut |resolved| {
        hints.extend(misspelt_attribute(&parse.text, &resolved));
        part_of(resolved)
    })?;
    Ok(TraceFilter {
        root: gather(tree),
        hints,
    })
}

impl TraceFilter {
    /// Whether it has no conditions at all.
    pub fn is_empty(&self) -> bool {
        matches!(&self.root, Node::All(parts) if parts.is_empty())
    }

    /// The span of start times, in milliseconds since 1970 and both ends included, outside which nothing can match.
    pub fn start_range(&self) -> (i64, i64) {
        let mut range = (i64::MIN, i64::MAX);
        let parts = match &self.root {
            Node::All(parts) => parts.as_slice(),
            single => std::slice::from_ref(single),
        };
        for part in parts {
            let Node::Is(Predicate::TimestampMs(test)) = part else {
                continue;
            };
            match test.as_int() {
                IntTest::Compare(NumberOp::Gt, bound) => {
                    range.0 = range.0.max(bound.saturating_add(1))
                }
                IntTest::Compare(NumberOp::Ge, bound) => range.0 = range.0.max(bound),
                IntTest::Compare(NumberOp::Lt, bound) => {
                    range.1 = range.1.min(bound.saturating_sub(1))
                }
                IntTest::Compare(NumberOp::Le, bound) => range.1 = range.1.min(bound),
                IntTest::Compare(NumberOp::Eq, bound) => {
                    range = (range.0.max(bound), range.1.min(bound));
                }
                IntTest::Compare(NumberOp::Ne, _) | IntTest::Always => {}
                IntTest::Never => range = (0, -1),
            }
        }
        range
    }
}

/// A comparison before span conditions are gathered.
enum Part {
    Trace(Predicate),
    Span(SpanTest),
}

fn part_of(resolved: Resolved) -> Result<Part, FilterError> {
    let Resolved {
        id,
        key,
        test,
        range,
        value_range,
    } = resolved;
    let misfit = || FilterError::new(range, "Invalid comparison for this field");
    let predicate = match (id, test) {
        (FieldId::Status, Test::Text(test)) => Predicate::Status(test),
        (FieldId::RequestId, Test::Text(test)) => Predicate::RequestId(test),
        (FieldId::ClientRequestId, Test::Text(test)) => Predicate::ClientRequestId(test),
        (FieldId::Timestamp, Test::Number(test)) => Predicate::TimestampMs(test),
        (FieldId::ExecutionTime, Test::Number(test)) => Predicate::ExecutionTimeMs(test),
        (FieldId::EndTime, Test::Number(test)) => Predicate::EndTimeMs(test),
        (FieldId::Text, Test::Text(test)) => Predicate::TraceText(test),
        (FieldId::SpanName, Test::Text(test)) => return Ok(Part::Span(SpanTest::Name(test))),
        (FieldId::SpanType, Test::Text(test)) => return Ok(Part::Span(SpanTest::Type(test))),
        (FieldId::SpanStatus, Test::Text(test)) => return Ok(Part::Span(SpanTest::Status(test))),
        (FieldId::SpanContent, Test::Text(test)) => return Ok(Part::Span(SpanTest::Content(test))),
        (FieldId::SpanAttribute, Test::Text(test)) => {
            return Ok(Part::Span(SpanTest::Attribute {
                key,
                test: ValueTest::Text(test),
            }));
        }
        (FieldId::SpanAttribute, Test::Number(test)) => {
            return Ok(Part::Span(SpanTest::Attribute {
                key,
                test: ValueTest::Number(test),
            }));
        }
        (FieldId::Feedback, test) => Predicate::Feedback { name: key, test },
        (FieldId::Expectation, test) => Predicate::Expectation { name: key, test },
        (FieldId::Issue, Test::Text(TextTest::Eq(id))) => Predicate::Issue { id },
        (FieldId::Prompt, Test::Text(TextTest::Eq(prompt))) => match prompt.split_once('/') {
            Some((name, version)) if !version.contains('/') => Predicate::Prompt {
                name: name.to_owned(),
                version: version.to_owned(),
            },
            _ => {
                let message = format!(
                    "Invalid prompts filter value '{prompt}'. Expected format: prompt = \"name/version\""
                );
                return Err(FilterError::new(value_range, message));
            }
        },
        (FieldId::Name, test) => Predicate::Name(key_test(test).ok_or_else(misfit)?),
        (FieldId::User, test) => Predicate::User(key_test(test).ok_or_else(misfit)?),
        (FieldId::Session, test) => Predicate::Session(key_test(test).ok_or_else(misfit)?),
        (FieldId::Model, test) => Predicate::Model(key_test(test).ok_or_else(misfit)?),
        (FieldId::RunId, test) => Predicate::Run(key_test(test).ok_or_else(misfit)?),
        (FieldId::Tag, test) => {
            let test = key_test(test).ok_or_else(misfit)?;
            match key.as_str() {
                keys::NAME => Predicate::Name(test),
                "name" => Predicate::TagOrName(test),
                _ => Predicate::Tag { key, test },
            }
        }
        (FieldId::Metadata, test) => {
            let test = key_test(test).ok_or_else(misfit)?;
            match key.as_str() {
                keys::SOURCE_RUN => Predicate::Run(test),
                keys::TOKEN_USAGE | keys::COST if is_pattern(&test) => {
                    let message = format!(
                        "Reserved metadata '{key}' supports only the comparators '=', '!=', 'IS NULL', 'IS NOT NULL'"
                    );
                    return Err(FilterError::new(range, message));
                }
                _ => Predicate::Metadata { key, test },
            }
        }
        _ => return Err(misfit()),
    };
    Ok(Part::Trace(predicate))
}

/// Narrows a test to texts that may be missing.
pub(super) fn key_test(test: Test) -> Option<KeyTest> {
    match test {
        Test::Text(test) => Some(KeyTest::Text(test)),
        Test::IsNull => Some(KeyTest::IsNull),
        Test::IsNotNull => Some(KeyTest::IsNotNull),
        Test::Number(_) => None,
    }
}

fn is_pattern(test: &KeyTest) -> bool {
    matches!(
        test,
        KeyTest::Text(TextTest::Like(_) | TextTest::ILike(_) | TextTest::RLike(_))
    )
}

/// Gathers the span conditions of each AND.
fn gather(node: Node<Part>) -> Node<Predicate> {
    match node {
        Node::Is(Part::Trace(predicate)) => Node::Is(predicate),
        Node::Is(Part::Span(test)) => Node::Is(Predicate::Span(vec![test])),
        Node::Not(inner) => Node::Not(Box::new(gather(*inner))),
        Node::Any(parts) => Node::Any(parts.into_iter().map(gather).collect()),
        Node::All(parts) => {
            let mut out = Vec::with_capacity(parts.len());
            let mut spans = Vec::new();
            for part in parts {
                match part {
                    Node::Is(Part::Span(test)) => spans.push(test),
                    other => out.push(gather(other)),
                }
            }
            if !spans.is_empty() {
                out.push(Node::Is(Predicate::Span(spans)));
            }
            if out.len() == 1 {
                out.remove(0)
            } else {
                Node::All(out)
            }
        }
    }
}

/// A hint for `attribute.K` where K looks like a slip of the pen for an attribute of the trace.
fn misspelt_attribute(text: &str, resolved: &Resolved) -> Option<FilterError> {
    let written = resolved.range.slice(text);
    if resolved.id != FieldId::SpanAttribute || !written.starts_with("attribute.") {
        return None;
    }
    let names = TRACES
        .fields
        .iter()
        .filter(|f| f.entities.contains(&"attribute"));
    let names = names.flat_map(|field| match field.keys {
        Keys::Named(names) => names,
        _ => &[],
    });
    let near = nearest(&resolved.key, names.copied())?;
    let message = format!(
        "'{}' is no attribute of traces, so spans with such an attribute are searched. Did you mean '{near}'?",
        resolved.key
    );
    Some(FilterError::new(resolved.range, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::compile;

    fn root(text: &str) -> Node<Predicate> {
        compile(text).unwrap().root
    }

    fn name(text: &str) -> SpanTest {
        SpanTest::Name(TextTest::Eq(text.to_owned()))
    }

    fn kind(text: &str) -> SpanTest {
        SpanTest::Type(TextTest::Eq(text.to_owned()))
    }

    #[test]
    fn span_conditions_of_one_and_are_gathered() {
        let both = Node::Is(Predicate::Span(vec![name("a"), kind("LLM")]));
        assert_eq!(root("span.name = 'a' AND span.type = 'LLM'"), both);
        assert_eq!(root("span.name = 'a' AND (span.type = 'LLM')"), both);
        assert_eq!(root("(span.name = 'a' span.type = 'LLM')"), both);
        assert_eq!(
            root("NOT (span.name = 'a' span.type = 'LLM')"),
            Node::Not(Box::new(both))
        );
    }

    #[test]
    fn branches_of_an_or_have_spans_of_their_own() {
        let expected = Node::Any(vec![
            Node::Is(Predicate::Span(vec![name("a")])),
            Node::Is(Predicate::Span(vec![kind("LLM")])),
        ]);
        assert_eq!(root("span.name = 'a' OR span.type = 'LLM'"), expected);
    }

    #[test]
    fn start_times_are_bounded_by_the_outer_and() {
        let range = |text: &str| compile(text).unwrap().start_range();
        assert_eq!(range("timestamp > 10 AND timestamp_ms <= 20.5"), (11, 20));
        assert_eq!(range("timestamp = 5"), (5, 5));
        assert_eq!(
            range("timestamp > 10 OR status = 'OK'"),
            (i64::MIN, i64::MAX)
        );
    }

    #[test]
    fn misspelt_attributes_are_pointed_out() {
        let filter = compile("attribute.statsu = 'OK'").unwrap();
        assert!(filter.hints[0].message.contains("'status'"));
        assert!(
            compile("attribute.request_type = 'x'")
                .unwrap()
                .hints
                .is_empty()
        );
    }
}
