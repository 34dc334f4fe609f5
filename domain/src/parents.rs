//! Resolves parent ids to positions, so that every set of spans is a forest whatever was sent.
//!
//! Spans arrive with parents that never come, with ids used twice and, from broken clients, in circles. Everything that walks a
//! trace upwards or downwards starts from the answer given here and can then rely on ending. Order and depth are not here
//! (`span_table`).

use std::collections::HashMap;

use crate::ids::SpanId;

/// Stands for "no parent" in [`Parents::parent`].
pub(crate) const NO_PARENT: u32 = u32::MAX;

/// How a span hangs in its trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// It names no parent.
    Root,
    /// Its parent is known.
    Child,
    /// It names a parent that is not there.
    MissingParent,
    /// It is its own ancestor, and the circle was opened here.
    CycleCut,
    /// A later span has the same id; nobody's parent.
    Superseded,
}

/// Where every span hangs. Following `parent` always ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parents {
    /// Position of the parent or [`NO_PARENT`].
    pub parent: Vec<u32>,
    /// Why it hangs there.
    pub link: Vec<Link>,
}

/// Resolves `spans` of (id, parent id). A circle is opened at its member of the smallest `rank`, which then has no parent.
/// Needs time and memory in proportion to the number of spans; at most `u32::MAX - 1` of them are looked at.
pub(crate) fn resolve<R: Ord>(
    spans: impl ExactSizeIterator<Item = (SpanId, Option<SpanId>)> + Clone,
    rank: impl Fn(usize) -> R,
) -> Parents {
    let mut position = HashMap::with_capacity(spans.len());
    let mut link = vec![Link::Root; spans.len()];
    for (i, (id, _)) in (0..NO_PARENT).zip(spans.clone()) {
        if let Some(earlier) = position.insert(id, i) {
            link[earlier as usize] = Link::Superseded;
        }
    }
    let mut parent = vec![NO_PARENT; spans.len()];
    for (i, (_, parent_id)) in spans.enumerate() {
        let Some(parent_id) = parent_id else { continue };
        let found = position.get(&parent_id).copied();
        parent[i] = found.unwrap_or(NO_PARENT);
        if link[i] != Link::Superseded {
            link[i] = if found.is_some() {
                Link::Child
            } else {
                Link::MissingParent
            };
        }
    }
    let mut parents = Parents { parent, link };
    open_circles(&mut parents, rank);
    parents
}

fn open_circles<R: Ord>(parents: &mut Parents, rank: impl Fn(usize) -> R) {
    const UNSEEN: u32 = 0;
    // The walk in which a span was first seen. Meeting a span of one's own walk means having gone round.
    let mut walk_of = vec![UNSEEN; parents.parent.len()];
    for (walk, start) in (1..).zip(0..parents.parent.len()) {
        let mut at = start;
        while walk_of[at] == UNSEEN {
            walk_of[at] = walk;
            match parents.parent[at] {
                NO_PARENT => break,
                up if walk_of[up as usize] == walk => {
                    let cut = smallest_of_circle(&parents.parent, up as usize, &rank);
                    parents.parent[cut] = NO_PARENT;
                    parents.link[cut] = Link::CycleCut;
                    break;
                }
                up => at = up as usize,
            }
        }
    }
}

fn smallest_of_circle<R: Ord>(parent: &[u32], member: usize, rank: impl Fn(usize) -> R) -> usize {
    let mut smallest = member;
    let mut at = parent[member] as usize;
    while at != member {
        if rank(at) < rank(smallest) {
            smallest = at;
        }
        at = parent[at] as usize;
    }
    smallest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(spans: &[(u64, u64)], parent: &[i64], link: &[Link]) {
        let id = |n: u64| SpanId(n.to_be_bytes());
        let pairs = spans
            .iter()
            .map(|&(own, up)| (id(own), (up != 0).then(|| id(up))));
        let found = resolve(pairs, |i| spans[i].0);
        let parent: Vec<u32> = parent
            .iter()
            .map(|p| u32::try_from(*p).unwrap_or(NO_PARENT))
            .collect();
        assert_eq!(found.parent, parent, "{spans:?}");
        assert_eq!(found.link, link, "{spans:?}");
    }

    #[test]
    fn parents_are_found_before_and_after() {
        use Link::{Child, MissingParent, Root};
        check(
            &[(2, 1), (1, 0), (3, 9)],
            &[1, -1, -1],
            &[Child, Root, MissingParent],
        );
    }

    #[test]
    fn circles_open_at_the_smallest_rank_from_wherever_one_enters() {
        use Link::{Child, CycleCut};
        check(
            &[(9, 7), (7, 8), (8, 6), (6, 7)],
            &[1, 2, 3, -1],
            &[Child, Child, Child, CycleCut],
        );
        check(&[(5, 5)], &[-1], &[CycleCut]);
    }

    #[test]
    fn the_last_of_two_equal_ids_is_the_parent() {
        use Link::{Child, Root, Superseded};
        check(
            &[(1, 0), (1, 0), (2, 1)],
            &[-1, -1, 1],
            &[Superseded, Root, Child],
        );
    }
}
