//! The check of the text index: whether it would name a trace for every text that the trace has. One trace in sixteen is looked
//! at piece by piece, since all would take as long as making the index.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use domain::filter::eval::span_text;
use domain::store::StoreResult;
use sqlx::{Connection, Row, SqliteConnection};

use super::CheckReport;
use crate::error::database;
use crate::index::bitmap::Bitmap;
use crate::sqlite::live::number;
use crate::sqlite::spans;
use crate::sqlite::text::{open_for_check, part_key};
use crate::text::gram::{self, LONG};
use crate::text::group::{Group, all_rows};

/// One trace in so many is compared.
const SAMPLE: i64 = 16;

/// Checks the text index of a database, if there is one that belongs to it.
pub(super) async fn check(
    path: &Path,
    main: &mut SqliteConnection,
    report: &mut CheckReport,
) -> StoreResult<()> {
    let Some(mut file) = open_for_check(path).await? else {
        return Ok(());
    };
    let checked = check_file(&mut file, main, report).await;
    file.close().await.map_err(database)?;
    checked
}

async fn check_file(
    file: &mut SqliteConnection,
    main: &mut SqliteConnection,
    report: &mut CheckReport,
) -> StoreResult<()> {
    let lines: Vec<String> = sqlx::query_scalar("pragma integrity_check(100)")
        .fetch_all(&mut *file)
        .await
        .map_err(database)?;
    for line in lines.into_iter().filter(|line| line != "ok") {
        report.problem(format!("text index: {line}"));
    }
    let step = number(file, "cleared").await? - number(main, "text_cleared").await?;
    let is_pair = number(file, "text_id").await? == number(main, "text_id").await?;
    if !is_pair || !(0..=1).contains(&step) {
        // It is made anew when the store is opened.
        return Ok(());
    }
    let changed: Vec<i64> =
        sqlx::query_scalar("select trace_no from text_changed order by trace_no")
            .fetch_all(&mut *main)
            .await
            .map_err(database)?;
    let changed: HashSet<i64> = changed.into_iter().collect();
    let groups = sqlx::query("select group_no, meta from text_group order by group_no desc")
        .fetch_all(&mut *file)
        .await
        .map_err(database)?;
    let mut seen = HashSet::new();
    for row in groups {
        let group_no: i64 = row.try_get(0).map_err(database)?;
        let meta: &[u8] = row.try_get(1).map_err(database)?;
        let Ok(group) = Group::decode(group_no, meta) else {
            report.problem(format!("text index group {group_no}: damaged"));
            continue;
        };
        let mut fresh: Vec<(usize, i64)> = group.trace_nos().collect();
        fresh.retain(|(_, no)| seen.insert(*no) && !changed.contains(no) && no % SAMPLE == 0);
        check_group(main, file, &group, &fresh, report).await?;
    }
    let indexed_to = number(file, "indexed_to").await?;
    let with_spans = "select trace_no from trace
        where trace_no < ?1 and block_count > 0 order by trace_no";
    let with_spans: Vec<i64> = sqlx::query_scalar(with_spans)
        .bind(indexed_to)
        .fetch_all(main)
        .await
        .map_err(database)?;
    for trace_no in with_spans {
        if !seen.contains(&trace_no) && !changed.contains(&trace_no) {
            report.problem(format!("trace number {trace_no}: not in the text index"));
        }
    }
    Ok(())
}

/// Whether these rows of a group have all the pieces of their traces.
async fn check_group(
    main: &mut SqliteConnection,
    file: &mut SqliteConnection,
    group: &Group,
    rows: &[(usize, i64)],
    report: &mut CheckReport,
) -> StoreResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let group_no = group.group_no;
    let select = "select data from text_part
        where part_key >= ?1 and part_key < ?2 order by part_key";
    let parts: Vec<Vec<u8>> = sqlx::query_scalar(select)
        .bind(part_key(group_no, 0))
        .bind(part_key(group_no + 1, 0))
        .fetch_all(file)
        .await
        .map_err(database)?;
    let mut held: HashMap<u32, Bitmap> = HashMap::new();
    for part in &parts {
        let read = all_rows(part, group.rows, &mut |gram, rows| {
            held.insert(gram, rows);
        });
        if let Err(damage) = read {
            report.problem(format!("text index group {group_no}: {damage}"));
            return Ok(());
        }
    }
    for (row, trace_no) in rows {
        let spans = spans::all_spans(&mut *main, *trace_no).await;
        let mut grams = HashSet::new();
        let mut long = HashSet::new();
        for span in report.note(spans)?.unwrap_or_default() {
            let mut text = String::new();
            span_text(&span, &mut text);
            let add_long = |gram| {
                long.insert(LONG + gram);
            };
            let add = |gram| {
                grams.insert(gram);
            };
            gram::each(text.as_bytes(), add, add_long);
        }
        let has = |gram: &u32| held.get(gram).is_some_and(|rows| rows.contains(*row));
        if !grams.iter().chain(&long).all(has) {
            report.problem(format!(
                "trace number {trace_no}: has text that the text index does not know of"
            ));
        }
    }
    Ok(())
}
