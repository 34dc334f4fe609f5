//! How strongly two filters go together: normalized pointwise mutual information of two sets of traces.
//!
//! -1 means never together, 0 that they know nothing of each other, 1 always together. The rules for edges are those of MLflow
//! 3.17.2, so that its clients get the numbers they expect. Counting the traces is the caller's business.

/// Added to each cell of the table for the smoothed value (Jeffreys' prior): keeps small counts from saying too much.
const PRIOR: f64 = 0.5;

/// How many traces match what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CorrelationCounts {
    /// All traces looked at.
    pub total: u64,
    /// Those that match the first filter.
    pub first: u64,
    /// Those that match the second.
    pub second: u64,
    /// Those that match both.
    pub both: u64,
}

/// The measure, with and without smoothing; `None` where it is not defined.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Correlation {
    /// From the counts as they are; -1 if both filters match something but nothing together.
    pub npmi: Option<f64>,
    /// From counts with half a trace added to each cell.
    pub smoothed: Option<f64>,
}

impl CorrelationCounts {
    /// Computes the measure. Not defined if one of the filters matches nothing.
    pub fn correlation(&self) -> Correlation {
        let Some(cells) = self.cells() else {
            return Correlation::default();
        };
        Correlation {
            npmi: Some(if self.both == 0 {
                -1.0
            } else {
                npmi(cells, 0.0)
            }),
            smoothed: Some(npmi(cells, PRIOR)),
        }
    }

    /// Both, only the first, only the second, neither.
    fn cells(&self) -> Option<[f64; 4]> {
        if self.first == 0 || self.second == 0 {
            return None;
        }
        let first_alone = self.first.checked_sub(self.both)?;
        let second_alone = self.second.checked_sub(self.both)?;
        let neither = (self.total + self.both).checked_sub(self.first + self.second)?;
        Some([self.both, first_alone, second_alone, neither].map(|count| count as f64))
    }
}

/// The measure with so much added to each cell.
fn npmi(cells: [f64; 4], prior: f64) -> f64 {
    let [both, first_alone, second_alone, neither] = cells;
    if first_alone == 0.0 && second_alone == 0.0 && neither == 0.0 {
        return 1.0;
    }
    let [both, first_alone, second_alone, neither] =
        [both, first_alone, second_alone, neither].map(|count| count + prior);
    let total = both + first_alone + second_alone + neither;
    let (first, second) = (both + first_alone, both + second_alone);
    let information = (both.ln() + total.ln()) - (first.ln() + second.ln());
    let most = total.ln() - both.ln();
    (information / most).clamp(-1.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(total: u64, first: u64, second: u64, both: u64) -> Correlation {
        CorrelationCounts {
            total,
            first,
            second,
            both,
        }
        .correlation()
    }

    #[test]
    fn values_are_those_of_mlflow() {
        // Computed with mlflow 3.17.2, `calculate_npmi_from_counts`.
        let cases = [
            ((100, 20, 15, 10), (0.5228787452803378, 0.5098689991831412)),
            ((4, 2, 2, 1), (0.0, 0.0)),
            ((1000, 1, 1, 1), (1.0, 0.9115407974627433)),
            ((10, 5, 5, 0), (-1.0, -0.5637914160289369)),
            ((3, 3, 3, 3), (1.0, 1.0)),
        ];
        for ((total, first, second, both), (npmi, smoothed)) in cases {
            let found = of(total, first, second, both);
            let close = |a: Option<f64>, b: f64| (a.unwrap() - b).abs() < 1e-12;
            assert!(close(found.npmi, npmi), "{found:?}");
            assert!(close(found.smoothed, smoothed), "{found:?}");
        }
    }

    #[test]
    fn nothing_is_said_of_filters_that_match_nothing() {
        for counts in [
            of(0, 0, 0, 0),
            of(5, 0, 3, 0),
            of(5, 3, 0, 0),
            of(5, 9, 9, 1),
        ] {
            assert_eq!(counts, Correlation::default());
        }
    }
}
