//! Mistakes that are common enough to be recognised and to have a suggestion: keys that need backticks, `BETWEEN`, the value on the
//! left, a semicolon.

use crate::filter::ast::{Ident, Op, ValueKind};
use crate::filter::lexer::{Token, TokenKind};
use crate::filter::parser::{Parser, invalid_clauses};
use crate::filter::print::quote_key;
use crate::filter::{FilterError, TextRange};

impl Parser<'_> {
    /// Reports a name that goes on with characters that need backticks: `tags.user-id`.
    pub(super) fn odd_characters(&mut self, ident: Ident) -> bool {
        let mut end = ident.range.end;
        let mut ahead = 0;
        let mut first_odd = "";
        while let Some(next) = self.peek_at(ahead).filter(|next| next.range.start == end) {
            match next.kind {
                TokenKind::Other if ahead == 0 => first_odd = next.range.slice(self.text),
                TokenKind::Other | TokenKind::Word | TokenKind::Number | TokenKind::Dot
                    if !first_odd.is_empty() => {}
                _ => break,
            }
            end = next.range.end;
            ahead += 1;
        }
        if first_odd.is_empty() || first_odd == "&&" || first_odd == "||" {
            return false;
        }
        let whole = TextRange {
            start: ident.range.start,
            end,
        };
        let message = if matches!(first_odd, ":" | "$" | "?") {
            invalid_clauses(
                self.text,
                &[
                    ident.range,
                    TextRange {
                        start: ident.range.end,
                        end,
                    },
                ],
            )
            .message
        } else {
            format!(
                "Invalid comparison clause. Expected 'Identifier' found '{}'",
                whole.slice(self.text)
            )
        };
        let mut error = FilterError::new(whole, message);
        let key = TextRange {
            start: ident.key.start,
            end,
        };
        if !key.slice(self.text).contains(['`', '"', '\'']) {
            error = error.with_fix(key, quote_key(key.slice(self.text)));
        }
        self.errors.push(error);
        self.at += ahead;
        self.skip_comparison();
        true
    }

    /// Reports a key with blanks and no backticks: `tags.has space = 'x'`.
    pub(super) fn blank_in_key(&mut self, ident: Ident) -> bool {
        let mut ahead = 0;
        while let Some(next) = self.peek_at(ahead) {
            if next.kind != TokenKind::Word || self.keyword(next).is_some() {
                break;
            }
            ahead += 1;
        }
        let compared = self
            .peek_at(ahead)
            .is_some_and(|t| t.kind == TokenKind::Compare);
        if ahead == 0 || !compared || ident.entity.is_none() {
            return false;
        }
        let last_word = self.tokens[self.at + ahead - 1].range;
        let words = self.tokens[self.at..self.at + ahead]
            .iter()
            .map(|t| t.range);
        let parts: Vec<TextRange> = std::iter::once(ident.range).chain(words).collect();
        let key = ident.key.to(last_word);
        let error =
            invalid_clauses(self.text, &parts).with_fix(key, quote_key(key.slice(self.text)));
        self.errors.push(error);
        self.at += ahead;
        self.skip_comparison();
        true
    }

    /// Reports `key BETWEEN a AND b`.
    pub(super) fn between(&mut self, ident: Ident) -> bool {
        if !self.is_word(self.peek(), "BETWEEN") || !self.is_word(self.peek_at(2), "AND") {
            return false;
        }
        let (Some(word), Some(low), Some(high)) = (self.peek(), self.peek_at(1), self.peek_at(3))
        else {
            return false;
        };
        let parts = [ident.range, word.range, low.range, high.range];
        let [name, _, low_text, high_text] = parts.map(|range| range.slice(self.text));
        let fix = format!("{name} >= {low_text} AND {name} <= {high_text}");
        let error = invalid_clauses(self.text, &parts).with_fix(ident.range.to(high.range), fix);
        self.errors.push(error);
        self.at += 4;
        true
    }

    /// Passes over a comparator and a value, if they are there.
    pub(super) fn skip_comparison(&mut self) {
        if let Some(op) = self.comparator()
            && !matches!(op.op, Some(Op::IsNull | Op::IsNotNull))
        {
            self.value();
        }
    }

    /// Reports `'OK' = status` and `1 = 1`.
    pub(super) fn value_on_the_left(&mut self, left: Token) {
        let text = left.range.slice(self.text);
        let mut error = FilterError::new(
            left.range,
            format!("Invalid comparison clause. Expected 'Identifier' found '{text}'"),
        );
        self.at += 1;
        if let Some(op) = self.comparator()
            && let Some(right) = self.value()
        {
            let operator = op.range.slice(self.text);
            if matches!(operator, "=" | "!=") && right.kind == ValueKind::Bare {
                let turned = format!("{} {operator} {text}", right.range.slice(self.text));
                error = error.with_fix(left.range.to(right.range), turned);
            }
        }
        self.errors.push(error);
    }

    pub(super) fn semicolon(&mut self, semicolon: Token) {
        self.at += 1;
        if self.peek().is_none() {
            self.stray.push(semicolon.range);
            return;
        }
        self.flush_stray();
        let whole: String = self.text.chars().take(500).collect();
        let quote = if whole.contains('\'') && !whole.contains('"') {
            '"'
        } else {
            '\''
        };
        let message = format!(
            "Search filter contained multiple expression {quote}{whole}{quote}. Provide AND-ed expression list."
        );
        self.errors
            .push(FilterError::new(semicolon.range, message).with_fix(semicolon.range, " AND"));
    }
}
