//! Reading experiments: by id, by search, with counts.

use std::collections::HashMap;

use domain::experiment::{Experiment, ExperimentSummary, LifecycleStage, Tag, ViewType};
use domain::filter::experiments::{compare, with_ties};
use domain::ids::ExperimentId;
use domain::page::Page;
use domain::store::{ExperimentQuery, StoreError, StoreResult};
use domain::time::UnixMillis;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::super::SqliteStore;
use super::super::sql::{KEYS_MAX, select_in};
use super::super::top::Top;
use crate::error::{database, inconsistent};
use crate::token;

/// Rows read at once by a search.
const CHUNK: i64 = 512;

/// By id, complete.
pub(super) async fn by_id(
    reader: &mut SqliteConnection,
    id: ExperimentId,
) -> StoreResult<Option<Experiment>> {
    let head = "select experiment_id, name, artifact_location, lifecycle, creation_time_ms,
        last_update_time_ms from experiment where experiment_id";
    let rows = select_in(&mut *reader, head, &[id.0], "").await?;
    let mut found = rows
        .iter()
        .map(experiment)
        .collect::<StoreResult<Vec<_>>>()?;
    load_tags(reader, &mut found).await?;
    Ok(found.pop())
}

/// Reads a row that begins with the columns of an experiment.
fn experiment(row: &SqliteRow) -> StoreResult<Experiment> {
    let id: i64 = row.try_get(0).map_err(database)?;
    Ok(Experiment {
        id: ExperimentId(id),
        name: row.try_get(1).map_err(database)?,
        artifact_location: row.try_get(2).map_err(database)?,
        lifecycle: lifecycle(row.try_get(3).map_err(database)?)
            .ok_or_else(|| inconsistent("experiment", "lifecycle", id))?,
        creation_time: UnixMillis(row.try_get(4).map_err(database)?),
        last_update_time: UnixMillis(row.try_get(5).map_err(database)?),
        tags: Vec::new(),
    })
}

/// Reads a lifecycle stage.
pub(crate) fn lifecycle(text: &str) -> Option<LifecycleStage> {
    let stages = [LifecycleStage::Active, LifecycleStage::Deleted];
    stages.into_iter().find(|stage| stage.as_str() == text)
}

/// Whether a view shows a stage.
pub(crate) fn shows(view: ViewType, stage: LifecycleStage) -> bool {
    match view {
        ViewType::ActiveOnly => stage == LifecycleStage::Active,
        ViewType::DeletedOnly => stage == LifecycleStage::Deleted,
        ViewType::All => true,
    }
}

async fn load_tags(
    reader: &mut SqliteConnection,
    experiments: &mut [Experiment],
) -> StoreResult<()> {
    let places: HashMap<i64, usize> = experiments
        .iter()
        .enumerate()
        .map(|(place, found)| (found.id.0, place))
        .collect();
    let ids: Vec<i64> = experiments.iter().map(|found| found.id.0).collect();
    for group in ids.chunks(KEYS_MAX) {
        let head = "select experiment_id, key, value from experiment_tag where experiment_id";
        for row in select_in(&mut *reader, head, group, " order by experiment_id, key").await? {
            let id: i64 = row.try_get(0).map_err(database)?;
            let tag = Tag {
                key: row.try_get(1).map_err(database)?,
                value: row.try_get(2).map_err(database)?,
            };
            if let Some(place) = places.get(&id) {
                experiments[*place].tags.push(tag);
            }
        }
    }
    Ok(())
}

