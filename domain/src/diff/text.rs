//! Two texts word by word: lines first, then words within lines that differ. Ids and times count as one word each, and may
//! count as equal.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use super::normal::{Ignoring, hash_text, volatile};
use super::sequence::{anchors, common_ends};

/// More edits than this between two anchors are not told apart.
const EDITS_MAX: usize = 800;
/// Lines that differ in more words than this are not compared word by word.
const WORDS_MAX: usize = 20_000;

/// What became of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// In both texts.
    Same,
    /// In the first only.
    Removed,
    /// In the second only.
    Added,
}

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What became of it.
    pub op: Op,
    /// The text.
    pub text: String,
}

/// Some lines of both texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hunk {
    /// Lines that are in both, as the second text has them.
    Same(String),
    /// Lines that differ, in pieces: those of the first text are the same and the removed ones, of the second the same and the added.
    Changed(Vec<Piece>),
}

/// Compares two texts. The hunks hold both texts whole, but for ids and times that are ignored, which stand as in the second.
pub fn diff_texts(a: &str, b: &str, ignoring: Ignoring) -> Vec<Hunk> {
    let lines_a: Vec<&str> = a.split_inclusive('\n').collect();
    let lines_b: Vec<&str> = b.split_inclusive('\n').collect();
    let hashes = |lines: &[&str]| -> Vec<u64> {
        let hashes = lines.iter().map(|line| hash_text(line, ignoring));
        hashes.collect()
    };
    let equal = equal_runs(&hashes(&lines_a), &hashes(&lines_b));
    let mut hunks = Vec::new();
    let (mut from_a, mut from_b) = (0, 0);
    let end = (lines_a.len(), lines_b.len(), 0);
    for (at_a, at_b, length) in equal.into_iter().chain([end]) {
        if from_a < at_a || from_b < at_b {
            let removed = lines_a[from_a..at_a].concat();
            let added = lines_b[from_b..at_b].concat();
            hunks.push(Hunk::Changed(pieces(&removed, &added, ignoring)));
        }
        if length > 0 {
            hunks.push(Hunk::Same(lines_b[at_b..at_b + length].concat()));
        }
        (from_a, from_b) = (at_a + length, at_b + length);
    }
    hunks
}

/// Lines that differ, word by word.
fn pieces(a: &str, b: &str, ignoring: Ignoring) -> Vec<Piece> {
    let (words_a, words_b) = (words(a), words(b));
    let mut out = Pieces::default();
    if words_a.len().max(words_b.len()) > WORDS_MAX {
        out.push(Op::Removed, a);
        out.push(Op::Added, b);
        return out.0;
    }
    let hashes = |text: &str, words: &[Word]| -> Vec<u64> {
        let hashes = words.iter().map(|word| match ignoring {
            Ignoring::IdsAndTimes if word.is_volatile => 0,
            _ => hash_word(&text[word.range.clone()]),
        });
        hashes.collect()
    };
    let equal = equal_runs(&hashes(a, &words_a), &hashes(b, &words_b));
    let equal = worthwhile(equal, b, &words_b);
    let span = |words: &[Word], from: usize, to: usize| -> Range<usize> {
        match (
            words.get(from),
            to.checked_sub(1).and_then(|last| words.get(last)),
        ) {
            (Some(first), Some(last)) if from < to => first.range.start..last.range.end,
            _ => 0..0,
        }
    };
    let (mut from_a, mut from_b) = (0, 0);
    let end = (words_a.len(), words_b.len(), 0);
    for (at_a, at_b, length) in equal.into_iter().chain([end]) {
        out.push(Op::Removed, &a[span(&words_a, from_a, at_a)]);
        out.push(Op::Added, &b[span(&words_b, from_b, at_b)]);
        out.push(Op::Same, &b[span(&words_b, at_b, at_b + length)]);
        (from_a, from_b) = (at_a + length, at_b + length);
    }
    out.0
}

