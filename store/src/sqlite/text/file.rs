//! Opening the text index and writing to it.

use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::store::StoreResult;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

use super::super::live::{number, set_number};
use super::super::sql::insert_rows;
use super::{LiveGroup, TextState};
use crate::error::{At, OpenError, database, inconsistent};
use crate::text::group::Group;

/// `SPFT`: marks the file as ours.
const APPLICATION_ID: i64 = 0x5350_4654;
/// Raised when the form of groups or the making of pieces changes; files of another version are made anew.
const VERSION: i64 = 1;
/// Part numbers take this many bits of a part's key.
const PART_NO_BITS: u32 = 20;

const SCHEMA: &str = "
create table if not exists text_group (
    group_no integer primary key,
    meta blob not null,
    dead integer not null
) strict;
create table if not exists text_part (
    part_key integer primary key,
    data blob not null
) strict;
create table if not exists store_state (
    name text primary key,
    value integer not null
) strict, without rowid;
";

/// The opened file.
pub(crate) struct TextFile {
    pub writer: SqliteConnection,
    pub readers: SqlitePool,
}

/// What one transaction changes in the file.
#[derive(Default)]
pub(super) struct Change<'a> {
    /// New groups with their parts.
    pub groups: &'a [(Group, Vec<Vec<u8>>)],
    /// Groups that go.
    pub replaced: &'a [i64],
    /// How many more rows of a group are dead.
    pub dead: &'a [(i64, usize)],
    pub indexed_to: Option<i64>,
    pub cleared: Option<i64>,
}

/// The key of a part.
pub(crate) fn part_key(group_no: i64, part: u32) -> i64 {
    (group_no << PART_NO_BITS) | i64::from(part)
}

/// Where the text index of a database is.
fn path_of(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push("-text");
    path.into()
}

/// Opens the text index of a database, making it anew if it is not there or does not belong to it.
pub(crate) async fn open(
    database_path: &Path,
    main: &mut SqliteConnection,
    next_trace_no: i64,
) -> Result<(TextFile, TextState), OpenError> {
    let path = path_of(database_path);
    let failed = |source: domain::store::StoreError| OpenError::Database {
        path: path.clone(),
        source: Box::new(source),
    };
    match load(&path, main, next_trace_no).await {
        Ok(opened) => return Ok(opened),
        Err(error) => tracing::warn!("the text index is made anew: {error}"),
    }
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        // What is in the way shows when the file is opened.
        let _ = std::fs::remove_file(file);
    }
    load(&path, main, next_trace_no).await.map_err(failed)
}

/// Opens the text index for a check; `None` if there is none.
pub(crate) async fn open_for_check(database_path: &Path) -> StoreResult<Option<SqliteConnection>> {
    let path = path_of(database_path);
    if !path.exists() {
        return Ok(None);
    }
    let connect = connect_options(&path).create_if_missing(false);
    connect.connect().await.map(Some).map_err(database)
}

fn connect_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .page_size(16 * 1024)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .pragma("temp_store", "memory")
        .pragma("mmap_size", "0")
        .pragma("cache_size", "-2048")
        .pragma("journal_size_limit", "16777216")
        .disable_statement_logging()
}

async fn load(
    path: &Path,
    main: &mut SqliteConnection,
    next_trace_no: i64,
) -> StoreResult<(TextFile, TextState)> {
    let connect = connect_options(path).create_if_missing(true);
    let mut writer = connect.clone().connect().await.map_err(database)?;
    let state = match read_state(path, &mut writer, main, next_trace_no).await {
        Ok(state) => state,
        Err(error) => {
            // Waited for, because what is closed later would take away the log of a file that takes its place.
            let _ = writer.close().await;
            return Err(error);
        }
    };
    let readers = SqlitePoolOptions::new()
        .max_connections(2)
        .min_connections(0)
        .connect_with(connect.read_only(true))
        .await
        .map_err(database)?;
    Ok((TextFile { writer, readers }, state))
}

async fn read_state(
    path: &Path,
    writer: &mut SqliteConnection,
    main: &mut SqliteConnection,
    next_trace_no: i64,
) -> StoreResult<TextState> {
    let mut state = TextState {
        cleared: number(main, "text_cleared").await?,
        next_note: 1,
        ..TextState::default()
    };
    let is_new = make(writer, main, state.cleared).await?;
    refuse_cut(path, writer).await?;
    if is_new {
        // All will be taken, whether it changed or not.
        sqlx::query("delete from text_changed")
            .execute(&mut *main)
            .await
            .map_err(database)?;
    }
    let cleared = number(writer, "cleared").await?;
    state.indexed_to = number(writer, "indexed_to").await?;
    state.claimed_to = state.indexed_to;
    let is_in_step = (cleared == state.cleared || cleared == state.cleared + 1)
        && number(writer, "text_id").await? == number(main, "text_id").await?;
    if !is_in_step || state.indexed_to > next_trace_no {
        return Err(inconsistent("store_state", "cleared", cleared));
    }
    let groups = sqlx::query("select group_no, meta, dead from text_group order by group_no")
        .fetch_all(&mut *writer)
        .await
        .map_err(database)?;
    for row in groups {
        let group_no: i64 = row.try_get(0).map_err(database)?;
        let meta: &[u8] = row.try_get(1).map_err(database)?;
        let dead: i64 = row.try_get(2).map_err(database)?;
        let group = Group::decode(group_no, meta).at("text_group", "meta", group_no)?;
        state.next_group_no = group_no + 1;
        state.groups.push(LiveGroup {
            group: group.into(),
            dead: usize::try_from(dead).unwrap_or(0),
        });
    }
    let notes = sqlx::query("select trace_no, note from text_changed order by trace_no")
        .fetch_all(main)
        .await
        .map_err(database)?;
    for row in notes {
        let note: i64 = row.try_get(1).map_err(database)?;
        state
            .changed
            .insert(row.try_get(0).map_err(database)?, note);
        state.next_note = state.next_note.max(note + 1);
    }
    Ok(state)
}

