//! Alignment of sequences: anchors that are unique on both sides, and the longest increasing chain of them.

use std::collections::HashMap;
use std::ops::Range;

/// Places that are the same on both sides: values that stand once in each, as many as keep their order.
pub(super) fn anchors(
    a: &[u64],
    b: &[u64],
    in_a: &Range<usize>,
    in_b: &Range<usize>,
) -> Vec<(usize, usize)> {
    /// Stands for "more than once".
    const OFTEN: usize = usize::MAX;
    let mut places: HashMap<u64, (usize, usize)> = HashMap::with_capacity(in_a.len());
    const NONE: usize = usize::MAX - 1;
    for at in in_a.clone() {
        places
            .entry(a[at])
            .and_modify(|(place, _)| *place = OFTEN)
            .or_insert((at, NONE));
    }
    for at in in_b.clone() {
        if let Some((_, place)) = places.get_mut(&b[at]) {
            *place = if *place == NONE { at } else { OFTEN };
        }
    }
    let mut pairs: Vec<(usize, usize)> = places
        .into_values()
        .filter(|(in_a, in_b)| *in_a != OFTEN && *in_b < NONE)
        .collect();
    pairs.sort_unstable();
    increasing(&pairs)
}

/// The longest chain of pairs, sorted by the first, in which the second increases too.
fn increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length the pair that ends a chain of that length lowest.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (index, (_, value)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *value);
        before.push(length.checked_sub(1).map(|last| ends[last]));
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let mut chain = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(index) = at {
        chain.push(pairs[index]);
        at = before[index];
    }
    chain.reverse();
    chain
}

/// How many values are the same from the beginning, and then from the end.
pub(super) fn common_ends(
    a: &[u64],
    b: &[u64],
    in_a: &Range<usize>,
    in_b: &Range<usize>,
) -> (usize, usize) {
    let (a, b) = (&a[in_a.clone()], &b[in_b.clone()]);
    let front = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[front..], &b[front..]);
    let back = a.iter().rev().zip(b.iter().rev());
    (front, back.take_while(|(a, b)| a == b).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_unique_and_in_order() {
        let found = |a: &[u64], b: &[u64]| anchors(a, b, &(0..a.len()), &(0..b.len()));
        assert_eq!(found(&[1, 2, 3], &[1, 9, 3]), [(0, 0), (2, 2)]);
        assert_eq!(found(&[1, 1, 2], &[1, 2]), [(2, 1)]);
        assert_eq!(
            found(&[1, 2, 3, 4], &[4, 1, 2, 3]),
            [(0, 1), (1, 2), (2, 3)]
        );
        assert_eq!(found(&[], &[1]), []);
    }

    #[test]
    fn common_ends_do_not_overlap() {
        let ends = |a: &[u64], b: &[u64]| common_ends(a, b, &(0..a.len()), &(0..b.len()));
        assert_eq!(ends(&[1, 1], &[1, 1, 1]), (2, 0));
        assert_eq!(ends(&[1, 2, 3], &[1, 9, 3]), (1, 1));
    }
}
