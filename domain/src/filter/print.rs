//! Writes filters: a parsed one in its canonical form, and keys and values with the quotes they need.

use super::TextRange;
use super::ast::{Clause, Expr, ExprKind, Ident, Value, ValueKind};
use super::lexer::is_word_char;
use super::parser::Parse;

/// The filter with canonical spacing, upper-case words and single quotes where possible. Empty if nothing was understood;
/// what has errors is left out.
pub fn print(parse: &Parse) -> String {
    let mut out = String::new();
    if let Some(expr) = &parse.expr {
        push_expr(&mut out, &parse.text, expr, Place::Top);
    }
    out
}

/// The filter with one more condition, which must hold as well.
pub fn with_condition(parse: &Parse, condition: &str) -> String {
    let mut out = String::new();
    if let Some(expr) = &parse.expr {
        let place = if matches!(expr.kind, ExprKind::Or(_)) {
            Place::And
        } else {
            Place::Top
        };
        push_expr(&mut out, &parse.text, expr, place);
        out.push_str(" AND ");
    }
    out + condition
}

/// The filter without the condition of that range (of an [`Expr`] or a [`Clause`]); unchanged but for its form if there is none.
pub fn without(parse: &Parse, range: TextRange) -> String {
    let expr = parse.expr.as_ref().and_then(|expr| pruned(expr, range));
    print(&Parse {
        text: parse.text.clone(),
        expr,
        errors: Vec::new(),
    })
}

fn pruned(expr: &Expr, range: TextRange) -> Option<Expr> {
    let is_it = |clause: &Clause| clause.range == range;
    let rest = |parts: &[Expr]| -> Vec<Expr> {
        parts
            .iter()
            .filter_map(|part| pruned(part, range))
            .collect()
    };
    if expr.range == range || matches!(&expr.kind, ExprKind::Clause(clause) if is_it(clause)) {
        return None;
    }
    let (mut parts, group): (_, fn(Vec<Expr>) -> ExprKind) = match &expr.kind {
        ExprKind::Clause(_) => return Some(expr.clone()),
        ExprKind::Not(inner) => {
            let kind = ExprKind::Not(Box::new(pruned(inner, range)?));
            return Some(Expr {
                kind,
                ..expr.clone()
            });
        }
        ExprKind::And(parts) => (rest(parts), ExprKind::And),
        ExprKind::Or(parts) => (rest(parts), ExprKind::Or),
    };
    if parts.len() < 2 {
        return parts.pop();
    }
    Some(Expr {
        range: expr.range,
        kind: group(parts),
    })
}

/// A key as it must be written behind a dot: plain, or in backticks, or in another kind of quotes if it has a backtick.
pub fn quote_key(key: &str) -> String {
    let plain = key.chars().all(|c| is_word_char(c) || c == '.');
    match plain {
        true => key.to_owned(),
        false if !key.contains('`') => format!("`{key}`"),
        false if !key.contains('"') => format!("\"{key}\""),
        false => format!("'{key}'"),
    }
}

/// A text as a value. `None` if it has quotes of both kinds: the language cannot express that, see [`equals`].
pub fn quote_value(text: &str) -> Option<String> {
    if !text.contains('\'') {
        Some(format!("'{text}'"))
    } else if !text.contains('"') {
        Some(format!("\"{text}\""))
    } else {
        None
    }
}

/// A comparison for equality, e.g. for "filter by this value". A value with quotes of both kinds becomes a pattern with `_` in
/// place of the single ones.
pub fn equals(field: &str, text: &str) -> String {
    match quote_value(text) {
        Some(value) => format!("{field} = {value}"),
        None => format!("{field} LIKE '{}'", text.replace('\'', "_")),
    }
}

/// What a condition stands in, which decides whether it needs parentheses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    And,
    Or,
    Not,
}

fn push_expr(out: &mut String, text: &str, expr: &Expr, place: Place) {
    match &expr.kind {
        ExprKind::Clause(clause) => push_clause(out, text, clause),
        ExprKind::Not(inner) => {
            out.push_str("NOT ");
            push_expr(out, text, inner, Place::Not);
        }
        // A group within a group of its own kind keeps its parentheses, so that the tree stays the same.
        ExprKind::And(parts) => {
            let open = matches!(place, Place::Top | Place::Or);
            push_group(out, text, parts, Place::And, open);
        }
        ExprKind::Or(parts) => push_group(out, text, parts, Place::Or, place == Place::Top),
    }
}

fn push_group(out: &mut String, text: &str, parts: &[Expr], place: Place, open: bool) {
    out.push_str(if open { "" } else { "(" });
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            out.push_str(if place == Place::And { " AND " } else { " OR " });
        }
        push_expr(out, text, part, place);
    }
    out.push_str(if open { "" } else { ")" });
}

