//! Questions about a trace that need a walk over its rows: self times, folding, sums, the failure to look at first, search.

use super::{NO_ROW, RowSet, SpanTable};
use crate::usage::{Cost, TokenUsage};

/// What a row and the rows below it come to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SubtreeSum {
    /// Spans, the row itself included.
    pub spans: u32,
    /// Of these, failed ones.
    pub errors: u32,
    /// Tokens, none counted twice; `None` if no span says.
    pub usage: Option<TokenUsage>,
    /// Cost, none counted twice; `None` if no span says.
    pub cost: Option<Cost>,
}

impl SpanTable {
    /// The nanoseconds in which the span ran and none of its children did.
    pub fn self_time(&self, row: u32) -> i64 {
        let (start, end) = (self.start(row), self.end(row));
        let (mut covered, mut covered_to) = (0_i64, start);
        // Children stand by start time, so what they cover grows in one direction.
        for child in self.children(row) {
            let from = self.start(child).max(covered_to);
            let to = self.end(child).min(end);
            if to > from {
                covered = covered.saturating_add(to.saturating_sub(from));
                covered_to = to;
            }
        }
        self.span_duration(row).saturating_sub(covered).max(0)
    }

    /// The rows directly below a row.
    pub fn children(&self, row: u32) -> impl Iterator<Item = u32> {
        let end = self.subtree_end(row);
        let first = row.checked_add(1).filter(|first| *first < end);
        std::iter::successors(first, move |child| {
            Some(self.subtree_end(*child)).filter(|next| *next < end)
        })
    }

    /// The rows above a row, nearest first.
    pub fn ancestors(&self, row: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(self.parent(row), |above| self.parent(*above))
    }

    /// What a row and those below it come to: what a folded row says it holds.
    pub fn subtree_sum(&self, row: u32) -> SubtreeSum {
        let end = self.subtree_end(row);
        let errors = (row..end).filter(|row| self.is_error(*row)).count();
        let mut sum = SubtreeSum {
            spans: end - row - u32::from(self.is_placeholder(row)),
            errors: u32::try_from(errors).unwrap_or(u32::MAX),
            ..SubtreeSum::default()
        };
        self.each_outermost(&self.usage, row, |usage| {
            sum.usage.get_or_insert_default().add(usage);
        });
        self.each_outermost(&self.cost, row, |cost| {
            sum.cost.get_or_insert_default().add(cost)
        });
        sum
    }

    /// The failure to look at first: of the failed spans that no failed span below explains, the earliest one, where a failure that
    /// all spans above passed on goes before one that was caught on the way up.
    pub fn first_failure(&self) -> Option<u32> {
        let mut explained = RowSet::default();
        for row in (0..self.len()).rev() {
            if let (Some(parent), true) = (
                self.parent(row),
                self.is_error(row) || explained.contains(row),
            ) {
                explained.insert(parent);
            }
        }
        let mut passed_on = RowSet::default();
        let mut first: Option<u32> = None;
        for row in (0..self.len()).filter(|row| self.is_error(*row)) {
            if self
                .parent(row)
                .is_none_or(|parent| passed_on.contains(parent))
            {
                passed_on.insert(row);
            }
            let rank = |row: u32| (!passed_on.contains(row), self.start(row));
            if !explained.contains(row) && first.is_none_or(|first| rank(row) < rank(first)) {
                first = Some(row);
            }
        }
        first
    }

    /// The rows whose name, type, model or status message contains a text, whatever the case of letters; none for an empty text.
    pub fn find(&self, text: &str) -> Vec<u32> {
        if text.is_empty() {
            return Vec::new();
        }
        let wanted = text.to_lowercase();
        let is_hit: Vec<bool> = self
            .strings
            .iter()
            .map(|text| text.to_lowercase().contains(&wanted))
            .collect();
        let mut found = RowSet::default();
        for (row, (name, kind)) in (0..NO_ROW).zip(self.name.iter().zip(&self.span_type)) {
            if is_hit[*name as usize] || is_hit[*kind as usize] {
                found.insert(row);
            }
        }
        for (row, text) in self.model.iter().chain(&self.status_message) {
            if is_hit[*text as usize] {
                found.insert(*row);
            }
        }
        (0..self.len()).filter(|row| found.contains(*row)).collect()
    }

    /// Calls `take` for the values at and below a row that no value above them, from that row on, covers.
    fn each_outermost<T>(&self, column: &[(u32, T)], row: u32, mut take: impl FnMut(&T)) {
        let end = self.subtree_end(row);
        let mut from = row;
        let mut rest = column;
        loop {
            rest = &rest[rest.partition_point(|(at, _)| *at < from)..];
            let Some((at, value)) = rest.first().filter(|(at, _)| *at < end) else {
                return;
            };
            take(value);
            from = self.subtree_end(*at);
        }
    }
}
