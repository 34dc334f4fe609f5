//! Loops: steps that follow each other again and again, `plan, run_sql, plan, run_sql, …`, and so can be shown as one row.
//!
//! Looked for among the spans directly below one span, by name and type. A pattern is at most [`PATTERN_MAX`] steps long; the
//! shortest pattern that repeats often enough wins, and no span is in two loops of the same parent.

use super::{RowSet, SpanTable};

/// The most steps of a pattern.
pub const PATTERN_MAX: usize = 4;
/// How often steps must follow each other to be a loop.
pub const TIMES_MIN: usize = 3;

/// Steps that repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// The first row; stands for all while the loop is folded.
    pub first: u32,
    /// The row after the last one, spans below the steps included.
    pub end: u32,
    /// The rows of the first round: one for each step of the pattern.
    pub pattern: Vec<u32>,
    /// How often the pattern runs.
    pub times: u32,
    /// The start of each round.
    pub rounds: Vec<u32>,
}

/// All loops of a trace, by their first row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repeats {
    found: Vec<Repeat>,
}

impl Repeats {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All of them, by their first row.
    pub fn all(&self) -> &[Repeat] {
        &self.found
    }

    /// The loop that begins at a row.
    pub fn at(&self, row: u32) -> Option<&Repeat> {
        let at = self.found.binary_search_by_key(&row, |repeat| repeat.first);
        Some(&self.found[at.ok()?])
    }

    /// The loops around a row that it is not the first of, outermost first: what must be unfolded to see it.
    pub fn around(&self, row: u32) -> impl Iterator<Item = &Repeat> {
        let before = self.found.partition_point(|repeat| repeat.first < row);
        self.found[..before]
            .iter()
            .filter(move |repeat| row < repeat.end)
    }
}

impl SpanTable {
    /// The loops of the trace. Takes time in proportion to the spans.
    pub fn repeats(&self) -> Repeats {
        let roots = std::iter::successors((!self.is_empty()).then_some(0), |root| {
            Some(self.subtree_end(*root)).filter(|next| *next < self.len())
        });
        let mut found = Vec::new();
        self.repeats_among(&roots.collect::<Vec<_>>(), &mut found);
        for row in (0..self.len()).filter(|row| self.descendant_count(*row) > 1) {
            self.repeats_among(&self.children(row).collect::<Vec<_>>(), &mut found);
        }
        found.sort_by_key(|repeat| repeat.first);
        Repeats { found }
    }

    fn repeats_among(&self, rows: &[u32], found: &mut Vec<Repeat>) {
        let key = |at: usize| {
            let row = rows[at];
            (self.name_id(row), self.span_type[row as usize])
        };
        let mut at = 0;
        while at < rows.len() {
            let loops = (1..=PATTERN_MAX).filter_map(|length| {
                let same = (at + length..rows.len()).take_while(|i| key(*i) == key(i - length));
                let times = same.count() / length + 1;
                (times >= TIMES_MIN).then_some((length, times))
            });
            let Some((length, times)) = loops.min_by_key(|(length, _)| *length) else {
                at += 1;
                continue;
            };
            let last = rows[at + length * times - 1];
            found.push(Repeat {
                first: rows[at],
                end: self.subtree_end(last),
                pattern: rows[at..at + length].to_vec(),
                times: u32::try_from(times).unwrap_or(u32::MAX),
                rounds: (0..times).map(|round| rows[at + round * length]).collect(),
            });
            at += length * times;
        }
    }

    /// The rows that show while `folded` spans hide what is below them and every loop but the `unfolded` ones (by first row) is one
    /// row; between `from` and `to`.
    pub fn visible_between(
        &self,
        from: u32,
        to: u32,
        folded: &RowSet,
        repeats: &Repeats,
        unfolded: &RowSet,
    ) -> Vec<u32> {
        let mut visible = Vec::new();
        let mut row = from;
        while row < to {
            visible.push(row);
            row = match repeats.at(row).filter(|_| !unfolded.contains(row)) {
                Some(repeat) => repeat.end,
                None if folded.contains(row) => self.subtree_end(row),
                None => row + 1,
            };
        }
        visible
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{Sample, table_of};
    use super::*;

    /// A root with these steps one after another.
    fn steps(names: &[&'static str]) -> SpanTable {
        let mut samples: Vec<Sample> = vec![(1, 0, "root", 0, 1_000)];
        for (id, name) in (2..).zip(names) {
            let start = i64::from(id) * 10;
            samples.push((id, 1, name, start, start + 5));
        }
        table_of(&samples)
    }

    fn found(names: &[&'static str]) -> Vec<(u32, Vec<&'static str>, u32)> {
        let table = steps(names);
        let name = |row: &u32| names[*row as usize - 1];
        let repeats = table.repeats();
        let all = repeats.all().iter();
        all.map(|r| (r.first, r.pattern.iter().map(name).collect(), r.times))
            .collect()
    }

    #[test]
    fn one_step_again_and_again_is_a_loop() {
        assert_eq!(found(&["a", "a", "a", "b"]), [(1, vec!["a"], 3)]);
        assert_eq!(found(&["a", "a", "b", "b"]), []);
    }

    #[test]
    fn a_pattern_of_steps_is_a_loop() {
        let names = ["start", "plan", "run", "plan", "run", "plan", "run", "plan"];
        assert_eq!(found(&names), [(2, vec!["plan", "run"], 3)]);
    }

    #[test]
    fn loops_follow_each_other() {
        let names = ["a", "a", "a", "b", "b", "b", "b"];
        assert_eq!(found(&names), [(1, vec!["a"], 3), (4, vec!["b"], 4)]);
    }

    #[test]
    fn a_folded_loop_is_one_row() {
        let table = steps(&["a", "a", "a", "b"]);
        let repeats = table.repeats();
        let rows = |unfolded: &[u32]| {
            let unfolded = unfolded.iter().copied().collect();
            table.visible_between(0, table.len(), &RowSet::default(), &repeats, &unfolded)
        };
        assert_eq!(rows(&[]), [0, 1, 4]);
        assert_eq!(rows(&[1]), [0, 1, 2, 3, 4]);
        let around: Vec<u32> = repeats.around(3).map(|repeat| repeat.first).collect();
        assert_eq!(around, [1]);
        assert_eq!(repeats.around(1).count(), 0);
        assert_eq!(repeats.around(4).count(), 0);
    }

    #[test]
    fn a_focused_span_shows_alone() {
        let table = steps(&["a", "b"]);
        let none = Repeats::default();
        let rows = table.visible_between(1, 2, &RowSet::default(), &none, &RowSet::default());
        assert_eq!(rows, [1]);
    }
}
