//! Conditions on traces that are in no segment: decided by their rows in memory.

use std::sync::Arc;

use domain::filter::check::{Predicate, SpanTest};
use domain::filter::predicate::{KeyTest, Test, TextTest, Truth, ValueTest};
use domain::trace::keys;

use super::plan::{Condition, Plan, is_tuple_test};
use crate::index::bitmap::Bitmap;
use crate::index::truth::{Truths, join};
use crate::sqlite::live::TailTrace;
use crate::terms;
use crate::tuples::{SpanTuple, Tuples};

/// The possible truths of one row.
mod may {
    pub(super) const TRUE: u8 = 1;
    pub(super) const FALSE: u8 = 2;
    pub(super) const UNKNOWN: u8 = 4;
}

/// A trace of the tail with its number.
pub(crate) type TailRow = (i64, Arc<TailTrace>);

/// What the filter may be for each row.
pub(crate) fn truths(plan: &Plan<'_>, rows: &[TailRow]) -> Truths {
    let conditions: Vec<Truths> = plan
        .conditions
        .iter()
        .map(|condition| of_condition(plan, condition, rows))
        .collect();
    join(&plan.tree, rows.len(), &conditions)
}

fn of_condition(plan: &Plan<'_>, condition: &Condition<'_>, rows: &[TailRow]) -> Truths {
    let possible: Vec<u8> = rows
        .iter()
        .map(|row| possible(plan, condition, row))
        .collect();
    let bits = |bit: u8| Bitmap::from_fn(rows.len(), |row| possible[row] & bit != 0);
    Truths {
        may_be_true: bits(may::TRUE),
        may_be_false: bits(may::FALSE),
        may_be_unknown: bits(may::UNKNOWN),
    }
}

fn certain(truth: Truth) -> u8 {
    match truth {
        Truth::True => may::TRUE,
        Truth::False => may::FALSE,
        Truth::Unknown => may::UNKNOWN,
    }
}

fn possible(plan: &Plan<'_>, condition: &Condition<'_>, (no, trace): &TailRow) -> u8 {
    let (texts, info, known) = (&plan.texts, &trace.info, &condition.known);
    let text = |test: &TextTest, text: Option<&str>| {
        certain(Truth::of(text.map(|text| texts.matches(test, text))))
    };
    match condition.predicate {
        Predicate::Status(test) => text(test, Some(info.state.as_str())),
        Predicate::RequestId(test) => text(test, Some(info.trace_id.as_str())),
        Predicate::ClientRequestId(test) => text(test, info.client_request_id.as_deref()),
        Predicate::TimestampMs(test) => certain(test.matches_int(info.request_time.0).into()),
        Predicate::EndTimeMs(test) => certain(test.matches_int(info.end_time().0).into()),
        Predicate::ExecutionTimeMs(test) => {
            certain(Truth::of(info.duration_ms.map(|ms| test.matches_int(ms))))
        }
        Predicate::Name(test) => certain(texts.key(test, info.name())),
        Predicate::User(test) => certain(texts.key(test, info.user())),
        Predicate::Session(test) => certain(texts.key(test, info.session())),
        Predicate::Model(test) => certain(models(plan, test, &info.stats.models)),
        Predicate::Tag { key, test } => {
            certain(texts.key(test, info.tags.get(key).map(String::as_str)))
        }
        Predicate::TagOrName(test) => {
            let own = texts.key(test, info.tags.get("name").map(String::as_str));
            certain(either(test, own, texts.key(test, info.name())))
        }
        Predicate::Metadata { key, test } => {
            certain(texts.key(test, info.metadata.get(key).map(String::as_str)))
        }
        Predicate::Run(test) => {
            let logged_in = info.metadata.get(keys::SOURCE_RUN).map(String::as_str);
            run(
                test,
                texts.key(test, logged_in),
                logged_in.is_some(),
                known.yes.contains(no),
            )
        }
        Predicate::Prompt { .. } if known.yes.contains(no) => may::TRUE,
        Predicate::Prompt { name, version } => {
            let listed = info.tags.get(super::LINKED_PROMPTS);
            match listed {
                Some(text) if text.contains(name) && text.contains(version) => {
                    may::TRUE | may::FALSE
                }
                _ => may::FALSE,
            }
        }
        Predicate::TraceText(_) | Predicate::Span(_)
            if !known.texts.iter().all(|texts| texts.contains(*no)) =>
        {
            may::FALSE
        }
        Predicate::TraceText(_) => may::TRUE | may::FALSE,
        Predicate::Span(tests) => spans(plan, tests, trace),
        Predicate::Feedback { test, .. } | Predicate::Expectation { test, .. } => {
            let in_session = |sessions: &std::collections::HashSet<String>| {
                info.session()
                    .is_some_and(|session| sessions.contains(session))
            };
            let some = known.some.contains(no) || in_session(&known.some_sessions);
            let yes = known.yes.contains(no) || in_session(&known.yes_sessions);
            rated(test, some, yes)
        }
        Predicate::Issue { .. } => certain(known.yes.contains(no).into()),
    }
}

