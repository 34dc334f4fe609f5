//! The filter and order of the search for logged models: the same language over models with their metrics, parameters and
//! tags. The order comes as objects (`field_name`, `ascending`), not as texts.

use std::cmp::Ordering;

use super::FilterError;
use super::TextRange;
use super::check::key_test;
use super::field::FieldId;
pub use super::field::models::MODELS;
use super::matcher::{EvalError, TextMatcher};
use super::order::{Direction, OrderBy, SortValue, compare_by};
use super::parser::parse;
use super::predicate::{KeyTest, Node, NumberTest, Test, TextTest, Truth, decimal};
use super::resolve::{Resolved, resolve_all};
use crate::experiment::Tag;
use crate::model::{LoggedModel, ModelMetric};

/// A filter over logged models, ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFilter {
    /// The conditions.
    pub root: Node<ModelPredicate>,
}

/// A condition on a logged model.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelPredicate {
    /// A text that every model has.
    Text(ModelText, TextTest),
    /// When it was made, in milliseconds since 1970.
    CreationTime(NumberTest),
    /// When it last changed, in milliseconds since 1970.
    LastUpdateTime(NumberTest),
    /// Any value of a metric, on the datasets of the search; false if it has none.
    Metric {
        /// Its name.
        key: String,
        /// Its value.
        test: NumberTest,
    },
    /// A parameter.
    Param {
        /// Its name.
        key: String,
        /// Its value.
        test: EntryTest,
    },
    /// A tag.
    Tag {
        /// Its key.
        key: String,
        /// Its value.
        test: EntryTest,
    },
}

/// A test of a parameter or a tag.
#[derive(Debug, Clone, PartialEq)]
pub enum EntryTest {
    /// As text.
    Key(KeyTest),
    /// As the number it is the text of; other texts are unknown.
    Number(NumberTest),
}

/// The texts of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ModelText {
    /// Its name.
    Name,
    /// Its id.
    Id,
    /// Its kind.
    Type,
    /// Its status, as the Python SDK names it.
    Status,
    /// The run that made it, or empty.
    SourceRun,
    /// Its experiment's id.
    Experiment,
}

/// A dataset that metrics are looked for on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DatasetFilter {
    /// Its name.
    pub name: String,
    /// Its digest; any if `None`.
    pub digest: Option<String>,
}

/// One key to order models by.
pub type ModelOrder = OrderBy<ModelKey>;

/// What models can be ordered by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ModelKey {
    /// A text, byte by byte.
    Text(ModelText),
    /// When it was made.
    CreationTime,
    /// When it last changed.
    LastUpdateTime,
    /// The latest value of a metric by time, then step.
    Metric {
        /// Its name.
        key: String,
        /// Only values on this dataset.
        dataset: Option<DatasetFilter>,
    },
}

/// Parses and checks a filter over models.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn compile(text: &str) -> Result<ModelFilter, Vec<FilterError>> {
    let root = resolve_all(&parse(text), &MODELS, &mut predicate_of)?;
    Ok(ModelFilter { root })
}

/// The order key of a field's name.
///
/// # Errors
/// Models cannot be ordered by it.
pub fn order_key(name: &str, dataset: Option<DatasetFilter>) -> Result<ModelKey, FilterError> {
    let refuse = |more: &str| {
        let message = format!("Invalid order by field name: {name}{more}");
        Err(FilterError::new(TextRange::of(0, name.len()), message))
    };
    if let Some((entity, key)) = name.split_once('.') {
        if entity != "metrics" || key.is_empty() {
            return refuse(". Only metrics are supported.");
        }
        let key = key.to_owned();
        return Ok(ModelKey::Metric { key, dataset });
    }
    let field = MODELS
        .fields
        .iter()
        .find(|field| field.accepts("", name).is_some());
    match field.map(|field| field.id) {
        Some(FieldId::CreationTime) => Ok(ModelKey::CreationTime),
        Some(FieldId::LastUpdateTime) => Ok(ModelKey::LastUpdateTime),
        Some(id) => text_of(id).map_or_else(|| refuse(""), |text| Ok(ModelKey::Text(text))),
        None => refuse(""),
    }
}

/// The order with its tie-breaks: creation descending, then id ascending, as far as they are not in it.
pub fn with_ties(order: &[ModelOrder]) -> Vec<ModelOrder> {
    let mut out = order.to_vec();
    for (key, direction) in [
        (ModelKey::CreationTime, Direction::Desc),
        (ModelKey::Text(ModelText::Id), Direction::Asc),
    ] {
        if !out.iter().any(|by| by.key == key) {
            out.push(OrderBy { key, direction });
        }
    }
    out
}

/// Compares two models; the order should have its tie-breaks.
pub fn compare(a: &LoggedModel, b: &LoggedModel, order: &[ModelOrder]) -> Ordering {
    compare_by(order, &mut |key| (key.of(a), key.of(b)))
}

impl ModelText {
    /// The text of a model. The experiment's id is no text there and compares as a number in orders.
    fn of(self, model: &LoggedModel) -> &str {
        match self {
            Self::Name => &model.name,
            Self::Id => model.id.as_str(),
            Self::Type => &model.model_type,
            Self::Status => model.status.short_name(),
            Self::SourceRun => &model.source_run_id,
            Self::Experiment => "",
        }
    }
}

