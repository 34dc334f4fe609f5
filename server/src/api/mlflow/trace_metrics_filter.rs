//! The `filters` of trace metrics: each one comparison with `=`, in a small language of its own: `trace.status = 'OK'`,
//! `trace.tag.K = 'v'`, ``trace.metadata.`K` = 'v'``, `span.name|status|type`, `assessment.name|type`.

use domain::filter::TraceFilter;
use domain::filter::check::Predicate;
use domain::filter::predicate::{KeyTest, Node, TextTest};
use domain::stats::{AssessmentKind, AssessmentTest, SpanPart};
use domain::trace::keys;

use super::trace_metrics::View;
use crate::error::{ApiError, ApiResult};

/// What `filters` ask for.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Conditions {
    pub filter: Option<TraceFilter>,
    pub spans: Vec<(SpanPart, TextTest)>,
    pub assessments: Vec<AssessmentTest>,
}

/// One comparison.
#[derive(Debug, PartialEq)]
struct Comparison {
    view: String,
    entity: String,
    key: Option<String>,
    value: String,
}

/// Reads filters; all must hold.
///
/// # Errors
/// 400 with MLflow's text where it has one.
pub(super) fn conditions(view: View, filters: &[&str]) -> ApiResult<Conditions> {
    let mut out = Conditions::default();
    let mut roots = Vec::new();
    for text in filters {
        let Comparison {
            view: subject,
            entity,
            key,
            value,
        } = comparison(text)?;
        match (subject.as_str(), entity.as_str()) {
            ("span", _) if view != View::Spans => return Err(only_in("span", "SPANS", view)),
            ("assessment", _) if view != View::Assessments => {
                return Err(only_in("assessment", "ASSESSMENTS", view));
            }
            ("span", "name") => out.spans.push((SpanPart::Name, TextTest::Eq(value))),
            ("span", "status") => out.spans.push((SpanPart::Status, TextTest::Eq(value))),
            ("span", _) => out.spans.push((SpanPart::Type, TextTest::Eq(value))),
            ("assessment", "name") => out.assessments.push(AssessmentTest::Name(value)),
            ("assessment", _) => out.assessments.push(AssessmentTest::Kind(kind(&value))),
            ("trace", "status") => roots.push(Node::Is(Predicate::Status(TextTest::Eq(value)))),
            (_, entity) => {
                roots.push(Node::Is(of_key(entity, key.unwrap_or_default(), value)));
            }
        }
    }
    out.filter = (!roots.is_empty()).then(|| TraceFilter {
        root: Node::All(roots),
        hints: Vec::new(),
    });
    Ok(out)
}

fn of_key(entity: &str, key: String, value: String) -> Predicate {
    let test = KeyTest::Text(TextTest::Eq(value));
    match (entity, key.as_str()) {
        ("tag", keys::NAME) => Predicate::Name(test),
        ("tag", _) => Predicate::Tag { key, test },
        (_, keys::SOURCE_RUN) => Predicate::Run(test),
        _ => Predicate::Metadata { key, test },
    }
}

fn kind(text: &str) -> Option<AssessmentKind> {
    match text {
        "feedback" => Some(AssessmentKind::Feedback),
        "expectation" => Some(AssessmentKind::Expectation),
        "issue" => Some(AssessmentKind::Issue),
        _ => None,
    }
}

fn only_in(subject: &str, wanted: &str, view: View) -> ApiError {
    let got = match view {
        View::Traces => "TRACES",
        View::Spans => "SPANS",
        View::Assessments => "ASSESSMENTS",
    };
    ApiError::invalid(format!(
        "Filtering by {subject} is only supported for {wanted} view type, got {got}"
    ))
}

fn comparison(text: &str) -> ApiResult<Comparison> {
    let invalid =
        |clause: &str| ApiError::invalid(format!("Invalid clause(s) in filter string: {clause}"));
    let (name, rest) = identifier(text.trim());
    let (operator, rest) = operator(rest.trim_start());
    let rest = rest.trim_start();
    if text.trim().is_empty() {
        return Err(ApiError::invalid(format!(
            "Invalid filter: '{text}'. Expected one filter clause."
        )));
    }
    if name.is_empty() || operator.is_empty() || rest.is_empty() {
        return Err(invalid(text.trim()));
    }
    let (view, entity, key) = parts(name)?;
    if operator != "=" {
        return Err(ApiError::invalid(format!(
            "Invalid comparator: '{operator}', only '=' operator is supported"
        )));
    }
    let Some((value, rest)) = quoted(rest) else {
        let is_number = rest.parse::<f64>().is_ok();
        return Err(ApiError::invalid(if is_number {
            format!(
                "Expected a quoted string value for {entity} value (e.g. 'my-value'). Got value {rest}"
            )
        } else {
            format!(
                "Parameter value is either not quoted or unidentified quote types used for string \
                value {rest}. Use either single or double quotes."
            )
        }));
    };
    if let Some(clause) = rest.split_whitespace().next() {
        return Err(invalid(clause));
    }
    Ok(Comparison {
        view,
        entity,
        key,
        value,
    })
}

