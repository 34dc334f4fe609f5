//! What conditions ask that is in rows of their own: links to runs and prompts, assessments, and traces by id.

use std::collections::{HashMap, HashSet};

use domain::assessment::{Assessment, AssessmentSource, AssessmentValue, SourceType};
use domain::filter::check::{Predicate, TraceFilter};
use domain::filter::eval::{Evaluator, TraceView};
use domain::filter::like::literal_prefix;
use domain::filter::matcher::TextMatcher;
use domain::filter::predicate::{KeyTest, Node, Test, TextTest};
use domain::ids::{AssessmentId, ExperimentId, TraceId};
use domain::store::{StoreError, StoreResult};
use domain::time::UnixMillis;
use domain::trace::TraceInfo;
use futures_util::TryStreamExt;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::plan::Known;
use crate::error::{At, database};
use crate::key::{key_of, write_id};
use crate::sqlite::SqliteStore;
use crate::sqlite::assessments::assessment;
use crate::sqlite::ratings::Reading;

/// Fetches what a condition asks the database; nothing for most.
pub(super) async fn known(
    store: &SqliteStore,
    predicate: &Predicate,
    sessions: &HashMap<String, Vec<Assessment>>,
    reader: &mut SqliteConnection,
) -> StoreResult<Known> {
    match predicate {
        Predicate::RequestId(test) => named_traces(store, test, reader).await,
        Predicate::Run(KeyTest::Text(TextTest::Eq(run))) => {
            let query = "select trace_no from trace_run where run_id = ?1 order by trace_no";
            linked(query, run.clone(), reader).await
        }
        Predicate::Prompt { name, version } => {
            let query = "select trace_no from trace_prompt where prompt = ?1 order by trace_no";
            linked(query, format!("{name}/{version}"), reader).await
        }
        Predicate::Issue { .. } => {
            // An issue's id may be the assessment's name or its value, so all issues are looked at.
            let select = "select trace_no, assessment_no, valid, data from assessment
                where kind = 2 order by trace_no";
            let rows = sqlx::query(select).fetch(reader);
            rated(predicate, rows).await
        }
        Predicate::Feedback { name, test } => {
            named(store, predicate, name, 0, test, sessions, reader).await
        }
        Predicate::Expectation { name, test } => {
            named(store, predicate, name, 1, test, sessions, reader).await
        }
        _ => Ok(Known::default()),
    }
}

/// Traces that rows link to something.
async fn linked(
    query: &'static str,
    to: String,
    reader: &mut SqliteConnection,
) -> StoreResult<Known> {
    let linked: Vec<i64> = sqlx::query_scalar(query)
        .bind(to)
        .fetch_all(reader)
        .await
        .map_err(database)?;
    Ok(Known {
        yes: linked.into_iter().collect(),
        ..Known::default()
    })
}

async fn named(
    store: &SqliteStore,
    predicate: &Predicate,
    name: &str,
    kind: i64,
    test: &Test,
    sessions: &HashMap<String, Vec<Assessment>>,
    reader: &mut SqliteConnection,
) -> StoreResult<Known> {
    let filter = filter_of(predicate);
    let mut tester = Tester::new(&filter)?;
    let mut known = Known::default();
    // Only values are tested; whether there are any at all is told by `some`.
    let is_tested = matches!(test, Test::Text(_) | Test::Number(_));
    let mut reading = Reading::new(&store.shared, name, kind);
    if let Some(rated) = reading.known(&store.shared.ratings) {
        for (trace_no, value) in rated.iter() {
            known.some.insert(*trace_no);
            if is_tested && tester.value_passes(name, value) {
                known.yes.insert(*trace_no);
            }
        }
    } else {
        let select = "select trace_no, assessment_no, valid, data from assessment
            where name = ?1 and kind = ?2 and valid = 1";
        let mut rows = sqlx::query(select)
            .bind(name.to_owned())
            .bind(kind)
            .fetch(reader);
        while let Some(row) = rows.try_next().await.map_err(database)? {
            let (trace_no, value) = reading.read(&row)?;
            known.some.insert(trace_no);
            if is_tested && tester.value_passes(name, &value) {
                known.yes.insert(trace_no);
            }
        }
        reading.finish(&store.shared.ratings);
    }
    for (session, assessments) in sessions {
        let is_asked = |a: &&Assessment| a.name == name && kind_of(a) == kind;
        let asked: Vec<Assessment> = assessments.iter().filter(is_asked).cloned().collect();
        if asked.is_empty() {
            continue;
        }
        known.some_sessions.insert(session.clone());
        if !matches!(test, Test::IsNull) && tester.passes(asked) {
            known.yes_sessions.insert(session.clone());
        }
    }
    Ok(known)
}

fn kind_of(assessment: &Assessment) -> i64 {
    match assessment.value {
        AssessmentValue::Feedback { .. } => 0,
        AssessmentValue::Expectation { .. } => 1,
        AssessmentValue::Issue { .. } => 2,
    }
}

