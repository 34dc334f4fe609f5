//! Finding what traces have in common: lines of prompts and frames of JSON that occur in many traces, and beyond them words.
//! What occurs in few traces is never learned, so that nothing of a single trace outlives it here.

use std::collections::HashMap;

/// What is learned has at most so many bytes.
const BYTES_MAX: usize = 16 * 1024;
/// A piece is learned if it occurs in one of so many traces.
const SHARE: usize = 20;
/// And in no fewer traces than this.
const TRACES_MIN: u32 = 5;
/// Shorter pieces are not worth a place.
const PIECE_MIN: usize = 4;
/// Longer lines are cut; equal lines are cut in equal places.
const PIECE_MAX: usize = 256;
/// What pointing at a piece costs, about.
const POINTER_BYTES: u64 = 2;

/// Learns from texts, one a trace. Nothing if they have nothing in common.
pub(crate) fn learn(traces: &[Vec<u8>]) -> Vec<u8> {
    let least = TRACES_MIN.max(u32::try_from(traces.len() / SHARE).unwrap_or(u32::MAX));
    let lines = Counts::of(traces, pieces);
    let is_common = |line: &[u8]| lines.of_piece(line) >= least;
    let words = Counts::of(traces, |trace| {
        let rare = pieces(trace).filter(|line| !is_common(line));
        rare.flat_map(words)
    });
    let common = lines.common(least).chain(words.common(least));
    let mut common: Vec<(u64, &[u8])> = common
        .map(|(piece, count)| {
            let saves = (piece.len() as u64).saturating_sub(POINTER_BYTES);
            (u64::from(count) * saves, piece)
        })
        .collect();
    // Equal gains by text, so that the same traces teach the same.
    common.sort_unstable_by(|a, b| b.cmp(a));
    let (mut chosen, mut bytes) = (Vec::new(), 0);
    for (_, piece) in common {
        if bytes + piece.len() > BYTES_MAX {
            break;
        }
        bytes += piece.len();
        chosen.push(piece);
    }
    // The most useful last: what lies nearer is cheaper to point at.
    chosen.reverse();
    chosen.concat()
}

/// In how many traces pieces occur.
struct Counts<'t>(HashMap<&'t [u8], Count>);

#[derive(Clone, Copy)]
struct Count {
    last_trace: usize,
    traces: u32,
}

impl<'t> Counts<'t> {
    fn of<I: Iterator<Item = &'t [u8]>>(
        traces: &'t [Vec<u8>],
        pieces: impl Fn(&'t [u8]) -> I,
    ) -> Self {
        let mut counts: HashMap<&[u8], Count> = HashMap::new();
        for (number, trace) in traces.iter().enumerate() {
            for piece in pieces(trace).filter(|piece| piece.len() >= PIECE_MIN) {
                let count = counts.entry(piece).or_insert(Count {
                    last_trace: usize::MAX,
                    traces: 0,
                });
                if count.last_trace != number {
                    *count = Count {
                        last_trace: number,
                        traces: count.traces + 1,
                    };
                }
            }
        }
        Self(counts)
    }

    fn of_piece(&self, piece: &[u8]) -> u32 {
        self.0.get(piece).map_or(0, |count| count.traces)
    }

    fn common(&self, least: u32) -> impl Iterator<Item = (&'t [u8], u32)> {
        self.0
            .iter()
            .filter(move |(_, count)| count.traces >= least)
            .map(|(piece, count)| (*piece, count.traces))
    }
}

/// Lines: up to quotes, control characters and line ends, also those that JSON writes as `\n`.
fn pieces(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let ends = |place: usize| {
            let byte = rest[place];
            byte < b' ' || byte == b'"' || (byte == b'n' && place > 0 && rest[place - 1] == b'\\')
        };
        let end = (0..rest.len().min(PIECE_MAX)).find(|place| ends(*place));
        let (piece, behind) = rest.split_at(end.map_or(rest.len().min(PIECE_MAX), |end| end + 1));
        rest = behind;
        Some(piece)
    })
}

/// Words with what stands behind them.
fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split_inclusive(|byte| matches!(byte, b' ' | b',' | b'.' | b'/' | b':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(learned: &[u8], text: &str) -> bool {
        learned
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    }

    #[test]
    fn what_many_traces_say_is_learned_and_nothing_else() {
        let prompt =
            r#""system","content":"You are the helpful clerk of an airline.\nNever give refunds.""#;
        let trace = |number: usize| {
            let rare = if number == 3 {
                "the password is hunter22"
            } else {
                ""
            };
            let city = ["Lisbon", "Oslo", "Quito"][number % 3];
            format!("{prompt} question {number} about a flight to {city} {rare}").into_bytes()
        };
        let traces: Vec<Vec<u8>> = (0..100).map(trace).collect();
        let learned = learn(&traces);
        assert!(contains(
            &learned,
            "You are the helpful clerk of an airline."
        ));
        assert!(contains(&learned, "Never give refunds."));
        assert!(contains(&learned, "flight ") && contains(&learned, "Lisbon "));
        assert!(!contains(&learned, "hunter22") && !contains(&learned, "password"));
        assert_eq!(learned, learn(&traces));
        assert_eq!(learn(&traces[..4]), b"");
        assert_eq!(learn(&[]), b"");
    }

    #[test]
    fn pieces_are_all_of_a_text() {
        let long = "x".repeat(3 * PIECE_MAX);
        for text in ["", "a", "\"\"", r"one\ntwo\nthree", "ends\n", &long] {
            let parts: Vec<&[u8]> = pieces(text.as_bytes()).collect();
            assert_eq!(parts.concat(), text.as_bytes());
            assert!(parts.iter().all(|part| part.len() <= PIECE_MAX));
        }
    }

    #[test]
    fn no_more_is_learned_than_there_is_room_for() {
        let line = |number: usize| format!("\"line {number} {}\"", "of a long prompt ".repeat(9));
        let prompt: String = (0..500).map(line).collect();
        let traces = vec![prompt.into_bytes(); 10];
        let learned = learn(&traces);
        assert!((BYTES_MAX - PIECE_MAX..=BYTES_MAX).contains(&learned.len()));
    }
}
