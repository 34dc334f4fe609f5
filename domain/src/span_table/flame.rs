//! The flame graph: spans that were called along the same path of names are one box, as wide as the time spent in them, or the tokens
//! or the money, so that it shows where that of all calls went, not when.
//!
//! A box is as wide as what it and the boxes above it took by themselves; what ran at the same time adds up. A span that tells the
//! tokens of those above it, as frameworks do around a provider's, has them alone, as in the trace's own sum.

use std::collections::HashMap;

use super::SpanTable;

/// Boxes narrower than this share of the whole are left out.
const SHARE_MIN: f64 = 0.0005;
const NO_BOX: u32 = u32::MAX;

/// What the width of boxes stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Measure {
    /// Time, in nanoseconds.
    #[default]
    Time,
    /// Tokens.
    Tokens,
    /// Cost, in billionths of a dollar.
    Cost,
}

/// A box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlameBox {
    /// The longest of its spans.
    pub row: u32,
    /// How many boxes are below it, up to the root's.
    pub depth: u32,
    /// What is left of it.
    pub from: i64,
    /// What the box and those above it took.
    pub amount: i64,
    /// What the box alone took.
    pub own: i64,
    /// How many spans.
    pub count: u32,
    /// Of these, failed ones.
    pub errors: u32,
}

/// All boxes of a trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flame {
    /// From the root up, wider ones first among those on the same box.
    pub boxes: Vec<FlameBox>,
    /// What all of them took.
    pub amount: i64,
    /// How many were too narrow to show.
    pub left_out: u32,
}

impl SpanTable {
    /// Whether any span says so much of itself that a flame graph of it has boxes.
    pub fn has_measure(&self, by: Measure) -> bool {
        match by {
            Measure::Time => true,
            Measure::Tokens => !self.usage.is_empty(),
            Measure::Cost => !self.cost.is_empty(),
        }
    }

    /// The flame graph. Takes time in proportion to the spans.
    pub fn flame(&self, by: Measure) -> Flame {
        let (mut boxes, above) = self.merged(by);
        // Rows stand after their parents, and so do boxes: from the last to the first every box is whole when it is added.
        for at in (0..boxes.len()).rev() {
            if let Some(below) = boxes.get(above[at] as usize).copied() {
                let amount = below.amount.saturating_add(boxes[at].amount);
                boxes[above[at] as usize].amount = amount;
            }
        }
        let mut order: Vec<u32> = (0..).take(boxes.len()).collect();
        order.sort_by_key(|at| {
            let it = &boxes[*at as usize];
            (it.depth, std::cmp::Reverse(it.amount))
        });
        // By depth, so what a box stands on has its place before the box is placed.
        let mut filled: HashMap<u32, i64> = HashMap::new();
        for at in &order {
            let below = above[*at as usize];
            let ground = boxes.get(below as usize).map_or(0, |below| below.from);
            let used = filled.entry(below).or_default();
            let it = &mut boxes[*at as usize];
            it.from = ground.saturating_add(*used);
            *used = used.saturating_add(it.amount);
        }
        let amount = filled.get(&NO_BOX).copied().unwrap_or(0);
        let least = (amount as f64 * SHARE_MIN) as i64;
        let all = order.len();
        let boxes: Vec<FlameBox> = order
            .into_iter()
            .map(|at| boxes[at as usize])
            .filter(|it| it.amount > 0 && it.amount >= least)
            .collect();
        let left_out = u32::try_from(all - boxes.len()).unwrap_or(u32::MAX);
        Flame {
            boxes,
            amount,
            left_out,
        }
    }

    /// What a span took by itself. Rows before `counted_to` lie within one that told of them.
    fn own(&self, row: u32, by: Measure, counted_to: &mut u32) -> i64 {
        let told = match by {
            Measure::Time => return self.self_time(row),
            Measure::Tokens => self.usage(row).map(|usage| usage.total_tokens),
            Measure::Cost => self.cost(row).map(|cost| (cost.total_cost * 1e9) as i64),
        };
        match told {
            Some(told) if row >= *counted_to => {
                *counted_to = self.subtree_end(row);
                told.max(0)
            }
            _ => 0,
        }
    }

    /// One box for each path of names, with what it took alone, and for each the box below it.
    fn merged(&self, by: Measure) -> (Vec<FlameBox>, Vec<u32>) {
        let mut counted_to = 0;
        let mut boxes: Vec<FlameBox> = Vec::new();
        let mut above: Vec<u32> = Vec::new();
        let mut places: HashMap<(u32, u32, u32), u32> = HashMap::new();
        let mut of_row: Vec<u32> = Vec::with_capacity(self.len() as usize);
        for row in 0..self.len() {
            let below = self.parent(row).map_or(NO_BOX, |p| of_row[p as usize]);
            let key = (below, self.name_id(row), self.span_type[row as usize]);
            let place = *places.entry(key).or_insert_with(|| {
                let depth = boxes.get(below as usize).map_or(0, |it| it.depth + 1);
                boxes.push(FlameBox {
                    row,
                    depth,
                    from: 0,
                    amount: 0,
                    own: 0,
                    count: 0,
                    errors: 0,
                });
                above.push(below);
                u32::try_from(boxes.len() - 1).unwrap_or(NO_BOX)
            });
            let own = self.own(row, by, &mut counted_to);
            let it = &mut boxes[place as usize];
            it.count += 1;
            it.errors += u32::from(self.is_error(row));
            it.own = it.own.saturating_add(own);
            it.amount = it.own;
            if self.span_duration(row) > self.span_duration(it.row) {
                it.row = row;
            }
            of_row.push(place);
        }
        (boxes, above)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{chain, table_of};
    use super::Measure;

    #[test]
    fn calls_along_one_path_are_one_box() {
        let table = table_of(&[
            (1, 0, "root", 0, 100),
            (2, 1, "small", 0, 10),
            (3, 1, "large", 10, 40),
            (4, 1, "large", 50, 90),
        ]);
        let flame = table.flame(Measure::Time);
        let found: Vec<_> = flame
            .boxes
            .iter()
            .map(|it| (table.name(it.row), it.depth, it.from, it.amount, it.count))
            .collect();
        assert_eq!(
            found,
            [
                ("root", 0, 0, 100, 1),
                ("large", 1, 0, 70, 2),
                ("small", 1, 70, 10, 1)
            ]
        );
        assert_eq!(flame.boxes[0].own, 20);
        assert_eq!(flame.boxes[1].row, 3, "the longer call stands for both");
    }

    #[test]
    fn the_same_name_on_another_path_is_another_box() {
        let table = table_of(&[
            (1, 0, "root", 0, 100),
            (2, 1, "a", 0, 50),
            (3, 1, "b", 50, 100),
            (4, 2, "call", 10, 20),
            (5, 3, "call", 60, 70),
        ]);
        let calls = table.flame(Measure::Time).boxes;
        assert_eq!(
            calls
                .iter()
                .filter(|it| table.name(it.row) == "call")
                .count(),
            2
        );
    }

    #[test]
    fn what_ran_at_the_same_time_adds_up() {
        let table = table_of(&[(1, 0, "a", 0, 100), (2, 0, "b", 0, 100)]);
        assert_eq!(table.flame(Measure::Time).amount, 200);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_spans_is_no_trouble() {
        let table = chain(100_000);
        assert_eq!(table.flame(Measure::Time).amount, table.duration());
    }
}
