//! Deleting traces with all that hangs on them, some at a time so that other writers come in between.

use domain::ids::ExperimentId;
use domain::store::{DeleteTraces, StoreResult};
use sqlx::{QueryBuilder, Sqlite};

use super::SqliteStore;
use super::rows::{self, StoredTrace};
use super::spans::block_keys;
use super::tx::{Counted, WriteTx};
use crate::error::database;
use crate::key::key_of;

/// Traces deleted in one transaction.
const SLICE: usize = 64;

impl SqliteStore {
    pub(super) async fn delete(
        &self,
        experiment: ExperimentId,
        which: DeleteTraces,
    ) -> StoreResult<u64> {
        match which {
            DeleteTraces::Ids(ids) => {
                let keys: Vec<Vec<u8>> = ids.iter().map(key_of).collect();
                let trace_nos = {
                    let mut reader = self.reader().await?;
                    self.trace_nos(&mut reader, &keys).await?
                };
                let mut trace_nos: Vec<i64> = trace_nos.into_values().collect();
                trace_nos.sort_unstable();
                self.delete_all(experiment, trace_nos, None).await
            }
            DeleteTraces::UpTo { time, limit } => {
                let trace_nos = self.oldest(experiment, time.0, limit).await?;
                self.delete_all(experiment, trace_nos, Some(time.0)).await
            }
        }
    }

    async fn delete_all(
        &self,
        experiment: ExperimentId,
        trace_nos: Vec<i64>,
        up_to: Option<i64>,
    ) -> StoreResult<u64> {
        let mut deleted = 0;
        for slice in trace_nos.chunks(SLICE) {
            let slice = slice.to_vec();
            deleted += self
                .writer
                .write(move |tx| {
                    Box::pin(async move {
                        let mut doomed = rows::load(&mut tx.connection, &slice).await?;
                        // Checked here because a trace may move between the look-up and the deletion.
                        doomed.retain(|trace| {
                            trace.info.experiment_id == experiment
                                && up_to.is_none_or(|time| trace.info.request_time.0 <= time)
                        });
                        delete_slice(tx, &doomed).await?;
                        Ok(doomed.len() as u64)
                    })
                })
                .await?;
        }
        Ok(deleted)
    }
}

async fn delete_slice(tx: &mut WriteTx, doomed: &[StoredTrace]) -> StoreResult<()> {
    if doomed.is_empty() {
        return Ok(());
    }
    let trace_nos = doomed.iter().map(|trace| trace.trace_no);
    for head in [
        "delete from assessment where trace_no in (",
        "delete from trace_run where trace_no in (",
        "delete from trace_prompt where trace_no in (",
        "delete from changed_trace where trace_no in (",
        "delete from trace where trace_no in (",
    ] {
        delete_in(tx, head, trace_nos.clone()).await?;
    }
    let keys = doomed.iter().map(|trace| key_of(&trace.info.trace_id));
    delete_in(tx, "delete from trace_key where trace_key in (", keys).await?;
    for trace in doomed {
        let (first, end) = block_keys(trace.trace_no);
        for delete in [
            "delete from span_head where block_key >= ?1 and block_key < ?2",
            "delete from span_body where block_key >= ?1 and block_key < ?2",
        ] {
            sqlx::query(delete)
                .bind(first)
                .bind(end)
                .execute(&mut tx.connection)
                .await
                .map_err(database)?;
        }
        let key = key_of(&trace.info.trace_id);
        tx.forget_trace(trace.trace_no, key, Counted::of(&trace.info));
    }
    Ok(())
}

async fn delete_in<K>(
    tx: &mut WriteTx,
    head: &'static str,
    keys: impl Iterator<Item = K>,
) -> StoreResult<()>
where
    K: sqlx::Type<Sqlite> + for<'q> sqlx::Encode<'q, Sqlite> + Send + 'static,
{
    let mut query = QueryBuilder::<Sqlite>::new(head);
    let mut list = query.separated(", ");
    for key in keys {
        list.push_bind(key);
    }
    query.push(")");
    query
        .build()
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    Ok(())
}
