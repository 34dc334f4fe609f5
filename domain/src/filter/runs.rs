//! The filter and order of the run search: the same language over runs with their metrics, parameters and tags.

use std::cmp::Ordering;

use super::FilterError;
use super::ast::Ident;
use super::check::key_test;
use super::field::FieldId;
use super::field::runs::OWN;
pub use super::field::runs::RUNS;
use super::matcher::{EvalError, TextMatcher};
use super::order::{Direction, OrderBy, SortValue, compare_by, find, no_such_key, parse_all};
use super::parser::parse;
use super::predicate::{KeyTest, Node, NumberTest, Test, TextTest, Truth};
use super::resolve::{Resolved, resolve_all};
use crate::experiment::Tag;
use crate::run::{DatasetInput, Run};

/// A filter over runs, ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunFilter {
    /// The conditions.
    pub root: Node<RunPredicate>,
}

/// A condition on a run.
#[derive(Debug, Clone, PartialEq)]
pub enum RunPredicate {
    /// The name of the status.
    Status(TextTest),
    /// The run's id.
    RunId(TextTest),
    /// The run's name.
    RunName(TextTest),
    /// Who started it.
    UserId(TextTest),
    /// Where its artifacts are.
    ArtifactUri(TextTest),
    /// The start in milliseconds since 1970.
    StartTime(NumberTest),
    /// The end in milliseconds since 1970; unknown while it runs.
    EndTime(NumberTest),
    /// The latest value of a metric; unknown if it has none. NaN passes only `!=`.
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
        test: KeyTest,
    },
    /// A tag.
    Tag {
        /// Its key.
        key: String,
        /// Its value.
        test: KeyTest,
    },
    /// One of the datasets that the run used; unknown if it used none.
    Dataset {
        /// What of it.
        part: DatasetPart,
        /// Its value.
        test: TextTest,
    },
}

/// What can be asked of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatasetPart {
    /// Its name.
    Name,
    /// The digest of its content.
    Digest,
    /// What it was used for; unknown if that was not said.
    Context,
}

/// One key to order runs by.
pub type RunOrder = OrderBy<RunKey>;

/// What runs can be ordered by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RunKey {
    /// The name of the status.
    Status,
    /// The run's id.
    RunId,
    /// The run's name.
    RunName,
    /// Who started it.
    UserId,
    /// Where its artifacts are.
    ArtifactUri,
    /// The start.
    StartTime,
    /// The end.
    EndTime,
    /// The latest value of a metric; NaN comes after all numbers either way.
    Metric(String),
    /// A parameter, as text.
    Param(String),
    /// A tag.
    Tag(String),
}

/// A run with all that filters can ask about.
#[derive(Debug, Clone, Copy)]
pub struct RunView<'a> {
    /// The run.
    pub run: &'a Run,
    /// Where its artifacts are.
    pub artifact_uri: &'a str,
}

/// Parses and checks a filter over runs.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn compile(text: &str) -> Result<RunFilter, Vec<FilterError>> {
    let root = resolve_all(&parse(text), &RUNS, &mut predicate_of)?;
    Ok(RunFilter { root })
}

/// Reads the `order_by` list of a run search. The result is empty if the list is.
///
/// # Errors
/// An item is not a name with an optional direction, or runs cannot be ordered by it, or a key occurs twice.
pub fn parse_order<S: AsRef<str>>(items: &[S]) -> Result<Vec<RunOrder>, FilterError> {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    parse_all(&items, &mut order_key)
}

/// The order with its tie-breaks: start descending, then id ascending, as far as they are not in it.
pub fn with_ties(order: &[RunOrder]) -> Vec<RunOrder> {
    let mut out = order.to_vec();
    for (key, direction) in [
        (RunKey::StartTime, Direction::Desc),
        (RunKey::RunId, Direction::Asc),
    ] {
        if !out
            .iter()
            .any(|by| by.key == key || by.key == RunKey::RunId)
        {
            out.push(OrderBy { key, direction });
        }
    }
    out
}

/// Compares two runs; the order should have its tie-breaks.
pub fn compare(a: RunView<'_>, b: RunView<'_>, order: &[RunOrder]) -> Ordering {
    compare_by(order, &mut |key| (key.of(a), key.of(b)))
}

impl RunKey {
    /// The value of a run.
    pub fn of<'a>(&self, view: RunView<'a>) -> SortValue<'a> {
        let run = view.run;
        let missing = SortValue::Missing;
        match self {
            Self::Status => SortValue::Text(run.status.as_str()),
            Self::RunId => SortValue::Text(run.id.as_str()),
            Self::RunName => SortValue::Text(&run.name),
            Self::UserId => SortValue::Text(&run.user_id),
            Self::ArtifactUri => SortValue::Text(view.artifact_uri),
            Self::StartTime => SortValue::Int(run.start_time.0),
            Self::EndTime => run.end_time.map_or(missing, |time| SortValue::Int(time.0)),
            Self::Metric(key) => metric(run, key).map_or(missing, SortValue::Float),
            Self::Param(key) => find_tag(&run.params, key).map_or(missing, SortValue::Text),
            Self::Tag(key) => find_tag(&run.tags, key).map_or(missing, SortValue::Text),
        }
    }
}

