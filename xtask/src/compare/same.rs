//! When two single values count as the same: equal, or both made by the server that sent them at about the same time.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Number;

/// Milliseconds around now within which two times are "now".
const NOW_MS: f64 = 86_400_000.0;

/// Texts are the same if they differ only in ids, times and names that a server made up.
pub fn texts(theirs: &str, ours: &str) -> bool {
    theirs == ours || normal(theirs) == normal(ours)
}

/// Numbers are the same if they are equal and of one kind, or both times of now.
pub fn numbers(theirs: &Number, ours: &Number) -> bool {
    if theirs == ours {
        return true;
    }
    let is_now = |number: &Number| {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let distance = number.as_f64().unwrap_or_default() - now.as_secs_f64() * 1000.0;
        number.is_i64() && distance.abs() < NOW_MS
    };
    is_now(theirs) && is_now(ours)
}

/// A text with what servers make up replaced by what it is.
fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut word = String::new();
    for character in text.chars().chain(['\0']) {
        if character.is_ascii_alphanumeric() || matches!(character, '-' | ':' | '.') {
            word.push(character);
            continue;
        }
        normal.push_str(word_kind(&word).unwrap_or(&word));
        word.clear();
        if character != '\0' {
            normal.push(character);
        }
    }
    normal
}

fn word_kind(word: &str) -> Option<&'static str> {
    let hex = word.rsplit('-').next().unwrap_or_default();
    if hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(match word.len() {
            32 => "<id>",
            34 => "<a- or m- id>",
            _ => "<id with prefix>",
        });
    }
    if word.len() >= 20 && word.ends_with('Z') && word.as_bytes()[10] == b'T' {
        return Some("<time>");
    }
    let mut parts = word.split('-');
    let is_word = |part: &str| part.len() > 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let (adjective, animal, number) = (parts.next()?, parts.next()?, parts.next()?);
    let is_name = parts.next().is_none()
        && is_word(adjective)
        && is_word(animal)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit());
    is_name.then_some("<run name>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_values_are_the_same() {
        let hex = [
            "0123456789abcdef0123456789abcdef",
            "ffffffffffffffffffffffffffffffff",
        ];
        assert!(texts(
            &format!("Run '{}' x", hex[0]),
            &format!("Run '{}' x", hex[1])
        ));
        assert!(texts(&format!("a-{}", hex[0]), &format!("a-{}", hex[1])));
        assert!(!texts(&format!("a-{}", hex[0]), hex[1]));
        assert!(texts("2026-11-21T02:05:37.774Z", "2026-11-21T02:05:38Z"));
        assert!(texts("silent-crab-12", "merry-owl-7"));
        assert!(!texts("silent-crab-12", "merry-owl"));
        assert!(!texts("a", "b"));
    }

    #[test]
    fn kinds_of_numbers_differ() {
        let number = |text: &str| serde_json::from_str::<Number>(text).unwrap();
        assert!(numbers(&number("4"), &number("4")));
        assert!(!numbers(&number("4"), &number("4.0")));
        assert!(!numbers(&number("1000"), &number("2000")));
    }
}
