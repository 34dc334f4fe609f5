//! The critical path: at each moment of the trace the one span that everything was waiting for. Making a span shorter makes the trace
//! shorter only where it is on the path.
//!
//! Found from the end backwards: of the spans below the present one, the one that ended last was waited for; before it began, the
//! one that ended last before that; what is left between them is the present span's own time.

use std::collections::HashMap;

use super::{Kind, RowSet, SpanTable};

/// A stretch of time in which the trace waited for one span's own work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// The span.
    pub row: u32,
    /// Nanoseconds after the start of the trace.
    pub from: i64,
    /// The same, after `from`.
    pub to: i64,
}

impl Segment {
    /// How long the trace waited, in nanoseconds.
    pub fn nanos(&self) -> i64 {
        self.to.saturating_sub(self.from)
    }
}

/// The critical path of a trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CriticalPath {
    /// By time; no two overlap.
    pub segments: Vec<Segment>,
    /// Positions of the segments by row and time.
    by_row: Vec<u32>,
}

/// What spans of one kind, or of one kind and name, come to on the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The kind.
    pub kind: Kind,
    /// One of the spans, the one that was waited for longest.
    pub row: u32,
    /// How many spans.
    pub spans: u32,
    /// Nanoseconds on the path.
    pub nanos: i64,
}

impl CriticalPath {
    fn new(segments: Vec<Segment>) -> Self {
        let mut by_row: Vec<u32> = (0..).take(segments.len()).collect();
        // Stable, so the segments of a row stay by time.
        by_row.sort_by_key(|at| segments[*at as usize].row);
        Self { segments, by_row }
    }

    /// The segments of one span, by time.
    pub fn of_row(&self, row: u32) -> impl Iterator<Item = &Segment> {
        let segment = |at: &u32| &self.segments[*at as usize];
        let first = self.by_row.partition_point(|at| segment(at).row < row);
        let of_row = self.by_row[first..].iter().map(segment);
        of_row.take_while(move |segment| segment.row == row)
    }

    /// The nanoseconds of the path; shorter than the trace where nothing ran.
    pub fn nanos(&self) -> i64 {
        self.segments
            .iter()
            .fold(0, |sum, segment| sum.saturating_add(segment.nanos()))
    }

    /// The spans with time of their own on the path.
    pub fn rows(&self) -> RowSet {
        self.segments.iter().map(|segment| segment.row).collect()
    }

    /// What each kind comes to, longest first.
    pub fn by_kind(&self, table: &SpanTable) -> Vec<Share> {
        self.shares(table, |row| table.kind(row) as u32)
    }

    /// What each name comes to, longest first.
    pub fn by_name(&self, table: &SpanTable) -> Vec<Share> {
        self.shares(table, |row| table.name_id(row))
    }

    fn shares(&self, table: &SpanTable, key: impl Fn(u32) -> u32) -> Vec<Share> {
        let mut of_row: HashMap<u32, i64> = HashMap::new();
        for segment in &self.segments {
            let nanos = of_row.entry(segment.row).or_default();
            *nanos = nanos.saturating_add(segment.nanos());
        }
        let mut rows: Vec<(u32, i64)> = of_row.into_iter().collect();
        // Longest first, so that the first of each group is its longest.
        rows.sort_unstable_by_key(|(row, nanos)| (std::cmp::Reverse(*nanos), *row));
        let mut at: HashMap<u32, usize> = HashMap::new();
        let mut shares: Vec<Share> = Vec::new();
        for (row, nanos) in rows {
            let place = *at.entry(key(row)).or_insert_with(|| {
                shares.push(Share {
                    kind: table.kind(row),
                    row,
                    spans: 0,
                    nanos: 0,
                });
                shares.len() - 1
            });
            let share = &mut shares[place];
            share.spans += 1;
            share.nanos = share.nanos.saturating_add(nanos);
        }
        shares.sort_by_key(|share| std::cmp::Reverse(share.nanos));
        shares
    }
}

/// A span whose part of the path is being found.
struct Frame {
    row: Option<u32>,
    /// Nothing before this belongs to it.
    floor: i64,
    /// What is after this is found.
    until: i64,
    /// The spans below, the one that ended last at the end.
    below: Vec<u32>,
}

