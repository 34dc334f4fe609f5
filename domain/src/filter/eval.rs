//! What a trace filter means, in the plainest way: given a trace and its spans, does it match? Stores answer the same
//! question by other means and are tested against this.

use std::borrow::Cow;

use serde_json::Value;

use super::check::{Predicate, SpanTest, TraceFilter};
use super::matcher::{EvalError, TextMatcher};
use super::predicate::{KeyTest, NumberTest, Test, TextTest, Truth, ValueTest, decimal};
use crate::assessment::{Assessment, AssessmentValue};
use crate::json;
use crate::span::{LINKED_TRACE, Span};
use crate::trace::{TraceInfo, keys};

/// The tag that lists the prompt versions a trace used, as a JSON list of `{"name", "version"}`.
const LINKED_PROMPTS: &str = "mlflow.linkedPrompts";

/// A trace with all that filters can ask about.
#[derive(Debug, Clone, Copy)]
pub struct TraceView<'a> {
    /// The trace.
    pub info: &'a TraceInfo,
    /// Its spans, one per id.
    pub spans: &'a [Span],
    /// Prompt versions (name, version) it was linked to, besides those in tag `mlflow.linkedPrompts`.
    pub prompts: &'a [(String, String)],
    /// Assessments of other traces that hold for the whole session (their metadata has `mlflow.trace.session`), if this trace is
    /// of that session.
    pub session_assessments: &'a [Assessment],
}

/// A filter made ready for many traces.
#[derive(Debug)]
pub struct Evaluator<'f> {
    filter: &'f TraceFilter,
    texts: TextMatcher,
}

impl<'f> Evaluator<'f> {
    /// Prepares a filter.
    ///
    /// # Errors
    /// It has a regular expression that cannot be run here.
    pub fn new(filter: &'f TraceFilter) -> Result<Self, EvalError> {
        let tests = filter.root.predicates().into_iter().flat_map(text_tests);
        Ok(Self {
            filter,
            texts: TextMatcher::new(tests)?,
        })
    }

    /// Whether the trace matches.
    pub fn matches(&self, trace: &TraceView<'_>) -> bool {
        self.filter
            .root
            .eval(&mut |predicate| self.truth(predicate, trace))
            == Truth::True
    }

    fn truth(&self, predicate: &Predicate, trace: &TraceView<'_>) -> Truth {
        let info = trace.info;
        match predicate {
            Predicate::Status(test) => self.text(test, Some(info.state.as_str())),
            Predicate::RequestId(test) => self.text(test, Some(info.trace_id.as_str())),
            Predicate::ClientRequestId(test) => self.text(test, info.client_request_id.as_deref()),
            Predicate::TimestampMs(test) => test.matches_int(info.request_time.0).into(),
            Predicate::EndTimeMs(test) => test.matches_int(info.end_time().0).into(),
            Predicate::ExecutionTimeMs(test) => {
                Truth::of(info.duration_ms.map(|ms| test.matches_int(ms)))
            }
            Predicate::Name(test) => self.key(test, &mut info.name().into_iter()),
            Predicate::User(test) => self.key(test, &mut info.user().into_iter()),
            Predicate::Session(test) => self.key(test, &mut info.session().into_iter()),
            Predicate::Model(test) => {
                self.key(test, &mut info.stats.models.iter().map(String::as_str))
            }
            Predicate::Tag { key, test } => self.key(test, &mut value(&info.tags, key)),
            Predicate::TagOrName(test) => {
                self.key(test, &mut value(&info.tags, "name").chain(info.name()))
            }
            Predicate::Metadata { key, test } => self.key(test, &mut value(&info.metadata, key)),
            Predicate::Run(test) => self.run(test, info),
            Predicate::Prompt { name, version } => uses_prompt(trace, name, version).into(),
            Predicate::TraceText(test) => trace
                .spans
                .iter()
                .any(|span| self.content(test, span))
                .into(),
            Predicate::Span(tests) => {
                let passes = |span| tests.iter().all(|test| self.span(test, span));
                trace.spans.iter().any(passes).into()
            }
            Predicate::Feedback { name, test } => {
                let mut values = assessed(trace, name, |value| match value {
                    AssessmentValue::Feedback { value, .. } => Some(value),
                    _ => None,
                });
                self.assessments(test, &mut values)
            }
            Predicate::Expectation { name, test } => {
                let mut values = assessed(trace, name, |value| match value {
                    AssessmentValue::Expectation { value } => Some(value),
                    _ => None,
                });
                self.assessments(test, &mut values)
            }
            Predicate::Issue { id } => {
                let shows = |a: &Assessment| {
                    matches!(a.value, AssessmentValue::Issue { .. }) && a.name == *id
                };
                info.assessments.iter().any(shows).into()
            }
        }
    }

