//! Issues: rows of JSON, few of them. Traces are counted by their assessments.

use std::cmp::Reverse;
use std::collections::HashMap;

use async_trait::async_trait;
use domain::ids::{ExperimentId, IssueId};
use domain::issue::{FoundIssue, Issue, IssueUpdate};
use domain::page::Page;
use domain::store::{IssueOrder, IssueQuery, IssueStore, Missing, StoreError, StoreResult};
use domain::time::UnixMillis;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::SqliteStore;
use super::sql::{KEYS_MAX, select_in};
use super::top::Top;
use super::trace_writes::require_active;
use super::tx::WriteTx;
use crate::bytes::{Put, Reader};
use crate::error::{database, inconsistent, internal};
use crate::token;

/// Issues read at once.
const CHUNK: i64 = 512;

/// What issues are ordered by, the greatest first.
type Place = (i64, i64, i64, i64);

#[async_trait]
impl IssueStore for SqliteStore {
    async fn create_issue(&self, issue: Issue) -> StoreResult<()> {
        self.writer
            .write(move |tx| Box::pin(async move { create(tx, issue).await }))
            .await
    }

    async fn issue(&self, id: &IssueId) -> StoreResult<Option<Issue>> {
        let mut reader = self.reader().await?;
        by_id(&mut reader, id).await
    }

    async fn update_issue(
        &self,
        id: &IssueId,
        update: IssueUpdate,
        now: UnixMillis,
    ) -> StoreResult<Issue> {
        let id = id.clone();
        self.writer
            .write(move |tx| Box::pin(async move { change(tx, &id, update, now).await }))
            .await
    }

    async fn search_issues(&self, query: IssueQuery) -> StoreResult<Page<FoundIssue>> {
        let mut reader = self.reader().await?;
        search(&mut reader, query).await
    }
}

async fn create(tx: &mut WriteTx, issue: Issue) -> StoreResult<()> {
    require_active(tx, issue.experiment_id)
        .await
        .map_err(|error| match error {
            StoreError::Refused(_) => StoreError::Missing(Missing::Experiment(issue.experiment_id)),
            other => other,
        })?;
    sqlx::query("insert into issue (issue_id, experiment_id, data) values (?1, ?2, ?3)")
        .bind(issue.id.as_str().to_owned())
        .bind(issue.experiment_id.0)
        .bind(text_of(&issue)?)
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    Ok(())
}

async fn change(
    tx: &mut WriteTx,
    id: &IssueId,
    update: IssueUpdate,
    now: UnixMillis,
) -> StoreResult<Issue> {
    let known = by_id(&mut tx.connection, id).await?;
    let mut issue = known.ok_or_else(|| StoreError::Missing(Missing::Issue(id.clone())))?;
    let IssueUpdate {
        status,
        name,
        description,
        severity,
    } = update;
    issue.status = status.unwrap_or(issue.status);
    issue.name = name.unwrap_or(issue.name);
    issue.description = description.unwrap_or(issue.description);
    issue.severity = severity.or(issue.severity);
    issue.last_update_time = now;
    sqlx::query("update issue set data = ?2 where issue_id = ?1")
        .bind(id.as_str().to_owned())
        .bind(text_of(&issue)?)
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    Ok(issue)
}

async fn by_id(reader: &mut SqliteConnection, id: &IssueId) -> StoreResult<Option<Issue>> {
    let row = sqlx::query("select issue_no, data from issue where issue_id = ?1")
        .bind(id.as_str().to_owned())
        .fetch_optional(reader)
        .await
        .map_err(database)?;
    row.map(|row| Ok(numbered(&row)?.1)).transpose()
}

