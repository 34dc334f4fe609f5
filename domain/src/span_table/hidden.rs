//! Rows that a reader leaves aside: short ones, and those of other kinds.

use super::{Kind, RowSet, SpanTable};

impl SpanTable {
    /// The rows that do not show if only spans of this kind, and of at least this many nanoseconds, are wanted. Failed spans are
    /// never too short, and above what shows every row shows.
    pub fn hidden(&self, kind: Option<Kind>, shortest: i64) -> RowSet {
        let mut hidden = RowSet::default();
        if kind.is_none() && shortest <= 0 {
            return hidden;
        }
        let mut has_shown = RowSet::default();
        for row in (0..self.len()).rev() {
            let is_kind = kind.is_none_or(|kind| self.kind(row) == kind);
            let is_long = self.span_duration(row) >= shortest || self.is_error(row);
            if (is_kind && is_long) || has_shown.contains(row) {
                if let Some(parent) = self.parent(row) {
                    has_shown.insert(parent);
                }
            } else {
                hidden.insert(row);
            }
        }
        hidden
    }

    /// The kinds of the spans, in the order of a legend.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut is_there = [false; Kind::ALL.len()];
        for kind in &self.kind {
            is_there[*kind as usize] = true;
        }
        Kind::ALL
            .into_iter()
            .filter(|kind| is_there[*kind as usize])
            .collect()
    }

    /// Whether a span has not ended.
    pub fn is_running(&self) -> bool {
        self.flags
            .iter()
            .any(|flags| flags.has(super::Flags::RUNNING))
    }

    /// The stretches in which the span ran and none of its children did, the first so many of them.
    pub fn own_stretches(&self, row: u32, most: usize) -> Vec<(i64, i64)> {
        let end = self.start(row).saturating_add(self.span_duration(row));
        let mut found = Vec::new();
        let mut free_from = self.start(row);
        for child in self.children(row) {
            if found.len() == most || free_from >= end {
                break;
            }
            let start = self.start(child).min(end);
            if start > free_from {
                found.push((free_from, start));
            }
            free_from = free_from.max(self.end(child));
        }
        if free_from < end && found.len() < most {
            found.push((free_from, end));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::table_of;
    use super::*;

    fn shown(kind: Option<Kind>, shortest: i64) -> String {
        let table = table_of(&[
            (1, 0, "root", 0, 1_000),
            (2, 1, "step", 0, 5),
            (3, 2, "long", 0, 500),
            (4, 1, "short", 10, 12),
            (5, 1, "failed!", 20, 22),
        ]);
        let hidden = table.hidden(kind, shortest);
        let shown = (0..table.len()).filter(|row| !hidden.contains(*row));
        shown
            .map(|row| table.name(row))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn nothing_is_hidden_unless_asked() {
        assert_eq!(shown(None, 0), "root step long short failed!");
        assert_eq!(shown(Some(Kind::Tool), 0), "root step long short failed!");
    }

    #[test]
    fn failed_rows_and_rows_above_what_shows_show() {
        assert_eq!(shown(None, 100), "root step long failed!");
        assert_eq!(shown(Some(Kind::Llm), 0), "");
    }

    #[test]
    fn own_stretches_are_what_no_child_covers() {
        let table = table_of(&[
            (1, 0, "root", 0, 100),
            (2, 1, "a", 10, 40),
            (3, 1, "b", 30, 50),
            (4, 1, "c", 80, 200),
        ]);
        assert_eq!(table.own_stretches(0, 9), [(0, 10), (50, 80)]);
        assert_eq!(table.own_stretches(0, 1), [(0, 10)]);
        assert_eq!(table.own_stretches(1, 9), [(10, 40)]);
    }
}
