//! The first rows of an order out of many, in bounded memory.

use std::cmp::Ordering;

/// Keeps the first `limit` of what is offered.
pub(crate) struct Top<T, F> {
    limit: usize,
    compare: F,
    kept: Vec<T>,
}

impl<T, F: FnMut(&T, &T) -> Ordering> Top<T, F> {
    pub(crate) fn new(limit: usize, compare: F) -> Self {
        Self {
            limit,
            compare,
            kept: Vec::new(),
        }
    }

    pub(crate) fn offer(&mut self, item: T) {
        self.kept.push(item);
        if self.kept.len() >= (2 * self.limit).max(64) {
            self.cut();
        }
    }

    /// What was kept, in order.
    pub(crate) fn finish(mut self) -> Vec<T> {
        self.cut();
        self.kept
    }

    fn cut(&mut self) {
        self.kept.sort_by(&mut self.compare);
        self.kept.truncate(self.limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_kept_in_order() {
        let mut top = Top::new(3, |a: &i32, b: &i32| a.cmp(b));
        for i in 0..1000 {
            top.offer((i * 7919) % 1000);
        }
        assert_eq!(top.finish(), [0, 1, 2]);
    }
}
