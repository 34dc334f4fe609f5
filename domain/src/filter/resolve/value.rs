//! Comparators and values: whether they fit the field, and the test they make. The order of complaints is the reference's.

use super::set;
use crate::filter::ast::{Clause, Op, Value, ValueKind};
use crate::filter::field::{Field, FieldId, Keys, Kind, Language, Ops};
use crate::filter::predicate::{NumberOp, NumberTest, Test, TextTest, decimal};
use crate::filter::{FilterError, TextRange};

/// The comparator of a comparison.
///
/// # Errors
/// The field does not take it, or not with this value.
pub fn allowed_op(
    text: &str,
    clause: &Clause,
    field: &'static Field,
    key: &str,
    language: &Language,
) -> Result<Op, FilterError> {
    let written = clause.op.range.slice(text);
    let allowed = ops_for(field, &clause.value);
    let null_test = matches!(clause.op.op, Some(Op::IsNull | Op::IsNotNull));
    if let Some(op) = clause.op.op
        && allowed.has(op)
    {
        // On spans the reference knows word operators in upper case only (but NOT IN in any).
        let spelled = op == Op::NotIn || null_test || written == op.as_str();
        if clause.ident.entity.is_none_or(|e| e.slice(text) != "span") || spelled {
            return Ok(op);
        }
    }
    if let Some(error) = value_complaint(text, clause, field, language) {
        return Err(error);
    }
    if null_test && let Some(only) = language.null_only_for {
        let message = format!(
            "IS NULL / IS NOT NULL is only supported for {only}, not for '{}'",
            clause.ident.range.slice(text)
        );
        return Err(FilterError::new(clause.range, message));
    }
    let names = set(allowed.iter().map(Op::as_str));
    let message = match field.id {
        FieldId::SpanName | FieldId::SpanType | FieldId::SpanStatus => {
            let name = clause.ident.key.slice(text);
            format!("span.{name} comparator '{written}' not one of '{names}'")
        }
        FieldId::SpanContent | FieldId::Text => {
            format!("span.content comparator '{written}' not one of '{names}'")
        }
        FieldId::SpanAttribute => {
            format!("span.attributes.{key} comparator '{written}' not one of '{names}'")
        }
        FieldId::Feedback | FieldId::Expectation => {
            format!("assessment.{key} comparator '{written}' not one of '{names}'")
        }
        FieldId::Issue => format!("issue.id comparator '{written}' not one of '{names}'"),
        FieldId::Prompt => format!(
            "Invalid comparator '{written}' for prompts filter. Only '=' is supported with format: prompt = \"name/version\""
        ),
        _ => format!("Invalid comparator '{written}' not one of '{names}'"),
    };
    Err(suggest_op(
        text,
        clause,
        allowed,
        FilterError::new(clause.op.range, message),
    ))
}

fn suggest_op(text: &str, clause: &Clause, allowed: Ops, error: FilterError) -> FilterError {
    let written = clause.op.range.slice(text).to_ascii_uppercase();
    let range = clause.op.range;
    match (written.as_str(), clause.op.op) {
        ("==", _) if allowed.has(Op::Eq) => error.with_fix(range, "="),
        ("<>", _) if allowed.has(Op::Ne) => error.with_fix(range, "!="),
        ("=>", _) if allowed.has(Op::Ge) => error.with_fix(range, ">="),
        ("=<", _) if allowed.has(Op::Le) => error.with_fix(range, "<="),
        (_, Some(op)) if allowed.has(op) => error.with_fix(range, op.as_str()),
        (words, None) if words.starts_with("NOT") => {
            let positive = words.trim_start_matches("NOT").trim_start();
            let (name, value) = (
                clause.ident.range.slice(text),
                clause.value.range.slice(text),
            );
            error.with_fix(clause.range, format!("NOT {name} {positive} {value}"))
        }
        _ => error,
    }
}

/// The comparators a field takes with this value: a field of texts and numbers takes `<` with numbers only.
fn ops_for(field: &Field, value: &Value) -> Ops {
    match (field.kind, &value.kind) {
        (Kind::TextOrNumber, ValueKind::Number(_)) => Ops::NUMBER,
        _ => field.ops,
    }
}

