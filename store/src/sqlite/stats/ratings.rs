//! Feedback that is a number, for series: read from an index of its own, the newest traces' first.

use domain::store::StoreResult;
use sqlx::{Row, SqliteConnection};

use crate::error::database;

/// The most ratings that are read.
pub(super) const RATINGS_MAX: u64 = 100_000;

/// A valid feedback's number.
pub(super) struct Rating {
    pub trace_no: i64,
    pub name: String,
    pub score: f64,
}

/// The ratings of the newest traces, and whether there are more.
pub(super) async fn ratings(connection: &mut SqliteConnection) -> StoreResult<(Vec<Rating>, bool)> {
    let select = "select trace_no, name, score from assessment
        where kind = 0 and valid = 1 and score is not null
        order by trace_no desc limit ?1";
    let rows = sqlx::query(select)
        .bind(RATINGS_MAX as i64 + 1)
        .fetch_all(connection)
        .await
        .map_err(database)?;
    let has_more = rows.len() as u64 > RATINGS_MAX;
    let mut ratings = Vec::with_capacity(rows.len());
    for row in rows.iter().take(RATINGS_MAX as usize) {
        ratings.push(Rating {
            trace_no: row.try_get(0).map_err(database)?,
            name: row.try_get(1).map_err(database)?,
            score: row.try_get(2).map_err(database)?,
        });
    }
    Ok((ratings, has_more))
}
