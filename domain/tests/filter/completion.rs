//! What is offered at a position, written `|` in the text.

use domain::filter::complete::{Completions, ValueSource, complete};
use domain::filter::field::TRACES;
use domain::filter::runs::RUNS;

fn at(marked: &str) -> (String, Completions) {
    let offset = marked.find('|').expect("a position");
    let text = marked.replacen('|', "", 1);
    let found = complete(&text, offset, &TRACES);
    (text, found)
}

/// The text with the given completion taken.
fn taken(marked: &str, label: &str) -> String {
    let (text, found) = at(marked);
    let labels: Vec<&str> = found.items.iter().map(|item| item.label.as_str()).collect();
    let item = found.items.iter().find(|item| item.label == label);
    let item = item.unwrap_or_else(|| panic!("{marked}: {label} is not among {labels:?}"));
    let (start, end) = (found.replace.start as usize, found.replace.end as usize);
    format!("{}{}{}", &text[..start], item.insert, &text[end..])
}

/// The text with a looked-up value put in.
fn with_value(marked: &str, source: ValueSource, value: &str) -> String {
    let (text, found) = at(marked);
    assert_eq!(found.source, source, "{marked}");
    let (start, end) = (found.replace.start as usize, found.replace.end as usize);
    format!(
        "{}{}{}",
        &text[..start],
        found.text_for(value),
        &text[end..]
    )
}

#[test]
fn names_are_offered_at_the_start_of_a_comparison() {
    assert_eq!(taken("|", "status"), "status");
    assert_eq!(taken("sta|", "status"), "status");
    assert_eq!(
        taken("status = 'OK' AND ta|", "tags."),
        "status = 'OK' AND tags."
    );
    assert_eq!(
        taken("(ti| AND status = 'OK'", "timestamp_ms"),
        "(timestamp_ms AND status = 'OK'"
    );
    assert_eq!(taken("NOT |", "name"), "NOT name");
    assert_eq!(taken("st|at = 'OK'", "status"), "status = 'OK'");
    let (_, found) = at("span|");
    assert_eq!(found.items[0].label, "span.name");
}

#[test]
fn keys_are_looked_up_behind_the_dot() {
    assert_eq!(
        with_value("tags.|", ValueSource::TagKeys, "env"),
        "tags.env"
    );
    assert_eq!(
        with_value("tags.e| = 'x'", ValueSource::TagKeys, "a b"),
        "tags.`a b` = 'x'"
    );
    assert_eq!(
        with_value("tags.`a |", ValueSource::TagKeys, "a b"),
        "tags.`a b`"
    );
    let key = "mlflow.trace.user";
    assert_eq!(
        with_value("metadata.mlf|", ValueSource::MetadataKeys, key),
        "metadata.mlflow.trace.user"
    );
    let attributes = ValueSource::SpanAttributeKeys;
    assert_eq!(
        with_value("span.attributes.x|", attributes, "x y"),
        "span.attributes.`x y`"
    );
    assert_eq!(
        with_value("feedback.|", ValueSource::FeedbackNames, "rating"),
        "feedback.rating"
    );
    assert_eq!(taken("span.na|", "name"), "span.name");
    assert_eq!(taken("trace.|", "text"), "trace.text");
    assert_eq!(taken("trace.us|", "user"), "trace.user");
}

#[test]
fn comparators_are_those_of_the_field() {
    assert_eq!(taken("status |", "NOT IN"), "status NOT IN");
    assert_eq!(taken("status|", "status"), "status");
    assert_eq!(taken("tags.env L|", "LIKE"), "tags.env LIKE");
    let (_, found) = at("timestamp_ms |");
    assert!(found.items.iter().all(|item| item.label != "LIKE"));
    let (_, found) = at("issue.id |");
    assert_eq!(found.items.len(), 1);
}

#[test]
fn values_are_quoted_as_needed() {
    assert_eq!(taken("status = |", "OK"), "status = 'OK'");
    assert_eq!(taken("status =|", "OK"), "status = 'OK'");
    assert_eq!(taken("status = E|", "ERROR"), "status = 'ERROR'");
    assert_eq!(taken("status = 'E|", "ERROR"), "status = 'ERROR'");
    assert_eq!(
        taken("status = 'E|RR' AND tags.a = 'x'", "ERROR"),
        "status = 'ERROR' AND tags.a = 'x'"
    );
    assert_eq!(taken("span.type IN |", "LLM"), "span.type IN ('LLM')");
    assert_eq!(
        taken("span.type IN ('LLM', |", "TOOL"),
        "span.type IN ('LLM', 'TOOL'"
    );
    assert_eq!(
        with_value("name = |", ValueSource::TraceNames, "it's"),
        "name = \"it's\""
    );
    assert_eq!(
        with_value("timestamp_ms > |", ValueSource::Times, "5"),
        "timestamp_ms > 5"
    );
    let source = ValueSource::FeedbackValues("rating".into());
    assert_eq!(
        with_value("feedback.rating >= |", source, "4"),
        "feedback.rating >= 4"
    );
    assert_eq!(
        with_value("metadata.mlflow.trace.user = |", ValueSource::Users, "u"),
        "metadata.mlflow.trace.user = 'u'"
    );
    for (name, source) in [
        ("trace.user", ValueSource::Users),
        ("trace.session", ValueSource::Sessions),
        ("trace.model", ValueSource::Models),
    ] {
        let filter = with_value(&format!("{name} = |"), source, "u");
        assert_eq!(filter, format!("{name} = 'u'"));
    }
    let source = ValueSource::TagValues("a b".into());
    assert_eq!(
        with_value("tags.`a b` LIKE '|", source, "x"),
        "tags.`a b` LIKE 'x'"
    );
}

#[test]
fn words_that_join_are_offered_behind_a_comparison() {
    assert_eq!(taken("status = 'OK' |", "AND"), "status = 'OK' AND");
    assert_eq!(taken("status = 'OK'|", "AND"), "status = 'OK' AND");
    assert_eq!(taken("tags.env IS NULL a|", "AND"), "tags.env IS NULL AND");
    assert_eq!(
        taken("(span.type IN ('LLM')) |", "OR"),
        "(span.type IN ('LLM')) OR"
    );
}

#[test]
fn an_open_quote_does_not_swallow_what_follows() {
    let text = taken("status = '| AND tags.env = 'x'", "OK");
    assert_eq!(text, "status = 'OK' AND tags.env = 'x'");
}

#[test]
fn run_statuses_are_those_of_runs() {
    let found = complete("status = ", 9, &RUNS);
    assert_eq!(found.items[0].insert, "'FINISHED'");
}