/// Leaves out what is the same by chance: blanks and signs between words that differ.
fn worthwhile(
    equal: Vec<(usize, usize, usize)>,
    text: &str,
    words: &[Word],
) -> Vec<(usize, usize, usize)> {
    let has_letters = |(_, at, length): &(usize, usize, usize)| {
        words[*at..at + length]
            .iter()
            .any(|word| text[word.range.clone()].contains(char::is_alphanumeric))
    };
    let has_line = |(_, at, length): &(usize, usize, usize)| {
        words[*at..at + length]
            .iter()
            .any(|word| &text[word.range.clone()] == "\n")
    };
    equal
        .into_iter()
        .filter(|run| has_letters(run) || has_line(run) || run.2 > 2)
        .collect()
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn push(&mut self, op: Op, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.op == op => last.text.push_str(text),
            _ => self.0.push(Piece {
                op,
                text: text.to_owned(),
            }),
        }
    }
}

struct Word {
    range: Range<usize>,
    is_volatile: bool,
}

/// Words, runs of blanks, line ends and single signs.
fn words(text: &str) -> Vec<Word> {
    let mut out = Vec::new();
    let mut plain = |range: Range<usize>| {
        let mut start = range.start;
        let mut last = None;
        for (at, letter) in text[range.clone()].char_indices() {
            let kind = match letter {
                '\n' => None,
                letter if letter.is_alphanumeric() || letter == '_' => Some(true),
                letter if letter.is_whitespace() => Some(false),
                _ => None,
            };
            let at = range.start + at;
            if at > start && (kind.is_none() || kind != last) {
                out.push(Word {
                    range: start..at,
                    is_volatile: false,
                });
                start = at;
            }
            last = kind;
        }
        if start < range.end {
            out.push(Word {
                range: start..range.end,
                is_volatile: false,
            });
        }
        out.len()
    };
    let mut volatile_places = Vec::new();
    let mut at = 0;
    for range in volatile(text) {
        let place = plain(at..range.start);
        at = range.end;
        volatile_places.push((place, range));
    }
    plain(at..text.len());
    for (moved, (place, range)) in volatile_places.into_iter().enumerate() {
        out.insert(
            place + moved,
            Word {
                range,
                is_volatile: true,
            },
        );
    }
    out
}

fn hash_word(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    // 0 stands for what is ignored.
    hasher.finish() | 1
}

/// Runs that are equal, in order: where in the first, where in the second, how long.
fn equal_runs(a: &[u64], b: &[u64]) -> Vec<(usize, usize, usize)> {
    let mut runs = Vec::new();
    let mut open = vec![(0..a.len(), 0..b.len(), true)];
    while let Some((mut ra, mut rb, may_split)) = open.pop() {
        let (front, back) = common_ends(a, b, &ra, &rb);
        runs.push((ra.start, rb.start, front));
        runs.push((ra.end - back, rb.end - back, back));
        ra = ra.start + front..ra.end - back;
        rb = rb.start + front..rb.end - back;
        if ra.is_empty() || rb.is_empty() {
            continue;
        }
        if let Some(found) = shortest_edits(&a[ra.clone()], &b[rb.clone()]) {
            let found = found.into_iter();
            runs.extend(found.map(|(i, j)| (ra.start + i, rb.start + j, 1)));
        } else if may_split {
            let (mut from_a, mut from_b) = (ra.start, rb.start);
            for (at_a, at_b) in anchors(a, b, &ra, &rb) {
                runs.push((at_a, at_b, 1));
                open.push((from_a..at_a, from_b..at_b, false));
                (from_a, from_b) = (at_a + 1, at_b + 1);
            }
            if from_a > ra.start {
                open.push((from_a..ra.end, from_b..rb.end, false));
            }
        }
    }
    runs.retain(|(_, _, length)| *length > 0);
    runs.sort_unstable();
    let mut joined: Vec<(usize, usize, usize)> = Vec::with_capacity(runs.len());
    for (at_a, at_b, length) in runs {
        match joined.last_mut() {
            Some((a, b, l)) if *a + *l == at_a && *b + *l == at_b => *l += length,
            _ => joined.push((at_a, at_b, length)),
        }
    }
    joined
}

