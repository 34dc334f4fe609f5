//! Values of traces that are kept in tables of their own and not in the index: links to runs, and feedback.

use std::collections::HashMap;

use domain::stats::Facet;
use domain::store::StoreResult;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use crate::error::database;

/// The most rows of a table that are read: the newest traces' come first.
const ROWS_MAX: i64 = 100_000;

/// Values by trace number.
#[derive(Default)]
pub(super) struct Attached {
    pub by_trace: HashMap<i64, Vec<String>>,
    /// There are more than were read.
    pub is_cut: bool,
}

impl Attached {
    /// What a facet looks up in tables; nothing if it looks nothing up.
    pub(super) async fn of(facet: &Facet, connection: &mut SqliteConnection) -> StoreResult<Self> {
        let query = match facet {
            Facet::Run => sqlx::query(
                "select trace_no, run_id from trace_run order by trace_no desc, run_id limit ?1",
            ),
            Facet::FeedbackName => sqlx::query(
                "select distinct trace_no, name from assessment where kind = 0 and valid = 1
                order by trace_no desc, name limit ?1",
            ),
            Facet::Feedback(_) => sqlx::query(
                "select distinct trace_no, data -> '$.value.feedback.value' from assessment
                where name = ?2 and kind = 0 and valid = 1 order by trace_no desc limit ?1",
            ),
            _ => return Ok(Self::default()),
        };
        let query = query.bind(ROWS_MAX + 1);
        let query = match facet {
            Facet::Feedback(name) => query.bind(name.clone()),
            _ => query,
        };
        let rows = query.fetch_all(connection).await.map_err(database)?;
        let mut out = Self {
            is_cut: rows.len() as i64 > ROWS_MAX,
            ..Self::default()
        };
        for row in rows.iter().take(ROWS_MAX as usize) {
            out.add(row, facet)?;
        }
        Ok(out)
    }

    fn add(&mut self, row: &SqliteRow, facet: &Facet) -> StoreResult<()> {
        let trace_no: i64 = row.try_get(0).map_err(database)?;
        let text: Option<String> = row.try_get(1).map_err(database)?;
        let value = match facet {
            Facet::Feedback(_) => text.and_then(value_text),
            _ => text,
        };
        if let Some(value) = value {
            let values = self.by_trace.entry(trace_no).or_default();
            // A text and the same text within JSON are one value.
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Ok(())
    }
}

/// Strings without their quotes, other JSON as it is; `None` for null, which stands beside an error.
fn value_text(json: String) -> Option<String> {
    if json == "null" {
        return None;
    }
    if json.starts_with('"') {
        return serde_json::from_str(&json).ok();
    }
    Some(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_filters_compare_them() {
        let cases = [
            (r#""yes""#, Some("yes")),
            (r#""say \"hi\"""#, Some(r#"say "hi""#)),
            ("4.0", Some("4.0")),
            ("true", Some("true")),
            ("null", None),
            (r#"{"a":1.0}"#, Some(r#"{"a":1.0}"#)),
        ];
        for (json, expected) in cases {
            assert_eq!(value_text(json.to_owned()).as_deref(), expected);
        }
    }
}