/// Tests assessments that come ordered by trace.
async fn rated(
    predicate: &Predicate,
    mut rows: impl futures_core::Stream<Item = Result<SqliteRow, sqlx::Error>> + Unpin,
) -> StoreResult<Known> {
    let filter = filter_of(predicate);
    let mut tester = Tester::new(&filter)?;
    let mut known = Known::default();
    let mut group: (i64, Vec<Assessment>) = (i64::MIN, Vec::new());
    while let Some(row) = rows.try_next().await.map_err(database)? {
        let trace_no: i64 = row.try_get(0).map_err(database)?;
        if trace_no != group.0 {
            tester.close(&mut group, &mut known);
            group.0 = trace_no;
        }
        group.1.push(assessment(&row)?);
    }
    tester.close(&mut group, &mut known);
    Ok(known)
}

/// A filter of one condition.
fn filter_of(predicate: &Predicate) -> TraceFilter {
    TraceFilter {
        root: Node::Is(predicate.clone()),
        hints: Vec::new(),
    }
}

/// An assessment of which nothing matters but its name and what it says.
fn said(name: &str, value: AssessmentValue) -> Assessment {
    Assessment {
        id: AssessmentId::new(""),
        trace_id: TraceId::new(""),
        span_id: None,
        name: name.to_owned(),
        source: AssessmentSource {
            source_type: SourceType::default(),
            source_id: String::new(),
        },
        value,
        rationale: None,
        metadata: Default::default(),
        create_time: UnixMillis(0),
        last_update_time: UnixMillis(0),
        overrides: None,
        valid: true,
    }
}

/// A trace of which nothing is known.
pub(super) fn blank() -> TraceInfo {
    TraceInfo::new(TraceId::new(""), ExperimentId::DEFAULT, UnixMillis(0))
}

/// Tests assessments alone, with the domain's own evaluator.
struct Tester<'f> {
    evaluator: Evaluator<'f>,
    info: TraceInfo,
}

impl<'f> Tester<'f> {
    fn new(filter: &'f TraceFilter) -> StoreResult<Self> {
        let evaluator =
            Evaluator::new(filter).map_err(|error| StoreError::Refused(error.to_string()))?;
        let info = blank();
        Ok(Self { evaluator, info })
    }

    fn close(&mut self, group: &mut (i64, Vec<Assessment>), known: &mut Known) {
        let assessments = std::mem::take(&mut group.1);
        if assessments.is_empty() {
            return;
        }
        known.some.insert(group.0);
        if self.passes(assessments) {
            known.yes.insert(group.0);
        }
    }

    /// Whether a valid assessment of a name passes that says this.
    fn value_passes(&mut self, name: &str, value: &AssessmentValue) -> bool {
        match self.info.assessments.first_mut() {
            Some(assessment) => assessment.value = value.clone(),
            None => self.info.assessments.push(said(name, value.clone())),
        }
        self.matches()
    }

    fn passes(&mut self, assessments: Vec<Assessment>) -> bool {
        self.info.assessments = assessments;
        self.matches()
    }

    fn matches(&self) -> bool {
        let view = TraceView {
            info: &self.info,
            spans: &[],
            prompts: &[],
            session_assessments: &[],
        };
        self.evaluator.matches(&view)
    }
}

/// More ids than this are not looked up; they are searched for.
const IDS_MAX: usize = 4096;
/// A shorter beginning of ids is that of too many.
const ID_PREFIX_MIN: usize = 6;

/// The numbers of the traces a test names, or whose ids begin as it asks; nothing for tests of other kinds, and if there are
/// very many.
async fn named_traces(
    store: &SqliteStore,
    test: &TextTest,
    reader: &mut SqliteConnection,
) -> StoreResult<Known> {
    let found: HashSet<i64> = match test {
        TextTest::Eq(id) => named_so(store, std::slice::from_ref(id), reader).await?,
        TextTest::In(ids) => named_so(store, ids, reader).await?,
        TextTest::Like(pattern) => {
            let prefix = literal_prefix(pattern);
            if prefix.len() < ID_PREFIX_MIN {
                return Ok(Known::default());
            }
            let texts =
                TextMatcher::new([test]).map_err(|error| StoreError::Refused(error.to_string()))?;
            let Some(keys) = store.keys_from(reader, prefix, IDS_MAX).await? else {
                return Ok(Known::default());
            };
            let mut id = String::new();
            let mut found = HashSet::new();
            for (key, trace_no) in keys {
                write_id(&key, &mut id).at("trace_key", "trace_key", trace_no)?;
                if texts.matches(test, &id) {
                    found.insert(trace_no);
                }
            }
            found
        }
        _ => return Ok(Known::default()),
    };
    Ok(Known {
        yes: found,
        is_all: true,
        ..Known::default()
    })
}

async fn named_so(
    store: &SqliteStore,
    ids: &[String],
    reader: &mut SqliteConnection,
) -> StoreResult<HashSet<i64>> {
    let key = |id: &String| key_of(&TraceId::new(id.as_str()));
    let keys: Vec<Vec<u8>> = ids.iter().map(key).collect();
    let found = store.trace_nos(reader, &keys).await?;
    Ok(found.into_values().collect())
}