fn push_clause(out: &mut String, text: &str, clause: &Clause) {
    push_ident(out, text, clause.ident);
    out.push(' ');
    match clause.op.op {
        Some(op) => out.push_str(op.as_str()),
        None => out.push_str(clause.op.range.slice(text)),
    }
    push_value(out, text, &clause.value);
}

fn push_ident(out: &mut String, text: &str, ident: Ident) {
    match ident.entity {
        None => out.push_str(ident.range.slice(text)),
        Some(entity) => {
            let first = ident.range.slice(text);
            let plain = entity.slice(text);
            // An entity that needs its backticks is an error later on, but must stay one name here.
            if first.starts_with('`') && !plain.chars().all(is_word_char) {
                out.push_str(first);
                return;
            }
            out.push_str(plain);
            out.push('.');
            let quoted_whole = ident.key.end < ident.range.end;
            let key = ident.key.slice(text);
            if quoted_whole {
                out.push_str(&quote_key(key))
            } else {
                out.push_str(key)
            }
        }
    }
}

fn push_value(out: &mut String, text: &str, value: &Value) {
    match &value.kind {
        ValueKind::Nothing => {}
        ValueKind::Text(inner) => {
            let inner = inner.slice(text);
            out.push(' ');
            match inner.contains('\'') {
                true => out.push_str(value.range.slice(text)),
                false => out.push_str(&format!("'{inner}'")),
            }
        }
        ValueKind::List(items) => {
            out.push_str(" (");
            for (i, item) in items.iter().enumerate() {
                let mut part = String::new();
                push_value(&mut part, text, item);
                out.push_str(if i > 0 { ", " } else { "" });
                out.push_str(part.trim_start());
            }
            out.push(')');
        }
        ValueKind::Number(_) | ValueKind::Bare => {
            out.push(' ');
            out.push_str(value.range.slice(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::parse;

    fn check(text: &str, printed: &str) {
        assert_eq!(print(&parse(text)), printed);
        assert_eq!(print(&parse(printed)), printed);
    }

    #[test]
    fn printing_is_canonical() {
        check("status in(\"OK\",'x' ,)", "status IN ('OK', 'x')");
        check(
            "AND tags.`env`='a' tags.b is  not null",
            "tags.env = 'a' AND tags.b IS NOT NULL",
        );
        check("a = 1 or (b = 2 c = 3)", "a = 1 OR b = 2 AND c = 3");
        check(
            "not (a=1 OR b=2) AND (c=3 OR d=4)",
            "NOT (a = 1 OR b = 2) AND (c = 3 OR d = 4)",
        );
        check("a=1 AND (b=2 AND c=3)", "a = 1 AND (b = 2 AND c = 3)");
        check("tags.\"it's\" = \"it's\"", "tags.`it's` = \"it's\"");
        check("", "");
    }

    #[test]
    fn values_take_the_quote_they_do_not_contain() {
        assert_eq!(quote_value("a").as_deref(), Some("'a'"));
        assert_eq!(quote_value("it's").as_deref(), Some("\"it's\""));
        assert_eq!(quote_value("'\""), None);
    }

    #[test]
    fn conditions_are_added_and_removed() {
        let added = |text: &str| with_condition(&parse(text), "c = 3");
        assert_eq!(added(""), "c = 3");
        assert_eq!(added("a = 1 b = 2"), "a = 1 AND b = 2 AND c = 3");
        assert_eq!(added("a = 1 OR b = 2"), "(a = 1 OR b = 2) AND c = 3");
        let removed = |text: &str, index: usize| {
            let parsed = parse(text);
            let range = parsed
                .expr
                .as_ref()
                .map(|expr| expr.clauses()[index].range)
                .unwrap();
            without(&parsed, range)
        };
        assert_eq!(removed("a = 1", 0), "");
        assert_eq!(removed("(a = 1) AND b = 2", 0), "b = 2");
        assert_eq!(removed("a = 1 AND (b = 2 OR c = 3)", 1), "a = 1 AND c = 3");
        assert_eq!(
            removed("a = 1 AND NOT b = 2 AND c = 3", 1),
            "a = 1 AND c = 3"
        );
    }

    #[test]
    fn values_with_both_quotes_become_patterns() {
        assert_eq!(equals("name", "plain"), "name = 'plain'");
        assert_eq!(equals("name", "it's"), "name = \"it's\"");
        assert_eq!(equals("name", "it's \"so\""), "name LIKE 'it_s \"so\"'");
    }
}