/// What is wrong with the value, if that is to be said before the comparator is judged, as the reference does.
fn value_complaint(
    text: &str,
    clause: &Clause,
    field: &Field,
    language: &Language,
) -> Option<FilterError> {
    let value = &clause.value;
    match (&value.kind, field.kind) {
        (ValueKind::List(_), _) if field.ops.has(Op::In) => None,
        (ValueKind::List(_), Kind::Text) if field.noun == "tag" => None,
        (ValueKind::List(items), _) if field.noun == "attribute" && !items.is_empty() => {
            let lists = language
                .fields
                .iter()
                .filter(|f| f.ops.has(Op::In) && f.entities.contains(&""));
            let names = lists.flat_map(|f| match f.keys {
                Keys::Named(names) => names,
                _ => &[],
            });
            let message = format!(
                "Only attributes in {} supports comparison with a list of quoted string values.",
                set(names.copied())
            );
            Some(FilterError::new(value.range, message))
        }
        (ValueKind::List(_), _) => Some(expected_text(text, value, field)),
        (ValueKind::Number(_), Kind::Text) => Some(expected_text(text, value, field)),
        (ValueKind::Bare, _) => Some(bare_value(text, clause, field)),
        _ => None,
    }
}

/// The test that a comparison makes of its value.
///
/// # Errors
/// The value does not fit the field or the comparator.
pub fn make_test(text: &str, clause: &Clause, field: &Field, op: Op) -> Result<Test, FilterError> {
    let value = &clause.value;
    match op {
        Op::IsNull => return Ok(Test::IsNull),
        Op::IsNotNull => return Ok(Test::IsNotNull),
        Op::In => return list(text, value).map(|texts| Test::Text(TextTest::In(texts))),
        Op::NotIn => return list(text, value).map(|texts| Test::Text(TextTest::NotIn(texts))),
        _ => {}
    }
    let number_op = number_op(op);
    let orders = Ops::ORDER.has(op);
    let number = match &value.kind {
        ValueKind::Bare => return Err(bare_value(text, clause, field)),
        ValueKind::Number(number) => Some(*number),
        ValueKind::Text(inner) if field.kind == Kind::Number => decimal(inner.slice(text)),
        _ => None,
    };
    let (wants_number, wants_text) = match field.kind {
        Kind::Text => (false, true),
        Kind::Number | Kind::BareNumber => (true, false),
        Kind::TextOrNumber => (orders, false),
        Kind::Assessed => (orders, !orders),
    };
    if let (Some(value), Some(op), false) = (number, number_op, wants_text) {
        return finite(clause, value).map(|value| Test::Number(NumberTest { op, value }));
    }
    match &value.kind {
        ValueKind::Text(inner) if !wants_number => {
            text_test(op, inner.slice(text).to_owned(), value.range).map(Test::Text)
        }
        _ if wants_number => Err(expected_number(text, clause, field)),
        _ => Err(expected_text(text, value, field)),
    }
}

fn finite(clause: &Clause, value: f64) -> Result<f64, FilterError> {
    if value.is_finite() {
        return Ok(value);
    }
    Err(FilterError::new(clause.value.range, "Number is too large"))
}

fn list(text: &str, value: &Value) -> Result<Vec<String>, FilterError> {
    let ValueKind::List(items) = &value.kind else {
        return Ok(Vec::new());
    };
    if items.is_empty() {
        let message = "While parsing a list in the query, expected a non-empty list of string values, but got empty list";
        return Err(FilterError::new(value.range, message));
    }
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        match &item.kind {
            ValueKind::Text(inner) => texts.push(inner.slice(text).to_owned()),
            _ => {
                let message = format!(
                    "While parsing a list in the query, expected string value, punctuation, or whitespace, but got \
                     different type in list: {}",
                    shortened(value.range.slice(text))
                );
                let fix = format!("'{}'", bare_text(item.range.slice(text)));
                return Err(FilterError::new(item.range, message).with_fix(item.range, fix));
            }
        }
    }
    Ok(texts)
}

fn text_test(op: Op, text: String, range: TextRange) -> Result<TextTest, FilterError> {
    Ok(match op {
        Op::Ne => TextTest::Ne(text),
        Op::Like => TextTest::Like(text),
        Op::ILike => TextTest::ILike(text),
        Op::RLike => {
            valid_regex(&text, range)?;
            TextTest::RLike(text)
        }
        _ => TextTest::Eq(text),
    })
}

/// The most memory a compiled regular expression may take, in bytes.
#[cfg(feature = "regex")]
pub(crate) const REGEX_BYTES_MAX: usize = 1024 * 1024;

