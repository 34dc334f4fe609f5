//! Parses filter text into a tree. Never fails: what cannot be understood becomes errors, what can be is in the tree, so
//! that an editor can underline the one and complete the other.
//!
//! ```text
//! filter := or
//! or     := and { OR and }
//! and    := { AND } unary { { AND } unary } { AND }      AND may be left out, doubled, or stand at either end
//! unary  := NOT unary | "(" or ")" | clause
//! ```
//! `OR`, `NOT` and parentheses are additions to MLflow's language, which has the rest.

mod clause;

use super::ast::{Expr, ExprKind, Ident};
use super::lexer::{self, Token, TokenKind};
use super::{FilterError, MAX_DEPTH, MAX_FILTER_BYTES, TextRange};

/// What became of a filter text.
#[derive(Debug, Clone, PartialEq)]
pub struct Parse {
    /// The text.
    pub text: String,
    /// The tree of what was understood; `None` if that is nothing.
    pub expr: Option<Expr>,
    /// What was not understood, in the order of the text. A filter with errors must not be run.
    pub errors: Vec<FilterError>,
}

/// Parses a filter. Its length is limited to [`MAX_FILTER_BYTES`], its depth to [`MAX_DEPTH`].
pub fn parse(text: &str) -> Parse {
    if text.len() > MAX_FILTER_BYTES {
        let message = format!("Filter is longer than {MAX_FILTER_BYTES} bytes");
        let error = FilterError::new(TextRange::default(), message);
        return Parse {
            text: String::new(),
            expr: None,
            errors: vec![error],
        };
    }
    let mut parser = Parser::new(text);
    let expr = parser.or(0);
    parser.flush_stray();
    let mut errors = parser.errors;
    errors.sort_by_key(|error| error.range.start);
    Parse {
        text: text.to_owned(),
        expr,
        errors,
    }
}

/// Reads the name at the start of a text, and the tokens behind it without whitespace; `None` if it does not start with a name.
/// For `order_by`, which has names but no comparisons.
pub(super) fn parse_name(text: &str) -> Option<(Ident, Vec<Token>)> {
    if text.len() > MAX_FILTER_BYTES {
        return None;
    }
    let mut parser = Parser::new(text);
    let first = parser.peek()?;
    if !matches!(
        first.kind,
        TokenKind::Word | TokenKind::Backticked | TokenKind::DoubleQuoted
    ) {
        return None;
    }
    let ident = parser.ident();
    Some((ident, parser.tokens.split_off(parser.at)))
}

/// The words that join and negate conditions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keyword {
    And,
    Or,
    Not,
}

struct Parser<'a> {
    text: &'a str,
    /// Without whitespace.
    tokens: Vec<Token>,
    at: usize,
    errors: Vec<FilterError>,
    /// Things that belong to no clause, not yet reported: neighbours are reported together.
    stray: Vec<TextRange>,
}

impl<'a> Parser<'a> {
    /// Before the first token.
    fn new(text: &'a str) -> Self {
        let tokens = lexer::tokens(text)
            .into_iter()
            .filter(|t| t.kind != TokenKind::Whitespace);
        Self {
            text,
            tokens: tokens.collect(),
            at: 0,
            errors: Vec::new(),
            stray: Vec::new(),
        }
    }

    fn or(&mut self, depth: usize) -> Option<Expr> {
        let mut parts = Vec::new();
        let mut joined_by: Option<TextRange> = None;
        loop {
            let errors_before = self.errors.len();
            let part = self.and(depth);
            let beside = joined_by.or_else(|| self.peek_if(Keyword::Or));
            if let (None, Some(or), true) = (&part, beside, self.errors.len() == errors_before) {
                self.invalid(&[or]);
            }
            parts.extend(part);
            joined_by = self.peek_if(Keyword::Or);
            if joined_by.is_none() {
                return group(parts, ExprKind::Or);
            }
            self.at += 1;
        }
    }

