//! Values of traces that are kept in tables of their own and not in the index: links to runs, and feedback. What was read last
//! is kept until the table changes.

use std::sync::{Arc, Mutex, PoisonError};

use domain::stats::Facet;
use domain::store::StoreResult;
use sqlx::{Row, SqliteConnection};

use crate::error::database;
use crate::sqlite::Shared;

/// What was read for this many facets is kept.
const KEPT: usize = 3;
/// Links of a facet, beyond which they are not kept: 4 MiB.
const KEPT_LINKS_MAX: usize = 256 * 1024;
/// The most feedback that is read: the newest traces' comes first.
const FEEDBACK_MAX: i64 = 100_000;
/// The most links to runs that are read.
const LINKS_MAX: i64 = 1_000_000;

/// Values with the traces that have them.
#[derive(Default)]
pub(super) struct Attached {
    /// Which state of the table it is of.
    pub version: u64,
    /// In order, each once.
    pub values: Vec<String>,
    /// Trace numbers with places of values, in order, each once.
    pub links: Vec<(i64, u32)>,
    /// There are more than were read.
    pub is_cut: bool,
}

impl Attached {
    /// What a facet looks up in tables; nothing if it looks nothing up.
    pub(super) async fn of(
        facet: &Facet,
        shared: &Shared,
        connection: &mut SqliteConnection,
    ) -> StoreResult<Arc<Self>> {
        // Before the table is read: what is written meanwhile raises it.
        let version = match facet {
            Facet::Run => shared.live.read().linked,
            Facet::FeedbackName | Facet::Feedback(_) => shared.live.read().rated,
            _ => return Ok(Arc::default()),
        };
        if let Some(kept) = shared.attached.get(facet, version) {
            return Ok(kept);
        }
        let read = match facet {
            Facet::Run => runs(connection).await?,
            _ => feedback(facet, connection).await?,
        };
        let read = Arc::new(Self { version, ..read });
        shared.attached.keep(facet, &read);
        Ok(read)
    }

    /// Of values, which come in any order and several times.
    fn new(pairs: Vec<(String, i64)>, is_cut: bool) -> Self {
        let mut values: Vec<String> = pairs.iter().map(|(value, _)| value.clone()).collect();
        values.sort_unstable();
        values.dedup();
        let links = pairs.iter().filter_map(|(value, trace_no)| {
            let place = values.binary_search(value).ok()?;
            Some((*trace_no, place as u32))
        });
        let mut links: Vec<(i64, u32)> = links.collect();
        links.sort_unstable();
        links.dedup();
        Self {
            version: 0,
            values,
            links,
            is_cut,
        }
    }

    /// The places of a trace's values.
    pub(super) fn of_trace(&self, trace_no: i64) -> impl Iterator<Item = u32> + '_ {
        let first = self.links.partition_point(|(no, _)| *no < trace_no);
        let here = self.links[first..]
            .iter()
            .take_while(move |(no, _)| *no == trace_no);
        here.map(|(_, place)| *place)
    }
}

/// What was read last, the newest last.
#[derive(Default)]
pub(crate) struct AttachedCache(Mutex<Vec<(Facet, Arc<Attached>)>>);

impl AttachedCache {
    fn get(&self, facet: &Facet, version: u64) -> Option<Arc<Attached>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.iter().find(|(known, _)| known == facet);
        known
            .map(|(_, attached)| Arc::clone(attached))
            .filter(|attached| attached.version == version)
    }

    fn keep(&self, facet: &Facet, attached: &Arc<Attached>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| known != facet);
        if attached.links.len() > KEPT_LINKS_MAX {
            return;
        }
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((facet.clone(), Arc::clone(attached)));
    }
}

/// Links to runs. One row a run, because a row a link takes ten times as long.
async fn runs(connection: &mut SqliteConnection) -> StoreResult<Attached> {
    let select = "select run_id, group_concat(trace_no)
        from (select run_id, trace_no from trace_run order by run_id, trace_no limit ?1)
        group by run_id order by run_id";
    let rows = sqlx::query(select)
        .bind(LINKS_MAX + 1)
        .fetch_all(connection)
        .await
        .map_err(database)?;
    let mut out = Attached::default();
    for row in rows {
        let place = out.values.len() as u32;
        out.values.push(row.try_get(0).map_err(database)?);
        let traces: &str = row.try_get(1).map_err(database)?;
        let traces = traces.split(',').filter_map(|no| no.parse().ok());
        out.links.extend(traces.map(|no: i64| (no, place)));
    }
    out.links.sort_unstable();
    out.is_cut = out.links.len() as i64 > LINKS_MAX;
    Ok(out)
}

async fn feedback(facet: &Facet, connection: &mut SqliteConnection) -> StoreResult<Attached> {
    let query = match facet {
        Facet::Feedback(name) => sqlx::query(
            "select distinct trace_no, data -> '$.value.feedback.value' from assessment
            where name = ?2 and kind = 0 and valid = 1 order by trace_no desc limit ?1",
        )
        .bind(FEEDBACK_MAX + 1)
        .bind(name.clone()),
        _ => sqlx::query(
            "select distinct trace_no, name from assessment where kind = 0 and valid = 1
            order by trace_no desc, name limit ?1",
        )
        .bind(FEEDBACK_MAX + 1),
    };
    let rows = query.fetch_all(connection).await.map_err(database)?;
    let mut pairs = Vec::with_capacity(rows.len());
    for row in rows.iter().take(FEEDBACK_MAX as usize) {
        let trace_no: i64 = row.try_get(0).map_err(database)?;
        let text: Option<String> = row.try_get(1).map_err(database)?;
        let value = match facet {
            Facet::Feedback(_) => text.and_then(value_text),
            _ => text,
        };
        pairs.extend(value.map(|value| (value, trace_no)));
    }
    Ok(Attached::new(pairs, rows.len() as i64 > FEEDBACK_MAX))
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
