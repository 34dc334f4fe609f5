//! The check of a store: is the file sound, can everything be read, does what is derived agree with what it is derived from.

mod index;
mod text;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use domain::derive;
use domain::span::StatusCode;
use domain::store::{StoreError, StoreResult};
use domain::usage::{self, UsageRow};
use sqlx::{Row, SqliteConnection};

use super::live::number;
use super::presets::Presets;
use super::rows::{self, StoredTrace};
use super::tx::Counted;
use super::{schema, spans};
use crate::error::{OpenError, database};
use crate::key::key_of;
use crate::lock::FileLock;
use crate::tuples::Tuples;

/// Problems listed; further ones are only counted.
const LISTED_MAX: usize = 1000;
/// Traces looked at together.
const CHUNK: i64 = 256;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Traces looked at.
    pub traces: u64,
    /// Spans read.
    pub spans: u64,
    /// What is wrong, one line each, at most 1,000 of them.
    pub problems: Vec<String>,
    /// How many problems there are in all.
    pub problem_count: u64,
}

impl CheckReport {
    fn problem(&mut self, text: String) {
        self.problem_count += 1;
        if self.problems.len() < LISTED_MAX {
            self.problems.push(text);
        }
    }

    /// Notes an error that is about one row; hands on one of the database.
    fn note<T>(&mut self, outcome: StoreResult<T>) -> StoreResult<Option<T>> {
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(error @ StoreError::Inconsistent { .. }) => {
                self.problem(error.to_string());
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// What experiments should count: traces, errors, newest start.
type Counts = BTreeMap<i64, (i64, i64, Option<i64>)>;

/// Checks a file.
pub(crate) async fn check(path: &Path) -> Result<CheckReport, OpenError> {
    let _lock = FileLock::take(path)?;
    let mut connection = schema::open_for_check(path).await?;
    let mut report = CheckReport::default();
    let mut checked = check_all(&mut connection, &mut report).await;
    if checked.is_ok() {
        checked = text::check(path, &mut connection, &mut report).await;
    }
    checked.map_err(|error| OpenError::Database {
        path: path.to_owned(),
        source: Box::new(error),
    })?;
    Ok(report)
}

async fn check_all(connection: &mut SqliteConnection, report: &mut CheckReport) -> StoreResult<()> {
    // Blocks and summaries are opened with their help.
    Presets::load(connection).await?;
    let lines: Vec<String> = sqlx::query_scalar("pragma integrity_check(100)")
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
    for line in lines.into_iter().filter(|line| line != "ok") {
        report.problem(format!("file: {line}"));
    }
    let keys_merged_to = number(connection, "keys_merged_to").await?;
    let mut counts = Counts::new();
    let mut last = i64::MIN;
    loop {
        let select =
            "select trace_no, trace_key, experiment_id, request_time_ms, flags, next_block,
                block_count, summary
            from trace where trace_no > ?1 order by trace_no limit ?2";
        let rows = sqlx::query(select)
            .bind(last)
            .bind(CHUNK)
            .fetch_all(&mut *connection)
            .await;
        let rows = rows.map_err(database)?;
        let Some(row) = rows.last() else { break };
        last = row.try_get(0).map_err(database)?;
        let mut traces = Vec::with_capacity(rows.len());
        for row in &rows {
            traces.extend(report.note(rows::stored_trace(row))?);
        }
        for trace in &traces {
            report.traces += 1;
            count(&mut counts, trace);
            check_trace(connection, trace, report).await?;
        }
        check_keys(connection, &traces, keys_merged_to, report).await?;
    }
    check_counts(connection, &counts, report).await?;
    check_orphans(connection, report).await?;
    index::check(connection, report).await
}

fn count(counts: &mut Counts, trace: &StoredTrace) {
    let Counted {
        experiment,
        is_error,
        start,
    } = Counted::of(&trace.info);
    let entry = counts.entry(experiment.0).or_default();
    entry.0 += 1;
    entry.1 += i64::from(is_error);
    entry.2 = entry.2.max(Some(start));
}

async fn check_trace(
    connection: &mut SqliteConnection,
    trace: &StoredTrace,
    report: &mut CheckReport,
) -> StoreResult<()> {
    let id = &trace.info.trace_id;
    let blocks = spans::blocks(connection, trace.trace_no).await;
    let Some(blocks) = report.note(blocks)? else {
        return Ok(());
    };
    if blocks.len() as i64 != trace.block_count {
        let message = format!(
            "trace {id}: {} span blocks instead of {}",
            blocks.len(),
            trace.block_count
        );
        report.problem(message);
    }
    let mut rows = Vec::new();
    for block in blocks {
        match block.head.spans(&block.body) {
            Ok(spans) => report.spans += spans.len() as u64,
            Err(damage) => {
                report.problem(format!("trace {id}: span block {}: {damage}", block.key))
            }
        }
        rows.extend(block.head.rows);
    }
    if trace.stale {
        return Ok(());
    }
    let rows = spans::last_of_each(rows, |row| row.span_id);
    let errors = rows
        .iter()
        .filter(|row| row.status == StatusCode::Error)
        .count();
    let stats = &trace.info.stats;
    if (stats.span_count as usize, stats.error_count as usize) != (rows.len(), errors) {
        report.problem(format!(
            "trace {id}: counts {} spans and {} errors, has {} and {errors}",
            stats.span_count,
            stats.error_count,
            rows.len()
        ));
    }
    let usage_rows: Vec<UsageRow> = rows.iter().map(UsageRow::from).collect();
    let (usage, cost) = usage::aggregate(&usage_rows);
    let mut info = trace.info.clone();
    derive::apply_usage(&mut info, usage, cost, trace.finalized);
    if info.stats != trace.info.stats {
        report.problem(format!(
            "trace {id}: sums of tokens or cost differ from its spans'"
        ));
    }
    if Tuples::of(rows.iter()) != trace.tuples {
        report.problem(format!(
            "trace {id}: span names, types and statuses differ from its spans'"
        ));
    }
    Ok(())
}

/// Each trace is found by its id: in the tree, or in memory once the store is opened.
async fn check_keys(
    connection: &mut SqliteConnection,
    traces: &[StoredTrace],
    keys_merged_to: i64,
    report: &mut CheckReport,
) -> StoreResult<()> {
    let merged = traces
        .iter()
        .filter(|trace| trace.trace_no < keys_merged_to);
    let expected: HashMap<Vec<u8>, i64> = merged
        .map(|trace| (key_of(&trace.info.trace_id), trace.trace_no))
        .collect();
    let keys: Vec<Vec<u8>> = expected.keys().cloned().collect();
    let mut found = HashMap::new();
    for group in keys.chunks(super::sql::KEYS_MAX) {
        let head = "select trace_key, trace_no from trace_key where trace_key";
        for row in super::sql::select_in(&mut *connection, head, group, "").await? {
            let key: Vec<u8> = row.try_get(0).map_err(database)?;
            let trace_no: i64 = row.try_get(1).map_err(database)?;
            found.insert(key, trace_no);
        }
    }
    for trace in traces {
        let key = key_of(&trace.info.trace_id);
        if expected.contains_key(&key) && found.get(&key) != Some(&trace.trace_no) {
            report.problem(format!(
                "trace {}: not found by its id",
                trace.info.trace_id
            ));
        }
    }
    Ok(())
}

async fn check_counts(
    connection: &mut SqliteConnection,
    counts: &Counts,
    report: &mut CheckReport,
) -> StoreResult<()> {
    let select = "select experiment_id, trace_count, error_count, last_trace_time_ms
        from experiment order by experiment_id";
    let rows = sqlx::query(select)
        .fetch_all(connection)
        .await
        .map_err(database)?;
    for row in rows {
        let id: i64 = row.try_get(0).map_err(database)?;
        let stored = (
            row.try_get(1).map_err(database)?,
            row.try_get(2).map_err(database)?,
            row.try_get(3).map_err(database)?,
        );
        let counted = counts.get(&id).copied().unwrap_or_default();
        if stored != counted {
            report.problem(format!(
                "experiment {id}: counts {stored:?}, has {counted:?}"
            ));
        }
    }
    Ok(())
}

/// Rows that belong to traces that are gone.
async fn check_orphans(
    connection: &mut SqliteConnection,
    report: &mut CheckReport,
) -> StoreResult<()> {
    for (what, query) in [
        (
            "span heads",
            "select count(*) from span_head where block_key >> 20 not in (select trace_no from trace)",
        ),
        (
            "span bodies",
            "select count(*) from span_body where block_key not in (select block_key from span_head)",
        ),
        (
            "assessments",
            "select count(*) from assessment where trace_no not in (select trace_no from trace)",
        ),
        (
            "links to runs",
            "select count(*) from trace_run where trace_no not in (select trace_no from trace)",
        ),
        (
            "links to prompts",
            "select count(*) from trace_prompt where trace_no not in (select trace_no from trace)",
        ),
        (
            "traces of unknown experiments",
            "select count(*) from trace
            where experiment_id not in (select experiment_id from experiment)",
        ),
    ] {
        let count: i64 = sqlx::query_scalar(query)
            .fetch_one(&mut *connection)
            .await
            .map_err(database)?;
        if count != 0 {
            report.problem(format!("{count} {what} without what they belong to"));
        }
    }
    Ok(())
}
