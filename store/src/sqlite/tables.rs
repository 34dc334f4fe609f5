//! Span tables of the large traces that were opened last.
//!
//! The page of one trace asks for its table several times over: for its head, for the span it opens at, and for the tree itself. At
//! 100,000 spans decoding and ordering them anew each time is most of what its reader waits for.

use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::TraceId;
use domain::span_table::SpanTable;
use domain::store::StoreResult;
use sqlx::{Row, SqliteConnection};
use tokio::sync::OnceCell;

use super::{SqliteStore, spans};
use crate::error::{database, internal};

/// Tables of fewer spans are made anew: that takes less than a millisecond.
const SPANS_MIN: u32 = 1_000;
/// Spans kept in all, at about 100 bytes each.
const SPANS_MAX: u32 = 250_000;

/// What the blocks of a trace were when its table was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Version {
    trace_no: i64,
    /// The last block's key. Merging blocks sets keys free again, so the key alone would not do.
    last: i64,
    blocks: i64,
    bytes: i64,
}

type Slot = Arc<OnceCell<Arc<SpanTable>>>;

/// The tables, the one used last at the end. Who asks while a table is being made waits for it.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    kept: Mutex<Vec<(Version, Slot)>>,
}

impl Tables {
    fn slot(&self, version: Version) -> Slot {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|(known, _)| *known == version);
        let slot = place.map_or_else(Slot::default, |place| kept.remove(place).1);
        kept.retain(|(known, _)| known.trace_no != version.trace_no);
        kept.push((version, Arc::clone(&slot)));
        slot
    }

    /// Lets go of what is not worth keeping.
    fn trim(&self, version: Version, table: &SpanTable) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if table.len() < SPANS_MIN {
            kept.retain(|(known, _)| *known != version);
        }
        let spans = |slot: &Slot| slot.get().map_or(0, |table| table.len());
        let mut sum: u32 = kept.iter().map(|(_, slot)| spans(slot)).sum();
        while sum > SPANS_MAX && kept.len() > 1 {
            sum -= spans(&kept.remove(0).1);
        }
    }
}

impl SqliteStore {
    /// The table of a trace's spans, made once for all who ask for it at about the same time.
    pub(super) async fn table_of(&self, id: &TraceId) -> StoreResult<Option<Arc<SpanTable>>> {
        let mut reader = self.reader().await?;
        let Some(trace_no) = self.trace_no(&mut reader, id).await? else {
            return Ok(None);
        };
        let version = version(&mut reader, trace_no).await?;
        // Those who wait for the table must not keep a connection from the one who makes it.
        drop(reader);
        let slot = self.shared.tables.slot(version);
        let make = async move || -> StoreResult<Arc<SpanTable>> {
            let mut reader = self.reader().await?;
            let rows = spans::span_rows(&mut reader, trace_no).await?;
            let order = move || Arc::new(SpanTable::new(rows));
            let made = tokio::task::spawn_blocking(order).await;
            made.map_err(|_| internal("ordering spans failed"))
        };
        let table = Arc::clone(slot.get_or_try_init(make).await?);
        self.shared.tables.trim(version, &table);
        Ok(Some(table))
    }
}

async fn version(connection: &mut SqliteConnection, trace_no: i64) -> StoreResult<Version> {
    let (first, end) = spans::block_keys(trace_no);
    let query = "select coalesce(max(block_key), 0), count(*),
            coalesce(sum(length(head) * 31 + length(body)), 0)
        from span_head join span_body using (block_key)
        where block_key >= ?1 and block_key < ?2";
    let row = sqlx::query(query)
        .bind(first)
        .bind(end)
        .fetch_one(connection)
        .await
        .map_err(database)?;
    Ok(Version {
        trace_no,
        last: row.try_get(0).map_err(database)?,
        blocks: row.try_get(1).map_err(database)?,
        bytes: row.try_get(2).map_err(database)?,
    })
}

#[cfg(test)]
mod tests {
    use domain::ids::SpanId;
    use domain::span::StatusCode;
    use domain::span_row::SpanRow;
    use domain::time::UnixNanos;

    use super::*;

    fn version(trace_no: i64, bytes: i64) -> Version {
        Version {
            trace_no,
            last: trace_no << 20,
            blocks: 1,
            bytes,
        }
    }

    fn table(spans: u32) -> Arc<SpanTable> {
        let row = |number: u32| SpanRow {
            span_id: SpanId(u64::from(number + 1).to_be_bytes()),
            parent_id: None,
            name: String::new(),
            span_type: String::new(),
            start: UnixNanos(0),
            end: None,
            status: StatusCode::Ok,
            status_message: String::new(),
            event_count: 0,
            usage: None,
            cost: None,
            model: None,
        };
        Arc::new(SpanTable::new((0..spans).map(row).collect()))
    }

    fn keep(tables: &Tables, version: Version, spans: u32) {
        let table = table(spans);
        tables.slot(version).set(Arc::clone(&table)).unwrap();
        tables.trim(version, &table);
    }

    fn has(tables: &Tables, version: Version) -> bool {
        let kept = tables.kept.lock().unwrap();
        kept.iter().any(|(known, _)| *known == version)
    }

    #[test]
    fn a_trace_that_grew_is_read_again() {
        let tables = Tables::default();
        keep(&tables, version(1, 10), SPANS_MIN);
        assert!(tables.slot(version(1, 10)).initialized());
        assert!(!tables.slot(version(1, 20)).initialized());
        assert!(!has(&tables, version(1, 10)));
    }

    #[test]
    fn small_tables_are_not_kept() {
        let tables = Tables::default();
        keep(&tables, version(1, 10), SPANS_MIN - 1);
        assert!(!has(&tables, version(1, 10)));
    }

    #[test]
    fn the_one_used_longest_ago_goes_first() {
        let tables = Tables::default();
        keep(&tables, version(1, 10), SPANS_MAX / 2);
        keep(&tables, version(2, 10), SPANS_MAX / 2);
        tables.slot(version(1, 10));
        keep(&tables, version(3, 10), SPANS_MAX / 2);
        assert!(has(&tables, version(1, 10)) && has(&tables, version(3, 10)));
        assert!(!has(&tables, version(2, 10)));
    }
}
