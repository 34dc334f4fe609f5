//! The part of checking that is the same for traces, experiments and runs: finds the field a comparison is about and turns
//! its right side into a test, or says what is wrong. What a field means is up to the modules that call this.

mod value;

use super::ast::{Clause, Expr, ExprKind, Ident, ValueKind};
use super::field::{Field, FieldId, Keys, Language};
use super::parser::Parse;
use super::predicate::{Node, Test};
use super::print::quote_key;
use super::suggest::nearest;
use super::{FilterError, MAX_CLAUSES, MAX_LIST_VALUES, TextRange};
#[cfg(feature = "regex")]
pub(crate) use value::REGEX_BYTES_MAX;

/// A comparison whose field is known and whose value fits it.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The field.
    pub id: FieldId,
    /// Its free key (`env` of `tags.env`), or empty.
    pub key: String,
    /// What its value must be.
    pub test: Test,
    /// Where the comparison stands.
    pub range: TextRange,
    /// Where its value stands.
    pub value_range: TextRange,
}

/// Resolves every comparison and joins what `make` makes of them as the tree says.
///
/// # Errors
/// Those of the parser and of all comparisons, in the order of the text.
pub fn resolve_all<P>(
    parse: &Parse,
    language: &'static Language,
    make: &mut dyn FnMut(Resolved) -> Result<P, FilterError>,
) -> Result<Node<P>, Vec<FilterError>> {
    let mut errors = parse.errors.clone();
    if language.field(FieldId::Text).is_none() {
        errors.iter_mut().for_each(forget_text_search);
    }
    let mut node = Node::All(Vec::new());
    if let Some(expr) = &parse.expr {
        errors.extend(over_limits(expr));
        if let Some(whole) = build(&parse.text, expr, language, make, &mut errors) {
            node = whole;
        }
    }
    if errors.is_empty() {
        return Ok(node);
    }
    errors.sort_by_key(|error| error.range.start);
    Err(errors)
}

/// The parser suggests to search the text for what makes no sense otherwise; only traces have a text.
fn forget_text_search(error: &mut FilterError) {
    if error
        .fix
        .as_ref()
        .is_some_and(|fix| fix.replacement.starts_with("trace.text "))
    {
        error.fix = None;
    }
}

fn build<P>(
    text: &str,
    expr: &Expr,
    language: &'static Language,
    make: &mut dyn FnMut(Resolved) -> Result<P, FilterError>,
    errors: &mut Vec<FilterError>,
) -> Option<Node<P>> {
    match &expr.kind {
        ExprKind::Clause(clause) => match resolve(text, clause, language).and_then(&mut *make) {
            Ok(predicate) => Some(Node::Is(predicate)),
            Err(error) => {
                errors.push(error);
                None
            }
        },
        ExprKind::Not(inner) => {
            build(text, inner, language, make, errors).map(|node| Node::Not(Box::new(node)))
        }
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            let mut nodes = Vec::with_capacity(parts.len());
            for part in parts {
                match build(text, part, language, make, errors) {
                    // AND in parentheses within AND is the same AND.
                    Some(Node::All(inner)) if matches!(expr.kind, ExprKind::And(_)) => {
                        nodes.extend(inner);
                    }
                    Some(node) => nodes.push(node),
                    None => {}
                }
            }
            Some(if matches!(expr.kind, ExprKind::And(_)) {
                Node::All(nodes)
            } else {
                Node::Any(nodes)
            })
        }
    }
}

fn over_limits(expr: &Expr) -> Option<FilterError> {
    let clauses = expr.clauses();
    let values: usize = clauses
        .iter()
        .map(|clause| match &clause.value.kind {
            ValueKind::List(items) => items.len(),
            _ => 0,
        })
        .sum();
    if clauses.len() > MAX_CLAUSES {
        let message = format!("Filter has more than {MAX_CLAUSES} comparisons");
        return Some(FilterError::new(clauses[MAX_CLAUSES].range, message));
    }
    (values > MAX_LIST_VALUES).then(|| {
        let message = format!("Lists of the filter have more than {MAX_LIST_VALUES} values");
        FilterError::new(expr.range, message)
    })
}

/// Resolves one comparison.
///
/// # Errors
/// What is wrong with its name, its comparator or its value, whichever comes first in that order.
pub fn resolve(
    text: &str,
    clause: &Clause,
    language: &'static Language,
) -> Result<Resolved, FilterError> {
    let (field, key) = resolve_ident(text, clause.ident, language)
        .map_err(|error| refine_ident_error(text, clause, language, error))?;
    let op = value::allowed_op(text, clause, field, key, language)?;
    let test = value::make_test(text, clause, field, op)?;
    let value_range = clause.value.range;
    Ok(Resolved {
        id: field.id,
        key: key.to_owned(),
        test,
        range: clause.range,
        value_range,
    })
}

