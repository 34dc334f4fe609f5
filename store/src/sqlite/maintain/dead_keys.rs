//! Taking the ids of deleted traces out of `trace_key`. Ids are random: one at a time each would dirty a page of the tree. They
//! wait in `dead_key` and go in large sorted lots, so that neighbours share pages.

use domain::store::StoreResult;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::super::tx::WriteTx;
use crate::error::database;

/// Keys taken out together: each page of the tree then loses several of them.
const LOT: i64 = 64 * 1024;
/// So many must wait.
pub(super) const FULL: u64 = 32 * 1024;
/// Keys taken out in one step.
const STEP: usize = 1024;
/// Keys of one statement.
const GROUP: usize = 64;

/// A lot on its way.
pub(super) struct Drain {
    /// Sorted, the last first.
    keys: Vec<Vec<u8>>,
    count: u64,
    /// The last row of the lot.
    last: i64,
}

impl Drain {
    /// Reads the oldest keys; `None` if there are none.
    pub(super) async fn begin(connection: &mut SqliteConnection) -> StoreResult<Option<Self>> {
        let select = "select dead_no, trace_key from dead_key order by dead_no limit ?1";
        let rows = sqlx::query(select)
            .bind(LOT)
            .fetch_all(connection)
            .await
            .map_err(database)?;
        let Some(last) = rows.last() else {
            return Ok(None);
        };
        let last = last.try_get(0).map_err(database)?;
        let keys: Result<Vec<Vec<u8>>, _> = rows.iter().map(|row| row.try_get(1)).collect();
        let mut keys = keys.map_err(database)?;
        keys.sort_unstable_by(|a, b| b.cmp(a));
        Ok(Some(Self {
            count: keys.len() as u64,
            keys,
            last,
        }))
    }

    /// Takes some keys out; gives the number of keys of the lot once it is done.
    pub(super) async fn step(&mut self, tx: &mut WriteTx) -> StoreResult<Option<u64>> {
        let rest = self.keys.len().saturating_sub(STEP);
        let step = self.keys.split_off(rest);
        tx.begin().await?;
        for group in step.chunks(GROUP) {
            delete_dead(&mut tx.connection, group).await?;
        }
        let is_done = self.keys.is_empty();
        if is_done {
            sqlx::query("delete from dead_key where dead_no <= ?1")
                .bind(self.last)
                .execute(&mut tx.connection)
                .await
                .map_err(database)?;
        }
        tx.commit().await?;
        Ok(is_done.then_some(self.count))
    }
}

/// An id may be in use again by now: only keys of traces that are not there go.
async fn delete_dead(connection: &mut SqliteConnection, keys: &[Vec<u8>]) -> StoreResult<()> {
    let mut query = QueryBuilder::<Sqlite>::new("delete from trace_key where trace_key in (");
    let mut list = query.separated(", ");
    // Filled up with nulls, which equal nothing, so that it is one statement whatever the number of keys.
    for place in 0..GROUP {
        list.push_bind(keys.get(place).cloned());
    }
    query.push(") and not exists (select 1 from trace where trace.trace_no = trace_key.trace_no)");
    query.build().execute(connection).await.map_err(database)?;
    Ok(())
}
