//! The trace at a glance: how much ran when, of which kind, and where it failed.

use crate::span_table::{Kind, SpanTable};

/// One slice of the trace's time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bucket {
    /// How many spans ran in it.
    pub running: u32,
    /// The kind that most spans without children, which do the work, had in it.
    pub kind: Option<Kind>,
    /// How many failed spans ended in it.
    pub errors: u32,
}

/// Cuts the trace's time into `count` slices of equal length. Takes time in proportion to the spans plus the slices.
pub fn minimap(table: &SpanTable, count: usize) -> Vec<Bucket> {
    if count == 0 || table.is_empty() {
        return Vec::new();
    }
    // What begins and ends in each slice, added up afterwards: in all, and per kind for spans without children.
    let mut running = Changes::new(count);
    let mut of_kind = Kind::ALL.map(|_| Changes::new(count));
    let mut errors = vec![0_u32; count];
    let slice_of = |time: i64| {
        let share = time.max(0) as f64 / table.duration().max(1) as f64;
        ((share * count as f64) as usize).min(count - 1)
    };
    for row in (0..table.len()).filter(|row| !table.is_placeholder(*row)) {
        let first = slice_of(table.start(row));
        let last = slice_of(table.end(row)).max(first);
        running.add(first, last);
        if table.descendant_count(row) == 0 {
            of_kind[table.kind(row) as usize].add(first, last);
        }
        if table.is_error(row) {
            errors[last] += 1;
        }
    }
    let running = running.sums();
    let of_kind = of_kind.map(|changes| changes.sums());
    (0..count)
        .map(|i| {
            let kinds = Kind::ALL
                .into_iter()
                .filter(|kind| of_kind[*kind as usize][i] > 0);
            // Of equal counts the first in the legend wins, so that the picture does not flicker.
            let kind = kinds.rev().max_by_key(|kind| of_kind[*kind as usize][i]);
            Bucket {
                running: running[i],
                kind,
                errors: errors[i],
            }
        })
        .collect()
}

/// Counts of ranges, kept as differences from slice to slice.
struct Changes(Vec<i32>);

impl Changes {
    fn new(count: usize) -> Self {
        Self(vec![0; count + 1])
    }

    fn add(&mut self, first: usize, last: usize) {
        self.0[first] += 1;
        self.0[last + 1] -= 1;
    }

    fn sums(self) -> Vec<u32> {
        let mut sum = 0_i32;
        let add_up = |change: i32| {
            sum += change;
            u32::try_from(sum).unwrap_or(0)
        };
        self.0.into_iter().map(add_up).collect()
    }
}