/// The pairs that Myers' greedy walk keeps; `None` if it takes too many edits.
fn shortest_edits(a: &[u64], b: &[u64]) -> Option<Vec<(usize, usize)>> {
    let (n, m) = (a.len() as isize, b.len() as isize);
    let most = (n + m).min(EDITS_MAX as isize);
    // Furthest place in `a` on each diagonal, before each number of edits.
    let mut history: Vec<Vec<isize>> = Vec::new();
    let mut furthest = vec![0_isize; (2 * most + 3) as usize];
    let slot = |diagonal: isize| (diagonal + most + 1) as usize;
    for edits in 0..=most {
        history.push(furthest[slot(-edits - 1)..=slot(edits + 1)].to_vec());
        for diagonal in (-edits..=edits).step_by(2) {
            let is_down = diagonal == -edits
                || (diagonal != edits
                    && furthest[slot(diagonal - 1)] < furthest[slot(diagonal + 1)]);
            let mut x = if is_down {
                furthest[slot(diagonal + 1)]
            } else {
                furthest[slot(diagonal - 1)] + 1
            };
            let mut y = x - diagonal;
            while x < n && y < m && y >= 0 && a[x as usize] == b[y as usize] {
                (x, y) = (x + 1, y + 1);
            }
            furthest[slot(diagonal)] = x;
            if x >= n && y >= m {
                return Some(kept(&history, n, m));
            }
        }
    }
    None
}

/// Walks back along the edits and gathers what was kept.
fn kept(history: &[Vec<isize>], n: isize, m: isize) -> Vec<(usize, usize)> {
    let (mut x, mut y) = (n, m);
    let mut pairs = Vec::new();
    for (edits, furthest) in history.iter().enumerate().rev() {
        let edits = edits as isize;
        let at = |diagonal: isize| furthest[(diagonal + edits + 1) as usize];
        let diagonal = x - y;
        let (before_x, before_y) = if edits == 0 {
            (0, 0)
        } else {
            let is_down =
                diagonal == -edits || (diagonal != edits && at(diagonal - 1) < at(diagonal + 1));
            let from = if is_down { diagonal + 1 } else { diagonal - 1 };
            (at(from), at(from) - from)
        };
        let is_down = edits > 0 && before_x - before_y > diagonal;
        let (start_x, start_y) = match (edits, is_down) {
            (0, _) => (0, 0),
            (_, true) => (before_x, before_y + 1),
            (_, false) => (before_x + 1, before_y),
        };
        while x > start_x && y > start_y {
            (x, y) = (x - 1, y - 1);
            pairs.push((x as usize, y as usize));
        }
        (x, y) = (before_x, before_y);
    }
    pairs.reverse();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(a: &str, b: &str, ignoring: Ignoring) -> String {
        let mut out = String::new();
        for hunk in diff_texts(a, b, ignoring) {
            match hunk {
                Hunk::Same(text) => out += &text,
                Hunk::Changed(pieces) => {
                    for piece in pieces {
                        out += &match piece.op {
                            Op::Same => piece.text,
                            Op::Removed => format!("[-{}]", piece.text),
                            Op::Added => format!("[+{}]", piece.text),
                        };
                    }
                }
            }
        }
        out
    }

    #[test]
    fn words_that_differ_are_marked() {
        let check = |a, b, wanted| assert_eq!(marked(a, b, Ignoring::Nothing), wanted);
        check("same", "same", "same");
        check("", "new", "[+new]");
        check("old", "", "[-old]");
        check(
            "one\nbook flight HAT136\nthree\n",
            "one\nbook flight HAT170\nthree\n",
            "one\nbook flight [-HAT136][+HAT170]\nthree\n",
        );
        check("the red fox", "the quick red fox", "the [+quick ]red fox");
        // What is the same by chance between words that differ is not told apart.
        check("a, b", "c, d", "[-a, b][+c, d]");
        check("a b", "c d", "[-a b][+c d]");
    }

    #[test]
    fn ignored_ids_are_equal() {
        let (a, b) = ("call_a1B2c3D4e5 ok", "call_z9Y8x7W6v5 no");
        assert_eq!(
            marked(a, b, Ignoring::IdsAndTimes),
            "call_z9Y8x7W6v5 [-ok][+no]"
        );
        assert_eq!(
            marked(a, b, Ignoring::Nothing),
            "[-call_a1B2c3D4e5 ok][+call_z9Y8x7W6v5 no]"
        );
    }

    #[test]
    fn long_texts_without_anything_in_common_end_soon() {
        let text = |word: &str| {
            let lines = (0..40_000).map(|line| format!("{word} {}\n", line % 7));
            lines.collect::<String>()
        };
        let hunks = diff_texts(&text("left"), &text("right"), Ignoring::Nothing);
        assert_eq!(hunks.len(), 1);
    }
}