/// One page of a search.
pub(super) async fn search(
    reader: &mut SqliteConnection,
    query: ExperimentQuery,
) -> StoreResult<Page<Experiment>> {
    let order = with_ties(&query.order);
    let fingerprint = token::fingerprint(&(&query.filter, &query.order, query.view));
    let after = match &query.page.token {
        None => None,
        Some(page_token) => {
            let place = token::place(fingerprint, page_token)?;
            let id = std::str::from_utf8(&place)
                .ok()
                .and_then(|text| text.parse().ok());
            let last = by_id(reader, id.ok_or(StoreError::PageToken)?).await?;
            Some(last.ok_or(StoreError::PageToken)?)
        }
    };
    let size = query.page.size.max(1) as usize;
    let mut top = Top::new(size + 1, |a: &Experiment, b: &Experiment| {
        compare(a, b, &order)
    });
    let mut last_id = i64::MIN;
    loop {
        let select = "select experiment_id, name, artifact_location, lifecycle, creation_time_ms,
            last_update_time_ms from experiment where experiment_id > ?1
            order by experiment_id limit ?2";
        let rows = sqlx::query(select)
            .bind(last_id)
            .bind(CHUNK)
            .fetch_all(&mut *reader)
            .await
            .map_err(database)?;
        let mut found = rows
            .iter()
            .map(experiment)
            .collect::<StoreResult<Vec<_>>>()?;
        let Some(last) = found.last() else { break };
        last_id = last.id.0;
        load_tags(reader, &mut found).await?;
        for experiment in found {
            let is_behind = after
                .as_ref()
                .is_none_or(|after| compare(&experiment, after, &order).is_gt());
            if is_behind && shows(query.view, experiment.lifecycle) && passes(&query, &experiment)?
            {
                top.offer(experiment);
            }
        }
    }
    Ok(token::page(top.finish(), size, fingerprint, |last| {
        last.id.to_string().into()
    }))
}

fn passes(query: &ExperimentQuery, experiment: &Experiment) -> StoreResult<bool> {
    match &query.filter {
        None => Ok(true),
        Some(filter) => filter
            .matches(experiment)
            .map_err(|error| StoreError::Refused(error.to_string())),
    }
}

/// The active experiments with their counts.
pub(super) async fn summaries(
    reader: &mut SqliteConnection,
    limit: u32,
) -> StoreResult<Vec<ExperimentSummary>> {
    let select = "select experiment_id, name, artifact_location, lifecycle, creation_time_ms,
            last_update_time_ms, trace_count, error_count, last_trace_time_ms
        from experiment where lifecycle = 'active'
        order by last_trace_time_ms desc nulls last, creation_time_ms desc, experiment_id
        limit ?1";
    let rows = sqlx::query(select)
        .bind(limit)
        .fetch_all(&mut *reader)
        .await
        .map_err(database)?;
    let mut experiments = rows
        .iter()
        .map(experiment)
        .collect::<StoreResult<Vec<_>>>()?;
    load_tags(reader, &mut experiments).await?;
    let count = |row: &SqliteRow, column: usize| -> StoreResult<u64> {
        let count: i64 = row.try_get(column).map_err(database)?;
        let id: i64 = row.try_get(0).map_err(database)?;
        u64::try_from(count).map_err(|_| inconsistent("experiment", "trace_count", id))
    };
    let summaries = experiments.into_iter().zip(&rows).map(|(experiment, row)| {
        let last: Option<i64> = row.try_get(8).map_err(database)?;
        Ok(ExperimentSummary {
            experiment,
            trace_count: count(row, 6)?,
            error_count: count(row, 7)?,
            last_trace_time: last.map(UnixMillis),
        })
    });
    summaries.collect()
}

impl SqliteStore {
    /// How many traces some experiments have.
    pub(crate) async fn count_all(&self, experiments: &[ExperimentId]) -> StoreResult<u64> {
        let mut reader = self.reader().await?;
        let ids: Vec<i64> = experiments.iter().map(|id| id.0).collect();
        let mut count = 0;
        for group in ids.chunks(KEYS_MAX) {
            let head = "select experiment_id, trace_count from experiment where experiment_id";
            for row in select_in(&mut *reader, head, group, "").await? {
                let own: i64 = row.try_get(1).map_err(database)?;
                let id: i64 = row.try_get(0).map_err(database)?;
                count += u64::try_from(own)
                    .map_err(|_| inconsistent("experiment", "trace_count", id))?;
            }
        }
        Ok(count)
    }
}
