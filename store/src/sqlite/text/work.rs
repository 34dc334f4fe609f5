//! What the task that keeps the text index does next.

use std::collections::BTreeMap;

use super::super::live::State;
use super::{LiveGroup, TextState};
use crate::text::build::ROWS_MAX;

/// So many changed traces are taken together.
pub(super) const CHANGED_MANY: usize = 512;
/// When nothing was written for a while so many are enough.
pub(super) const CHANGED_IDLE: usize = 64;
/// So many small groups are made into one.
const FAN: usize = 4;
/// A group is small with no more rows and parts.
const SMALL_ROWS: usize = ROWS_MAX / 2;
const SMALL_PARTS: usize = 160;

/// What to do next.
pub(super) enum Work {
    /// Take the traces that no group has.
    New,
    /// Take these again; with the numbers of the notes.
    Changed(BTreeMap<i64, i64>),
    /// Make these groups anew.
    Rebuild(Vec<LiveGroup>),
}

/// What to do now. Fewer than `wait` traces wait until more come; small groups below `unmerged_from` are left as they are.
pub(super) fn next_work(
    live: &State,
    is_idle: bool,
    wait: usize,
    unmerged_from: i64,
) -> Option<Work> {
    let text = &live.text;
    let changed = text.changed.len();
    if changed >= CHANGED_MANY || (is_idle && changed >= wait.min(CHANGED_IDLE)) {
        let some = text.changed.iter().take(ROWS_MAX);
        return Some(Work::Changed(some.map(|(no, note)| (*no, *note)).collect()));
    }
    let waiting = usize::try_from(live.next_trace_no - text.indexed_to).unwrap_or(0);
    if waiting >= ROWS_MAX || (is_idle && waiting >= wait) {
        return Some(Work::New);
    }
    rebuildable(text, unmerged_from).map(Work::Rebuild)
}

/// Groups worth making anew: one of which a quarter is dead, or several small ones.
fn rebuildable(text: &TextState, unmerged_from: i64) -> Option<Vec<LiveGroup>> {
    let dying = |live: &&LiveGroup| live.dead * 4 >= live.group.rows;
    if let Some(live) = text.groups.iter().find(dying) {
        return Some(vec![live.clone()]);
    }
    let is_small = |live: &&LiveGroup| {
        live.group.group_no >= unmerged_from
            && live.group.rows <= SMALL_ROWS
            && live.group.parts.len() <= SMALL_PARTS
    };
    let small: Vec<LiveGroup> = text
        .groups
        .iter()
        .filter(is_small)
        .take(FAN)
        .cloned()
        .collect();
    (small.len() == FAN).then_some(small)
}
