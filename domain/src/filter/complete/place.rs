//! Finds out what belongs at a position: walks over the tokens before it as the parser would, with one state instead of a tree.

use crate::filter::TextRange;
use crate::filter::ast::Op;
use crate::filter::lexer::{self, Token, TokenKind};

/// What belongs at a position.
#[derive(Debug, PartialEq, Eq)]
pub enum Place {
    /// A name, at the start of a comparison.
    Name,
    /// What comes behind the first dot of a name.
    Key {
        /// What stands before the dot.
        entity: String,
        /// Where the key starts.
        key_start: u32,
    },
    /// A comparator.
    Comparator {
        /// The entity of the name before it, or empty.
        entity: String,
        /// The key of the name before it.
        key: String,
    },
    /// A value.
    Value {
        /// The entity of the name, or empty.
        entity: String,
        /// The key of the name.
        key: String,
        /// The comparator; `None` within a list, whose parenthesis is there already.
        op: Option<Op>,
    },
    /// `AND` or `OR`, behind a comparison.
    Joint,
}

/// What belongs at a position, and what is there of it.
#[derive(Debug)]
pub struct Found {
    /// What belongs there.
    pub place: Place,
    /// What a completion replaces.
    pub replace: TextRange,
    /// The part of that before the position, without quotes.
    pub typed: String,
}

/// Where the walk stands.
enum State {
    Name,
    Comparator {
        entity: String,
        key: String,
    },
    Value {
        entity: String,
        key: String,
        op: Option<Op>,
    },
    List {
        entity: String,
        key: String,
    },
    Joint,
}

/// Finds out what belongs at the offset, which must be a character boundary of the text.
pub fn place_at(text: &str, offset: usize) -> Found {
    let before = &text[..offset];
    let tokens: Vec<Token> = lexer::tokens(before);
    let mut state = State::Name;
    let mut at = 0;
    while let Some(token) = tokens.get(at).copied() {
        let open = at + 1 == tokens.len() && can_go_on(token.kind);
        let word = token.range.slice(before);
        at += 1;
        if token.kind == TokenKind::Whitespace {
            continue;
        }
        state = match state {
            State::Name => match token.kind {
                TokenKind::Word | TokenKind::Backticked | TokenKind::DoubleQuoted => {
                    if is_keyword(word) && !open {
                        State::Name
                    } else {
                        let (end, name) = name_from(before, &tokens, at - 1);
                        at = end;
                        if end == tokens.len() && can_go_on(tokens[end - 1].kind) {
                            return partial_name(text, offset, token.range.start, name);
                        }
                        State::Comparator {
                            entity: name.entity,
                            key: name.key,
                        }
                    }
                }
                TokenKind::Unterminated => {
                    return found(
                        Place::Name,
                        TextRange {
                            start: token.range.start,
                            end: cut(offset),
                        },
                        "",
                    );
                }
                TokenKind::RightParen => State::Joint,
                _ => State::Name,
            },
            State::Comparator { entity, key } => {
                if open {
                    let place = Place::Comparator { entity, key };
                    let range = TextRange::of(token.range.start as usize, word_end(text, offset));
                    return found(place, range, word);
                }
                match comparator(before, &tokens, at - 1) {
                    Some((end, Op::IsNull | Op::IsNotNull)) => {
                        at = end;
                        State::Joint
                    }
                    Some((end, op)) => {
                        at = end;
                        State::Value {
                            entity,
                            key,
                            op: Some(op),
                        }
                    }
                    None if token.kind == TokenKind::Compare => State::Value {
                        entity,
                        key,
                        op: None,
                    },
                    None => State::Comparator { entity, key },
                }
            }
            State::Value { entity, key, op } => match token.kind {
                TokenKind::LeftParen => State::List { entity, key },
                TokenKind::Unterminated => {
                    return quoted(text, offset, token, Place::Value { entity, key, op });
                }
                _ if open => {
                    let range = TextRange::of(token.range.start as usize, word_end(text, offset));
                    return found(Place::Value { entity, key, op }, range, word);
                }
                _ => State::Joint,
            },
            State::List { entity, key } => match token.kind {
                TokenKind::RightParen => State::Joint,
                TokenKind::Unterminated => {
                    return quoted(
                        text,
                        offset,
                        token,
                        Place::Value {
                            entity,
                            key,
                            op: None,
                        },
                    );
                }
                _ if open => {
                    let range = TextRange::of(token.range.start as usize, word_end(text, offset));
                    return found(
                        Place::Value {
                            entity,
                            key,
                            op: None,
                        },
                        range,
                        word,
                    );
                }
                _ => State::List { entity, key },
            },
            State::Joint => match token.kind {
                TokenKind::Word if open => {
                    let range = TextRange::of(token.range.start as usize, word_end(text, offset));
                    return found(Place::Joint, range, word);
                }
                TokenKind::Word if is_keyword(word) => State::Name,
                TokenKind::RightParen => State::Joint,
                TokenKind::Word | TokenKind::Backticked | TokenKind::DoubleQuoted => {
                    // A comparison without AND before it.
                    at -= 1;
                    State::Name
                }
                _ => State::Name,
            },
        };
    }
    let here = TextRange::of(offset, offset);
    let place = match state {
        State::Name => Place::Name,
        State::Comparator { entity, key } => Place::Comparator { entity, key },
        State::Value { entity, key, op } => Place::Value { entity, key, op },
        State::List { entity, key } => Place::Value {
            entity,
            key,
            op: None,
        },
        State::Joint => Place::Joint,
    };
    found(place, here, "")
}