    fn and(&mut self, depth: usize) -> Option<Expr> {
        let mut parts = Vec::new();
        let mut last_and: Option<TextRange> = None;
        while let Some(token) = self.peek() {
            match (self.keyword(token), token.kind) {
                (Some(Keyword::Or), _) => {
                    if let Some(and) = last_and {
                        self.invalid(&[and, token.range]);
                    }
                    break;
                }
                (Some(Keyword::And), _) => {
                    self.flush_stray();
                    self.word_for_sign(token, "AND");
                    last_and = Some(token.range);
                    self.at += 1;
                    continue;
                }
                (_, TokenKind::RightParen) if depth > 0 => break,
                _ => parts.extend(self.unary(depth)),
            }
            last_and = None;
        }
        self.flush_stray();
        group(parts, ExprKind::And)
    }

    fn unary(&mut self, depth: usize) -> Option<Expr> {
        let token = self.peek()?;
        if self.keyword(token) == Some(Keyword::Not) {
            return self.not(token, depth);
        }
        if token.kind == TokenKind::LeftParen {
            return self.parenthesised(token, depth);
        }
        let clause = self.clause()?;
        Some(Expr {
            range: clause.range,
            kind: ExprKind::Clause(clause),
        })
    }

    fn not(&mut self, not: Token, depth: usize) -> Option<Expr> {
        self.at += 1;
        if depth >= MAX_DEPTH {
            self.too_deep(not.range);
            while self.peek_if(Keyword::Not).is_some() {
                self.at += 1;
            }
            return self.unary_at_limit(depth);
        }
        let ends_here = match self.peek() {
            None => true,
            Some(next) => {
                matches!(self.keyword(next), Some(Keyword::And | Keyword::Or))
                    || (next.kind == TokenKind::RightParen && depth > 0)
            }
        };
        if ends_here {
            self.stray.push(not.range);
            return None;
        }
        let strays_before = self.stray.len();
        let Some(inner) = self.unary(depth + 1) else {
            if self.stray.len() > strays_before {
                self.stray.insert(strays_before, not.range);
            }
            return None;
        };
        let range = not.range.to(inner.range);
        Some(Expr {
            range,
            kind: ExprKind::Not(Box::new(inner)),
        })
    }