    fn text(&self, test: &TextTest, text: Option<&str>) -> Truth {
        Truth::of(text.map(|text| self.texts.matches(test, text)))
    }

    /// Tests texts of which one must pass; none at all is a missing value.
    fn key(&self, test: &KeyTest, texts: &mut dyn Iterator<Item = &str>) -> Truth {
        match test {
            KeyTest::IsNull => texts.next().is_none().into(),
            KeyTest::IsNotNull => texts.next().is_some().into(),
            KeyTest::Text(test) => {
                one_passes(texts.map(|text| self.texts.matches(test, text).into()))
            }
        }
    }

    fn run(&self, test: &KeyTest, info: &TraceInfo) -> Truth {
        let linked = info.linked_runs.iter().map(|run| run.as_str());
        let mut logged_in = value(&info.metadata, keys::SOURCE_RUN);
        match test {
            KeyTest::Text(TextTest::Eq(_)) | KeyTest::IsNull | KeyTest::IsNotNull => {
                self.key(test, &mut logged_in.chain(linked))
            }
            KeyTest::Text(_) => self.key(test, &mut logged_in),
        }
    }

    fn span(&self, test: &SpanTest, span: &Span) -> bool {
        match test {
            SpanTest::Name(test) => self.texts.matches(test, &span.name),
            SpanTest::Type(test) => self.texts.matches(test, &span.span_type()),
            SpanTest::Status(test) => self.texts.matches(test, span.status.as_str()),
            SpanTest::Content(test) => self.content(test, span),
            SpanTest::Attribute { key, test } => match span.attribute(key) {
                None if key == LINKED_TRACE => {
                    let ValueTest::Text(test) = test else {
                        return false;
                    };
                    let mut links = span.links.iter();
                    links.any(|link| self.texts.matches(test, &link.trace_id))
                }
                None | Some("null") => false,
                Some(json) => match test {
                    ValueTest::Text(test) => self.texts.matches(test, &attribute_text(json)),
                    ValueTest::Number(test) => {
                        attribute_number(json).is_some_and(|number| test.matches(number))
                    }
                },
            },
        }
    }

    fn content(&self, test: &TextTest, span: &Span) -> bool {
        let mut text = String::new();
        span_text(span, &mut text);
        self.texts.matches(test, &text)
    }

    fn assessments(&self, test: &Test, values: &mut dyn Iterator<Item = &Value>) -> Truth {
        match test {
            Test::IsNull => values.next().is_none().into(),
            Test::IsNotNull => values.next().is_some().into(),
            Test::Text(test) => {
                one_passes(values.map(|value| self.assessed_text(test, value).into()))
            }
            Test::Number(test) => one_passes(values.map(|value| assessed_number(*test, value))),
        }
    }

    /// A string counts both as its text and as its JSON text with quotes.
    fn assessed_text(&self, test: &TextTest, value: &Value) -> bool {
        let json_text = assessment_text(value);
        let plain = value.as_str();
        let passes = |text: &str| self.texts.matches(test, text);
        match test {
            TextTest::Ne(_) | TextTest::NotIn(_) => passes(&json_text) && plain.is_none_or(passes),
            _ => passes(&json_text) || plain.is_some_and(passes),
        }
    }
}

/// The text that `span.content` and `trace.text` are about: name, status message, attributes (`key: JSON text`), events (name, and
/// attributes likewise), each on a line of its own. A pattern without line breaks between `%` can be tried on each line.
pub fn span_text(span: &Span, out: &mut String) {
    out.push_str(&span.name);
    if !span.status_message.is_empty() {
        push_line(out, &span.status_message);
    }
    for (key, value) in &span.attributes {
        push_line(out, key);
        out.push_str(": ");
        out.push_str(value);
    }
    for event in &span.events {
        push_line(out, &event.name);
        for (key, value) in &event.attributes {
            push_line(out, key);
            out.push_str(": ");
            out.push_str(&json::to_python_text(value));
        }
    }
}

