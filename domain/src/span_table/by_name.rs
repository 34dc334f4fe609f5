//! The trace by name: how often each step ran, how long it took in all and by itself, how often it failed.

use std::collections::HashMap;

use super::SpanTable;

/// All spans of one name and type.
#[derive(Debug, Clone, PartialEq)]
pub struct NameSum {
    /// The first of them.
    pub row: u32,
    /// How many.
    pub count: u32,
    /// Of these, failed ones.
    pub errors: u32,
    /// Nanoseconds in all; a span within one of the same name counts once.
    pub total: i64,
    /// Nanoseconds in which they ran and none of their children did.
    pub self_time: i64,
    /// The middle duration in nanoseconds; of an even number the lower of the two.
    pub median: i64,
    /// The longest duration in nanoseconds.
    pub longest: i64,
    /// The row of the longest.
    pub longest_row: u32,
    /// Tokens of their own model calls; `None` if no span says.
    pub tokens: Option<i64>,
    /// Dollars of their own model calls; `None` if no span says.
    pub cost: Option<f64>,
}

impl SpanTable {
    /// One line for each name and type, by time of their own, longest first.
    pub fn by_name(&self) -> Vec<NameSum> {
        let mut places: HashMap<(u32, u32), usize> = HashMap::new();
        let mut sums: Vec<NameSum> = Vec::new();
        let mut durations: Vec<Vec<i64>> = Vec::new();
        // The spans around the present row: where each ends, and its line.
        let mut around: Vec<(u32, usize)> = Vec::new();
        let mut open: Vec<u32> = Vec::new();
        for row in 0..self.len() {
            while let Some((_, place)) = around.last().copied().filter(|(end, _)| *end <= row) {
                open[place] -= 1;
                around.pop();
            }
            if self.is_placeholder(row) {
                continue;
            }
            let key = (self.name_id(row), self.span_type[row as usize]);
            let place = *places.entry(key).or_insert_with(|| {
                sums.push(NameSum::first(row));
                durations.push(Vec::new());
                open.push(0);
                sums.len() - 1
            });
            let duration = self.span_duration(row);
            let sum = &mut sums[place];
            sum.count += 1;
            sum.errors += u32::from(self.is_error(row));
            sum.self_time = sum.self_time.saturating_add(self.self_time(row));
            if open[place] == 0 {
                sum.total = sum.total.saturating_add(duration);
            }
            if duration > sum.longest {
                (sum.longest, sum.longest_row) = (duration, row);
            }
            if let Some(usage) = self.usage(row) {
                let tokens = sum.tokens.get_or_insert(0);
                *tokens = tokens.saturating_add(usage.total_tokens);
            }
            if let Some(cost) = self.cost(row) {
                *sum.cost.get_or_insert(0.0) += cost.total_cost;
            }
            durations[place].push(duration);
            open[place] += 1;
            around.push((self.subtree_end(row), place));
        }
        for (sum, mut durations) in sums.iter_mut().zip(durations) {
            let middle = (durations.len() - 1) / 2;
            sum.median = *durations.select_nth_unstable(middle).1;
        }
        sums.sort_by_key(|sum| std::cmp::Reverse(sum.self_time));
        sums
    }
}

impl NameSum {
    fn first(row: u32) -> Self {
        Self {
            row,
            count: 0,
            errors: 0,
            total: 0,
            self_time: 0,
            median: 0,
            longest: 0,
            longest_row: row,
            tokens: None,
            cost: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::table_of;
    use super::*;

    #[test]
    fn each_name_is_summed_up_once() {
        let table = table_of(&[
            (1, 0, "agent", 0, 100),
            (2, 1, "call", 0, 10),
            (3, 1, "call", 20, 50),
            (4, 1, "call", 60, 80),
        ]);
        let found = table.by_name();
        let call = &found[0];
        assert_eq!((table.name(call.row), call.count), ("call", 3));
        assert_eq!((call.total, call.self_time), (60, 60));
        assert_eq!((call.median, call.longest, call.longest_row), (20, 30, 2));
        assert_eq!(found[1].self_time, 40);
    }

    #[test]
    fn recursion_is_not_counted_twice() {
        let table = table_of(&[(1, 0, "walk", 0, 100), (2, 1, "walk", 10, 60)]);
        let found = table.by_name();
        assert_eq!(
            (found[0].total, found[0].self_time, found[0].count),
            (100, 100, 2)
        );
    }

    #[test]
    fn an_empty_trace_has_no_names() {
        assert_eq!(SpanTable::default().by_name(), []);
    }
}