/// Makes the tables of a new file; says whether it is new. An error if it is not ours or of another version.
async fn make(
    writer: &mut SqliteConnection,
    main: &mut SqliteConnection,
    cleared: i64,
) -> StoreResult<bool> {
    let found: (i64, i64) = sqlx::query_as(
        "select application_id, user_version from pragma_application_id, pragma_user_version",
    )
    .fetch_one(&mut *writer)
    .await
    .map_err(database)?;
    if found == (APPLICATION_ID, VERSION) {
        return Ok(false);
    }
    if found != (0, 0) {
        return Err(inconsistent("text file", "user_version", found.1));
    }
    for statement in SCHEMA.split_inclusive(';').filter(|s| !s.trim().is_empty()) {
        sqlx::query(statement)
            .execute(&mut *writer)
            .await
            .map_err(database)?;
    }
    // The two files know each other by a number that no other pair has.
    let id = RandomState::new().hash_one(cleared) as i64;
    set_number(main, "text_id", id).await?;
    for (name, value) in [("indexed_to", 0), ("cleared", cleared), ("text_id", id)] {
        sqlx::query("insert or replace into store_state (name, value) values (?1, ?2)")
            .bind(name)
            .bind(value)
            .execute(&mut *writer)
            .await
            .map_err(database)?;
    }
    // Last, so that a file whose making was broken off is made again.
    for statement in [
        "pragma application_id = 1397769812",
        "pragma user_version = 1",
    ] {
        sqlx::query(statement)
            .execute(&mut *writer)
            .await
            .map_err(database)?;
    }
    Ok(true)
}

/// Refuses a file that has lost its end.
async fn refuse_cut(path: &Path, writer: &mut SqliteConnection) -> StoreResult<()> {
    statement(writer, "pragma wal_checkpoint(truncate)").await?;
    let bytes: i64 = sqlx::query_scalar(
        "select page_count * page_size from pragma_page_count, pragma_page_size",
    )
    .fetch_one(writer)
    .await
    .map_err(database)?;
    let is_whole = std::fs::metadata(path).is_ok_and(|data| data.len() as i64 >= bytes);
    if is_whole {
        Ok(())
    } else {
        Err(inconsistent("text file", "page_count", bytes))
    }
}

/// Writes a change in one transaction.
pub(super) async fn write(writer: &mut SqliteConnection, change: &Change<'_>) -> StoreResult<()> {
    statement(writer, "begin immediate").await?;
    let written = write_all(writer, change).await;
    match written {
        Ok(()) => statement(writer, "commit").await,
        Err(error) => {
            statement(writer, "rollback").await?;
            Err(error)
        }
    }
}

async fn write_all(writer: &mut SqliteConnection, change: &Change<'_>) -> StoreResult<()> {
    for (group, parts) in change.groups {
        let head = "insert into text_part (part_key, data) ";
        let keyed = parts.iter().zip(0..);
        insert_rows(&mut *writer, head, keyed, |values, (part, number)| {
            let key = part_key(group.group_no, number);
            values.push_bind(key).push_bind(part.clone());
        })
        .await?;
        sqlx::query("insert into text_group (group_no, meta, dead) values (?1, ?2, 0)")
            .bind(group.group_no)
            .bind(group.encode())
            .execute(&mut *writer)
            .await
            .map_err(database)?;
    }
    for group_no in change.replaced {
        sqlx::query("delete from text_group where group_no = ?1")
            .bind(group_no)
            .execute(&mut *writer)
            .await
            .map_err(database)?;
        sqlx::query("delete from text_part where part_key >= ?1 and part_key < ?2")
            .bind(part_key(*group_no, 0))
            .bind(part_key(group_no + 1, 0))
            .execute(&mut *writer)
            .await
            .map_err(database)?;
    }
    for (group_no, dead) in change.dead {
        sqlx::query("update text_group set dead = dead + ?2 where group_no = ?1")
            .bind(group_no)
            .bind(i64::try_from(*dead).unwrap_or(i64::MAX))
            .execute(&mut *writer)
            .await
            .map_err(database)?;
    }
    if let Some(indexed_to) = change.indexed_to {
        set_number(writer, "indexed_to", indexed_to).await?;
    }
    if let Some(cleared) = change.cleared {
        set_number(writer, "cleared", cleared).await?;
    }
    Ok(())
}

async fn statement(writer: &mut SqliteConnection, sql: &'static str) -> StoreResult<()> {
    sqlx::query(sql).execute(writer).await.map_err(database)?;
    Ok(())
}