/// The text that a span attribute is compared by: a JSON string's own text, else the JSON text.
pub fn attribute_text(json: &str) -> Cow<'_, str> {
    match json::as_string(json) {
        Some(text) => Cow::Owned(text),
        None => Cow::Borrowed(json),
    }
}

/// The number that a span attribute is compared by: a JSON number, or a string that is a plain decimal number.
pub fn attribute_number(json: &str) -> Option<f64> {
    decimal(json).or_else(|| json::as_string(json).and_then(|text| decimal(&text)))
}

/// The JSON text of an assessment's value. Numbers are doubles and written as Python writes them: `4.0`, `1e+16`.
pub fn assessment_text(value: &Value) -> String {
    let Some(number) = value.as_f64() else {
        return json::to_python_text(value);
    };
    let text = format!("{number:?}");
    match text.split_once('e') {
        None => text,
        Some((digits, exponent)) => match exponent.strip_prefix('-') {
            Some(exponent) => format!("{digits}e-{exponent:0>2}"),
            None => format!("{digits}e+{exponent:0>2}"),
        },
    }
}

fn push_line(out: &mut String, text: &str) {
    out.push('\n');
    out.push_str(text);
}

fn value<'a>(
    map: &'a std::collections::BTreeMap<String, String>,
    key: &str,
) -> std::option::IntoIter<&'a str> {
    map.get(key).map(String::as_str).into_iter()
}

/// The valid values of that name and kind, those of the session included.
fn assessed<'a>(
    trace: &TraceView<'a>,
    name: &'a str,
    kind: fn(&AssessmentValue) -> Option<&Value>,
) -> impl Iterator<Item = &'a Value> {
    let all = trace
        .info
        .assessments
        .iter()
        .chain(trace.session_assessments);
    all.filter(move |a| a.valid && a.name == name)
        .filter_map(move |a| kind(&a.value))
}

fn assessed_number(test: NumberTest, value: &Value) -> Truth {
    Truth::of(value.as_f64().map(|number| test.matches(number)))
}

/// True if one is; unknown if there is none.
fn one_passes(parts: impl Iterator<Item = Truth>) -> Truth {
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return Truth::Unknown;
    }
    Truth::any(parts)
}

fn uses_prompt(trace: &TraceView<'_>, name: &str, version: &str) -> bool {
    if trace.prompts.iter().any(|(n, v)| n == name && v == version) {
        return true;
    }
    let listed = trace.info.tags.get(LINKED_PROMPTS);
    let listed = listed.and_then(|text| serde_json::from_str::<Vec<Value>>(text).ok());
    listed.unwrap_or_default().iter().any(|prompt| {
        let is = |key: &str, wanted: &str| match prompt.get(key) {
            Some(Value::String(text)) => text == wanted,
            Some(Value::Number(number)) => number.to_string() == wanted,
            _ => false,
        };
        is("name", name) && is("version", version)
    })
}

/// The texts and patterns that a predicate compares with.
pub fn text_tests(predicate: &Predicate) -> Vec<&TextTest> {
    match predicate {
        Predicate::Status(test)
        | Predicate::RequestId(test)
        | Predicate::ClientRequestId(test)
        | Predicate::TraceText(test)
        | Predicate::Name(KeyTest::Text(test))
        | Predicate::User(KeyTest::Text(test))
        | Predicate::Session(KeyTest::Text(test))
        | Predicate::Model(KeyTest::Text(test))
        | Predicate::Tag {
            test: KeyTest::Text(test),
            ..
        }
        | Predicate::TagOrName(KeyTest::Text(test))
        | Predicate::Metadata {
            test: KeyTest::Text(test),
            ..
        }
        | Predicate::Run(KeyTest::Text(test))
        | Predicate::Feedback {
            test: Test::Text(test),
            ..
        }
        | Predicate::Expectation {
            test: Test::Text(test),
            ..
        } => vec![test],
        Predicate::Span(tests) => tests.iter().filter_map(span_text_test).collect(),
        _ => Vec::new(),
    }
}

fn span_text_test(test: &SpanTest) -> Option<&TextTest> {
    match test {
        SpanTest::Name(test)
        | SpanTest::Type(test)
        | SpanTest::Status(test)
        | SpanTest::Content(test)
        | SpanTest::Attribute {
            test: ValueTest::Text(test),
            ..
        } => Some(test),
        SpanTest::Attribute {
            test: ValueTest::Number(_),
            ..
        } => None,
    }
}
