//! Parses one comparison: name, comparator, value. Returns `None` after reporting, having moved past what it reported.

mod mistakes;

use super::{Parser, invalid_clauses};
use crate::filter::ast::{Clause, Comparator, Ident, Op, Value, ValueKind};
use crate::filter::lexer::{Token, TokenKind};
use crate::filter::{FilterError, TextRange};

impl Parser<'_> {
    pub(super) fn clause(&mut self) -> Option<Clause> {
        let token = self.peek()?;
        match token.kind {
            TokenKind::Word | TokenKind::Backticked | TokenKind::DoubleQuoted => {}
            TokenKind::SingleQuoted | TokenKind::Number
                if self
                    .peek_at(1)
                    .is_some_and(|t| t.kind == TokenKind::Compare) =>
            {
                self.value_on_the_left(token);
                return None;
            }
            TokenKind::Semicolon => {
                self.semicolon(token);
                return None;
            }
            _ => {
                self.at += 1;
                self.stray.push(token.range);
                return None;
            }
        }
        let ident = self.ident();
        if self.odd_characters(ident) {
            return None;
        }
        let Some(op) = self.comparator() else {
            if !self.blank_in_key(ident) && !self.between(ident) {
                self.stray.push(ident.range);
            }
            return None;
        };
        if matches!(op.op, Some(Op::IsNull | Op::IsNotNull)) {
            let end = TextRange {
                start: op.range.end,
                end: op.range.end,
            };
            let value = Value {
                range: end,
                kind: ValueKind::Nothing,
            };
            self.flush_stray();
            return Some(Clause {
                range: ident.range.to(op.range),
                ident,
                op,
                value,
            });
        }
        let wants_list = matches!(op.op, Some(Op::In | Op::NotIn));
        let parts_before = self.stray.len();
        match self.value() {
            Some(value) if wants_list && !matches!(value.kind, ValueKind::List(_)) => {
                let list = format!("({})", value.range.slice(self.text));
                let error = invalid_clauses(self.text, &[ident.range, op.range, value.range]);
                self.errors.push(error.with_fix(value.range, list));
                None
            }
            Some(value) => {
                self.flush_stray();
                Some(Clause {
                    range: ident.range.to(value.range),
                    ident,
                    op,
                    value,
                })
            }
            None => {
                self.stray
                    .splice(parts_before..parts_before, [ident.range, op.range]);
                None
            }
        }
    }

    /// A name: pieces joined by dots without blanks between them.
    pub(super) fn ident(&mut self) -> Ident {
        let first = self.tokens[self.at];
        let mut end = first.range.end;
        let mut dot: Option<Token> = None;
        let mut key_pieces = 0;
        let mut last = first;
        self.at += 1;
        while let Some(next) = self.peek().filter(|next| next.range.start == end) {
            let fits = match next.kind {
                TokenKind::Dot => true,
                TokenKind::Word
                | TokenKind::Backticked
                | TokenKind::SingleQuoted
                | TokenKind::DoubleQuoted => last.kind == TokenKind::Dot,
                _ => false,
            };
            if !fits {
                break;
            }
            match dot {
                None => dot = Some(next),
                Some(_) => key_pieces += 1,
            }
            end = next.range.end;
            last = next;
            self.at += 1;
        }
        let range = TextRange {
            start: first.range.start,
            end,
        };
        match dot {
            None => Ident {
                range,
                entity: None,
                key: unquoted(first),
            },
            Some(dot) => {
                let entity = match first.kind {
                    TokenKind::Backticked => unquoted(first),
                    _ => first.range,
                };
                let key = match key_pieces {
                    1 => unquoted(last),
                    _ => TextRange {
                        start: dot.range.end,
                        end,
                    },
                };
                Ident {
                    range,
                    entity: Some(entity),
                    key,
                }
            }
        }
    }

    fn comparator(&mut self) -> Option<Comparator> {
        let first = self.peek()?;
        if first.kind == TokenKind::Compare {
            self.at += 1;
            let op = Op::ALL
                .into_iter()
                .find(|op| op.as_str() == first.range.slice(self.text));
            return Some(Comparator {
                range: first.range,
                op,
            });
        }
        let is = |ahead, word| self.is_word(self.peek_at(ahead), word);
        let (words, op) = if is(0, "LIKE") {
            (1, Some(Op::Like))
        } else if is(0, "ILIKE") {
            (1, Some(Op::ILike))
        } else if is(0, "RLIKE") {
            (1, Some(Op::RLike))
        } else if is(0, "IN") {
            (1, Some(Op::In))
        } else if is(0, "NOT") && is(1, "IN") {
            (2, Some(Op::NotIn))
        } else if is(0, "NOT") && (is(1, "LIKE") || is(1, "ILIKE") || is(1, "RLIKE")) {
            (2, None)
        } else if is(0, "IS") && is(1, "NULL") {
            (2, Some(Op::IsNull))
        } else if is(0, "IS") && is(1, "NOT") && is(2, "NULL") {
            (3, Some(Op::IsNotNull))
        } else {
            return None;
        };
        self.at += words;
        let last = self.tokens[self.at - 1];
        Some(Comparator {
            range: first.range.to(last.range),
            op,
        })
    }

    fn value(&mut self) -> Option<Value> {
        let token = self.peek()?;
        match token.kind {
            TokenKind::SingleQuoted | TokenKind::DoubleQuoted => {
                self.at += 1;
                Some(Value {
                    range: token.range,
                    kind: ValueKind::Text(unquoted(token)),
                })
            }
            TokenKind::Number => {
                self.at += 1;
                let number = token.range.slice(self.text).parse().unwrap_or(f64::NAN);
                Some(Value {
                    range: token.range,
                    kind: ValueKind::Number(number),
                })
            }
            TokenKind::LeftParen => self.list(token),
            TokenKind::Word if self.keyword(token).is_some() => None,
            TokenKind::Word | TokenKind::Backticked => Some(self.bare(token)),
            _ => None,
        }
    }

    /// Something unquoted: all that follows without a blank.
    fn bare(&mut self, first: Token) -> Value {
        let mut end = first.range.end;
        self.at += 1;
        while let Some(next) = self.peek().filter(|next| {
            next.range.start == end
                && matches!(
                    next.kind,
                    TokenKind::Word | TokenKind::Number | TokenKind::Dot | TokenKind::Other
                )
        }) {
            end = next.range.end;
            self.at += 1;
        }
        Value {
            range: TextRange {
                start: first.range.start,
                end,
            },
            kind: ValueKind::Bare,
        }
    }

    fn list(&mut self, open: Token) -> Option<Value> {
        let start = self.at;
        self.at += 1;
        let mut items = Vec::new();
        let mut well_formed = true;
        let mut comma_due = false;
        while let Some(token) = self.peek() {
            match token.kind {
                TokenKind::RightParen => {
                    self.at += 1;
                    let range = open.range.to(token.range);
                    if !well_formed {
                        let message = "While parsing a list in the query, expected a non-empty list of string \
                                       values, but got ill-formed list.";
                        self.errors.push(FilterError::new(range, message));
                    }
                    return Some(Value {
                        range,
                        kind: ValueKind::List(items),
                    });
                }
                TokenKind::Comma => {
                    well_formed &= comma_due;
                    comma_due = false;
                    self.at += 1;
                }
                TokenKind::LeftParen => break,
                _ => match self.value() {
                    Some(item) => {
                        well_formed &= !comma_due;
                        comma_due = true;
                        items.push(item);
                    }
                    None => break,
                },
            }
        }
        // Not closed, or something in it that no list has: the parts are reported one by one.
        let parts = self.tokens[start..self.at].iter().map(|t| t.range);
        self.stray.extend(parts.collect::<Vec<_>>());
        None
    }
}

/// The range between the quotes of a quoted token; the whole of any other.
fn unquoted(token: Token) -> TextRange {
    match token.kind {
        TokenKind::SingleQuoted | TokenKind::DoubleQuoted | TokenKind::Backticked => TextRange {
            start: token.range.start + 1,
            end: token.range.end - 1,
        },
        _ => token.range,
    }
}
