//! Parts of JSON text by their place, without a tree of values: the next document of a file, the members of an object, the
//! elements of a list.

use crate::json_scan::{Malformed, Scanner, Token};

/// Splits off the first value of a text; `None` if only space is left.
///
/// # Errors
/// The byte from which on it is no JSON.
pub fn first_value(text: &str) -> Result<Option<(&str, &str)>, usize> {
    if text.trim_ascii_start().is_empty() {
        return Ok(None);
    }
    let mut scanner = Scanner::new(text);
    match skip_value(&mut scanner) {
        Ok(()) => {
            let (value, rest) = text.split_at(scanner.position());
            Ok(Some((value.trim_ascii_start(), rest)))
        }
        Err(Malformed) => Err(scanner.position()),
    }
}

/// Names and values of an object; none if the text is no object.
pub fn members(object: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut scanner = Scanner::new(object);
    if scanner.next_token() != Ok(Some(Token::ObjectStart)) {
        return found;
    }
    while let Ok(Some(Token::Key(key))) = scanner.next_token() {
        let start = scanner.position();
        if skip_value(&mut scanner).is_err() {
            break;
        }
        let value = object[start..scanner.position()].trim_ascii_start();
        found.push((key.trim_matches('"'), value));
    }
    found
}

/// Elements of a list; none if the text is no list.
pub fn elements(list: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut scanner = Scanner::new(list);
    if scanner.next_token() != Ok(Some(Token::ArrayStart)) {
        return found;
    }
    loop {
        let start = scanner.position();
        match scanner.next_token() {
            Ok(Some(Token::ObjectStart | Token::ArrayStart)) => {
                if scanner.skip_open(1).is_err() {
                    return found;
                }
            }
            Ok(Some(Token::ArrayEnd) | None) | Err(Malformed) => return found,
            Ok(Some(_)) => {}
        }
        let text = &list[start..scanner.position()];
        found.push(text.trim_start_matches(|c: char| c == ',' || c.is_ascii_whitespace()));
    }
}

/// The first member of one of these names that is not null.
pub fn named<'a>(members: &[(&str, &'a str)], names: &[&str]) -> Option<&'a str> {
    let value = |name: &&str| {
        let found = members.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| *value)
    };
    names
        .iter()
        .filter_map(value)
        .find(|value| *value != "null")
}

fn skip_value(scanner: &mut Scanner<'_>) -> Result<(), Malformed> {
    match scanner.next_token()?.ok_or(Malformed)? {
        Token::ObjectStart | Token::ArrayStart => scanner.skip_open(1),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_follow_each_other() {
        let text = " {\"a\": [1]}\n[2] 3";
        let (first, rest) = first_value(text).unwrap().unwrap();
        assert_eq!(first, "{\"a\": [1]}");
        let (second, rest) = first_value(rest).unwrap().unwrap();
        assert_eq!(second, "[2]");
        assert_eq!(first_value(rest), Ok(Some(("3", ""))));
        assert_eq!(first_value(" \n"), Ok(None));
        assert_eq!(first_value("{\"a\": x}"), Err(6));
    }

    #[test]
    fn parts_are_found_by_place() {
        let object = r#"{"a": {"b": [1, {}]}, "c" :null , "d":"x,]"}"#;
        let found = members(object);
        assert_eq!(
            found,
            [("a", r#"{"b": [1, {}]}"#), ("c", "null"), ("d", r#""x,]""#)]
        );
        assert_eq!(named(&found, &["z", "c", "d"]), Some(r#""x,]""#));
        assert_eq!(
            elements("[ 1,[2, 3] , {\"a\":[]},null]"),
            ["1", "[2, 3]", "{\"a\":[]}", "null"]
        );
        assert!(elements("[]").is_empty());
        assert!(elements("{}").is_empty() && members("[]").is_empty());
    }
}