impl SpanTable {
    /// The critical path. Takes time in proportion to the spans and their logarithm.
    pub fn critical_path(&self) -> CriticalPath {
        let mut backwards = Vec::new();
        let roots = std::iter::successors((!self.is_empty()).then_some(0), |root| {
            Some(self.subtree_end(*root)).filter(|next| *next < self.len())
        });
        let mut frames = vec![Frame {
            row: None,
            floor: 0,
            until: self.duration(),
            below: self.by_end(roots),
        }];
        while let Some(frame) = frames.last_mut() {
            let Some(child) = frame.below.pop() else {
                if let Some(row) = frame.row.filter(|_| frame.until > frame.floor) {
                    let (from, to) = (frame.floor, frame.until);
                    backwards.push(Segment { row, from, to });
                }
                frames.pop();
                continue;
            };
            let floor = self.start(child).max(frame.floor);
            let until = self.end(child).min(frame.until);
            // Begun after what was waited for had, or over in an instant: nothing waited for it.
            if until <= floor {
                continue;
            }
            if let Some(row) = frame.row.filter(|_| frame.until > until) {
                let (from, to) = (until, frame.until);
                backwards.push(Segment { row, from, to });
            }
            frame.until = floor;
            let below = self.by_end(self.children(child));
            frames.push(Frame {
                row: Some(child),
                floor,
                until,
                below,
            });
        }
        backwards.reverse();
        backwards.retain(|segment| !self.is_placeholder(segment.row));
        CriticalPath::new(backwards)
    }

    /// Rows by their end, the last one at the end.
    fn by_end(&self, rows: impl Iterator<Item = u32>) -> Vec<u32> {
        let mut rows: Vec<u32> = rows.collect();
        rows.sort_by_key(|row| self.end(*row));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{Sample, chain, table_of};
    use super::*;

    fn path(samples: &[Sample]) -> Vec<(&'static str, i64, i64)> {
        let table = table_of(samples);
        let name = |row: u32| {
            let found = samples.iter().find(|sample| sample.2 == table.name(row));
            found.map_or("", |sample| sample.2)
        };
        let path = table.critical_path();
        let segments = path.segments.iter();
        segments.map(|s| (name(s.row), s.from, s.to)).collect()
    }

    #[test]
    fn steps_one_after_another_are_all_on_the_path() {
        let found = path(&[
            (1, 0, "root", 0, 100),
            (2, 1, "a", 10, 40),
            (3, 1, "b", 50, 90),
        ]);
        assert_eq!(
            found,
            [
                ("root", 0, 10),
                ("a", 10, 40),
                ("root", 40, 50),
                ("b", 50, 90),
                ("root", 90, 100)
            ]
        );
    }

    #[test]
    fn of_parallel_steps_the_last_to_end_is_on_the_path() {
        let found = path(&[
            (1, 0, "root", 0, 100),
            (2, 1, "quick", 0, 30),
            (3, 1, "slow", 0, 100),
        ]);
        assert_eq!(found, [("slow", 0, 100)]);
    }

    #[test]
    fn a_step_that_outlives_its_parent_counts_as_far_as_the_parent() {
        let found = path(&[(1, 0, "root", 0, 50), (2, 1, "late", 20, 80)]);
        assert_eq!(found, [("root", 0, 20), ("late", 20, 50)]);
    }

    #[test]
    fn time_between_roots_belongs_to_nobody() {
        let found = path(&[(1, 0, "first", 0, 10), (2, 0, "second", 30, 40)]);
        assert_eq!(found, [("first", 0, 10), ("second", 30, 40)]);
    }

    #[test]
    fn each_span_knows_its_part_of_the_path() {
        let table = table_of(&[(1, 0, "root", 0, 100), (2, 1, "a", 10, 40)]);
        let path = table.critical_path();
        let root: Vec<_> = path.of_row(0).map(|s| (s.from, s.to)).collect();
        assert_eq!(root, [(0, 10), (40, 100)]);
        assert_eq!(path.of_row(7).count(), 0);
    }

    #[test]
    fn shares_add_up_and_stand_longest_first() {
        let table = table_of(&[
            (1, 0, "root", 0, 100),
            (2, 1, "call", 10, 40),
            (3, 1, "call", 50, 90),
        ]);
        let path = table.critical_path();
        assert_eq!(path.nanos(), 100);
        let shares = path.by_name(&table);
        let found: Vec<_> = shares
            .iter()
            .map(|share| (table.name(share.row), share.spans, share.nanos))
            .collect();
        assert_eq!(found, [("call", 2, 70), ("root", 1, 30)]);
        assert_eq!(shares[0].row, 2, "the longer of the two calls");
        assert_eq!(path.by_kind(&table).len(), 1);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_spans_is_no_trouble() {
        let table = chain(100_000);
        assert_eq!(table.critical_path().nanos(), table.duration());
    }

    #[test]
    fn an_empty_trace_has_no_path() {
        assert_eq!(
            SpanTable::default().critical_path(),
            CriticalPath::default()
        );
    }
}