async fn search(reader: &mut SqliteConnection, query: IssueQuery) -> StoreResult<Page<FoundIssue>> {
    let asked = (&query.experiment, &query.filter, query.order);
    let fingerprint = token::fingerprint(&("issues", asked));
    let after = match &query.page.token {
        None => None,
        Some(page_token) => Some(place_in(&token::place(fingerprint, page_token)?)?),
    };
    let size = query.page.size.max(1) as usize;
    let mut top = Top::new(
        size + 1,
        |a: &(Place, FoundIssue), b: &(Place, FoundIssue)| b.0.cmp(&a.0),
    );
    let mut last_no = i64::MIN;
    loop {
        let rows = chunk(reader, query.experiment, last_no).await?;
        let Some((no, _)) = rows.last() else { break };
        last_no = *no;
        let counts = trace_counts(reader, &rows).await?;
        for (no, issue) in rows {
            let trace_count = counts.get(issue.id.as_str()).copied().unwrap_or(0);
            let place = place_of(&query, no, &issue, trace_count);
            let is_behind = after.is_none_or(|after| Reverse(place) > Reverse(after));
            if is_behind && passes(&query, &issue)? {
                let trace_count = u64::try_from(trace_count).unwrap_or(0);
                top.offer((place, FoundIssue { issue, trace_count }));
            }
        }
    }
    let found = token::page(top.finish(), size, fingerprint, |(place, _)| {
        bytes_of(*place)
    });
    Ok(found.map(|(_, found)| found))
}

fn place_of(query: &IssueQuery, no: i64, issue: &Issue, trace_count: i64) -> Place {
    let severity = issue.severity.map_or(-1, |severity| severity as i64);
    let traces = match query.order {
        IssueOrder::Newest => 0,
        IssueOrder::MostTraces => trace_count,
    };
    (severity, traces, issue.creation_time.0, no)
}

fn bytes_of(place: Place) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in [place.0, place.1, place.2, place.3] {
        bytes.put_int(number);
    }
    bytes
}

fn place_in(bytes: &[u8]) -> StoreResult<Place> {
    let mut reader = Reader::new(bytes);
    let mut number = || reader.int().map_err(|_| StoreError::PageToken);
    Ok((number()?, number()?, number()?, number()?))
}

fn passes(query: &IssueQuery, issue: &Issue) -> StoreResult<bool> {
    match &query.filter {
        None => Ok(true),
        Some(filter) => filter
            .matches(issue)
            .map_err(|error| StoreError::Refused(error.to_string())),
    }
}

async fn chunk(
    reader: &mut SqliteConnection,
    experiment: Option<ExperimentId>,
    after: i64,
) -> StoreResult<Vec<(i64, Issue)>> {
    let select = match experiment {
        Some(_) => {
            "select issue_no, data from issue where experiment_id = ?3 and issue_no > ?1
            order by issue_no limit ?2"
        }
        None => {
            "select issue_no, data from issue where issue_no > ?1 and ?3 is null
            order by issue_no limit ?2"
        }
    };
    let rows = sqlx::query(select)
        .bind(after)
        .bind(CHUNK)
        .bind(experiment.map(|id| id.0))
        .fetch_all(reader)
        .await
        .map_err(database)?;
    rows.iter().map(numbered).collect()
}

/// How many traces have an assessment that bears an issue's id.
async fn trace_counts(
    reader: &mut SqliteConnection,
    issues: &[(i64, Issue)],
) -> StoreResult<HashMap<String, i64>> {
    let ids: Vec<String> = issues
        .iter()
        .map(|(_, issue)| issue.id.as_str().to_owned())
        .collect();
    let mut counts = HashMap::new();
    for group in ids.chunks(KEYS_MAX) {
        let head = "select name, count(distinct trace_no) from assessment where name";
        let tail = " and kind = 2 group by name";
        for row in select_in(&mut *reader, head, group, tail).await? {
            let name: String = row.try_get(0).map_err(database)?;
            counts.insert(name, row.try_get(1).map_err(database)?);
        }
    }
    Ok(counts)
}

fn numbered(row: &SqliteRow) -> StoreResult<(i64, Issue)> {
    let no: i64 = row.try_get(0).map_err(database)?;
    let data: &str = row.try_get(1).map_err(database)?;
    let issue = serde_json::from_str(data).map_err(|_| inconsistent("issue", "data", no))?;
    Ok((no, issue))
}

fn text_of(issue: &Issue) -> StoreResult<String> {
    serde_json::to_string(issue).map_err(|_| internal("an issue cannot be written as JSON"))
}