#[cfg(feature = "regex")]
fn valid_regex(pattern: &str, range: TextRange) -> Result<(), FilterError> {
    let built = regex::RegexBuilder::new(pattern)
        .size_limit(REGEX_BYTES_MAX)
        .build();
    built.map(|_| ()).map_err(|error| {
        let text = error.to_string();
        let reason = text
            .lines()
            .last()
            .unwrap_or("")
            .trim_start_matches("error: ");
        let message = format!(
            "Invalid regular expression '{}': {reason}",
            shortened(pattern)
        );
        FilterError::new(range, message)
    })
}

/// The browser has no regular expressions of this kind; the server checks.
#[cfg(not(feature = "regex"))]
fn valid_regex(_pattern: &str, _range: TextRange) -> Result<(), FilterError> {
    Ok(())
}

fn number_op(op: Op) -> Option<NumberOp> {
    Some(match op {
        Op::Eq => NumberOp::Eq,
        Op::Ne => NumberOp::Ne,
        Op::Lt => NumberOp::Lt,
        Op::Le => NumberOp::Le,
        Op::Gt => NumberOp::Gt,
        Op::Ge => NumberOp::Ge,
        _ => return None,
    })
}

fn expected_text(text: &str, value: &Value, field: &Field) -> FilterError {
    let got = value.range.slice(text);
    let message = format!(
        "Expected a quoted string value for {} (e.g. 'my-value'). Got value {}",
        field.noun,
        shortened(got)
    );
    let error = FilterError::new(value.range, message);
    match value.kind {
        ValueKind::Number(_) => error.with_fix(value.range, format!("'{got}'")),
        _ => error,
    }
}

fn expected_number(text: &str, clause: &Clause, field: &Field) -> FilterError {
    let value = &clause.value;
    let got = value.range.slice(text);
    let message = match (field.kind, field.id) {
        (Kind::Assessed | Kind::TextOrNumber, _) => format!(
            "Expected a numeric value for {} when using comparator '{}'. Got value {}",
            field.noun,
            clause.op.range.slice(text),
            shortened(got)
        ),
        (_, FieldId::Metric) => {
            format!(
                "Expected numeric value type for metric. Found {}",
                shortened(got)
            )
        }
        _ => format!(
            "Expected numeric value type for numeric attribute: {}. Found {}",
            clause.ident.key.slice(text),
            shortened(got)
        ),
    };
    let error = FilterError::new(value.range, message);
    match &value.kind {
        ValueKind::Text(inner) if decimal(inner.slice(text)).is_some() => {
            error.with_fix(value.range, inner.slice(text))
        }
        _ => error,
    }
}

fn bare_value(text: &str, clause: &Clause, field: &Field) -> FilterError {
    let range = clause.value.range;
    let got = range.slice(text);
    if got.eq_ignore_ascii_case("null") {
        let message = format!(
            "Expected a quoted string value for {} (e.g. 'my-value'). Got value {got}",
            field.noun
        );
        let error = FilterError::new(range, message);
        let null_test = match clause.op.op {
            Some(Op::Eq) => Op::IsNull,
            Some(Op::Ne) => Op::IsNotNull,
            _ => return error,
        };
        return match field.ops.has(null_test) {
            true => error.with_fix(clause.op.range.to(range), null_test.as_str()),
            false => error,
        };
    }
    let truth = got.eq_ignore_ascii_case("true") || got.eq_ignore_ascii_case("false");
    let message = match truth {
        true => invalid_clause(text, clause),
        false => format!(
            "Parameter value is either not quoted or unidentified quote types used for string value {}. Use either \
             single or double quotes.",
            shortened(got)
        ),
    };
    let fixed = if truth {
        got.to_ascii_lowercase()
    } else {
        bare_text(got).to_owned()
    };
    FilterError::new(range, message).with_fix(range, format!("'{fixed}'"))
}

/// What was meant by an unquoted value: without backticks or typographic quotes.
fn bare_text(got: &str) -> &str {
    got.trim_matches(['`', '“', '”', '„', '‘', '’', '«', '»'])
}

/// The message about a comparison that the reference does not take for one.
pub fn invalid_clause(text: &str, clause: &Clause) -> String {
    format!(
        "Invalid clause(s) in filter string: '{}', '{}', '{}'",
        clause.ident.range.slice(text),
        clause.op.range.slice(text),
        shortened(clause.value.range.slice(text))
    )
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
