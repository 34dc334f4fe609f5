//! Helpers for statements over many rows. Each statement is a round trip to the connection's thread (10 to 20 µs), so rows go
//! in groups of fixed sizes: few distinct statements, all of them prepared once and cached.

use domain::store::StoreResult;
use sqlx::query_builder::Separated;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use crate::error::database;

/// The sizes of groups, large to small.
const GROUPS: [usize; 4] = [64, 16, 4, 1];

/// The most keys asked for in one statement.
pub(crate) const KEYS_MAX: usize = 64;

/// Runs `head values (…), (…)` for all rows. `head` is everything before `values`; `push` binds one row.
pub(crate) async fn insert_rows<T>(
    connection: &mut SqliteConnection,
    head: &'static str,
    rows: impl IntoIterator<Item = T>,
    mut push: impl FnMut(&mut Separated<'_, Sqlite, &'static str>, T),
) -> StoreResult<()> {
    let mut rows: Vec<T> = rows.into_iter().collect();
    for size in GROUPS {
        while rows.len() >= size {
            let rest = rows.split_off(size);
            let group = std::mem::replace(&mut rows, rest);
            let mut query = QueryBuilder::<Sqlite>::new(head);
            query.push_values(group, |mut row, value| {
                // `Separated` of `push_values` is handed on as it is.
                push(&mut row, value);
            });
            query
                .build()
                .execute(&mut *connection)
                .await
                .map_err(database)?;
        }
    }
    Ok(())
}

/// Runs `head in (…)` followed by `tail` for at most [`KEYS_MAX`] keys. The list is filled up with nulls, which equal
/// nothing, so that there is one statement for every number of keys.
pub(crate) async fn select_in<'e, E, K>(
    executor: E,
    head: &'static str,
    keys: &[K],
    tail: &'static str,
) -> StoreResult<Vec<SqliteRow>>
where
    E: sqlx::Executor<'e, Database = Sqlite>,
    K: Clone + sqlx::Type<Sqlite> + for<'q> sqlx::Encode<'q, Sqlite> + Send + 'static,
{
    let size = if keys.len() <= 4 { 4 } else { KEYS_MAX };
    let mut query = QueryBuilder::<Sqlite>::new(head);
    query.push(" in (");
    {
        let mut list = query.separated(", ");
        for place in 0..size {
            list.push_bind(keys.get(place).cloned());
        }
    }
    query.push(")");
    query.push(tail);
    query.build().fetch_all(executor).await.map_err(database)
}

/// Runs a query for the keys of a range, from the first to before the end: its two parameters.
pub(crate) async fn select_between(
    connection: &mut SqliteConnection,
    query: &'static str,
    (first, end): (i64, i64),
) -> StoreResult<Vec<SqliteRow>> {
    let rows = sqlx::query(query).bind(first).bind(end);
    rows.fetch_all(connection).await.map_err(database)
}