impl ModelKey {
    /// The value of a model.
    pub fn of<'a>(&self, model: &'a LoggedModel) -> SortValue<'a> {
        match self {
            Self::Text(ModelText::Experiment) => SortValue::Int(model.experiment_id.0),
            Self::Text(text) => SortValue::Text(text.of(model)),
            Self::CreationTime => SortValue::Int(model.creation_time.0),
            Self::LastUpdateTime => SortValue::Int(model.last_update_time.0),
            Self::Metric { key, dataset } => {
                let latest = model
                    .metrics
                    .iter()
                    .filter(|found| found.metric.key == *key)
                    .filter(|found| dataset.as_ref().is_none_or(|asked| asked.is_of(found)))
                    .max_by_key(|found| (found.metric.timestamp, found.metric.step));
                latest.map_or(SortValue::Missing, |found| {
                    SortValue::Float(found.metric.value)
                })
            }
        }
    }
}

impl DatasetFilter {
    /// Whether a value was measured on this dataset.
    fn is_of(&self, found: &ModelMetric) -> bool {
        found.dataset.as_ref().is_some_and(|dataset| {
            dataset.name == self.name
                && self
                    .digest
                    .as_ref()
                    .is_none_or(|digest| dataset.digest == *digest)
        })
    }
}

impl ModelFilter {
    /// Whether the filter asks for any metric.
    pub fn asks_metrics(&self) -> bool {
        let is_metric =
            |predicate: &&ModelPredicate| matches!(predicate, ModelPredicate::Metric { .. });
        self.root.predicates().iter().any(is_metric)
    }

    /// Whether the model matches, metrics being those on one of the datasets, or all if there are none.
    ///
    /// # Errors
    /// None of a checked filter: it has no regular expressions.
    pub fn matches(
        &self,
        model: &LoggedModel,
        datasets: &[DatasetFilter],
    ) -> Result<bool, EvalError> {
        let texts = TextMatcher::new([])?;
        let entry = |entries: &[Tag], key: &str, test: &EntryTest| {
            let value = entries
                .iter()
                .find(|entry| entry.key == key)
                .map(|entry| entry.value.as_str());
            match test {
                EntryTest::Key(test) => texts.key(test, value),
                EntryTest::Number(test) => {
                    Truth::of(value.and_then(decimal).map(|number| test.matches(number)))
                }
            }
        };
        let truth = self.root.eval(&mut |predicate| match predicate {
            ModelPredicate::Text(ModelText::Experiment, test) => {
                texts.matches(test, &model.experiment_id.to_string()).into()
            }
            ModelPredicate::Text(text, test) => texts.matches(test, text.of(model)).into(),
            ModelPredicate::CreationTime(test) => test.matches_int(model.creation_time.0).into(),
            ModelPredicate::LastUpdateTime(test) => {
                test.matches_int(model.last_update_time.0).into()
            }
            ModelPredicate::Metric { key, test } => {
                let passes = |found: &ModelMetric| {
                    found.metric.key == *key
                        && test.matches(found.metric.value)
                        && is_on(datasets, found)
                };
                model.metrics.iter().any(passes).into()
            }
            ModelPredicate::Param { key, test } => entry(&model.params, key, test),
            ModelPredicate::Tag { key, test } => entry(&model.tags, key, test),
        });
        Ok(truth == Truth::True)
    }
}

/// Whether a model has any value on one of the datasets.
pub fn was_measured_on(model: &LoggedModel, datasets: &[DatasetFilter]) -> bool {
    model.metrics.iter().any(|found| is_on(datasets, found))
}

fn is_on(datasets: &[DatasetFilter], found: &ModelMetric) -> bool {
    datasets.is_empty() || datasets.iter().any(|dataset| dataset.is_of(found))
}

fn text_of(id: FieldId) -> Option<ModelText> {
    Some(match id {
        FieldId::Name => ModelText::Name,
        FieldId::ModelId => ModelText::Id,
        FieldId::ModelType => ModelText::Type,
        FieldId::Status => ModelText::Status,
        FieldId::SourceRunId => ModelText::SourceRun,
        FieldId::ExperimentId => ModelText::Experiment,
        _ => return None,
    })
}

fn predicate_of(resolved: Resolved) -> Result<ModelPredicate, FilterError> {
    let Resolved {
        id,
        key,
        test,
        range,
        ..
    } = resolved;
    let misfit = || FilterError::new(range, "Invalid comparison for this field");
    let entry_test = |test| match test {
        Test::Number(test) => Some(EntryTest::Number(test)),
        other => key_test(other).map(EntryTest::Key),
    };
    Ok(match (id, test) {
        (FieldId::CreationTime, Test::Number(test)) => ModelPredicate::CreationTime(test),
        (FieldId::LastUpdateTime, Test::Number(test)) => ModelPredicate::LastUpdateTime(test),
        (FieldId::Metric, Test::Number(test)) => ModelPredicate::Metric { key, test },
        (FieldId::Param, test) => ModelPredicate::Param {
            key,
            test: entry_test(test).ok_or_else(misfit)?,
        },
        (FieldId::Tag, test) => ModelPredicate::Tag {
            key,
            test: entry_test(test).ok_or_else(misfit)?,
        },
        (id, Test::Text(test)) => ModelPredicate::Text(text_of(id).ok_or_else(misfit)?, test),
        _ => return Err(misfit()),
    })
}
