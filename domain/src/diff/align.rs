//! Two trees of steps, aligned: level by level from the roots, siblings by the best score; what is left over on both sides and
//! is the same call has moved.

use std::collections::HashMap;
use std::ops::Range;

use super::sequence::{anchors, common_ends};

/// Siblings with at most so many pairs are compared all with all; more within a band of this area.
const AREA: usize = 1 << 18;
/// The narrowest band.
const BAND_MIN: usize = 8;

/// What alignment knows of a step. Trees are lists of these in depth-first order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Node {
    /// 0 for a root; at most one more than the node before.
    pub depth: u32,
    /// Equal for steps that may stand for each other at all, such as two model calls of different models.
    pub family: u64,
    /// Equal for steps of one kind and name.
    pub name: u64,
    /// Equal for steps of one kind, name and arguments.
    pub call: u64,
    /// Equal for steps that came to the same.
    pub outcome: u64,
    /// Whether the arguments tell the call from others of its name.
    pub has_arguments: bool,
}

/// A step of either tree or of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Position in the first tree.
    pub a: Option<u32>,
    /// Position in the second tree.
    pub b: Option<u32>,
    /// Where it hangs in the union of both trees.
    pub depth: u32,
    /// In both, but elsewhere; it stands where the second tree has it.
    pub is_moved: bool,
}

const NONE: u32 = u32::MAX;

/// Aligns two trees. All steps of the second stand in their order; steps that only the first has stand before the next step of the
/// second that they come before.
pub fn align(a: &[Node], b: &[Node]) -> Vec<Pair> {
    let mut alignment = Alignment {
        a: Tree::of(a),
        b: Tree::of(b),
        mate_of_a: vec![NONE; a.len()],
        mate_of_b: vec![NONE; b.len()],
        below: HashMap::new(),
        roots: Vec::new(),
        moved: vec![false; b.len()],
    };
    alignment.roots = alignment.siblings(&alignment.a.roots(), &alignment.b.roots());
    if let [Side::A(a), Side::B(b)] | [Side::B(b), Side::A(a)] = alignment.roots[..] {
        // One root each: two traces that are compared are taken to be about the same.
        alignment.roots = vec![Side::Both(a, b)];
    }
    let roots = alignment.roots.clone();
    alignment.descend(&roots);
    alignment.find_moved();
    alignment.rows()
}

/// A step among siblings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    A(u32),
    B(u32),
    Both(u32, u32),
}

struct Tree<'a> {
    nodes: &'a [Node],
    /// The position after the last step below.
    end: Vec<u32>,
}

impl<'a> Tree<'a> {
    fn of(nodes: &'a [Node]) -> Self {
        let mut end = vec![0; nodes.len()];
        let mut open: Vec<usize> = Vec::new();
        for (at, node) in nodes.iter().enumerate() {
            while open
                .last()
                .is_some_and(|above| nodes[*above].depth >= node.depth)
            {
                end[open.pop().unwrap_or(0)] = at as u32;
            }
            open.push(at);
        }
        for at in open {
            end[at] = nodes.len() as u32;
        }
        Self { nodes, end }
    }

    fn roots(&self) -> Vec<u32> {
        self.between(0, self.nodes.len() as u32)
    }

    fn children(&self, at: u32) -> Vec<u32> {
        self.between(at + 1, self.end[at as usize])
    }

    fn between(&self, from: u32, to: u32) -> Vec<u32> {
        let first = (from < to).then_some(from);
        let next = |at: &u32| Some(self.end[*at as usize]).filter(|next| *next < to);
        std::iter::successors(first, next).collect()
    }

    fn node(&self, at: u32) -> &Node {
        &self.nodes[at as usize]
    }
}

struct Alignment<'a> {
    a: Tree<'a>,
    b: Tree<'a>,
    mate_of_a: Vec<u32>,
    mate_of_b: Vec<u32>,
    /// The siblings below a pair, by its position in the second tree.
    below: HashMap<u32, Vec<Side>>,
    roots: Vec<Side>,
    moved: Vec<bool>,
}

