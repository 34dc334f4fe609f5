//! A filter made ready: its conditions numbered, its patterns compiled, and what only the database knows fetched once (which
//! traces are linked to a run, which are rated so). The rest is decided by the columns of the index, or for traces that are not
//! in it by their rows in memory.

use std::collections::HashSet;

use domain::filter::check::{Predicate, SpanTest, TraceFilter};
use domain::filter::eval::{Evaluator, text_tests};
use domain::filter::matcher::TextMatcher;
use domain::filter::predicate::{Node, TextTest};
use domain::span::keys as span_keys;
use domain::store::{StoreError, StoreResult};
use sqlx::SqliteConnection;

use super::sets;
use crate::index::truth::numbered;
use crate::sqlite::SqliteStore;
use crate::sqlite::ratings::{OfSessions, Ratings};
use crate::sqlite::spans::Wanted;
use crate::sqlite::text::{Candidates, candidates};

/// A filter, ready to run.
pub(crate) struct Plan<'f> {
    pub tree: Node<usize>,
    /// Nothing is negated: that a comparison is unknown is as good as that it fails.
    pub is_positive: bool,
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
    /// It is true for no others, and no column needs to be read for it.
    pub is_all: bool,
    /// Traces that have what it asks for, whether it passes or not.
    pub some: HashSet<i64>,
    pub yes_sessions: HashSet<String>,
    pub some_sessions: HashSet<String>,
    /// For each pattern of text that the text index was asked about, the traces that may have it.
    pub texts: Vec<Candidates>,
}

/// What looking at a trace takes besides its row.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    pub spans: Wanted,
    /// What the trace says of itself.
    pub info: bool,
    /// Assessments and runs.
    pub attachments: bool,
    /// Assessments that hold for whole sessions, by session; loaded if the filter asks for any.
    pub sessions: OfSessions,
}

impl<'f> Plan<'f> {
    /// How many traces the text index did not know of, for the condition where that is most.
    pub(crate) fn unindexed(&self) -> usize {
        let asked = self.conditions.iter().flat_map(|c| &c.known.texts);
        asked.map(|texts| texts.unindexed).max().unwrap_or(0)
    }

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
                is_positive: true,
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
        let needs = needs(store, &predicates, reader).await?;
        let mut conditions = Vec::with_capacity(predicates.len());
        for predicate in predicates {
            let mut known = sets::known(store, predicate, &needs.sessions, reader).await?;
            for pattern in patterns(predicate) {
                match candidates(&store.shared, pattern).await {
                    Ok(found) => known.texts.extend(found),
                    // The answer is right without it.
                    Err(error) => {
                        tracing::error!("the text index cannot be read, remove its file: {error}");
                    }
                }
            }
            conditions.push(Condition { predicate, known });
        }
        let evaluator = Some(Evaluator::new(filter).map_err(refused)?);
        Ok(Self {
            is_positive: is_positive(&tree),
            tree,
            conditions,
            texts,
            starts: filter.start_range(),
            evaluator,
            needs,
        })
    }
}

fn is_positive(node: &Node<usize>) -> bool {
    match node {
        Node::Is(_) => true,
        Node::Not(_) => false,
        Node::All(parts) | Node::Any(parts) => parts.iter().all(is_positive),
    }
}

async fn needs(
    store: &SqliteStore,
    predicates: &[&Predicate],
    reader: &mut SqliteConnection,
) -> StoreResult<Needs> {
    let asks_ratings = |predicate: &&Predicate| {
        matches!(
            predicate,
            Predicate::Feedback { .. } | Predicate::Expectation { .. }
        )
    };
    let asks_others =
        |predicate: &&Predicate| matches!(predicate, Predicate::Issue { .. } | Predicate::Run(_));
    let has_ratings = predicates.iter().any(asks_ratings);
    let sessions = match has_ratings {
        true => Ratings::of_sessions(&store.shared, reader).await?,
        false => OfSessions::default(),
    };
    Ok(Needs {
        spans: wanted(predicates),
        info: predicates
            .iter()
            .any(|predicate| !matches!(predicate, Predicate::Span(_) | Predicate::TraceText(_))),
        attachments: has_ratings || predicates.iter().any(asks_others),
        sessions,
    })
}

/// What the evaluator looks at in spans.
fn wanted(predicates: &[&Predicate]) -> Wanted {
    let mut keys: Option<Vec<String>> = None;
    for predicate in predicates {
        let tests = match predicate {
            Predicate::TraceText(_) => return Wanted::Everything,
            Predicate::Span(tests) => tests,
            _ => continue,
        };
        let keys = keys.get_or_insert_default();
        for test in tests {
            match test {
                SpanTest::Content(_) => return Wanted::Everything,
                SpanTest::Attribute { key, .. } => keys.push(key.clone()),
                SpanTest::Type(_) => keys.push(span_keys::SPAN_TYPE.to_owned()),
                SpanTest::Name(_) | SpanTest::Status(_) => {}
            }
        }
    }
    keys.map_or(Wanted::Nothing, Wanted::Attributes)
}

/// The patterns that the text of a span must match for a condition to hold.
fn patterns(predicate: &Predicate) -> Vec<&str> {
    match predicate {
        Predicate::TraceText(test) => pattern(test).into_iter().collect(),
        Predicate::Span(tests) => tests
            .iter()
            .filter_map(|test| match test {
                SpanTest::Content(test) => pattern(test),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn pattern(test: &TextTest) -> Option<&str> {
    match test {
        TextTest::Like(pattern) | TextTest::ILike(pattern) => Some(pattern),
        _ => None,
    }
}

/// The span tests that a (name, type, status) decides.
pub(crate) fn is_tuple_test(test: &SpanTest) -> bool {
    matches!(
        test,
        SpanTest::Name(_) | SpanTest::Type(_) | SpanTest::Status(_)
    )
}
