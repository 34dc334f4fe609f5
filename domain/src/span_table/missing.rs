//! Rows for parents that never came, so that spans which name the same one stand together below it.
//!
//! Only what draws a trace wants them: they are no spans, and nothing counts them.

use super::{Flags, Kind, NO_ROW, SpanTable};
use crate::ids::SpanId;
use crate::span::StatusCode;

/// What stands in a row of the new table.
enum Place {
    /// A row of the old one.
    Row(u32),
    /// The parent that these roots of the old one name.
    Missing(SpanId, Vec<u32>),
}

impl SpanTable {
    /// Whether the row stands for a parent that never came.
    pub fn is_placeholder(&self, row: u32) -> bool {
        self.flags(row).has(Flags::PLACEHOLDER)
    }

    /// The table with a row for each parent that never came, above the spans that name it. The row has that parent's id and lasts as
    /// long as what is below it.
    pub fn with_missing_parents(self) -> Self {
        if self.missing_parent.is_empty() {
            return self;
        }
        let mut made = Self {
            trace_start: self.trace_start,
            duration: self.duration,
            strings: self.strings.clone(),
            ..Self::default()
        };
        made.reserve(self.span_id.len() + self.missing_parent.len());
        let mut new_row = vec![NO_ROW; self.span_id.len()];
        for place in self.places() {
            match place {
                Place::Row(root) => made.take(&self, root, None, &mut new_row),
                Place::Missing(id, roots) => {
                    let row = made.len();
                    made.push_placeholder(&self, id, &roots);
                    for root in roots {
                        made.take(&self, root, Some(row), &mut new_row);
                    }
                    made.subtree_end[row as usize] = made.len();
                }
            }
        }
        made.model = moved(&self.model, &new_row);
        made.status_message = moved(&self.status_message, &new_row);
        made.event_count = moved(&self.event_count, &new_row);
        made.missing_parent = moved(&self.missing_parent, &new_row);
        made.usage = moved(&self.usage, &new_row);
        made.cost = moved(&self.cost, &new_row);
        made
    }

    /// The roots in their order, where the first span that names a missing parent stands for all that do.
    fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        let mut of_parent = std::collections::HashMap::new();
        let mut root = 0;
        while root < self.len() {
            match self.missing_parent(root) {
                None => places.push(Place::Row(root)),
                Some(id) => {
                    let at = *of_parent.entry(id).or_insert_with(|| {
                        places.push(Place::Missing(id, Vec::new()));
                        places.len() - 1
                    });
                    if let Some(Place::Missing(_, roots)) = places.get_mut(at) {
                        roots.push(root);
                    }
                }
            }
            root = self.subtree_end(root);
        }
        places
    }

    /// Appends a root of another table with all below it.
    fn take(&mut self, other: &Self, root: u32, parent: Option<u32>, new_row: &mut [u32]) {
        let (first, deeper) = (self.len(), u32::from(parent.is_some()));
        for row in root..other.subtree_end(root) {
            let at = row as usize;
            let moved = |old: u32| first + (old - root);
            new_row[at] = moved(row);
            self.parent.push(match other.parent(row) {
                Some(above) => moved(above),
                None => parent.unwrap_or(NO_ROW),
            });
            self.depth.push(other.depth[at] + deeper);
            self.subtree_end.push(moved(other.subtree_end[at]));
            self.span_id.push(other.span_id[at]);
            self.start.push(other.start[at]);
            self.end.push(other.end[at]);
            self.status.push(other.status[at]);
            self.kind.push(other.kind[at]);
            self.flags.push(other.flags[at]);
            self.name.push(other.name[at]);
            self.span_type.push(other.span_type[at]);
        }
    }

    fn push_placeholder(&mut self, other: &Self, id: SpanId, roots: &[u32]) {
        let below = || {
            roots
                .iter()
                .flat_map(|root| *root..other.subtree_end(*root))
        };
        let start = below().map(|row| other.start(row)).min().unwrap_or(0);
        let end = below().map(|row| other.end(row)).max().unwrap_or(0);
        let name = self.add_text(format!("missing parent {id}"));
        let span_type = self.add_text("UNKNOWN".to_owned());
        self.parent.push(NO_ROW);
        self.depth.push(0);
        self.subtree_end.push(NO_ROW);
        self.span_id.push(id);
        self.start.push(start);
        self.end.push(end.max(start));
        self.status.push(StatusCode::Unset);
        self.kind.push(Kind::Unknown);
        self.flags.push(Flags::PLACEHOLDER);
        self.name.push(name);
        self.span_type.push(span_type);
    }

    fn add_text(&mut self, text: String) -> u32 {
        self.strings.push(text);
        u32::try_from(self.strings.len() - 1).unwrap_or(NO_ROW)
    }
}

/// A sparse column whose rows have new numbers.
fn moved<T: Clone>(column: &[(u32, T)], new_row: &[u32]) -> Vec<(u32, T)> {
    let renumbered = column
        .iter()
        .map(|(row, value)| (new_row[*row as usize], value.clone()));
    let mut column: Vec<(u32, T)> = renumbered.collect();
    column.sort_by_key(|(row, _)| *row);
    column
}

#[cfg(test)]
mod tests {
    use super::super::samples::table_of;
    use super::*;

    /// Rows as `depth name`, with what each lasts.
    fn drawn(table: &SpanTable) -> Vec<(u32, &str, i64, i64)> {
        let row = |row| {
            (
                table.depth(row),
                table.name(row),
                table.start(row),
                table.end(row),
            )
        };
        (0..table.len()).map(row).collect()
    }

    #[test]
    fn spans_that_name_the_same_missing_parent_stand_together() {
        let table = table_of(&[
            (2, 9, "first", 0, 10),
            (3, 2, "below", 2, 30),
            (4, 0, "root", 5, 8),
            (5, 9, "second", 20, 25),
            (6, 8, "other", 40, 50),
        ])
        .with_missing_parents();
        let parent = |id: u64| format!("missing parent {}", SpanId(id.to_be_bytes()));
        let expected = [
            (0, parent(9), 0, 30),
            (1, "first".to_owned(), 0, 10),
            (2, "below".to_owned(), 2, 30),
            (1, "second".to_owned(), 20, 25),
            (0, "root".to_owned(), 5, 8),
            (0, parent(8), 40, 50),
            (1, "other".to_owned(), 40, 50),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(depth, name, start, end)| (*depth, name.as_str(), *start, *end))
            .collect();
        assert_eq!(drawn(&table), expected);
        assert!(table.is_placeholder(0) && table.is_placeholder(5));
        assert_eq!((table.subtree_end(0), table.descendant_count(0)), (4, 3));
        assert_eq!((table.parent(2), table.parent(3)), (Some(1), Some(0)));
        assert_eq!(table.children(0).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(table.missing_parent(3), Some(SpanId(9_u64.to_be_bytes())));
        assert_eq!(table.missing_parent(2), None);
        assert_eq!(table.row_of(SpanId(9_u64.to_be_bytes())), Some(0));
    }

    #[test]
    fn a_trace_with_all_its_parents_stays_as_it_is() {
        let table = || table_of(&[(1, 0, "root", 0, 10), (2, 1, "step", 0, 5)]);
        assert_eq!(table().with_missing_parents(), table());
    }

    #[test]
    fn nothing_counts_placeholders() {
        let table = table_of(&[(2, 9, "step", 0, 10)]).with_missing_parents();
        assert_eq!(table.by_name().len(), 1);
        assert_eq!(table.subtree_sum(0).spans, 1);
        assert!(table.critical_path().of_row(0).next().is_none());
    }
}