    fn unary_at_limit(&mut self, depth: usize) -> Option<Expr> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::LeftParen => {
                self.skip_group();
                None
            }
            Some(_) => self.unary(depth),
            None => None,
        }
    }

    fn parenthesised(&mut self, open: Token, depth: usize) -> Option<Expr> {
        if depth >= MAX_DEPTH {
            self.too_deep(open.range);
            self.skip_group();
            return None;
        }
        self.flush_stray();
        self.at += 1;
        let errors_before = self.errors.len();
        let inner = self.or(depth + 1);
        let close = self.peek().filter(|t| t.kind == TokenKind::RightParen);
        match close {
            Some(close) => {
                self.at += 1;
                if inner.is_none() && self.errors.len() == errors_before {
                    self.invalid(&[open.range.to(close.range)]);
                }
                inner.map(|expr| Expr {
                    range: open.range.to(close.range),
                    ..expr
                })
            }
            None => {
                self.errors.push(FilterError::new(
                    open.range,
                    "Invalid clause(s) in filter string: '(' is not closed",
                ));
                inner
            }
        }
    }

    /// Passes over a parenthesis and all in it.
    fn skip_group(&mut self) {
        let mut open = 0_usize;
        while let Some(token) = self.peek() {
            self.at += 1;
            match token.kind {
                TokenKind::LeftParen => open += 1,
                TokenKind::RightParen => open = open.saturating_sub(1),
                _ => {}
            }
            if open == 0 {
                return;
            }
        }
    }

    fn too_deep(&mut self, range: TextRange) {
        let message = format!("Filter is nested deeper than {MAX_DEPTH} levels");
        if self.errors.iter().all(|error| error.message != message) {
            self.errors.push(FilterError::new(range, message));
        }
    }

    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn peek_at(&self, ahead: usize) -> Option<Token> {
        self.tokens.get(self.at + ahead).copied()
    }

    fn str_of(&self, token: Token) -> &str {
        token.range.slice(self.text)
    }

    fn is_word(&self, token: Option<Token>, word: &str) -> bool {
        token
            .is_some_and(|t| t.kind == TokenKind::Word && self.str_of(t).eq_ignore_ascii_case(word))
    }

    /// The keyword a token is, judged by the token alone: behind a dot it is part of a name and never asked.
    fn keyword(&self, token: Token) -> Option<Keyword> {
        let word = self.str_of(token);
        match token.kind {
            TokenKind::Word if word.eq_ignore_ascii_case("AND") => Some(Keyword::And),
            TokenKind::Word if word.eq_ignore_ascii_case("OR") => Some(Keyword::Or),
            TokenKind::Word if word.eq_ignore_ascii_case("NOT") => Some(Keyword::Not),
            TokenKind::Other if word == "&&" => Some(Keyword::And),
            _ => None,
        }
    }

    fn peek_if(&self, keyword: Keyword) -> Option<TextRange> {
        let token = self.peek()?;
        (self.keyword(token) == Some(keyword)).then_some(token.range)
    }

    /// Reports a sign of programming languages that stands where a word of this language should.
    fn word_for_sign(&mut self, token: Token, word: &str) {
        if token.kind == TokenKind::Other {
            let error = invalid_clauses(self.text, &[token.range]).with_fix(token.range, word);
            self.errors.push(error);
        }
    }

    fn invalid(&mut self, parts: &[TextRange]) {
        self.errors.push(invalid_clauses(self.text, parts));
    }

    /// Reports what has been found to belong to no clause.
    fn flush_stray(&mut self) {
        let stray = std::mem::take(&mut self.stray);
        let (Some(first), Some(last)) = (stray.first(), stray.last()) else {
            return;
        };
        let mut error = invalid_clauses(self.text, &stray);
        if stray.len() == 1 && first.slice(self.text) == "||" {
            error = error.with_fix(*first, "OR");
        } else if stray.len() == 1 && first.slice(self.text) == "," {
            error = error.with_fix(*first, " AND");
        } else if first.start == self.tokens.first().map_or(0, |t| t.range.start)
            && self.at >= self.tokens.len()
            && let Some(pattern) = text_search(first.to(*last).slice(self.text))
        {
            error = error.with_fix(first.to(*last), pattern);
        }
        self.errors.push(error);
    }
}

/// A filter that looks for words typed into the filter box as into a search engine.
fn text_search(words: &str) -> Option<String> {
    let plain = words
        .chars()
        .all(|c| lexer::is_word_char(c) || c.is_whitespace() || "-.,:/".contains(c));
    plain.then(|| format!("trace.text ILIKE '%{words}%'"))
}

fn invalid_clauses(text: &str, parts: &[TextRange]) -> FilterError {
    let mut message = String::from("Invalid clause(s) in filter string: ");
    for (i, part) in parts.iter().enumerate() {
        message.push_str(if i == 0 { "'" } else { ", '" });
        message.push_str(part.slice(text));
        message.push('\'');
        if message.len() > 1000 {
            message.push_str(", …");
            break;
        }
    }
    let range = match (parts.first(), parts.last()) {
        (Some(first), Some(last)) => first.to(*last),
        _ => TextRange::default(),
    };
    FilterError::new(range, message)
}

/// Joins conditions; one alone stays itself.
fn group(mut parts: Vec<Expr>, kind: fn(Vec<Expr>) -> ExprKind) -> Option<Expr> {
    if parts.len() < 2 {
        return parts.pop();
    }
    let range = parts[0].range.to(parts[parts.len() - 1].range);
    Some(Expr {
        range,
        kind: kind(parts),
    })
}
