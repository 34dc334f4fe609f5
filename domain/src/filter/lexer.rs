//! Cuts filter text into tokens, each with its byte range. Lossless: the ranges follow one another and cover the whole
//! text, so every position belongs to exactly one token. Never fails: an unclosed quote is a token of its own kind, and
//! a character that has no place in the language is [`TokenKind::Other`].
//!
//! Nothing is unescaped. A quote is part of a quoted text if it is written twice (`'it''s'`), and stays twice there.

use super::TextRange;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Blanks, tabs, line ends.
    Whitespace,
    /// Letters, digits, `_` and everything beyond ASCII: names, keywords, word operators.
    Word,
    /// A decimal number: `5`, `-1`, `.5`, `1500.5`, `1e3`.
    Number,
    /// `'text'`
    SingleQuoted,
    /// `"text"`
    DoubleQuoted,
    /// `` `text` ``
    Backticked,
    /// A quote of any kind that is never closed, up to the end of the text.
    Unterminated,
    /// `.`
    Dot,
    /// `,`
    Comma,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `;`
    Semicolon,
    /// A run of `=`, `<`, `>`, `!`, `~`; the checker says which runs mean something.
    Compare,
    /// `-- to the end of the line` or `/* … */`; not part of the language.
    Comment,
    /// Anything else; `&&` and `||` are one token each.
    Other,
}

/// A piece of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is, quotes included.
    pub range: TextRange,
}

/// Cuts the text into tokens. The text must be shorter than 4 GiB.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let before = out.last().map(|token| token.kind);
        let (kind, len) = next_token(&text[at..], before);
        out.push(Token {
            kind,
            range: TextRange::of(at, at + len),
        });
        at += len;
    }
    out
}

/// Whether the character may stand in an unquoted name.
pub fn is_word_char(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || c == '_'
        || (!c.is_ascii() && !c.is_whitespace() && !c.is_control())
}

fn next_token(rest: &str, before: Option<TokenKind>) -> (TokenKind, usize) {
    let bytes = rest.as_bytes();
    let first = rest.chars().next().unwrap_or(' ');
    // A sign or a dot directly behind a name or a value belongs to that, not to a number: `user-1`, `tags.a.5`.
    let joined = matches!(
        before,
        Some(
            TokenKind::Word
                | TokenKind::Number
                | TokenKind::SingleQuoted
                | TokenKind::DoubleQuoted
                | TokenKind::Backticked
                | TokenKind::Dot
                | TokenKind::RightParen
        )
    );
    match first {
        '\'' => quoted(rest, b'\'', TokenKind::SingleQuoted),
        '"' => quoted(rest, b'"', TokenKind::DoubleQuoted),
        '`' => quoted(rest, b'`', TokenKind::Backticked),
        ',' => (TokenKind::Comma, 1),
        '(' => (TokenKind::LeftParen, 1),
        ')' => (TokenKind::RightParen, 1),
        ';' => (TokenKind::Semicolon, 1),
        '=' | '<' | '>' | '!' | '~' => (
            TokenKind::Compare,
            run(rest, |c| matches!(c, '=' | '<' | '>' | '!' | '~')),
        ),
        '-' if bytes.get(1) == Some(&b'-') => (TokenKind::Comment, run(rest, |c| c != '\n')),
        '/' if bytes.get(1) == Some(&b'*') => (
            TokenKind::Comment,
            rest[2..].find("*/").map_or(rest.len(), |end| end + 4),
        ),
        '&' | '|' if bytes.get(1) == bytes.first() => (TokenKind::Other, 2),
        '-' | '.' if !joined => match number_len(rest) {
            Some(len) => (TokenKind::Number, len),
            None => (
                if first == '.' {
                    TokenKind::Dot
                } else {
                    TokenKind::Other
                },
                1,
            ),
        },
        '.' => (TokenKind::Dot, 1),
        c if c.is_whitespace() => (TokenKind::Whitespace, run(rest, char::is_whitespace)),
        c if is_word_char(c) => match number_len(rest) {
            Some(len) if before != Some(TokenKind::Dot) => (TokenKind::Number, len),
            _ => (TokenKind::Word, run(rest, is_word_char)),
        },
        c => (TokenKind::Other, c.len_utf8()),
    }
}

/// The length of the run of characters from the start that satisfy `want`.
fn run(rest: &str, want: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !want(c)).unwrap_or(rest.len())
}

fn quoted(rest: &str, quote: u8, kind: TokenKind) -> (TokenKind, usize) {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at] != quote {
            at += 1;
        } else if bytes.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return (kind, at + 1);
        }
    }
    (TokenKind::Unterminated, bytes.len())
}

/// The length of the number at the start; `None` if there is none or a name goes on behind it (`1abc`).
fn number_len(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(at);
    at += whole;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if whole == 0 && fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    } else if whole == 0 {
        return None;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = bytes
            .get(at + 1 + sign..)
            .map_or(0, |_| digits(at + 1 + sign));
        if exponent > 0 {
            at += 1 + sign + exponent;
        }
    }
    match rest[at..].chars().next() {
        Some(c) if is_word_char(c) => None,
        _ => Some(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        tokens(text)
            .into_iter()
            .map(|t| (t.kind, t.range.slice(text)))
            .collect()
    }

    #[test]
    fn tokens_cover_the_text() {
        let text = "tags.`a b`>='x' -- c\n\u{0}é“;&&||/*";
        let joined: String = kinds(text).into_iter().map(|(_, part)| part).collect();
        assert_eq!(joined, text);
    }

    #[test]
    fn numbers_are_recognised_where_a_value_may_stand() {
        for text in ["5", "-1", ".5", "1500.5", "1e3", "1E-3", "1.", "-.5"] {
            assert_eq!(kinds(text), [(TokenKind::Number, text)]);
        }
        for text in ["1abc", "1_000", "0x10", "1e"] {
            assert_eq!(kinds(text), [(TokenKind::Word, text)]);
        }
    }

    #[test]
    fn digits_behind_a_dot_are_part_of_a_name() {
        use TokenKind::{Dot, Word};
        let parts = kinds("a.1.5");
        assert_eq!(
            parts,
            [
                (Word, "a"),
                (Dot, "."),
                (Word, "1"),
                (Dot, "."),
                (Word, "5")
            ]
        );
    }

    #[test]
    fn a_minus_behind_a_name_is_no_sign() {
        use TokenKind::{Number, Other, Word};
        assert_eq!(
            kinds("user-1"),
            [(Word, "user"), (Other, "-"), (Number, "1")]
        );
    }

    #[test]
    fn doubled_quotes_do_not_end_a_text() {
        assert_eq!(kinds("'it''s'"), [(TokenKind::SingleQuoted, "'it''s'")]);
        assert_eq!(kinds(r"'C:\'"), [(TokenKind::SingleQuoted, r"'C:\'")]);
        assert_eq!(kinds("'open"), [(TokenKind::Unterminated, "'open")]);
    }
}