impl Alignment<'_> {
    /// Aligns what is below the pairs among these, and so on downwards.
    fn descend(&mut self, siblings: &[Side]) {
        let mut open = siblings.to_vec();
        while let Some(side) = open.pop() {
            let Side::Both(a, b) = side else { continue };
            self.mate_of_a[a as usize] = b;
            self.mate_of_b[b as usize] = a;
            // What has moved elsewhere already is no longer here.
            let is_free = |mates: &[u32], at: &u32| mates[*at as usize] == NONE;
            let mut in_a = self.a.children(a);
            in_a.retain(|at| is_free(&self.mate_of_a, at));
            let mut in_b = self.b.children(b);
            in_b.retain(|at| is_free(&self.mate_of_b, at));
            if in_a.is_empty() && in_b.is_empty() {
                continue;
            }
            let aligned = self.siblings(&in_a, &in_b);
            open.extend(&aligned);
            self.below.insert(b, aligned);
        }
    }

    /// Pairs calls that are left over on both sides.
    fn find_moved(&mut self) {
        let mut left: HashMap<u64, Vec<u32>> = HashMap::new();
        for at in (0..self.a.nodes.len() as u32).rev() {
            let node = self.a.node(at);
            if self.mate_of_a[at as usize] == NONE && node.has_arguments {
                left.entry(node.call).or_default().push(at);
            }
        }
        if left.is_empty() {
            return;
        }
        for b in 0..self.b.nodes.len() as u32 {
            let node = *self.b.node(b);
            if self.mate_of_b[b as usize] != NONE || !node.has_arguments {
                continue;
            }
            let Some(candidates) = left.get_mut(&node.call) else {
                continue;
            };
            let found = loop {
                match candidates.pop() {
                    Some(at) if self.mate_of_a[at as usize] == NONE => break Some(at),
                    Some(_) => {}
                    None => break None,
                }
            };
            if let Some(a) = found {
                self.moved[b as usize] = true;
                self.descend(&[Side::Both(a, b)]);
            }
        }
    }

    /// All steps in order.
    fn rows(&self) -> Vec<Pair> {
        let mut rows = Vec::with_capacity(self.a.nodes.len().max(self.b.nodes.len()));
        let mut open: Vec<(Side, u32)> = self.roots.iter().rev().map(|side| (*side, 0)).collect();
        while let Some((side, depth)) = open.pop() {
            let (a, b) = match side {
                Side::Both(a, b) => (Some(a), Some(b)),
                // It stands where the second tree has it.
                Side::A(a) if self.mate_of_a[a as usize] != NONE => continue,
                Side::A(a) => (Some(a), None),
                Side::B(b) => (
                    Some(self.mate_of_b[b as usize]).filter(|a| *a != NONE),
                    Some(b),
                ),
            };
            rows.push(Pair {
                a,
                b,
                depth,
                is_moved: b.is_some_and(|b| self.moved[b as usize]),
            });
            match (a, b) {
                (Some(_), Some(b)) => {
                    let below = self.below.get(&b).map_or(&[][..], Vec::as_slice);
                    open.extend(below.iter().rev().map(|side| (*side, depth + 1)));
                }
                (Some(a), None) => {
                    let below = self.a.children(a).into_iter().rev();
                    open.extend(below.map(|a| (Side::A(a), depth + 1)));
                }
                (_, Some(b)) => {
                    let below = self.b.children(b).into_iter().rev();
                    open.extend(below.map(|b| (Side::B(b), depth + 1)));
                }
                (None, None) => {}
            }
        }
        rows
    }

    /// Aligns siblings by the best score, within bounds.
    fn siblings(&self, in_a: &[u32], in_b: &[u32]) -> Vec<Side> {
        let calls_a: Vec<u64> = in_a.iter().map(|at| self.a.node(*at).call).collect();
        let calls_b: Vec<u64> = in_b.iter().map(|at| self.b.node(*at).call).collect();
        let mut pairs = Vec::new();
        let mut open = vec![(0..in_a.len(), 0..in_b.len())];
        while let Some((mut ra, mut rb)) = open.pop() {
            let (front, back) = common_ends(&calls_a, &calls_b, &ra, &rb);
            pairs.extend((ra.start..).zip(rb.start..).take(front));
            pairs.extend((ra.end - back..).zip(rb.end - back..).take(back));
            ra = ra.start + front..ra.end - back;
            rb = rb.start + front..rb.end - back;
            if ra.is_empty() || rb.is_empty() {
                continue;
            }
            if ra.len().saturating_mul(rb.len()) > AREA {
                let found = anchors(&calls_a, &calls_b, &ra, &rb);
                if !found.is_empty() {
                    let (mut from_a, mut from_b) = (ra.start, rb.start);
                    for (a, b) in found {
                        pairs.push((a, b));
                        open.push((from_a..a, from_b..b));
                        (from_a, from_b) = (a + 1, b + 1);
                    }
                    open.push((from_a..ra.end, from_b..rb.end));
                    continue;
                }
            }
            let score = |i: usize, j: usize| {
                score(
                    self.a.node(in_a[ra.start + i]),
                    self.b.node(in_b[rb.start + j]),
                )
            };
            let found = best_pairs(ra.len(), rb.len(), score);
            pairs.extend(found.into_iter().map(|(i, j)| (ra.start + i, rb.start + j)));
        }
        pairs.sort_unstable();
        in_order(in_a, in_b, &pairs)
    }
}

