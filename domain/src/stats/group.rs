//! Numbers of one group, and what is computed of them.

use super::metrics::Aggregation;

/// Gathers numbers. All of them are kept only if a percentile is wanted.
#[derive(Debug, Clone, Default)]
pub struct Group {
    count: u64,
    sum: f64,
    least: f64,
    greatest: f64,
    numbers: Option<Vec<f64>>,
}

impl Group {
    /// An empty group for these aggregations.
    pub fn new(aggregations: &[Aggregation]) -> Self {
        let keeps = aggregations
            .iter()
            .any(|aggregation| matches!(aggregation, Aggregation::Percentile(_)));
        Self {
            numbers: keeps.then(Vec::new),
            ..Self::default()
        }
    }

    /// Adds a number.
    pub fn add(&mut self, number: f64) {
        let is_first = self.count == 0;
        self.count += 1;
        self.sum += number;
        if is_first || number < self.least {
            self.least = number;
        }
        if is_first || number > self.greatest {
            self.greatest = number;
        }
        if let Some(numbers) = &mut self.numbers {
            numbers.push(number);
        }
    }

    /// Takes in another group of the same aggregations.
    pub fn merge(&mut self, other: Self) {
        if other.count == 0 {
            return;
        }
        let is_first = self.count == 0;
        self.count += other.count;
        self.sum += other.sum;
        if is_first || other.least < self.least {
            self.least = other.least;
        }
        if is_first || other.greatest > self.greatest {
            self.greatest = other.greatest;
        }
        if let (Some(mine), Some(others)) = (&mut self.numbers, other.numbers) {
            mine.extend(others);
        }
    }

    /// What the aggregations give, in their order; `None` if nothing was added.
    pub fn finish(mut self, aggregations: &[Aggregation]) -> Option<Vec<f64>> {
        if self.count == 0 {
            return None;
        }
        if let Some(numbers) = &mut self.numbers {
            numbers.sort_unstable_by(f64::total_cmp);
        }
        let value = |aggregation: &Aggregation| match aggregation {
            Aggregation::Count => self.count as f64,
            Aggregation::Sum => self.sum,
            Aggregation::Avg => self.sum / self.count as f64,
            Aggregation::Min => self.least,
            Aggregation::Max => self.greatest,
            Aggregation::Percentile(part) => {
                percentile(self.numbers.as_deref().unwrap_or_default(), *part)
            }
        };
        Some(aggregations.iter().map(value).collect())
    }
}

/// The percentile (0 to 100) of ascending numbers, between two of them in proportion; 0 for none.
pub fn percentile(ascending: &[f64], part: f64) -> f64 {
    let Some(last) = ascending.len().checked_sub(1) else {
        return 0.0;
    };
    let place = part.clamp(0.0, 100.0) / 100.0 * last as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    if below == above {
        return ascending[below];
    }
    ascending[below] + (place - below as f64) * (ascending[above] - ascending[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aggregations_are_computed_of_all_numbers() {
        let wanted = [
            Aggregation::Count,
            Aggregation::Sum,
            Aggregation::Avg,
            Aggregation::Min,
            Aggregation::Max,
            Aggregation::Percentile(50.0),
            Aggregation::Percentile(90.0),
        ];
        let mut group = Group::new(&wanted);
        let mut other = Group::new(&wanted);
        for (a, b) in [(5.0, 3.0), (-1.0, 1.0)] {
            group.add(a);
            other.add(b);
        }
        group.merge(other);
        let found = group.finish(&wanted).unwrap();
        assert_eq!(found[..6], [4.0, 8.0, 2.0, -1.0, 5.0, 2.0]);
        assert!((found[6] - 4.4).abs() < 1e-12, "{found:?}");
        assert_eq!(Group::new(&wanted).finish(&wanted), None);
    }

    #[test]
    fn percentiles_lie_between_their_neighbours_in_proportion() {
        let numbers = [10.0, 20.0, 40.0];
        for (part, expected) in [
            (0.0, 10.0),
            (25.0, 15.0),
            (50.0, 20.0),
            (75.0, 30.0),
            (100.0, 40.0),
        ] {
            assert_eq!(percentile(&numbers, part), expected);
        }
        assert_eq!(percentile(&[7.0], 99.0), 7.0);
    }
}
