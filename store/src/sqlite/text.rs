//! The file of the full-text index, beside the database: `<database>-text`. It may lag behind and it may be deleted; what it
//! says is made anew from the spans. Traces that it does not hold, or that have changed since it took them, are looked at.
//!
//! How the two files agree: the text file says below which trace number it holds all traces. The database notes, in the
//! transaction that brings the spans, every trace below that number that changes or goes (`text_changed`), and forgets the
//! note once the text file has taken the change; a number that both files count up at that moment, and one that they were given
//! together, tell whether they belong together. If in doubt the index is made anew.

mod blocks;
mod candidates;
mod feed;
mod file;
mod work;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::store::StoreResult;
use sqlx::SqliteConnection;

use super::Shared;
use super::live::Changes;
use super::sql::insert_rows;
use crate::text::group::Group;

pub(crate) use self::candidates::{Candidates, candidates};
pub(crate) use self::feed::Feeder;
pub(crate) use self::file::{open, open_for_check, part_key};

/// What the store knows of the text index, in memory.
#[derive(Default)]
pub(crate) struct TextState {
    /// By number; of two groups with one trace the later has all that the trace says.
    pub groups: Vec<LiveGroup>,
    /// Traces below this number are in a group, unless they have no spans or have changed.
    pub indexed_to: i64,
    /// Traces below this number are noted when they change: the index may be about to take them.
    pub claimed_to: i64,
    /// Traces that changed or went, and the number of the note.
    pub changed: BTreeMap<i64, i64>,
    pub next_note: i64,
    pub next_group_no: i64,
    /// How often notes were forgotten.
    pub cleared: i64,
}

/// A group in use.
#[derive(Debug, Clone)]
pub(crate) struct LiveGroup {
    pub group: Arc<Group>,
    /// Rows whose trace has changed or gone since.
    pub dead: usize,
}

/// Notes in the database which traces the index must take again; `changes.text` has the candidates.
pub(super) async fn note_changed(
    connection: &mut SqliteConnection,
    shared: &Shared,
    changes: &mut Changes,
) -> StoreResult<()> {
    let notes: Vec<(i64, i64)> = {
        let mut live = shared.live.write();
        let claimed_to = live.text.claimed_to;
        changes.text.retain(|trace_no| *trace_no < claimed_to);
        let first = live.text.next_note;
        live.text.next_note += changes.text.len() as i64;
        changes.text.iter().copied().zip(first..).collect()
    };
    let head = "insert or replace into text_changed (trace_no, note) ";
    insert_rows(connection, head, &notes, |values, (trace_no, note)| {
        values.push_bind(*trace_no).push_bind(*note);
    })
    .await?;
    changes.text_noted = notes;
    Ok(())
}