/// Siblings of both sides in one order; what only the first has comes before what only the second has.
fn in_order(in_a: &[u32], in_b: &[u32], pairs: &[(usize, usize)]) -> Vec<Side> {
    let mut out = Vec::with_capacity(in_a.len().max(in_b.len()));
    let (mut from_a, mut from_b) = (0, 0);
    let ends = [(in_a.len(), in_b.len())];
    for (a, b) in pairs.iter().chain(&ends) {
        out.extend(in_a[from_a..*a].iter().map(|at| Side::A(*at)));
        out.extend(in_b[from_b..*b].iter().map(|at| Side::B(*at)));
        if let (Some(at_a), Some(at_b)) = (in_a.get(*a), in_b.get(*b)) {
            out.push(Side::Both(*at_a, *at_b));
        }
        (from_a, from_b) = (a + 1, b + 1);
    }
    out
}

/// How well two steps stand for each other; 0 for not at all. One call that is the same outweighs two of the same name only.
fn score(a: &Node, b: &Node) -> i32 {
    if a.call == b.call {
        return 5 + i32::from(a.outcome == b.outcome);
    }
    if a.name == b.name {
        return 2 + i32::from(a.outcome == b.outcome);
    }
    i32::from(a.family == b.family)
}

/// The pairs in order that score highest together, looked for within a band around the diagonal.
fn best_pairs(n: usize, m: usize, score: impl Fn(usize, usize) -> i32) -> Vec<(usize, usize)> {
    if n < m {
        // In a band that follows the longer side, each row overlaps the next.
        let flipped = banded(m, n, |i, j| score(j, i));
        return flipped.into_iter().map(|(i, j)| (j, i)).collect();
    }
    banded(n, m, score)
}

#[derive(Clone, Copy, PartialEq)]
enum Step {
    Stop,
    Up,
    Left,
    Pair,
}

fn banded(n: usize, m: usize, score: impl Fn(usize, usize) -> i32) -> Vec<(usize, usize)> {
    let half = if n.saturating_mul(m) <= AREA {
        m
    } else {
        (AREA / (2 * n)).max(BAND_MIN)
    };
    let columns = |row: usize| -> Range<usize> {
        let middle = row * m / n;
        middle.saturating_sub(half)..(middle + half + 1).min(m + 1)
    };
    let width = (2 * half + 1).min(m + 1);
    let mut steps = vec![Step::Stop; (n + 1) * width];
    let mut above: Vec<i32> = Vec::new();
    let mut above_from = 0;
    for row in 0..=n {
        let range = columns(row);
        let mut scores = Vec::with_capacity(range.len());
        for column in range.clone() {
            let over = |column: usize| {
                let at = column.checked_sub(above_from)?;
                above.get(at).copied()
            };
            let mut best = (0, Step::Stop);
            if row > 0
                && let Some(up) = over(column)
            {
                best = (up, Step::Up);
            }
            if let Some(left) = scores.last().copied().filter(|_| column > 0)
                && (best.1 == Step::Stop || left > best.0)
            {
                best = (left, Step::Left);
            }
            if row > 0
                && column > 0
                && let Some(diagonal) = over(column - 1)
            {
                let value = score(row - 1, column - 1);
                if value > 0 && (best.1 == Step::Stop || diagonal + value >= best.0) {
                    best = (diagonal + value, Step::Pair);
                }
            }
            steps[row * width + column - range.start] = best.1;
            scores.push(best.0);
        }
        above = scores;
        above_from = range.start;
    }
    let mut pairs = Vec::new();
    let (mut row, mut column) = (n, m);
    loop {
        match steps[row * width + column - columns(row).start] {
            Step::Stop => break,
            Step::Up => row -= 1,
            Step::Left => column -= 1,
            Step::Pair => {
                (row, column) = (row - 1, column - 1);
                pairs.push((row, column));
            }
        }
    }
    pairs.reverse();
    pairs
}
