//! The filter and order of the experiment search: the same language over the few facts of an experiment.

use std::cmp::Ordering;

use super::FilterError;
use super::ast::Ident;
use super::check::key_test;
use super::field::FieldId;
pub use super::field::experiments::EXPERIMENTS;
use super::field::experiments::OWN;
use super::matcher::{EvalError, TextMatcher};
use super::order::{Direction, OrderBy, SortValue, compare_by, find, no_such_key, parse_all};
use super::parser::parse;
use super::predicate::{KeyTest, Node, NumberTest, Test, TextTest, Truth};
use super::resolve::{Resolved, resolve_all};
use crate::experiment::Experiment;
use crate::ids::ExperimentId;

/// A filter over experiments, ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentFilter {
    /// The conditions.
    pub root: Node<ExperimentPredicate>,
}

/// A condition on an experiment.
#[derive(Debug, Clone, PartialEq)]
pub enum ExperimentPredicate {
    /// The name.
    Name(TextTest),
    /// The id is one of these; at least one.
    IdIn(Vec<ExperimentId>),
    /// The id is none of these; at least one.
    IdNotIn(Vec<ExperimentId>),
    /// When it was made, in milliseconds since 1970.
    CreationTime(NumberTest),
    /// When it last changed, in milliseconds since 1970.
    LastUpdateTime(NumberTest),
    /// A tag.
    Tag {
        /// Its key.
        key: String,
        /// Its value.
        test: KeyTest,
    },
}

/// One key to order experiments by.
pub type ExperimentOrder = OrderBy<ExperimentKey>;

/// What experiments can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExperimentKey {
    /// The name, byte by byte.
    Name,
    /// The id, as a number.
    Id,
    /// When it was made.
    CreationTime,
    /// When it last changed.
    LastUpdateTime,
}

/// Parses and checks a filter over experiments.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn compile(text: &str) -> Result<ExperimentFilter, Vec<FilterError>> {
    let root = resolve_all(&parse(text), &EXPERIMENTS, &mut predicate_of)?;
    Ok(ExperimentFilter { root })
}

/// Reads the `order_by` list of an experiment search. The result is empty if the list is.
///
/// # Errors
/// An item is not a name with an optional direction, or experiments cannot be ordered by it, or a key occurs twice.
pub fn parse_order<S: AsRef<str>>(items: &[S]) -> Result<Vec<ExperimentOrder>, FilterError> {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    parse_all(&items, &mut order_key)
}

/// The order with its tie-break, id descending; by creation, newest first, then id ascending, if none was asked for.
pub fn with_ties(order: &[ExperimentOrder]) -> Vec<ExperimentOrder> {
    let by = |key, direction| OrderBy { key, direction };
    if order.is_empty() {
        let newest = by(ExperimentKey::CreationTime, Direction::Desc);
        return vec![newest, by(ExperimentKey::Id, Direction::Asc)];
    }
    let mut out = order.to_vec();
    if !out.iter().any(|by| by.key == ExperimentKey::Id) {
        out.push(by(ExperimentKey::Id, Direction::Desc));
    }
    out
}

/// Compares two experiments; the order should have its tie-break.
pub fn compare(a: &Experiment, b: &Experiment, order: &[ExperimentOrder]) -> Ordering {
    compare_by(order, &mut |key| (key.of(a), key.of(b)))
}

impl ExperimentKey {
    /// The value of an experiment.
    pub fn of(self, experiment: &Experiment) -> SortValue<'_> {
        match self {
            Self::Name => SortValue::Text(&experiment.name),
            Self::Id => SortValue::Int(experiment.id.0),
            Self::CreationTime => SortValue::Int(experiment.creation_time.0),
            Self::LastUpdateTime => SortValue::Int(experiment.last_update_time.0),
        }
    }
}

impl ExperimentFilter {
    /// Whether the experiment matches.
    ///
    /// # Errors
    /// None of a checked filter: it has no regular expressions.
    pub fn matches(&self, experiment: &Experiment) -> Result<bool, EvalError> {
        let texts = TextMatcher::new([])?;
        let truth = self.root.eval(&mut |predicate| match predicate {
            ExperimentPredicate::Name(test) => texts.matches(test, &experiment.name).into(),
            ExperimentPredicate::IdIn(ids) => ids.contains(&experiment.id).into(),
            ExperimentPredicate::IdNotIn(ids) => (!ids.contains(&experiment.id)).into(),
            ExperimentPredicate::CreationTime(test) => {
                test.matches_int(experiment.creation_time.0).into()
            }
            ExperimentPredicate::LastUpdateTime(test) => {
                test.matches_int(experiment.last_update_time.0).into()
            }
            ExperimentPredicate::Tag { key, test } => {
                let tag = experiment.tags.iter().find(|tag| tag.key == *key);
                texts.key(test, tag.map(|tag| tag.value.as_str()))
            }
        });
        Ok(truth == Truth::True)
    }
}

fn predicate_of(resolved: Resolved) -> Result<ExperimentPredicate, FilterError> {
    let Resolved {
        id,
        key,
        test,
        range,
        value_range,
    } = resolved;
    let misfit = || FilterError::new(range, "Invalid comparison for this field");
    let ids = |texts: Vec<String>| {
        let parsed: Result<Vec<ExperimentId>, _> = texts.iter().map(|text| text.parse()).collect();
        parsed.map_err(|error| {
            FilterError::new(value_range, format!("Invalid experiment ID: {error}"))
        })
    };
    Ok(match (id, test) {
        (FieldId::Name, Test::Text(test)) => ExperimentPredicate::Name(test),
        (FieldId::ExperimentId, Test::Text(test)) => match test {
            TextTest::Eq(text) => ExperimentPredicate::IdIn(ids(vec![text])?),
            TextTest::Ne(text) => ExperimentPredicate::IdNotIn(ids(vec![text])?),
            TextTest::In(texts) => ExperimentPredicate::IdIn(ids(texts)?),
            TextTest::NotIn(texts) => ExperimentPredicate::IdNotIn(ids(texts)?),
            _ => return Err(misfit()),
        },
        (FieldId::CreationTime, Test::Number(test)) => ExperimentPredicate::CreationTime(test),
        (FieldId::LastUpdateTime, Test::Number(test)) => ExperimentPredicate::LastUpdateTime(test),
        (FieldId::Tag, test) => ExperimentPredicate::Tag {
            key,
            test: key_test(test).ok_or_else(misfit)?,
        },
        _ => return Err(misfit()),
    })
}

fn order_key(item: &str, ident: Ident) -> Result<ExperimentKey, FilterError> {
    const NAMES: &[&str] = &["creation_time", "experiment_id", "last_update_time", "name"];
    let entity = ident.entity.map_or("", |range| range.slice(item));
    Ok(match find(&EXPERIMENTS, entity, ident.key.slice(item)) {
        Some((FieldId::Name, _)) => ExperimentKey::Name,
        Some((FieldId::ExperimentId, _)) => ExperimentKey::Id,
        Some((FieldId::CreationTime, _)) => ExperimentKey::CreationTime,
        Some((FieldId::LastUpdateTime, _)) => ExperimentKey::LastUpdateTime,
        _ => return Err(no_such_key(&EXPERIMENTS, OWN, NAMES, item, ident)),
    })
}