/// Whether more characters typed behind such a token could still belong to it.
fn can_go_on(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Word | TokenKind::Number | TokenKind::Dot | TokenKind::Unterminated
    )
}

fn found(place: Place, replace: TextRange, typed: &str) -> Found {
    Found {
        place,
        replace,
        typed: typed.to_owned(),
    }
}

struct Name {
    entity: String,
    key: String,
    /// Where the key starts, if there is a dot.
    key_start: Option<u32>,
}

/// The name whose first token is the one at `from`, and the index behind its last.
fn name_from(text: &str, tokens: &[Token], from: usize) -> (usize, Name) {
    let mut end = from + 1;
    while let Some(token) = tokens.get(end) {
        let piece = matches!(
            token.kind,
            TokenKind::Word
                | TokenKind::Backticked
                | TokenKind::SingleQuoted
                | TokenKind::DoubleQuoted
                | TokenKind::Unterminated
        );
        if token.kind != TokenKind::Dot && !(piece && tokens[end - 1].kind == TokenKind::Dot) {
            break;
        }
        end += 1;
    }
    let range = tokens[from].range.to(tokens[end - 1].range);
    let written = range.slice(text);
    let name = match written.split_once('.') {
        None => Name {
            entity: String::new(),
            key: unquoted(written).to_owned(),
            key_start: None,
        },
        Some((entity, key)) => Name {
            key_start: Some(range.start + cut(entity.len()) + 1),
            entity: unquoted(entity).to_owned(),
            key: unquoted(key).to_owned(),
        },
    };
    (end, name)
}

fn partial_name(text: &str, offset: usize, start: u32, name: Name) -> Found {
    let end = cut(word_end(text, offset));
    match name.key_start {
        None => found(Place::Name, TextRange { start, end }, &name.key),
        Some(key_start) => {
            let typed = text.get(key_start as usize..offset).unwrap_or("");
            let place = Place::Key {
                entity: name.entity,
                key_start,
            };
            found(
                place,
                TextRange {
                    start: key_start,
                    end,
                },
                typed,
            )
        }
    }
}

/// A value whose quote is open at the position. If the quotes of the whole text are in order, the value goes on to its own closing
/// quote; else nobody knows where it was meant to end, and it ends at the position.
fn quoted(text: &str, offset: usize, token: Token, place: Place) -> Found {
    let whole = lexer::tokens(text);
    let in_order = whole.iter().all(|t| t.kind != TokenKind::Unterminated);
    let same = whole
        .iter()
        .find(|t| t.range.start == token.range.start)
        .filter(|_| in_order);
    let end = same.map_or(cut(offset), |t| t.range.end);
    let typed = text
        .get(token.range.start as usize + 1..offset)
        .unwrap_or("");
    found(
        place,
        TextRange {
            start: token.range.start,
            end,
        },
        typed,
    )
}

/// The comparator that starts at a token, and the index behind it.
fn comparator(text: &str, tokens: &[Token], from: usize) -> Option<(usize, Op)> {
    let words: Vec<(usize, &str)> = tokens[from..]
        .iter()
        .enumerate()
        .filter(|(_, token)| token.kind != TokenKind::Whitespace)
        .take(3)
        .map(|(i, token)| (from + i, token.range.slice(text)))
        .collect();
    // The longest first, so that IS NOT NULL is not taken for less.
    (1..=words.len()).rev().find_map(|count| {
        let joined = words[..count]
            .iter()
            .map(|(_, word)| *word)
            .collect::<Vec<_>>()
            .join(" ");
        let op = Op::ALL
            .into_iter()
            .find(|op| op.as_str().eq_ignore_ascii_case(&joined))?;
        Some((words[count - 1].0 + 1, op))
    })
}

/// The end of the name or word that the position is in.
fn word_end(text: &str, offset: usize) -> usize {
    let rest = text.get(offset..).unwrap_or("");
    offset
        + rest
            .find(|c| !lexer::is_word_char(c) && c != '.')
            .unwrap_or(rest.len())
}

fn is_keyword(word: &str) -> bool {
    ["AND", "OR", "NOT"]
        .iter()
        .any(|keyword| word.eq_ignore_ascii_case(keyword))
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(['`', '"', '\''])
}

fn cut(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
