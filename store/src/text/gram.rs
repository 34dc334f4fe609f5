//! Pieces of text. Three bytes in a row are their own number, six in a row a hash above [`LONG`].

use domain::filter::like::literal_pieces;

/// Numbers from here on are hashes of six bytes.
pub(crate) const LONG: u32 = 1 << 24;
/// How many hashes there are.
pub(crate) const LONG_COUNT: usize = 1 << 13;

/// A pattern is asked for no more pieces than this; the rest would hardly narrow anything.
const ASKED_MAX: usize = 24;

/// The pieces that a text must have to match a pattern of `LIKE` or `ILIKE`. Empty if the pattern has no three literal bytes
/// in a row: then every text may match.
pub(crate) fn required(pattern: &str) -> Vec<u32> {
    let (mut short, mut long) = (Vec::new(), Vec::new());
    for piece in literal_pieces(pattern) {
        let long = |gram| long.push(LONG + gram);
        each(piece.as_bytes(), |gram| short.push(gram), long);
    }
    let mut out = spread(short, ASKED_MAX / 2);
    out.extend(spread(long, ASKED_MAX / 2));
    out.sort_unstable();
    out.dedup();
    out
}

/// Hands over the number of every three bytes in a row and the hash of every six.
pub(crate) fn each(text: &[u8], mut short: impl FnMut(u32), mut long: impl FnMut(u32)) {
    let mut last = 0u64;
    for (place, byte) in text.iter().enumerate() {
        last = last << 8 | u64::from(byte.to_ascii_lowercase());
        if place >= 2 {
            short((last & 0xff_ffff) as u32);
        }
        if place >= 5 {
            long(hash(last & 0xffff_ffff_ffff));
        }
    }
}

fn hash(six: u64) -> u32 {
    (six.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - LONG_COUNT.ilog2())) as u32
}

/// At most so many of some, evenly chosen.
fn spread(all: Vec<u32>, most: usize) -> Vec<u32> {
    let count = all.len();
    if count <= most {
        return all;
    }
    (0..most).map(|n| all[n * count / most]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grams(text: &str) -> Vec<u32> {
        let mut out = Vec::new();
        let mut long = Vec::new();
        each(text.as_bytes(), |g| out.push(g), |g| long.push(LONG + g));
        out.extend(long);
        out
    }

    #[test]
    fn a_text_that_matches_has_every_piece_of_the_pattern() {
        let text = "Please REFUND order 4711, the café said";
        let all = grams(text);
        for pattern in [
            "%refund order%",
            "%CAFÉ%",
            "Please%4711%said",
            "%the _af%",
            "%o%",
        ] {
            if domain::filter::like::ilike_match(pattern, text) {
                let required = required(pattern);
                assert!(required.iter().all(|gram| all.contains(gram)), "{pattern}");
            }
        }
        assert!(!required("%refund of%").iter().all(|g| all.contains(g)));
    }

    #[test]
    fn short_patterns_require_nothing() {
        for pattern in ["%", "%ab%", "%a_b_c%", ""] {
            assert!(required(pattern).is_empty(), "{pattern}");
        }
        assert!(required(&format!("%{}%", "abcdefgh".repeat(100))).len() <= ASKED_MAX);
    }
}
