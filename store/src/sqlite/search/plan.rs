//! A filter made ready: its conditions numbered, its patterns compiled, and what only the database knows fetched once (which
//! traces are linked to a run, which are rated so). The rest is decided by the columns of the index, or for traces that are not
//! in it by their rows in memory.

use std::collections::{HashMap, HashSet};

use domain::assessment::Assessment;
use domain::filter::check::{Predicate, SpanTest, TraceFilter};
use domain::filter::eval::Evaluator;
use domain::filter::matcher::TextMatcher;
use domain::filter::predicate::{KeyTest, Node, Test, TextTest, ValueTest};
use domain::store::{StoreError, StoreResult};
use sqlx::SqliteConnection;

use super::sets;
use crate::index::truth::numbered;
use crate::sqlite::SqliteStore;

/// A filter, ready to run.
pub(crate) struct Plan<'f> {
    pub tree: Node<usize>,
    pub conditions: Vec<Condition<'f>>,
    pub texts: TextMatcher,
    /// Starts outside of this, both ends included, cannot match.
    pub starts: (i64, i64),
    /// `None` if everything matches.
    pub evaluator: Option<Evaluator<'f>>,
    pub needs: Needs,
}

/// One condition with what was fetched for it.
pub(crate) struct Condition<'f> {
    pub predicate: &'f Predicate,
    pub known: Known,
}

/// What the database said about a condition, by trace number and by session.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Traces for which it is true.
    pub yes: HashSet<i64>,
    /// Traces that have what it asks for, whether it passes or not.
    pub some: HashSet<i64>,
    pub yes_sessions: HashSet<String>,
    pub some_sessions: HashSet<String>,
}

/// What looking at a trace takes besides its row.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    pub spans: bool,
    /// Assessments that hold for whole sessions, by session; loaded if the filter asks for any.
    pub sessions: HashMap<String, Vec<Assessment>>,
}

impl<'f> Plan<'f> {
    /// Prepares a filter.
    pub(crate) async fn new(
        store: &SqliteStore,
        filter: Option<&'f TraceFilter>,
        reader: &mut SqliteConnection,
    ) -> StoreResult<Self> {
        let refused =
            |error: domain::filter::matcher::EvalError| StoreError::Refused(error.to_string());
        let Some(filter) = filter else {
            return Ok(Self {
                tree: Node::All(Vec::new()),
                conditions: Vec::new(),
                texts: TextMatcher::default(),
                starts: (i64::MIN, i64::MAX),
                evaluator: None,
                needs: Needs::default(),
            });
        };
        let mut predicates = Vec::new();
        let tree = numbered(&filter.root, &mut predicates);
        let texts = predicates
            .iter()
            .flat_map(|predicate| text_tests(predicate));
        let texts = TextMatcher::new(texts).map_err(refused)?;
        let needs = needs(&predicates, reader).await?;
        let mut conditions = Vec::with_capacity(predicates.len());
        for predicate in predicates {
            let known = sets::known(store, predicate, &needs.sessions, reader).await?;
            conditions.push(Condition { predicate, known });
        }
        let evaluator = Some(Evaluator::new(filter).map_err(refused)?);
        Ok(Self {
            tree,
            conditions,
            texts,
            starts: filter.start_range(),
            evaluator,
            needs,
        })
    }
}

async fn needs(predicates: &[&Predicate], reader: &mut SqliteConnection) -> StoreResult<Needs> {
    let asks_spans =
        |predicate: &&&Predicate| matches!(predicate, Predicate::Span(_) | Predicate::TraceText(_));
    let asks_ratings = |predicate: &&&Predicate| {
        matches!(
            predicate,
            Predicate::Feedback { .. } | Predicate::Expectation { .. }
        )
    };
    let spans = predicates.iter().find(asks_spans).is_some();
    let sessions = match predicates.iter().find(asks_ratings) {
        Some(_) => sets::session_assessments(reader).await?,
        None => HashMap::new(),
    };
    Ok(Needs { spans, sessions })
}

/// The span tests that a (name, type, status) decides.
pub(crate) fn is_tuple_test(test: &SpanTest) -> bool {
    matches!(
        test,
        SpanTest::Name(_) | SpanTest::Type(_) | SpanTest::Status(_)
    )
}

fn text_tests(predicate: &Predicate) -> Vec<&TextTest> {
    match predicate {
        Predicate::Status(test)
        | Predicate::RequestId(test)
        | Predicate::ClientRequestId(test)
        | Predicate::TraceText(test)
        | Predicate::Name(KeyTest::Text(test))
        | Predicate::Tag {
            test: KeyTest::Text(test),
            ..
        }
        | Predicate::TagOrName(KeyTest::Text(test))
        | Predicate::Metadata {
            test: KeyTest::Text(test),
            ..
        }
        | Predicate::Run(KeyTest::Text(test))
        | Predicate::Feedback {
            test: Test::Text(test),
            ..
        }
        | Predicate::Expectation {
            test: Test::Text(test),
            ..
        } => vec![test],
        Predicate::Span(tests) => tests
            .iter()
            .filter_map(|test| match test {
                SpanTest::Name(test)
                | SpanTest::Type(test)
                | SpanTest::Status(test)
                | SpanTest::Content(test)
                | SpanTest::Attribute {
                    test: ValueTest::Text(test),
                    ..
                } => Some(test),
                SpanTest::Attribute { .. } => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
