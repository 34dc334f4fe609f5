use super::*;
use proptest::prelude::*;

#[test]
fn json_is_accepted() {
    let texts = [
        "null",
        " true ",
        "-0.5e+10",
        "[]",
        "{}",
        "[[],{}]",
        r#"{"a":[1,{"b":"c"}]}"#,
        r#""\u00e9\n\"""#,
        r#""\ud800""#,
        "NaN",
        "[-Infinity, Infinity]",
        "\"é long enough text\"",
    ];
    for text in texts {
        assert!(is_valid(text), "{text}");
    }
}

#[test]
fn what_is_not_json_is_refused() {
    let texts = [
        "",
        " ",
        "tru",
        "01",
        "1.",
        ".5",
        "1e",
        "-",
        "[1,]",
        "[,1]",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{\"a\":1,}",
        "[1}",
        "\"open",
        "\"\\x\"",
        "\"\\u12\"",
        "1 2",
        "]",
        "\"line\nbreak\"",
        "[1",
    ];
    for text in texts {
        assert!(!is_valid(text), "{text}");
    }
}

#[test]
fn depth_has_no_limit() {
    let text = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(is_valid(&text));
}

#[test]
fn tokens_keep_their_spelling() {
    let mut scanner = Scanner::new(r#"{"k\n": [1.50, "x"]}"#);
    let mut tokens = Vec::new();
    while let Some(token) = scanner.next_token().unwrap() {
        tokens.push(token);
    }
    let expected = [
        Token::ObjectStart,
        Token::Key(r#""k\n""#),
        Token::ArrayStart,
        Token::Number("1.50"),
        Token::Text(r#""x""#),
        Token::ArrayEnd,
        Token::ObjectEnd,
    ];
    assert_eq!(tokens, expected);
}

proptest! {
    #[test]
    fn agrees_with_serde(text in r#"[\[\]{}",:0-9a-e\\ \-.ntrufals\n]{0,24}"#) {
        let by_serde = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert_eq!(is_valid(&text), by_serde);
    }

    #[test]
    fn plain_run_finds_the_first_special_byte(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
        let expected = bytes.iter().position(special).unwrap_or(bytes.len());
        prop_assert_eq!(plain_run(&bytes), expected);
    }
}