impl RunFilter {
    /// Whether the run matches.
    ///
    /// # Errors
    /// None of a checked filter: it has no regular expressions.
    pub fn matches(&self, view: RunView<'_>) -> Result<bool, EvalError> {
        let texts = TextMatcher::new([])?;
        let run = view.run;
        let truth = self.root.eval(&mut |predicate| match predicate {
            RunPredicate::Status(test) => texts.matches(test, run.status.as_str()).into(),
            RunPredicate::RunId(test) => texts.matches(test, run.id.as_str()).into(),
            RunPredicate::RunName(test) => texts.matches(test, &run.name).into(),
            RunPredicate::UserId(test) => texts.matches(test, &run.user_id).into(),
            RunPredicate::ArtifactUri(test) => texts.matches(test, view.artifact_uri).into(),
            RunPredicate::StartTime(test) => test.matches_int(run.start_time.0).into(),
            RunPredicate::EndTime(test) => {
                Truth::of(run.end_time.map(|end| test.matches_int(end.0)))
            }
            RunPredicate::Metric { key, test } => {
                Truth::of(metric(run, key).map(|value| test.matches(value)))
            }
            RunPredicate::Param { key, test } => texts.key(test, find_tag(&run.params, key)),
            RunPredicate::Tag { key, test } => texts.key(test, find_tag(&run.tags, key)),
            RunPredicate::Dataset { part, test } => {
                let texts_of = run.inputs.datasets.iter().filter_map(|used| part.of(used));
                let passed: Vec<bool> = texts_of.map(|text| texts.matches(test, text)).collect();
                Truth::of((!passed.is_empty()).then(|| passed.contains(&true)))
            }
        });
        Ok(truth == Truth::True)
    }
}

impl DatasetPart {
    fn of(self, used: &DatasetInput) -> Option<&str> {
        match self {
            Self::Name => Some(&used.name),
            Self::Digest => Some(&used.digest),
            Self::Context => used.context(),
        }
    }
}

fn metric(run: &Run, key: &str) -> Option<f64> {
    run.metrics
        .iter()
        .find(|metric| metric.key == key)
        .map(|metric| metric.value)
}

fn find_tag<'a>(tags: &'a [Tag], key: &str) -> Option<&'a str> {
    tags.iter()
        .find(|tag| tag.key == key)
        .map(|tag| tag.value.as_str())
}

fn predicate_of(resolved: Resolved) -> Result<RunPredicate, FilterError> {
    let Resolved {
        id,
        key,
        test,
        range,
        ..
    } = resolved;
    let misfit = || FilterError::new(range, "Invalid comparison for this field");
    let dataset = |part, test| RunPredicate::Dataset { part, test };
    Ok(match (id, test) {
        (FieldId::Status, Test::Text(test)) => RunPredicate::Status(test),
        (FieldId::RunId, Test::Text(test)) => RunPredicate::RunId(test),
        (FieldId::RunName, Test::Text(test)) => RunPredicate::RunName(test),
        (FieldId::UserId, Test::Text(test)) => RunPredicate::UserId(test),
        (FieldId::ArtifactUri, Test::Text(test)) => RunPredicate::ArtifactUri(test),
        (FieldId::StartTime, Test::Number(test)) => RunPredicate::StartTime(test),
        (FieldId::EndTime, Test::Number(test)) => RunPredicate::EndTime(test),
        (FieldId::Metric, Test::Number(test)) => RunPredicate::Metric { key, test },
        (FieldId::Param, test) => RunPredicate::Param {
            key,
            test: key_test(test).ok_or_else(misfit)?,
        },
        (FieldId::Tag, test) => RunPredicate::Tag {
            key,
            test: key_test(test).ok_or_else(misfit)?,
        },
        (FieldId::DatasetName, Test::Text(test)) => dataset(DatasetPart::Name, test),
        (FieldId::DatasetDigest, Test::Text(test)) => dataset(DatasetPart::Digest, test),
        (FieldId::DatasetContext, Test::Text(test)) => dataset(DatasetPart::Context, test),
        _ => return Err(misfit()),
    })
}

fn order_key(item: &str, ident: Ident) -> Result<RunKey, FilterError> {
    const NAMES: &[&str] = &[
        "artifact_uri",
        "created",
        "end_time",
        "run_id",
        "run_name",
        "start_time",
        "status",
        "user_id",
    ];
    let entity = ident.entity.map_or("", |range| range.slice(item));
    Ok(match find(&RUNS, entity, ident.key.slice(item)) {
        Some((FieldId::Status, _)) => RunKey::Status,
        Some((FieldId::RunId, _)) => RunKey::RunId,
        Some((FieldId::RunName, _)) => RunKey::RunName,
        Some((FieldId::UserId, _)) => RunKey::UserId,
        Some((FieldId::ArtifactUri, _)) => RunKey::ArtifactUri,
        Some((FieldId::StartTime, _)) => RunKey::StartTime,
        Some((FieldId::EndTime, _)) => RunKey::EndTime,
        Some((FieldId::Metric, key)) => RunKey::Metric(key.to_owned()),
        Some((FieldId::Param, key)) => RunKey::Param(key.to_owned()),
        Some((FieldId::Tag, key)) => RunKey::Tag(key.to_owned()),
        _ => return Err(no_such_key(&RUNS, OWN, NAMES, item, ident)),
    })
}
