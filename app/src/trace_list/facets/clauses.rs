//! Facets and the filter text: which values a filter chooses, and the text with a choice more or less.
//!
//! A facet shows conditions that stand at the top of the filter, joined by AND: `=`, `IN`, `!=` and `NOT IN` of a field that has a
//! facet. Everything else is left as it was written and named under “also”.

use domain::filter::ast::{Expr, ExprKind, Op, Value, ValueKind};
use domain::filter::parser::{Parse, parse};
use domain::filter::print::{self, equals, quote_value};

use super::field::Field;

/// Values that a filter chooses or leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Only these.
    pub only: Vec<String>,
    /// Not these.
    pub not: Vec<String>,
}

/// A filter as facets see it.
#[derive(Debug, Clone)]
pub struct Choices {
    parse: Parse,
    /// Choices in the order they are written.
    chosen: Vec<(Field, Choice)>,
    /// Conditions that no facet shows.
    pub also: Vec<String>,
}

impl Choices {
    /// Reads a filter; one with errors chooses nothing.
    pub fn read(filter: &str) -> Self {
        let parse = parse(filter);
        let mut choices = Self {
            chosen: Vec::new(),
            also: Vec::new(),
            parse,
        };
        if !choices.parse.errors.is_empty() {
            choices.also.push(filter.to_owned());
            return choices;
        }
        let parts: Vec<Expr> = choices.parts().cloned().collect();
        for part in parts {
            match choices.facet_of(&part) {
                Some((field, choice)) => choices.add(field, choice),
                None => {
                    let range = part.range;
                    choices
                        .also
                        .push(range.slice(&choices.parse.text).to_owned());
                }
            }
        }
        choices
    }

    /// Whether the filter cannot be read, so that nothing can be added to it.
    pub fn is_broken(&self) -> bool {
        !self.parse.errors.is_empty()
    }

    /// Fields with a choice.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.chosen.iter().map(|(field, _)| field)
    }

    /// What is chosen of a field.
    pub fn of(&self, field: &Field) -> Choice {
        let found = self.chosen.iter().find(|(chosen, _)| chosen == field);
        found.map(|(_, choice)| choice.clone()).unwrap_or_default()
    }

    /// The filter without any choice of a field.
    pub fn without(&self, field: &Field) -> String {
        self.filtered(|found, _| found != field)
    }

    /// The filter with only this value of a field; without it if it is chosen alone already.
    pub fn only(&self, field: &Field, value: &str) -> String {
        let rest = self.without(field);
        if self.of(field).only == [value] {
            return rest;
        }
        with(&rest, &equals(&field.text(), value))
    }

    /// The filter without a value of a field; with it again if it is left out already. `None` if the language cannot write the
    /// value.
    pub fn not(&self, field: &Field, value: &str) -> Option<String> {
        let choice = self.of(field);
        let is_left_out = choice.not.iter().any(|left| left == value);
        // A field of which only some values are wanted needs no words on what else is not.
        let rest = self.filtered(|found, part| {
            found != field || (part.only.is_empty() && part.not != [value])
        });
        if is_left_out {
            return Some(rest);
        }
        let value = quote_value(value)?;
        Some(with(&rest, &format!("{} != {value}", field.text())))
    }

    fn parts(&self) -> std::slice::Iter<'_, Expr> {
        match &self.parse.expr {
            Some(Expr {
                kind: ExprKind::And(parts),
                ..
            }) => parts.iter(),
            Some(one) => std::slice::from_ref(one).iter(),
            None => [].iter(),
        }
    }

    fn add(&mut self, field: Field, choice: Choice) {
        match self.chosen.iter_mut().find(|(chosen, _)| *chosen == field) {
            Some((_, known)) => {
                known.only.extend(choice.only);
                known.not.extend(choice.not);
            }
            None => self.chosen.push((field, choice)),
        }
    }

    /// The choice that a condition is, if a facet shows it.
    fn facet_of(&self, part: &Expr) -> Option<(Field, Choice)> {
        let text = &self.parse.text;
        let ExprKind::Clause(clause) = &part.kind else {
            return None;
        };
        let field = Field::of(text, clause)?;
        let values = values_of(text, &clause.value)?;
        let choice = match clause.op.op? {
            Op::Eq | Op::In => Choice {
                only: values,
                not: Vec::new(),
            },
            Op::Ne | Op::NotIn => Choice {
                only: Vec::new(),
                not: values,
            },
            _ => return None,
        };
        Some((field, choice))
    }

    /// The filter without the choices for which this does not hold.
    fn filtered(&self, is_kept: impl Fn(&Field, &Choice) -> bool) -> String {
        let gone = self.parts().filter(|part| {
            self.facet_of(part)
                .is_some_and(|(field, choice)| !is_kept(&field, &choice))
        });
        let gone: Vec<_> = gone.map(|part| part.range).collect();
        // Each removal writes the filter anew, so ranges hold for one only; what is left is put together from the text.
        if gone.is_empty() {
            return self.parse.text.trim().to_owned();
        }
        let kept = self.parts().filter(|part| !gone.contains(&part.range));
        let kept: Vec<&str> = kept
            .map(|part| part.range.slice(&self.parse.text))
            .collect();
        kept.join(" AND ")
    }
}