/// The name at the start, with keys in quotes or backticks whole, and the rest.
fn identifier(text: &str) -> (&str, &str) {
    let mut quote = None;
    let end = text.char_indices().find(|(_, character)| match quote {
        Some(open) => {
            if *character == open {
                quote = None;
            }
            false
        }
        None if matches!(character, '`' | '"') => {
            quote = Some(*character);
            false
        }
        None => character.is_whitespace() || "=!<>".contains(*character),
    });
    text.split_at(end.map_or(text.len(), |(place, _)| place))
}

fn operator(text: &str) -> (&str, &str) {
    let symbols = text.trim_start_matches(['=', '!', '<', '>']);
    if symbols.len() < text.len() {
        return text.split_at(text.len() - symbols.len());
    }
    let word = text.find(|character: char| !character.is_alphabetic());
    text.split_at(word.unwrap_or(text.len()))
}

/// View, entity and key of a name.
fn parts(name: &str) -> ApiResult<(String, String, Option<String>)> {
    let mut parts = name.splitn(3, '.');
    let (Some(view), Some(entity), key) = (parts.next(), parts.next(), parts.next()) else {
        return Err(ApiError::invalid(format!(
            "Invalid identifier '{name}'. Columns should be specified as 'trace.<key>', \
            'span.<key>', 'assessment.<key>'."
        )));
    };
    let view = view.trim_matches('`');
    let entities: &[(&str, bool)] = match view {
        "trace" => &[("status", false), ("tag", true), ("metadata", true)],
        "span" => &[("name", false), ("status", false), ("type", false)],
        "assessment" => &[("name", false), ("type", false)],
        _ => {
            return Err(ApiError::invalid(format!(
                "Invalid view type '{view}'. Valid values are dict_keys(['trace', 'span', 'assessment'])"
            )));
        }
    };
    let known = entities.iter().find(|(known, _)| *known == entity);
    let Some((_, needs_key)) = known else {
        let names: Vec<String> = entities
            .iter()
            .map(|(name, _)| format!("'{name}'"))
            .collect();
        return Err(ApiError::invalid(format!(
            "Invalid entity '{entity}' specified for view type '{view}'. Valid entities are [{}]",
            names.join(", ")
        )));
    };
    match (needs_key, key) {
        (true, None) => Err(ApiError::invalid(format!(
            "Filtering by {entity} requires a key, e.g. '{view}.{entity}.<key> = <value>'"
        ))),
        (false, Some(_)) => Err(ApiError::invalid(format!(
            "Filtering by {entity} does not require a key, use '{view}.{entity}' instead"
        ))),
        _ => {
            let key = key.map(|key| key.trim_matches(['`', '"', '\'']).to_owned());
            Ok((view.to_owned(), entity.to_owned(), key))
        }
    }
}

/// The text in the quotes at the start, in which a doubled quote is one, and what is behind.
fn quoted(text: &str) -> Option<(String, &str)> {
    let quote = text
        .chars()
        .next()
        .filter(|quote| matches!(quote, '\'' | '"'))?;
    let mut value = String::new();
    let mut rest = &text[1..];
    loop {
        let (inner, behind) = rest.split_once(quote)?;
        value.push_str(inner);
        match behind.strip_prefix(quote) {
            Some(further) => {
                value.push(quote);
                rest = further;
            }
            None => return Some((value, behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_are_read() {
        for (text, expected) in [
            ("trace.status = 'OK'", ("trace", "status", None, "OK")),
            ("trace.tag.env='a b'", ("trace", "tag", Some("env"), "a b")),
            (
                "trace.metadata.`mlflow.trace.session` = \"s'1\"",
                ("trace", "metadata", Some("mlflow.trace.session"), "s'1"),
            ),
            (
                "trace.metadata.mlflow.modelId = ''",
                ("trace", "metadata", Some("mlflow.modelId"), ""),
            ),
            ("span.type = 'it''s'", ("span", "type", None, "it's")),
        ] {
            let (view, entity, key, value) = expected;
            let expected = Comparison {
                view: view.to_owned(),
                entity: entity.to_owned(),
                key: key.map(str::to_owned),
                value: value.to_owned(),
            };
            assert_eq!(comparison(text).ok(), Some(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "trace",
            "trace.status",
            "trace.status =",
            "trace.status = OK",
            "trace.status = 5",
            "trace.status != 'OK'",
            "trace.status LIKE 'O%'",
            "trace.status = 'OK' AND trace.status = 'OK'",
            "trace.name = 'x'",
            "trace.tag = 'x'",
            "trace.status.x = 'OK'",
            "status = 'OK'",
            "run.status = 'OK'",
            "trace.status = 'OK",
            "= 'x'",
        ] {
            assert!(conditions(View::Traces, &[text]).is_err(), "{text}");
        }
        assert!(conditions(View::Traces, &["span.name = 'x'"]).is_err());
        assert!(conditions(View::Spans, &["assessment.name = 'x'"]).is_err());
        assert!(conditions(View::Spans, &["span.name = 'x'"]).is_ok());
    }
}