fn spans(plan: &Plan<'_>, tests: &[SpanTest], trace: &TailTrace) -> u8 {
    let mut is_certain = tests.iter().all(is_tuple_test) || tests.len() == 1;
    match &trace.tuples {
        Tuples::TooMany => is_certain &= !tests.iter().any(is_tuple_test),
        Tuples::Known(tuples) => {
            if !tuples.iter().any(|tuple| passes(plan, tests, tuple)) {
                return may::FALSE;
            }
        }
    }
    for test in tests {
        match test {
            SpanTest::Attribute { key, test } => match attribute(plan, key, test, trace) {
                Truth::True => {}
                Truth::False => return may::FALSE,
                Truth::Unknown => is_certain = false,
            },
            SpanTest::Content(_) => is_certain = false,
            SpanTest::Name(_) | SpanTest::Type(_) | SpanTest::Status(_) => {}
        }
    }
    if is_certain {
        may::TRUE
    } else {
        may::TRUE | may::FALSE
    }
}

/// Whether some span has a value that passes; unknown if that is not in memory.
fn attribute(plan: &Plan<'_>, key: &str, test: &ValueTest, trace: &TailTrace) -> Truth {
    let terms = trace.terms.as_ref().filter(|_| !terms::is_left_out(key));
    let Some(all) = terms.and_then(|terms| terms.iter()) else {
        return Truth::Unknown;
    };
    let prefix = terms::key_prefix(key);
    let mut found = Truth::False;
    for value in all.filter_map(|term| term.strip_prefix(prefix.as_slice())) {
        if terms::passes(value, test, &plan.texts) {
            return Truth::True;
        }
        if terms::text_of(value).is_none() {
            found = Truth::Unknown;
        }
    }
    found
}

/// Models of which one must pass.
fn models(plan: &Plan<'_>, test: &KeyTest, models: &[String]) -> Truth {
    match models {
        [] => plan.texts.key(test, None),
        models => Truth::any(models.iter().map(|model| plan.texts.key(test, Some(model)))),
    }
}

/// Joins the tests of two texts of which one must pass.
fn either(test: &KeyTest, a: Truth, b: Truth) -> Truth {
    match test {
        KeyTest::IsNull => Truth::from(a == Truth::True && b == Truth::True),
        KeyTest::IsNotNull => Truth::from(a == Truth::True || b == Truth::True),
        KeyTest::Text(_) if a == Truth::Unknown => b,
        KeyTest::Text(_) if b == Truth::Unknown => a,
        KeyTest::Text(_) => Truth::any([a, b]),
    }
}

fn run(test: &KeyTest, logged_in: Truth, has_source: bool, is_linked: bool) -> u8 {
    match test {
        KeyTest::Text(TextTest::Eq(_)) if is_linked || logged_in == Truth::True => may::TRUE,
        // Other links may be there or not.
        KeyTest::Text(TextTest::Eq(_)) if has_source => may::FALSE,
        KeyTest::Text(TextTest::Eq(_)) => may::FALSE | may::UNKNOWN,
        KeyTest::Text(_) => certain(logged_in),
        KeyTest::IsNull if has_source => may::FALSE,
        KeyTest::IsNotNull if has_source => may::TRUE,
        KeyTest::IsNull | KeyTest::IsNotNull => may::TRUE | may::FALSE,
    }
}

fn rated(test: &Test, some: bool, yes: bool) -> u8 {
    match test {
        Test::IsNull => certain((!some).into()),
        Test::IsNotNull => certain(some.into()),
        _ if yes => may::TRUE,
        _ if some => may::FALSE | may::UNKNOWN,
        _ => may::UNKNOWN,
    }
}

/// Whether a tuple passes the tests that it decides.
pub(super) fn passes(plan: &Plan<'_>, tests: &[SpanTest], tuple: &SpanTuple) -> bool {
    tests.iter().all(|test| match test {
        SpanTest::Name(test) => plan.texts.matches(test, &tuple.name),
        SpanTest::Type(test) => plan.texts.matches(test, &tuple.span_type),
        SpanTest::Status(test) => plan.texts.matches(test, tuple.status.as_str()),
        SpanTest::Content(_) | SpanTest::Attribute { .. } => true,
    })
}