fn with(filter: &str, condition: &str) -> String {
    if filter.is_empty() {
        return condition.to_owned();
    }
    print::with_condition(&parse(filter), condition)
}

/// The texts of a value; `None` if it is something else.
fn values_of(text: &str, value: &Value) -> Option<Vec<String>> {
    match &value.kind {
        ValueKind::Text(range) => Some(vec![range.slice(text).to_owned()]),
        ValueKind::List(values) => {
            let texts = values.iter().map(|value| values_of(text, value));
            let texts: Option<Vec<_>> = texts.collect();
            texts.map(|texts| texts.concat())
        }
        _ => None,
    }
}

/// What stands in a filter before conditions on durations, in place of those at its top: nothing, or the rest with `AND` behind it.
#[cfg(feature = "ssr")]
pub fn before_durations(filter: &str) -> String {
    let choices = Choices::read(filter);
    let text = &choices.parse.text;
    let is_duration = |part: &&Expr| {
        let ExprKind::Clause(clause) = &part.kind else {
            return false;
        };
        let key = clause.ident.key.slice(text);
        matches!(key, "execution_time_ms" | "execution_time")
    };
    let rest = if choices.is_broken() {
        String::new()
    } else if choices.parts().any(|part| is_duration(&part)) {
        let kept = choices.parts().filter(|part| !is_duration(part));
        let kept: Vec<&str> = kept.map(|part| part.range.slice(text)).collect();
        kept.join(" AND ")
    } else {
        filter.trim().to_owned()
    };
    with(&rest, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env() -> Field {
        Field::Tag("env".to_owned())
    }

    #[test]
    fn choices_are_read_from_the_top_of_a_filter() {
        let filter = "status = 'ERROR' AND tags.env IN ('a', 'b') and tags.env != 'c' AND execution_time_ms > 5";
        let choices =
            Choices::read("status = 'ERROR' AND tags.env != 'c' AND execution_time_ms > 5");
        assert_eq!(choices.of(&Field::State).only, ["ERROR"]);
        assert_eq!(choices.of(&env()).not, ["c"]);
        assert_eq!(choices.also, ["execution_time_ms > 5"]);
        // A list that this field does not take is an error of the checker, not of the reader.
        let choices = Choices::read(filter);
        assert_eq!(choices.of(&env()).only, ["a", "b"]);
        let either = Choices::read("status = 'OK' OR name = 'x'");
        assert_eq!(either.fields().count(), 0);
        assert_eq!(either.also, ["status = 'OK' OR name = 'x'"]);
        assert!(Choices::read("status = ").is_broken());
    }

    #[test]
    fn a_click_chooses_and_the_next_takes_back() {
        let only = |filter: &str| Choices::read(filter).only(&Field::State, "OK");
        assert_eq!(only(""), "status = 'OK'");
        assert_eq!(only("status = 'OK'"), "");
        assert_eq!(only("status = 'ERROR'"), "status = 'OK'");
        assert_eq!(
            only("name = 'x' AND status != 'OK'"),
            "name = 'x' AND status = 'OK'"
        );
        assert_eq!(
            only("name = 'x' OR name = 'y'"),
            "(name = 'x' OR name = 'y') AND status = 'OK'"
        );
    }

    #[test]
    fn values_are_left_out_one_by_one() {
        let not = |filter: &str, value: &str| Choices::read(filter).not(&env(), value).unwrap();
        assert_eq!(not("", "a"), "tags.env != 'a'");
        assert_eq!(
            not("tags.env != 'a'", "b"),
            "tags.env != 'a' AND tags.env != 'b'"
        );
        assert_eq!(
            not("tags.env != 'a' AND tags.env != 'b'", "a"),
            "tags.env != 'b'"
        );
        assert_eq!(not("tags.env = 'a'", "b"), "tags.env != 'b'");
        assert_eq!(not("", "it's"), "tags.env != \"it's\"");
        assert_eq!(Choices::read("").not(&env(), "'\""), None);
    }

    #[test]
    fn keys_with_odd_characters_survive() {
        let field = Field::Tag("a b".to_owned());
        let filter = Choices::read("").only(&field, "x");
        assert_eq!(filter, "tags.`a b` = 'x'");
        assert_eq!(Choices::read(&filter).of(&field).only, ["x"]);
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn durations_replace_durations() {
        assert_eq!(before_durations(""), "");
        assert_eq!(before_durations("execution_time_ms > 5"), "");
        assert_eq!(
            before_durations("execution_time_ms > 5 AND status = 'OK'"),
            "status = 'OK' AND "
        );
        assert_eq!(
            before_durations("a = 'b' OR name = 'c'"),
            "(a = 'b' OR name = 'c') AND "
        );
    }
}