/// Finds the field of a name, and its free key.
///
/// # Errors
/// No field is called so.
pub fn resolve_ident<'t>(
    text: &'t str,
    ident: Ident,
    language: &'static Language,
) -> Result<(&'static Field, &'t str), FilterError> {
    let entity = ident.entity.map_or("", |range| range.slice(text));
    let key = ident.key.slice(text);
    for field in language.fields {
        if let Some(free_key) = field.accepts(entity, key) {
            return match free_key.is_empty() && field.takes_key() {
                true => empty_key(field, ident, key).map(|()| (field, free_key)),
                false => Ok((field, free_key)),
            };
        }
    }
    Err(unknown_name(ident, entity, key, language))
}

/// An empty key is allowed for tags and metadata, where it names an entry that nothing has.
fn empty_key(field: &Field, ident: Ident, key: &str) -> Result<(), FilterError> {
    let message = match field.id {
        FieldId::SpanAttribute if !key.is_empty() => {
            "Span attribute name cannot be empty after 'attributes.'"
        }
        FieldId::SpanAttribute => "Attribute name cannot be empty after 'attribute.'",
        FieldId::Feedback | FieldId::Expectation => "Assessment field name cannot be empty",
        _ => return Ok(()),
    };
    Err(FilterError::new(ident.range, message))
}

fn unknown_name(ident: Ident, entity: &str, key: &str, language: &Language) -> FilterError {
    let known_entity =
        entity.is_empty() || language.fields.iter().any(|f| f.entities.contains(&entity));
    if !known_entity {
        let entities = set(language.entities.iter().copied());
        let message = format!(
            "Invalid entity type '{entity}'. {} {entities}",
            language.valid_entities
        );
        let error = FilterError::new(ident.range, message);
        return match (
            nearest(entity, language.entities.iter().copied()),
            ident.entity,
        ) {
            (Some(near), Some(range)) => error.with_fix(range, near),
            _ => error,
        };
    }
    let fields = || {
        language
            .fields
            .iter()
            .filter(|f| f.entities.contains(&entity))
    };
    let names = || {
        fields().flat_map(|field| match field.keys {
            Keys::Named(names) => names,
            _ => &[],
        })
    };
    let message = match entity {
        "span" => format!(
            "Invalid span attribute '{key}'. Supported attributes: content, name, status, type, attributes.<attribute_name>."
        ),
        "issue" => format!("Invalid issue attribute '{key}'. Supported attributes: id"),
        "dataset" | "datasets" => {
            format!(
                "Invalid dataset key '{key}' specified. Valid keys are '{}'",
                set(names().copied())
            )
        }
        _ => format!(
            "Invalid attribute key '{key}' specified. Valid keys are '{}'",
            set(names().copied())
        ),
    };
    let error = FilterError::new(ident.range, message);
    // The quotes enclose the dot as well: `tags.env` in backticks.
    if let Some((group, rest)) = key.split_once('.')
        && entity.is_empty()
        && language
            .fields
            .iter()
            .any(|field| field.entities.contains(&group))
    {
        return error.with_fix(ident.range, format!("{group}.{}", quote_key(rest)));
    }
    let renamed = match key {
        "state" => Some("status"),
        "trace_id" => Some("request_id"),
        "request_time" => Some("timestamp_ms"),
        "duration" | "execution_duration" | "latency" => Some("execution_time_ms"),
        _ => None,
    };
    let known = renamed.filter(|name| names().any(|n| n == name));
    match known.or_else(|| nearest(key, names().copied())) {
        Some(near) => error.with_fix(ident.key, near),
        None if entity == "span" => error.with_fix(ident.key, format!("attributes.{key}")),
        None => error,
    }
}

/// What needs `trace.` in front is suggested with it. Bare `text` is a word of SQL to the reference, and refused as such.
fn refine_ident_error(
    text: &str,
    clause: &Clause,
    language: &'static Language,
    error: FilterError,
) -> FilterError {
    let ident = clause.ident;
    let behind_trace = language
        .fields
        .iter()
        .any(|f| f.accepts("trace", ident.key.slice(text)).is_some());
    if ident.entity.is_some() || !behind_trace {
        return error;
    }
    let key = ident.key.slice(text);
    let name = format!("trace.{key}");
    if key != "text" {
        return error.with_fix(ident.range, name);
    }
    let message = value::invalid_clause(text, clause);
    FilterError::new(clause.range, message).with_fix(ident.range, name)
}

/// Words as the reference writes a set.
pub(super) fn set<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut words: Vec<&str> = words.collect();
    words.sort_unstable();
    words.dedup();
    format!("{{'{}'}}", words.join("', '"))
}
