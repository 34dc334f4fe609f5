//! The check of the search index: every trace is in exactly one place, and the index says of it what its row says.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::store::StoreResult;
use sqlx::{Row as _, SqliteConnection};

use super::CheckReport;
use crate::bytes::{Damaged, Reader};
use crate::error::database;
use crate::index::bitmap::Bitmap;
use crate::index::build::Row;
use crate::index::dump::{IndexedTrace, dump};
use crate::index::merge::PartSource;
use crate::index::segment::Segment;
use crate::sqlite::live::number;
use crate::sqlite::parts::{part_key, part_keys};
use crate::sqlite::sql::select_between;
use crate::sqlite::{rows, spans};
use crate::terms::Terms;

/// Rows compared together.
const ROWS: usize = 8192;

/// Checks all segments.
pub(super) async fn check(
    connection: &mut SqliteConnection,
    report: &mut CheckReport,
) -> StoreResult<()> {
    let indexed_to = number(connection, "indexed_to").await?;
    let changed: Vec<i64> =
        sqlx::query_scalar("select trace_no from changed_trace order by trace_no")
            .fetch_all(&mut *connection)
            .await
            .map_err(database)?;
    let changed: HashSet<i64> = changed.into_iter().collect();
    let mut seen = HashSet::new();
    let segments = sqlx::query("select segment_no, meta, dead from segment order by segment_no")
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
    for row in segments {
        let segment_no: i64 = row.try_get(0).map_err(database)?;
        let meta: &[u8] = row.try_get(1).map_err(database)?;
        let dead: &[u8] = row.try_get(2).map_err(database)?;
        let dead = Bitmap::read(&mut Reader::new(dead));
        match (Segment::decode(segment_no, meta), dead) {
            (Ok(segment), Ok(dead)) if dead.len() == segment.rows => {
                check_segment(connection, &segment, &dead, &mut seen, report).await?;
            }
            _ => report.problem(format!("index segment {segment_no}: damaged")),
        }
    }
    let indexed: Vec<i64> =
        sqlx::query_scalar("select trace_no from trace where trace_no < ?1 order by trace_no")
            .bind(indexed_to)
            .fetch_all(connection)
            .await
            .map_err(database)?;
    for trace_no in indexed {
        if seen.contains(&trace_no) == changed.contains(&trace_no) {
            let place = if seen.contains(&trace_no) {
                "twice"
            } else {
                "nowhere"
            };
            report.problem(format!("trace number {trace_no}: {place} in the index"));
        }
    }
    Ok(())
}

async fn check_segment(
    connection: &mut SqliteConnection,
    segment: &Segment,
    dead: &Bitmap,
    seen: &mut HashSet<i64>,
    report: &mut CheckReport,
) -> StoreResult<()> {
    let segment_no = segment.segment_no;
    let mut parts = Parts::load(connection, segment_no).await?;
    let mut first = 0;
    while first < segment.rows {
        let end = segment.rows.min(first + ROWS);
        let dumped = match dump(segment, first..end, &mut parts) {
            Ok(dumped) => dumped,
            Err(damage) => {
                report.problem(format!("index segment {segment_no}: {damage}"));
                return Ok(());
            }
        };
        let alive = dumped
            .into_iter()
            .zip(first..)
            .filter(|(_, row)| !dead.contains(*row));
        let alive: HashMap<i64, IndexedTrace> =
            alive.map(|(trace, _)| (trace.trace_no, trace)).collect();
        compare(connection, segment, &alive, seen, report).await?;
        first = end;
    }
    Ok(())
}

async fn compare(
    connection: &mut SqliteConnection,
    segment: &Segment,
    indexed: &HashMap<i64, IndexedTrace>,
    seen: &mut HashSet<i64>,
    report: &mut CheckReport,
) -> StoreResult<()> {
    let trace_nos: Vec<i64> = indexed.keys().copied().collect();
    let mut found = HashSet::new();
    for group in trace_nos.chunks(super::super::sql::KEYS_MAX) {
        let loaded = rows::load(connection, group).await;
        for trace in report.note(loaded)?.unwrap_or_default() {
            found.insert(trace.trace_no);
            let spans = spans::all_spans(connection, trace.trace_no).await;
            let Some(spans) = report.note(spans)? else {
                continue;
            };
            let row = Row {
                trace_no: trace.trace_no,
                info: &trace.info,
                tuples: &trace.tuples,
                terms: &Terms::of(spans.iter()),
            };
            let mut expected = IndexedTrace::of(row);
            expected.keep_columns_of(segment);
            let said = &indexed[&trace.trace_no];
            if said != &expected {
                let id = &trace.info.trace_id;
                let what = said.differences(&expected).join(", ");
                report.problem(format!(
                    "trace {id}: the index says something else than its row: {what}"
                ));
            }
        }
    }
    for trace_no in trace_nos {
        if !found.contains(&trace_no) {
            report.problem(format!("trace number {trace_no}: in the index but gone"));
        }
        if !seen.insert(trace_no) {
            report.problem(format!("trace number {trace_no}: twice in the index"));
        }
    }
    Ok(())
}

/// All parts of one segment.
struct Parts(HashMap<i64, Arc<Vec<u8>>>);

impl Parts {
    async fn load(connection: &mut SqliteConnection, segment_no: i64) -> StoreResult<Self> {
        let select = "select part_key, data from segment_part
            where part_key >= ?1 and part_key < ?2 order by part_key";
        let mut parts = HashMap::new();
        for row in select_between(connection, select, part_keys(segment_no)).await? {
            let data: Vec<u8> = row.try_get(1).map_err(database)?;
            parts.insert(row.try_get(0).map_err(database)?, Arc::new(data));
        }
        Ok(Self(parts))
    }
}

impl PartSource for Parts {
    fn part(&mut self, segment_no: i64, part: u32) -> Result<Arc<Vec<u8>>, Damaged> {
        self.0
            .get(&part_key(segment_no, part))
            .cloned()
            .ok_or(Damaged("a part is missing"))
    }
}
