//! Ids and times within texts, which differ between any two traces and mean nothing.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

/// Which differences of texts count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ignoring {
    /// Ids and points in time are all the same.
    #[default]
    IdsAndTimes,
    /// Every letter counts.
    Nothing,
}

/// What ids often begin with, up to the random part.
const PREFIXES: [&str; 19] = [
    "call_",
    "call-",
    "chatcmpl-",
    "chatcmpl_",
    "cmpl-",
    "fc_",
    "gen-",
    "lc_run-",
    "msg_",
    "msg-",
    "req_",
    "req-",
    "resp_",
    "rs_",
    "run-",
    "toolu_",
    "tooluse_",
    "tr-",
    "trace-",
];
/// Shorter runs of hex digits may be words or numbers.
const HEX_MIN: usize = 16;
/// The least random part behind a known prefix.
const RANDOM_MIN: usize = 8;

/// A text with a mark in place of every id and point in time.
pub fn normalised(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in volatile(text) {
        out.push_str(&text[at..range.start]);
        out.push('…');
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// A number that is equal for texts that count as the same.
pub(super) fn hash_text(text: &str, ignoring: Ignoring) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut at = 0;
    if ignoring == Ignoring::IdsAndTimes {
        for range in volatile(text) {
            hasher.write(&text.as_bytes()[at..range.start]);
            hasher.write_u8(0);
            at = range.end;
        }
    }
    text[at..].hash(&mut hasher);
    hasher.finish()
}

/// Where ids and times stand, in order.
pub(super) fn volatile(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            if !is_word(bytes[at]) {
                at += 1;
                continue;
            }
            let start = at;
            if let Some(length) = moment(&bytes[start..]) {
                at = start + length;
                return Some(start..at);
            }
            while at < bytes.len() && is_word(bytes[at]) {
                at += 1;
            }
            if is_id(&text[start..at]) {
                return Some(start..at);
            }
        }
        None
    })
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn is_id(word: &str) -> bool {
    let bytes = word.as_bytes();
    if bytes.len() < 10 {
        return false;
    }
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == bytes.len() {
        // Seconds, milliseconds, microseconds or nanoseconds since 1970, from 2001 on.
        return bytes[0] == b'1' && matches!(bytes.len(), 10 | 13 | 16 | 19);
    }
    let is_hex = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_hexdigit);
    let is_random = |rest: &str| {
        let bytes = rest.as_bytes();
        let has_digit = bytes.iter().any(u8::is_ascii_digit);
        // Random text of letters only mixes its cases.
        let is_mixed = bytes[1..].iter().any(u8::is_ascii_uppercase)
            && bytes.iter().any(u8::is_ascii_lowercase);
        bytes.len() >= RANDOM_MIN && (has_digit || is_mixed)
    };
    if digits > 0 && bytes.len() >= HEX_MIN && is_hex(bytes) {
        return true;
    }
    let mut parts = bytes.split(|byte| *byte == b'-');
    let lengths = [8, 4, 4, 4, 12];
    let is_uuid = bytes.len() == 36
        && lengths.iter().all(|length| {
            parts
                .next()
                .is_some_and(|part| part.len() == *length && is_hex(part))
        });
    let has_prefix = || {
        let rests = PREFIXES
            .iter()
            .filter_map(|prefix| word.strip_prefix(prefix));
        rests.into_iter().any(is_random)
    };
    is_uuid || has_prefix()
}

/// The length of a date with a time at the beginning: `2026-11-21T10:00[:00[.000]][Z|+01:00]`, also with a space. A date alone is
/// mostly part of the question.
fn moment(bytes: &[u8]) -> Option<usize> {
    let digits = |from: usize, count: usize| {
        let found = bytes.get(from..from + count)?;
        found.iter().all(u8::is_ascii_digit).then_some(from + count)
    };
    let sign = |at: usize, wanted: &[u8]| {
        let found = bytes.get(at)?;
        wanted.contains(found).then_some(at + 1)
    };
    let at = digits(0, 4).and_then(|at| sign(at, b"-"))?;
    let at = digits(at, 2).and_then(|at| sign(at, b"-"))?;
    let at = digits(at, 2).and_then(|at| sign(at, b"T "))?;
    let at = digits(at, 2).and_then(|at| sign(at, b":"))?;
    let mut end = digits(at, 2)?;
    if let Some(seconds) = sign(end, b":").and_then(|at| digits(at, 2)) {
        end = seconds;
        if let Some(mut fraction) = sign(end, b".,").filter(|at| digits(*at, 1).is_some()) {
            while digits(fraction, 1).is_some() {
                fraction += 1;
            }
            end = fraction;
        }
    }
    let zone = sign(end, b"+-").and_then(|at| digits(at, 2));
    if let Some(hours) = zone {
        let colon = sign(hours, b":").unwrap_or(hours);
        return Some(digits(colon, 2).unwrap_or(hours));
    }
    Some(sign(end, b"Z").unwrap_or(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_times_are_the_same() {
        for (text, normal) in [
            ("call_a1B2c3D4e5F6", "…"),
            ("toolu_01AbCdEfGh", "…"),
            ("id 550e8400-e29b-41d4-a716-446655440000.", "id …."),
            ("tr-0123456789abcdef0123456789abcdef", "…"),
            ("at 2026-11-21T10:00:00.123Z, then", "at …, then"),
            ("2026-11-21 10:00:00+01:00", "…"),
            ("1764445050123", "…"),
        ] {
            assert_eq!(normalised(text), normal, "{text}");
        }
    }

    #[test]
    fn words_numbers_and_dates_stay() {
        for text in [
            "on 2024-05-20",
            "W7810809",
            "call_center_agents",
            "run-tests-again",
            "msg_formatter",
            "1234567",
            "deadbeef",
            "internationalization",
            "ünïcödé – 12:30",
        ] {
            assert_eq!(normalised(text), text);
        }
    }

    #[test]
    fn hashes_follow_what_is_ignored() {
        let (one, other) = ("get call_a1B2c3D4e5", "get call_z9Y8x7W6v5");
        let same = |ignoring| hash_text(one, ignoring) == hash_text(other, ignoring);
        assert!(same(Ignoring::IdsAndTimes));
        assert!(!same(Ignoring::Nothing));
    }
}
